//! TAG126 `abac-bypassed-by-resource-policy`.

use crate::ask::probe::{Probe, open_to_strangers};
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Owner;
use crate::document::tags::{isolates, reading};
use crate::finding::Findings;
use policy_engine::inventory::Role;
use policy_engine::request::Principal;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags the policy of a secret that allows a role of several tenants without a condition on tags.
    ///
    /// # Why it matters
    ///
    /// Within one account AWS allows a request if either the policy of the secret or a policy of the role allows it. The
    /// policy of the secret then gives the secret to every tenant of the role, whatever the role's conditions require.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///        dev/local:
    ///          suffix: LoCaL1
    /// +        policy:
    /// +          - Effect: Allow
    /// +            Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    /// +            Action: secretsmanager:GetSecretValue
    /// +            Resource: "*"
    /// ```
    ///
    /// # Accepted
    ///
    /// Add the condition on tags to the policy of the secret, or remove the statement:
    ///
    /// ```yaml
    /// policy:
    ///   - Effect: Allow
    ///     Principal: { AWS: arn:aws:iam::111122223333:role/pod-reader }
    ///     Action: secretsmanager:GetSecretValue
    ///     Resource: "*"
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
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/pod-reader"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
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
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
    "TAG126" "abac-bypassed-by-resource-policy", High Leak High,
    properties: [OnePerStatement], needs: [Roles, Secrets, Associations], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for role in &context.inventory.roles {
        let tenants = context.pods.tenants(role);
        let namespaces: std::collections::BTreeSet<_> = tenants
            .iter()
            .map(|association| (&association.cluster, &association.namespace.value))
            .collect();
        if namespaces.len() < 2 || !keeps_apart(context, role) {
            continue;
        }
        let (Ok(principal), Some(arn)) = (Principal::parse(&role.arn), Arn::parse(&role.arn))
        else {
            continue;
        };
        let secrets = context.documents.iter().filter(
            |document| matches!(document.owner, Owner::Secret(secret) if secret.account == arn.account),
        );
        for document in secrets {
            for (statement, action) in reading(document) {
                // SCT119 reports a statement for everyone.
                let asked = (statement, action);
                if open_to_strangers(context, document, asked, "aws:resourceaccount").is_some() {
                    continue;
                }
                let probe = Probe::meeting(document, statement, action, isolates);
                let probe = probe.map(|probe| {
                    probe
                        .by(principal.clone())
                        .with("aws:PrincipalTag/kubernetes-namespace", "another-tenant")
                });
                let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document))
                else {
                    continue;
                };
                let place = statement
                    .principal
                    .as_ref()
                    .map_or(statement.origin, |element| element.origin);
                let name = context.inventory.role_name(&role.arn);
                let draft = document
                    .in_statement(
                        statement,
                        place,
                        "allows every tenant of the role",
                        format!(
                            "the policy of `{}` allows every tenant of `{name}` to read it",
                            document.object
                        ),
                    )
                    .because(&*role.arn)
                    .related(role.origin, "the role")
                    .help("add a condition on `aws:PrincipalTag/kubernetes-namespace` to this statement")
                    .request(Some(proof))
                    .once(statement.origin);
                findings.add(draft);
            }
        }
    }
}

/// Whether a role's own permissions to read test tags.
fn keeps_apart(context: &Context<'_>, role: &Role) -> bool {
    context.documents.iter().any(|own| {
        let of_role = matches!(own.owner, Owner::Role(other) if other.arn == role.arn);
        of_role && reading(own).any(|(statement, _)| statement.conditions.iter().any(isolates))
    })
}
