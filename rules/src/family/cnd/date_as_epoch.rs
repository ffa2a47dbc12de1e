//! CND117 `date-as-epoch`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, literal_values};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a date in seconds since 1970.
    ///
    /// # Why it matters
    ///
    /// A reader cannot check the date. A tool that writes milliseconds changes the date by a factor of 1,000.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "1893456000"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write an ISO 8601 date:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}}
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
    ///       test     = "DateLessThan"
    ///       variable = "aws:CurrentTime"
    ///       values   = ["2030-01-01T00:00:00Z"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CND117" "date-as-epoch", Medium Fragile High,
    needs: [Policies], aws: ["INVALID_DATE_VALUE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        if condition
            .parsed
            .is_none_or(|operator| !matches!(operator.comparison, Comparison::Date(_)))
        {
            continue;
        }
        for (value, place) in literal_values(condition) {
            if value.len() < 5 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let draft = document
                .in_statement(
                    statement,
                    place,
                    "seconds since 1970-01-01",
                    format!("`{value}` is a date in seconds"),
                )
                .because(value)
                .help("write an ISO 8601 date, for example 2030-01-01T00:00:00Z");
            findings.add(draft);
        }
    }
}
