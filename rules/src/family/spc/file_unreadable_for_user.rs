//! SPC115 `file-unreadable-for-user`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use policy_engine::inventory::{RunAs, SecretProviderClass, VolumeMount, Workload};
use policy_engine::source::Spanned;

rule! {
    /// Flags a file that only its owner may read, in a container that runs as another user.
    ///
    /// # Why it matters
    ///
    /// The mounted files belong to root. A container with another user can read files that every user may read, or files of
    /// one of its groups: the group root, or the group of `fsGroup` if the driver's version and the CSIDriver object support
    /// it. Otherwise the application starts and fails with `permission denied`.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +        filePermission: "0400"
    /// @@
    ///        serviceAccountName: app
    /// +      securityContext: { runAsUser: 1000 }
    /// ```
    ///
    /// # Accepted
    ///
    /// Let the container's user read the file:
    ///
    /// ```yaml
    /// objectAlias: local
    /// filePermission: "0444"
    /// # …
    /// serviceAccountName: app
    /// securityContext: { runAsUser: 1000 }
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    "SPC115" "file-unreadable-for-user", Low Break Medium,
    needs: [Classes, Mounts], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let inventory = context.inventory;
    for workload in &inventory.workloads {
        for volume in &workload.volumes {
            let mut classes = inventory.classes.iter();
            let class = volume.class().and_then(|name| {
                classes.find(|class| {
                    class.name.value == name.value
                        && class.namespace == workload.namespace
                        && class.cluster == workload.cluster
                        && class.provider == "aws"
                })
            });
            let Some(class) = class else { continue };
            for mount in &volume.mounts {
                if let Some(reader) = reader(workload, mount) {
                    findings.extend(closed(class, workload, mount, &reader));
                }
            }
        }
    }
}

/// Who reads, where that is not root: the user in words, and whether root's group or one of the volume is among its groups.
fn reader(workload: &Workload, mount: &VolumeMount) -> Option<(String, bool)> {
    let either = |part: fn(&RunAs) -> Option<&Spanned<String>>| {
        part(&mount.run_as).or_else(|| part(&workload.run_as))
    };
    let user = either(|own| own.user.as_ref()).map(|user| user.value.as_str());
    let non_root = mount
        .run_as
        .non_root
        .as_ref()
        .or(workload.run_as.non_root.as_ref());
    let who = match user {
        Some("0") => return None,
        Some(user) => format!("user {user}"),
        None if non_root.is_some_and(|own| own.value) => "a non-root user".to_owned(),
        None => return None,
    };
    let group = either(|own| own.group.as_ref());
    // Without a group of its own a user that the image does not know is in root's.
    let root = group.is_none_or(|group| group.value == "0")
        || workload.groups.iter().any(|group| group.value == "0");
    Some((who, root || workload.fs_group.is_some()))
}

/// The files of a class that a reader cannot open, as one finding.
fn closed(
    class: &SecretProviderClass,
    workload: &Workload,
    mount: &VolumeMount,
    (who, in_group): &(String, bool),
) -> Option<Draft> {
    let general = class.parameter("filePermission");
    let permissions = class
        .objects
        .iter()
        .filter_map(|object| Some((&object.name.value, object.permission.as_ref().or(general)?)));
    let mut shut = permissions.filter(|(_, permission)| {
        let bits = u32::from_str_radix(&permission.value, 8).unwrap_or(0o644);
        bits & 0o004 == 0 && !(*in_group && bits & 0o040 != 0)
    });
    let (object, permission) = shut.next()?;
    let name = format!("{}/{}", workload.namespace, workload.name);
    let message = format!(
        "`{}` of `{name}` runs as {who} and cannot open the file of `{object}`, which only root can read",
        mount.container
    );
    let draft = Draft::new(name.as_str(), permission.origin, "only the owner can read", message)
        .because(&*mount.container)
        .because(&**object)
        .mounted(mount.origin)
        .help("write filePermission: \"0444\", or \"0440\" with the group root or an fsGroup that the driver applies")
        .once(permission.origin);
    Some(shut.fold(draft, |draft, (_, other)| {
        draft.related(other.origin, "also this container")
    }))
}
