//! ESC111 `session-tags-can-be-forged`.

use crate::ask::probe::Probe;
use crate::ask::tampering::roles_by_tag;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, entries, speaks_of};
use crate::finding::{Findings, Proof};
use policy_engine::inventory::Role;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::{PrincipalEntry, PrincipalKind, Statement};
use policy_engine::request::Principal;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags a role whose permissions depend on session tags, if its trust policy allows principals other than EKS to set
    /// them.
    ///
    /// # Why it matters
    ///
    /// A principal that may call `sts:AssumeRole` and `sts:TagSession` can set `kubernetes-namespace` to any value, and then
    /// read the secrets of any tenant.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          trust: &pods-of-prod
    /// +          - Effect: Allow
    /// +            Principal: { AWS: arn:aws:iam::111122223333:root }
    /// +            Action: [sts:AssumeRole, sts:TagSession]
    ///            - Effect: Allow
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only EKS to assume the role:
    ///
    /// ```yaml
    /// trust:
    ///   - Effect: Allow
    ///     Principal: { Service: pods.eks.amazonaws.com }
    ///     Action: [sts:AssumeRole, sts:TagSession]
    ///     Condition:
    ///       StringEquals: { aws:SourceAccount: "111122223333" }
    ///       ArnEquals: { aws:SourceArn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "pods" {
    ///   statement {
    ///     actions = ["sts:AssumeRole", "sts:TagSession"]
    ///     principals {
    ///       type        = "Service"
    ///       identifiers = ["pods.eks.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    "ESC111" "session-tags-can-be-forged", Critical Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let trusts = context.documents.iter();
    for document in trusts.filter(|document| document.kind == PolicyType::Trust) {
        let Owner::Role(role) = document.owner else {
            continue;
        };
        let tagging = document
            .allows()
            .filter(|own| speaks_of(own, "sts:TagSession"));
        let mut tagging = tagging.peekable();
        if tagging.peek().is_none() || !roles_by_tag(context).any(|own| shares(document, own)) {
            continue;
        }
        for statement in tagging {
            let forged = entries(statement).find_map(|entry| {
                let proof = forged(context, document, role, statement, entry)?;
                Some((entry, proof))
            });
            let Some((entry, proof)) = forged else {
                continue;
            };
            let message = format!(
                "this principal can assume `{}` with the session tags of any tenant",
                document.object
            );
            let draft = document
                .in_statement(statement, entry.value.origin, "can set any session tag", message)
                .because("sts:TagSession")
                .help("remove sts:TagSession from this statement, or deny tag keys of EKS with a condition on `aws:TagKeys`")
                .request(Some(proof));
            findings.add(draft);
        }
    }
}

/// A request with the tag of another tenant that a statement allows a principal which can also assume the role.
fn forged(
    context: &Context<'_>,
    document: &Document<'_>,
    role: &Role,
    statement: &Statement,
    entry: &PrincipalEntry,
) -> Option<Proof> {
    if !matches!(entry.kind, PrincipalKind::Aws | PrincipalKind::Everyone) {
        return None;
    }
    let named = entry.value.text.known();
    let named = named.filter(|text| text.contains(":role/"));
    let mut roles = context.inventory.roles.iter();
    if roles.any(|own| Some(own.arn.as_str()) == named && context.pods.always_tagged(own)) {
        return None;
    }
    let account = Arn::parse(&role.arn).map_or("111122223333", |arn| arn.account);
    let caller = named.map_or_else(
        || format!("arn:aws:iam::{account}:role/anybody"),
        str::to_owned,
    );
    let caller = Principal::parse(&caller).ok()?;
    let probe = Probe::meeting(document, statement, "sts:TagSession", |_| false)?
        .by(caller.clone())
        .with("aws:RequestTag/kubernetes-namespace", "another-tenant")
        .with("aws:TagKeys", "kubernetes-namespace");
    let proof = probe.resource_allows(context, document)?;
    let mut assuming = document
        .allows()
        .filter(|own| speaks_of(own, "sts:AssumeRole"));
    let assumes = assuming.any(|own| {
        let probe = Probe::meeting(document, own, "sts:AssumeRole", |_| false);
        let probe = probe.map(|probe| probe.by(caller.clone()));
        probe.is_some_and(|probe| probe.resource_allows(context, document).is_some())
    });
    (assumes && !probe.denied_in_world(context)).then_some(proof)
}

/// Whether a role has this trust policy; two may share one document.
fn shares(document: &Document<'_>, role: &Role) -> bool {
    let trust = role.trust.known();
    trust.is_some_and(|trust| trust.origin == document.policy.origin)
}
