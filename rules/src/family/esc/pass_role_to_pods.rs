//! ESC115 `pass-role-to-pods`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::{Document, is_allow, named, resources};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags `iam:PassRole` to `pods.eks.amazonaws.com` on every role.
    ///
    /// # Why it matters
    ///
    /// A principal with this permission can associate any role that trusts EKS with pods of its own. These pods then read the
    /// secrets of that role.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "pods.eks.amazonaws.com"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Limit the roles by their path or name:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/eks/payments-*", "Condition": {"StringEquals": {"iam:PassedToService": "pods.eks.amazonaws.com"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["iam:PassRole"]
    ///     resources = ["arn:aws:iam::111122223333:role/eks/payments-*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "iam:PassedToService"
    ///       values   = ["pods.eks.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    "ESC115" "pass-role-to-pods", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document.statements() {
        let to_pods = statement.conditions.iter().any(|condition| {
            key(condition).eq_ignore_ascii_case("iam:PassedToService")
                && condition
                    .values
                    .iter()
                    .any(|value| value.text.literal() == "pods.eks.amazonaws.com")
        });
        let passes = named(statement, &["iam:PassRole"]).is_some()
            && is_allow(statement)
            && document.kind == PolicyType::Identity;
        let any = resources(statement)
            .iter()
            .find(|value| matches!(value.text.literal().rsplit(":role/").next(), Some("*")));
        let Some(any) = any.filter(|_| to_pods && passes) else {
            continue;
        };
        let draft = document
            .in_statement(
                statement,
                any.origin,
                "matches every role",
                "the caller can pass any role to pods",
            )
            .help("list the roles for pods, for example by a path: arn:aws:iam::111122223333:role/pods/*");
        findings.add(draft);
    }
}
