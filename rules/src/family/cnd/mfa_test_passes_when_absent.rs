//! CND201 `mfa-test-passes-when-absent`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, is_allow};
use crate::finding::Findings;

rule! {
    /// Flags a condition on `aws:MultiFactorAuthPresent` in an Allow that also matches a request without this key.
    ///
    /// # Why it matters
    ///
    /// Requests with long-term access keys do not contain the key. A caller with such keys gets the access without a second
    /// factor.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateUser", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `Bool`, which requires the key:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:CreateUser", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["iam:CreateUser"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "Bool"
    ///       variable = "aws:MultiFactorAuthPresent"
    ///       values   = ["true"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "CND201" "mfa-test-passes-when-absent", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let loose = condition
            .parsed
            .is_some_and(|operator| operator.if_exists || operator.negated);
        if loose
            && is_allow(statement)
            && key(condition).eq_ignore_ascii_case("aws:MultiFactorAuthPresent")
        {
            let draft = document
                .in_statement(
                    statement,
                    condition.operator.origin,
                    "matches if the key is absent",
                    "requests with long-term access keys match without MFA",
                )
                .because(key(condition))
                .help("Bool");
            findings.add(draft);
        }
    }
}
