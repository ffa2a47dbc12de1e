//! TAG131 `shared-role-without-isolation`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::{Tag, isolates, reading, tag};
use crate::document::{Owner, resources};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use crate::text::variables::{principal_tag, variables};

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
    needs: [Associations, Roles], aws: [], fix: None, Check::World(check);
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
        for (statement, action) in reading(document) {
            let apart = statement.conditions.iter().any(isolates)
                || resources(statement).iter().any(|value| {
                    variables(value.text.literal())
                        .iter()
                        .any(|(variable, ..)| principal_tag(variable).is_some())
                });
            let single = !resources(statement).is_empty()
                && resources(statement)
                    .iter()
                    .all(|value| !has_wildcard(value.text.literal().trim_end_matches("-??????")));
            // A role that tests tags elsewhere is flagged for the statement that does not: TAG125.
            let careful = context.documents.iter().any(|own| {
                matches!(own.owner, Owner::Role(other) if other.arn == role.arn)
                    && reading(own).any(|(statement, _)| {
                        statement
                            .conditions
                            .iter()
                            .any(|condition| matches!(tag(condition), Some(Tag::Resource(_))))
                    })
            });
            if apart || single || careful {
                continue;
            }
            let probe = Probe::meeting(document, statement, action, |_| false);
            let probe = probe
                .map(|probe| probe.with("aws:PrincipalTag/kubernetes-namespace", "another-tenant"));
            let Some(proof) = probe.and_then(|probe| probe.allowed(context, document)) else {
                continue;
            };
            let names: BTreeSet<_> = spaces.iter().map(|(_, namespace)| namespace).collect();
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
