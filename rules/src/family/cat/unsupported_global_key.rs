//! CAT107 `unsupported-global-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;

rule! {
    /// Flags the key `aws:ARN`, which AWS no longer supports.
    ///
    /// # Why it matters
    ///
    /// AWS rejects the policy, and the deployment fails. `aws:PrincipalArn` contains the caller, and `aws:SourceArn` contains
    /// the resource for which a service calls.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"ArnLike": {"aws:ARN": "arn:aws:iam::111122223333:role/app"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `aws:PrincipalArn` or `aws:SourceArn`:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "ArnLike"
    ///       variable = "aws:PrincipalArn"
    ///       values   = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT107" "unsupported-global-key", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_GLOBAL_CONDITION_KEY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if key(condition).eq_ignore_ascii_case("aws:ARN") {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    condition.key.origin,
                    "retired",
                    "AWS no longer supports `aws:ARN`",
                )
                .because(key(condition))
                .help("replace the key with `aws:PrincipalArn`, or with `aws:SourceArn` for a service");
            findings.add(draft);
        }
    }
}
