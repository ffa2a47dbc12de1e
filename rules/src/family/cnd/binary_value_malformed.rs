//! CND123 `binary-value-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a binary operator with a value that is not base64.
    ///
    /// # Why it matters
    ///
    /// AWS decodes the value before it compares. The condition never matches: an Allow gives no access, and a Deny protects
    /// nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity also=CAT103
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"BinaryEquals": {"kms:RecipientAttestation:PCR0": "%%%"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the value in base64:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"BinaryEquals": {"kms:RecipientAttestation:PCR0": "QmluYXJ5"}}}
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
    ///       test     = "BinaryEquals"
    ///       variable = "kms:RecipientAttestation:PCR0"
    ///       values   = ["QmluYXJ5"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND123" "binary-value-malformed", Medium Break High,
    needs: [Policies], aws: ["TYPE_MISMATCH_STRING"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if condition
            .parsed
            .is_none_or(|operator| operator.comparison != Comparison::Binary)
        {
            continue;
        }
        for (value, place) in literal_values(condition) {
            let letters = value
                .trim_end_matches('=')
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
            if letters && value.len().is_multiple_of(4) {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "not base64",
                    format!("`{value}` is not base64"),
                )
                .because(value)
                .help("encode the value as base64");
            findings.add(draft);
        }
    }
}
