//! CND120 `boolean-value-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags `Bool` with a value other than `true` or `false`.
    ///
    /// # Why it matters
    ///
    /// The condition never matches: an Allow gives no access, and a Deny protects nothing. YAML and HCL accept `yes` as a
    /// text, so the mistake stays unnoticed.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "yes"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `true` or `false`:
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND120" "boolean-value-malformed", Medium Break High,
    needs: [Policies], aws: ["TYPE_MISMATCH_BOOLEAN"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if condition
            .parsed
            .is_none_or(|operator| operator.comparison != Comparison::Bool)
        {
            continue;
        }
        for (value, place) in literal_values(condition) {
            if value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false") {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "not a boolean",
                    format!("`{value}` is neither `true` nor `false`"),
                )
                .because(value)
                .help("write \"true\" or \"false\"");
            findings.add(draft);
        }
    }
}
