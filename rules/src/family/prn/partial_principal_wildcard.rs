//! PRN105 `partial-principal-wildcard`.

use crate::check::{Check, rule};
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags `*` or `?` inside a principal.
    ///
    /// # Why it matters
    ///
    /// A principal is a complete name or `*`; AWS does not expand patterns in it. AWS rejects the policy, or the statement
    /// matches no caller.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app-*"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the account, and put the pattern into a condition on `aws:PrincipalArn`:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app-*"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:root"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "ArnLike"
    ///       variable = "aws:PrincipalArn"
    ///       values   = ["arn:aws:iam::111122223333:role/app-*"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "PRN105" "partial-principal-wildcard", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_WILDCARD_IN_PRINCIPAL"], fix: None, Check::Mistake(&[Mistake::PrincipalWildcard]);
}
