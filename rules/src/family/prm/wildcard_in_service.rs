//! PRM116 `wildcard-in-service`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags a wildcard in the service of an action or an ARN.
    ///
    /// # Why it matters
    ///
    /// IAM rejects the policy. Tools that accept it create a statement that never matches.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secrets*:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the service:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:Get*"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    "PRM116" "wildcard-in-service", Info Style High,
    needs: [Policies], aws: ["WILDCARD_IN_SERVICE_NAME"], fix: None, Check::Mistake(&[Mistake::ActionService, Mistake::ResourceService]);
}
