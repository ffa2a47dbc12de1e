//! RED104 `no-values-for-any`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;
use policy_engine::policy::condition::SetQualifier;

rule! {
    /// Flags a key with an empty list of values under `ForAnyValue:`.
    ///
    /// # Why it matters
    ///
    /// No value can match, so the condition never matches. An Allow gives no access, and a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": []}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the values:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}}
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
    ///       test     = "ForAnyValue:StringEquals"
    ///       variable = "aws:TagKeys"
    ///       values   = ["team"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    "RED104" "no-values-for-any", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_CONDITION_FORANYVALUE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in crate::document::conditions::valueless(document) {
        if condition
            .parsed
            .is_some_and(|operator| operator.qualifier == Some(SetQualifier::ForAnyValue))
        {
            findings.add(
                document
                    .in_statement(
                        statement,
                        condition.origin,
                        "empty",
                        "a condition without values never matches",
                    )
                    .because(key(condition)),
            );
        }
    }
}
