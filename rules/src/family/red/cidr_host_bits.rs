//! RED113 `cidr-host-bits`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a CIDR range with address bits beyond its prefix length.
    ///
    /// # Why it matters
    ///
    /// AWS ignores the extra bits: `203.0.113.7/24` matches all 256 addresses, not one address. The range can be wider than
    /// the author intended.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.7/24"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the first address of the range:
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "RED113" "cidr-host-bits", Info Style High,
    needs: [Policies], aws: ["IMPROVE_IP_RANGE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document).filter(|(_, condition)| {
        condition
            .parsed
            .is_some_and(|operator| operator.comparison == Comparison::IpAddress)
    }) {
        for (value, place) in literal_values(condition) {
            let Some(network) =
                crate::document::addresses::network(value).filter(|network| network != value)
            else {
                continue;
            };
            let draft = document.in_statement(
                statement,
                place,
                "bits beyond the prefix length",
                format!("`{value}` is the range {network}"),
            );
            findings.add(draft.because(value).help(format!("\"{network}\"")));
        }
    }
}
