//! CND128 `null-with-set-operator`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::condition::{Comparison, SetQualifier};

rule! {
    /// Flags a set operator before `Null`.
    ///
    /// # Why it matters
    ///
    /// `ForAllValues:Null` always matches, and `ForAnyValue:Null` never matches. The statement applies to all requests or to
    /// none, whatever the request contains.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"ForAllValues:Null": {"aws:TagKeys": "true"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `Null` without a set operator:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "true"}}}
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
    ///       test     = "Null"
    ///       variable = "aws:TagKeys"
    ///       values   = ["true"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    "CND128" "null-with-set-operator", Info Style High,
    needs: [Policies], aws: ["NULL_WITH_QUALIFIER"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let null = condition
            .parsed
            .filter(|operator| operator.comparison == Comparison::Null);
        let message = match null.and_then(|operator| operator.qualifier) {
            Some(SetQualifier::ForAllValues) => "`ForAllValues:Null` always matches",
            Some(SetQualifier::ForAnyValue) => "`ForAnyValue:Null` never matches",
            None => continue,
        };
        let draft = document
            .in_statement(
                statement,
                condition.operator.origin,
                "has the same result for every request",
                message,
            )
            .because(key(condition))
            .help("Null");
        findings.add(draft);
    }
}
