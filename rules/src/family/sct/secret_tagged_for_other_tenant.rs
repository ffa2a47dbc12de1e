//! SCT106 `secret-tagged-for-other-tenant`.

use crate::check::{Check, rule};
use crate::finding::{Change, Draft, Grade};
use crate::mount::cause::{Case, ObjectTest, Refusal, TagTest, quoted};
use policy_engine::inventory::Tag;
use policy_engine::text::Text;

rule! {
    /// Flags a mounted object whose tag has another value than the session tag of the pod.
    ///
    /// # Why it matters
    ///
    /// AWS denies the read, because the condition compares both values. Either the mount or the tag is wrong; a wider policy
    /// would also allow the read, but for every tenant.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// -        tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +        tags: { kubernetes-namespace: qa, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    ///
    /// # Accepted
    ///
    /// Tag the secret for the namespace of the pod, or remove the mount:
    ///
    /// ```yaml
    /// dev/local:
    ///   suffix: LoCaL1
    ///   tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret" "local" {
    ///   name = "dev/local"
    ///   tags = {
    ///     kubernetes-namespace = "dev"
    ///     eks-cluster-arn      = "arn:aws:eks:us-east-1:111122223333:cluster/prod"
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the value that the policy requires into the tag. Apply it only if the object belongs to the pod.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    "SCT106" "secret-tagged-for-other-tenant", High Break High,
    properties: [Generic], needs: [Objects, Roles], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Object(test) = refusal.tag_test()? else {
        return None;
    };
    let own = test.own(case)?;
    let (tag, value) = (test.tag, &own.value.value);
    let wanted = quoted(&test.miss.wanted);
    if is_namespace_of_others(case, tag, value) {
        return Some(of_others(case, test, own));
    }
    let message = case.message(&format!(
        "its tag `{tag}` is `{value}`, and the policy requires {wanted}"
    ));
    let draft = case
        .at(
            own.value.origin,
            format!("the policy requires {wanted}"),
            message,
        )
        .related(test.miss.origin, "the condition")
        .mounted(case.mount.name.origin)
        .evidence(test.miss);
    Some(match test.miss.wanted.as_slice() {
        [wanted] => draft.change(Change::write(
            format!("set \"Value\": \"{wanted}\" if the object belongs to this pod"),
            own.value.origin,
            std::slice::from_ref(wanted),
        )),
        _ => draft.help("set the tag to one of the values that the policy requires"),
    })
}

/// Whether a tag is the namespace of pods that the world contains.
fn is_namespace_of_others(case: &Case<'_>, tag: &str, value: &Text) -> bool {
    let Some(value) = value.known() else {
        return false;
    };
    let mut workloads = case.inventory.workloads.iter();
    let mut mounts = case.inventory.mounts.iter();
    tag.eq_ignore_ascii_case("kubernetes-namespace")
        && case.mount.pod.namespace != value
        && (workloads.any(|workload| workload.namespace == value)
            || mounts.any(|mount| mount.pod.namespace == value))
}

/// The draft for an object of another namespace: another tag would take the object from the pods of that namespace.
fn of_others(case: &Case<'_>, test: &ObjectTest<'_>, own: &Tag) -> Draft {
    let (namespace, value) = (&case.mount.pod.namespace, &own.value.value);
    let message = case.message(&format!(
        "the object belongs to the namespace `{value}` by its tag `{}`",
        test.tag
    ));
    let draft = case
        .at(own.value.origin, "the tag of the object", message)
        .mounted(case.mount.name.origin)
        .related(test.miss.origin, "the condition")
        .evidence(test.miss);
    let mut objects = case.inventory.objects().filter(|object| {
        let mut tags = object.tags().list.iter();
        tags.any(|tag| {
            tag.key.value.eq_ignore_ascii_case(test.tag)
                && tag.value.value.known() == Some(namespace.as_str())
        })
    });
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let mounted = last(&case.mount.name.value);
    let class = case.mount.class.map(|(class, _)| class);
    let is_mounted = |name: &str| {
        let mut entries = class.into_iter().flat_map(|class| &class.objects);
        entries.any(|entry| entry.name.value == name)
    };
    match objects.find(|object| last(object.name()) == mounted) {
        Some(object) if is_mounted(object.name()) => draft.help(format!(
            "remove `{}` from the class, which already has `{}`",
            case.mount.name.value,
            object.name()
        )),
        Some(object) => draft.help(format!(
            "write objectName: {} instead of {} in the class",
            object.name(),
            case.mount.name.value
        )),
        None => draft.help(format!("mount an object of the namespace `{namespace}`")),
    }
}
