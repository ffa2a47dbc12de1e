//! POD303 `target-trust-whole-account`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::{Owner, entries, is_allow, matches_action};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalKind;

rule! {
    /// Flags a target role whose trust policy allows a whole other account, without a condition on the external id, the ARN
    /// of a role or a tag that EKS sets.
    ///
    /// # Why it matters
    ///
    /// Every principal of that account with `sts:AssumeRole` can assume the target role. The caller also chooses its own
    /// session tags, so conditions on tags do not protect the secrets of this account.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            - Effect: Allow
    /// -            Principal: { AWS: arn:aws:iam::111122223333:role/hop }
    /// +            Principal: { AWS: arn:aws:iam::111122223333:root }
    ///              Action: sts:AssumeRole
    ///              Condition:
    ///                StringEquals:
    /// -                sts:ExternalId: us-east-1/111122223333/prod/dev/chained
    /// +                aws:PrincipalAccount: "111122223333"
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the first role, and require the external id of the association:
    ///
    /// ```yaml
    /// - Effect: Allow
    ///   Principal: { AWS: arn:aws:iam::111122223333:role/hop }
    ///   Action: sts:AssumeRole
    ///   Condition:
    ///     StringEquals:
    ///       sts:ExternalId: us-east-1/111122223333/prod/dev/chained
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "trust" {
    ///   statement {
    ///     actions = ["sts:AssumeRole"]
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/hop"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "sts:ExternalId"
    ///       values   = ["us-east-1/111122223333/prod/dev/chained"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    "POD303" "target-trust-whole-account", High Leak High,
    properties: [OnePerStatement], needs: [Associations, Roles], aws: [], fix: None, Check::World(check);
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
        let is_target = context.pods.have_target(role);
        for statement in document.statements().iter().filter(|statement| {
            is_allow(statement) && is_target && matches_action(statement, "sts:AssumeRole")
        }) {
            let entries = entries(statement);
            let whole = entries.into_iter().find(|entry| {
                let text = entry.value.text.literal();
                entry.kind == PrincipalKind::Everyone
                    || text.ends_with(":root")
                    || (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
            });
            let bound = statement.conditions.iter().any(|condition| {
                let name = key(condition).to_ascii_lowercase();
                ["sts:externalid", "aws:principalarn"].contains(&name.as_str())
                    || name.starts_with("aws:requesttag/")
                    || name.starts_with("aws:principaltag/")
            });
            let Some(whole) = whole.filter(|_| !bound) else {
                continue;
            };
            let draft = document
                .in_statement(
                    statement,
                    whole.value.origin,
                    "a whole account",
                    format!(
                        "every principal of the account with sts:AssumeRole can assume `{}`",
                        document.object
                    ),
                )
                .help(
                    "write the ARN of the role, and add a condition on `sts:ExternalId` or `aws:RequestTag/eks-cluster-arn`",
                );
            findings.add(draft);
        }
    }
}
