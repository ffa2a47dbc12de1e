//! CND104 `several-booleans`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a Boolean key with both `true` and `false` as values.
    ///
    /// # Why it matters
    ///
    /// One of the two values always matches, so the condition only requires that the key exists. AWS rejects the list in some
    /// policy types.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": ["true", "false"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write one value:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
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
    ///       test     = "Bool"
    ///       variable = "aws:SecureTransport"
    ///       values   = ["true"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "CND104" "several-booleans", High Break High,
    needs: [Policies], aws: ["INVALID_CONDITION_MULTIPLE_BOOLEAN"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let is_bool = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::Bool && operator.qualifier.is_none()
        });
        if is_bool && condition.values.len() > 1 {
            let message = format!(
                "the condition compares `{}` with both booleans",
                key(condition)
            );
            let draft = document
                .in_statement(
                    statement,
                    condition.origin,
                    "one of them always matches",
                    message,
                )
                .because(key(condition))
                .help("keep one value");
            findings.add(draft);
        }
    }
}
