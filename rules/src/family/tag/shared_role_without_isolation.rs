//! TAG131 `shared-role-without-isolation`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{is_positive, key};
use crate::document::tags::{Tag, reading, tag};
use crate::document::{Document, Owner, resources};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use crate::text::session_tags;
use policy_engine::policy::statement::{Condition, Statement};

use std::collections::BTreeSet;

rule! {
    /// Flags a role of several tenants whose Allow to read depends neither on a principal tag nor on a session policy.
    ///
    /// # Why it matters
    ///
    /// Every tenant of the role can read the secrets of every other tenant. The rule assumes that a statement with the
    /// complete names of single secrets shares them on purpose.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            read-own:
    ///              - Effect: Allow
    ///                Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// -              Condition: &own
    /// +              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// +            - Effect: Deny
    /// +              Action: [secretsmanager:DeleteSecret]
    /// +              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// +              Condition: &own
    /// ```
    ///
    /// # Accepted
    ///
    /// Compare the tags of the object with the tags of the session:
    ///
    /// ```yaml
    /// read-own:
    ///   - Effect: Allow
    ///     Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    ///     Resource: arn:aws:secretsmanager:*:*:secret:*
    ///     Condition:
    ///       StringEquals:
    ///         aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    ///         aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["arn:aws:secretsmanager:*:*:secret:*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/eks-cluster-arn"
    ///       values   = ["$${aws:PrincipalTag/eks-cluster-arn}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "TAG131" "shared-role-without-isolation", Critical Leak High,
    properties: [OneSeparation], needs: [Associations, Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for document in &context.documents {
        let Owner::Role(role) = document.owner else {
            continue;
        };
        let tenants = context.pods.tenants(role);
        let spaces: BTreeSet<_> = tenants
            .iter()
            .filter(|association| association.policy.is_absent())
            .map(|association| (&association.cluster, &association.namespace.value))
            .collect();
        if spaces.len() < 2 {
            continue;
        }
        let is_of_role =
            |own: &Document<'_>| matches!(own.owner, Owner::Role(other) if other.arn == role.arn);
        let names: BTreeSet<_> = spaces.iter().map(|(_, namespace)| namespace).collect();
        let is_of_namespaces = names.len() > 1;
        for (statement, action) in reading(document) {
            let is_single = !resources(statement).is_empty()
                && resources(statement)
                    .iter()
                    .all(|value| !has_wildcard(value.text.literal().trim_end_matches("-??????")));
            let is_bypass = || {
                let mut own = context.documents.iter().filter(|own| is_of_role(own));
                own.any(|own| bypasses(context, (document, statement), own))
            };
            // AWS rejects a policy with an operator that does not exist.
            let is_rejected = statement.conditions.iter().any(|own| own.parsed.is_none());
            if is_single
                || is_rejected
                || statement.conditions.iter().any(is_shared_on_purpose)
                || is_bypass()
            {
                continue;
            }
            let probe = Probe::meeting(document, statement, action, |_| false);
            let probe = probe.map(|probe| of_other_tenant(probe, is_of_namespaces));
            let Some(proof) = probe.and_then(|probe| probe.allowed(context, document)) else {
                continue;
            };
            let clusters: BTreeSet<_> = spaces.iter().map(|(cluster, _)| cluster).collect();
            let tenants = match names.len() {
                1 => format!("{} clusters", clusters.len()),
                count => format!("{count} namespaces"),
            };
            let message = format!(
                "pods of {tenants} share `{}`, and each can read the secrets of the others",
                document.object
            );
            let place = resources(statement)
                .first()
                .map_or(statement.origin, |value| value.origin);
            let draft = document
                .in_statement(statement, place, "the same for all of them", message)
                .because(action)
                .related(role.origin, "the role")
                .help("compare `aws:ResourceTag/kubernetes-namespace` with the tag of the caller, or use one role per tenant")
                .request(Some(proof))
                .once(role.origin);
            findings.add(draft);
        }
    }
}

/// Whether TAG125 reports a statement, because it allows what a statement of another document or of the same tests a tag for.
fn bypasses(
    context: &Context<'_>,
    (document, statement): (&Document<'_>, &Statement),
    careful: &Document<'_>,
) -> bool {
    let mut others = reading(careful).filter(|(other, _)| other.origin != statement.origin);
    others.any(|(other, action)| {
        let tests: Vec<_> = other
            .conditions
            .iter()
            .filter(|own| is_of_object(own))
            .collect();
        let probe = Probe::meeting(careful, other, action, |_| false);
        let probe = probe.filter(|_| !tests.is_empty()).map(|probe| {
            tests.iter().fold(probe, |probe, condition| {
                probe.with(key(condition), "another-tenant")
            })
        });
        probe.is_some_and(|probe| {
            !probe.allowed_alone(context, careful, other)
                && probe.allowed_alone(context, document, statement)
                && probe.allowed(context, careful).is_some()
        })
    })
}

/// The request of a tenant, with the tags of the object of another: of another namespace, or else of another cluster.
fn of_other_tenant(probe: Probe, is_of_namespaces: bool) -> Probe {
    let tags: &[&str] = if is_of_namespaces {
        &[
            "kubernetes-namespace",
            "kubernetes-service-account",
            "kubernetes-pod-name",
            "kubernetes-pod-uid",
        ]
    } else {
        &["eks-cluster-arn", "eks-cluster-name"]
    };
    tags.iter().fold(probe, |probe, tag| {
        probe.with(&format!("aws:PrincipalTag/{tag}"), "another-tenant")
    })
}

fn is_of_object(condition: &Condition) -> bool {
    matches!(tag(condition), Some(Tag::Resource(_)))
}

/// Whether a condition names the objects that all tenants read: by a tag that EKS does not set, or by a fixed value.
fn is_shared_on_purpose(condition: &Condition) -> bool {
    let name = match tag(condition) {
        Some(Tag::Resource(name) | Tag::Principal(name)) => name,
        Some(Tag::Request(_)) | None => return false,
    };
    let is_positive = condition.parsed.is_some_and(is_positive);
    let mut keys = session_tags::KEYS.iter();
    let is_of_eks = keys.any(|key| key.eq_ignore_ascii_case(name));
    let mut values = condition.values.iter().map(|value| value.text.literal());
    let is_fixed = values.all(|text| !text.contains("${") && !has_wildcard(text));
    is_positive && (!is_of_eks || is_fixed)
}
