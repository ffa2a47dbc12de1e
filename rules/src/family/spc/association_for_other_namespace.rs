//! SPC122 `association-for-other-namespace`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Change, Draft, Findings, Grade};
use crate::mount::cause::{Case, Refusal};
use crate::world::index::Index;
use policy_engine::{
    inventory::{Pod, Via},
    simulator::Fault,
    source::Spanned,
    text::Text,
};

rule! {
    /// Flags an association that differs from the pod only in its namespace or service account, and that no other pod uses.
    ///
    /// # Why it matters
    ///
    /// EKS compares namespace and service account exactly. A pod without a matching association gets no credentials, and the
    /// mount fails, although the association, the role and its policies exist.
    ///
    /// # Flagged
    ///
    /// ```diff association.json
    /// -    "namespace": "dev",
    /// +    "namespace": "develop",
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the namespace, the service account and the cluster of the pod:
    ///
    /// ```jsonc
    /// "namespace": "dev",
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_eks_pod_identity_association" "app" {
    ///   cluster_name    = "prod"
    ///   namespace       = "dev"
    ///   service_account = "app"
    ///   role_arn        = aws_iam_role.pod_reader.arn
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the namespace or the service account of the pod into the association.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html>
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    "SPC122" "association-for-other-namespace", High Break High,
    needs: [Associations], aws: [], fix: Some(Grade::Unsafe), Check::Cause(find), Check::World(check);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoAssociation) = refusal else {
        return None;
    };
    let pod = &case.mount.pod;
    let Some((name, field, wanted)) = misplaced(case.index, pod) else {
        return other_cluster(case);
    };
    let message = case.message(&format!(
        "the association is for {name} `{}`, not `{wanted}`",
        field.value
    ));
    let label = format!("the pod runs as {}", case.names.pod);
    let draft = case
        .at(field.origin, "no pod matches", message)
        .related(case.service_account(), label)
        .change(Change::write(
            format!("\"{name}\": \"{wanted}\""),
            field.origin,
            &[wanted.to_owned()],
        ));
    Some(draft)
}

/// Reports a similar name for a pod of which no source has an association: other sources may have one.
fn check(context: &Context<'_>, findings: &mut Findings) {
    let (inventory, index) = (context.inventory, &context.index);
    for mount in context.simulator.mounts() {
        let pod = &mount.pod;
        let account = inventory.cluster(&pod.cluster);
        let account = account.map_or("", |cluster| cluster.account.as_str());
        let is_bound = !index.associations_of(pod).is_empty();
        let is_decided = inventory.closed.contains("associations", account);
        if mount.via == Some(Via::Irsa) || is_bound || is_decided || !pod.is_known() {
            continue;
        }
        let Some((name, field, wanted)) = misplaced(index, pod) else {
            continue;
        };
        if !is_near(&field.value, wanted) {
            continue;
        }
        let display = inventory.pod_name(pod);
        let message = format!(
            "the association is for {name} `{}`, not `{wanted}`, and no source has an association for {display}",
            field.value
        );
        let help = format!("\"{name}\": \"{wanted}\"");
        let change = Change::write(help, field.origin, &[wanted.to_owned()]);
        let draft = Draft::new(&*display, field.origin, "no pod matches", message)
            .because(wanted)
            .related(mount.name.origin, format!("mounted by {display}"))
            .once(field.origin);
        findings.add(draft.change(change));
    }
}

/// Whether one of two names was intended to be the other.
fn is_near(own: &str, other: &str) -> bool {
    let is_long = own.len().min(other.len()) >= 3;
    let is_prefix = own.starts_with(other) || other.starts_with(own);
    is_long && Text::shown(own).is_known() && (is_prefix || strsim::levenshtein(own, other) <= 2)
}

/// The field of an association that differs from a pod in this field alone, and belongs to no pod that is known; with its name and
/// what the pod has.
fn misplaced<'a>(
    index: &Index<'a>,
    pod: &'a Pod,
) -> Option<(&'static str, &'a Spanned<String>, &'a str)> {
    if let Some(idle) = index.idle_of_account(pod) {
        return Some(("namespace", &idle.namespace, &pod.namespace));
    }
    let idle = index.idle_of_namespace(pod)?;
    Some((
        "serviceAccount",
        &idle.service_account,
        &pod.service_account,
    ))
}

/// An association of another cluster for the namespace and the service account of a pod, where that cluster has no such pod.
fn other_cluster(case: &Case<'_>) -> Option<Draft> {
    let (inventory, pod) = (case.inventory, &case.mount.pod);
    let association = case.index.idle_elsewhere(pod)?;
    let name = |reference: &str| {
        let cluster = inventory.cluster(reference);
        cluster.map_or_else(|| reference.to_owned(), |cluster| cluster.name.clone())
    };
    let (own, wanted) = (name(&association.cluster), name(&pod.cluster));
    let message = case.message(&format!(
        "the association is for the cluster `{own}`, not `{wanted}`"
    ));
    let label = format!("the pod runs as {}", case.names.pod);
    let draft = case
        .at(
            association.namespace.origin,
            format!("in the cluster `{own}`"),
            message,
        )
        .related(case.service_account(), label)
        .help(format!("create the association in the cluster `{wanted}`"));
    Some(draft)
}
