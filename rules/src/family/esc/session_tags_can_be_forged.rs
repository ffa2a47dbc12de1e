//! ESC111 `session-tags-can-be-forged`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::{Tag, reading, tag};
use crate::document::{Document, Owner, entries, is_allow, speaks_of};
use crate::finding::Findings;
use policy_engine::inventory::Role;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::{PrincipalKind, Statement};
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
    for document in context
        .documents
        .iter()
        .filter(|document| document.kind == PolicyType::Trust)
    {
        let Owner::Role(role) = document.owner else {
            continue;
        };
        let tagged = document.statements().iter().any(|statement| {
            is_allow(statement)
                && !crate::document::lets_pods_in(statement)
                && speaks_of(statement, "sts:TagSession")
        });
        let by_tag = tagged
            && context
                .inventory
                .roles
                .iter()
                .filter(|other| shares(context, document, other))
                .any(|other| {
                    context.documents.iter().any(|own| {
                        let of_role =
                            matches!(own.owner, Owner::Role(role) if role.arn == other.arn);
                        of_role && reading(own).any(|(statement, _)| rests_on_tags(statement))
                    })
                });
        for statement in document.statements().iter().filter(|statement| {
            is_allow(statement) && by_tag && speaks_of(statement, "sts:TagSession")
        }) {
            let entries = entries(statement);
            let other = entries
                .into_iter()
                .find(|entry| matches!(entry.kind, PrincipalKind::Aws | PrincipalKind::Everyone));
            let Some(other) = other else { continue };
            let account = Arn::parse(&role.arn).map_or("111122223333", |arn| arn.account);
            let caller = other
                .value
                .text
                .known()
                .filter(|text| text.contains(":role/"))
                .map_or_else(
                    || format!("arn:aws:iam::{account}:role/anybody"),
                    str::to_owned,
                );
            let Ok(caller) = Principal::parse(&caller) else {
                continue;
            };
            let probe = Probe::meeting(document, statement, "sts:TagSession", |_| false);
            let probe = probe.map(|probe| {
                probe
                    .by(caller)
                    .with("aws:RequestTag/kubernetes-namespace", "another-tenant")
                    .with("aws:TagKeys", "kubernetes-namespace")
            });
            let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document))
            else {
                continue;
            };
            // A role that pods already are passes its tags on: they are transitive, and cannot be changed.
            let passes_on = context.inventory.roles.iter().any(|role| {
                Some(role.arn.as_str()) == other.value.text.known() && context.pods.serve(role)
            });
            if passes_on {
                continue;
            }
            let draft = document
                .in_statement(statement, other.value.origin, "can set any session tag", format!("this principal can assume `{}` with the session tags of any tenant", document.object))
                .because("sts:TagSession")
                .help("remove sts:TagSession from this statement, or deny tag keys of EKS with a condition on `aws:TagKeys`")
                .request(Some(proof));
            findings.add(draft);
        }
    }
}

/// Whether a role has this trust policy; two may share one document.
fn shares(_: &Context<'_>, document: &Document<'_>, role: &Role) -> bool {
    role.trust
        .known()
        .is_some_and(|trust| trust.origin == document.policy.origin)
}

/// Whether a permission compares an object's tag with one of the caller, or tests the caller's.
fn rests_on_tags(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        matches!(tag(condition), Some(Tag::Principal(_)))
            || condition
                .values
                .iter()
                .any(|value| value.text.literal().contains("aws:PrincipalTag/"))
    })
}
