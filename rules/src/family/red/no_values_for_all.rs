//! RED103 `no-values-for-all`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;
use policy_engine::policy::condition::SetQualifier;

rule! {
    /// Flags a key with an empty list of values under `ForAllValues:`.
    ///
    /// # Why it matters
    ///
    /// `ForAllValues:` with an empty list matches only requests without the key. A reader expects the opposite, or no match at
    /// all.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": []}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use `Null`, which states this:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "true"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:TagResource"]
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    "RED103" "no-values-for-all", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_CONDITION_FORALLVALUES"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in crate::document::conditions::valueless(document) {
        if condition
            .parsed
            .is_some_and(|operator| operator.qualifier == Some(SetQualifier::ForAllValues))
        {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "empty",
                "this condition matches only if the key is absent",
            );
            findings.add(
                draft
                    .because(key(condition))
                    .help("use the operator `Null` instead"),
            );
        }
    }
}
