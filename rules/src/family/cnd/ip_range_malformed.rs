//! CND114 `ip-range-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags an IP address operator with a value that is neither an address nor a CIDR range.
    ///
    /// # Why it matters
    ///
    /// AWS cannot compare an address with the value, and the condition never matches. An Allow gives no access, and a Deny
    /// protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0-255"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a CIDR range:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
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
    ///       test     = "IpAddress"
    ///       variable = "aws:SourceIp"
    ///       values   = ["203.0.113.0/24"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND114" "ip-range-malformed", High Break High,
    needs: [Policies], aws: ["TYPE_MISMATCH_IP_RANGE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if condition
            .parsed
            .is_none_or(|operator| operator.comparison != Comparison::IpAddress)
        {
            continue;
        }
        for (value, place) in literal_values(condition) {
            if crate::document::addresses::range(value).is_some() {
                continue;
            }
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "not an IP range",
                    format!("`{value}` is neither an IP address nor an IP range"),
                )
                .because(value)
                .help("write an address or a range, for example 203.0.113.0/24");
            findings.add(draft);
        }
    }
}
