//! SPC114 `file-permission-open`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::rule::option::WORLD_READABLE;

rule! {
    /// Flags a `filePermission` that lets every user write or execute the file.
    ///
    /// # Why it matters
    ///
    /// The permission applies in every container that mounts the volume. It gives every user there rights that reading a
    /// credential does not require.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///          objectAlias: local
    /// +        filePermission: "0777"
    /// ```
    ///
    /// # Accepted
    ///
    /// Let other users read at most:
    ///
    /// ```yaml
    /// objectAlias: local
    /// filePermission: "0644"
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    "SPC114" "file-permission-open", Low Leak High,
    options: [WORLD_READABLE], needs: [Classes], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let strict = context.settings.is_on(&RULE, &WORLD_READABLE);
    for class in context
        .inventory
        .classes
        .iter()
        .filter(|class| class.provider == "aws")
    {
        for object in &class.objects {
            if strict && object.permission.is_none() {
                let message = "every user of the container can read the file: `filePermission` is absent, and the default is `0644`";
                let draft = Draft::new(
                    &*class.name.value,
                    object.name.origin,
                    "every user can read the file",
                    message,
                );
                findings.add(
                    draft
                        .because(&*object.name.value)
                        .help("filePermission: \"0440\""),
                );
            }
            for permission in object.permission.iter().chain(
                object
                    .jmes
                    .iter()
                    .filter_map(|entry| entry.permission.as_ref()),
            ) {
                let bits = u32::from_str_radix(&permission.value, 8).unwrap_or(0);
                let (wrong, kept, what) = match bits {
                    _ if permission.value.len() != 4 => continue,
                    bits if bits & 0o7133 != 0 => (
                        "more than read permission",
                        0o0644,
                        "allows other users to write or execute the file",
                    ),
                    bits if strict && bits & 0o0004 != 0 => (
                        "every user can read the file",
                        0o0640,
                        "allows every user to read the file",
                    ),
                    _ => continue,
                };
                let kept = if strict { kept & 0o0640 } else { kept };
                let right = format!("{:04o}", bits & kept);
                let draft = Draft::new(
                    &*class.name.value,
                    permission.origin,
                    wrong,
                    format!("`{}` {what}", permission.value),
                )
                .because(&*object.name.value)
                .help(format!("filePermission: \"{right}\""));
                findings.add(draft);
            }
        }
    }
}
