//! RED102 `no-condition-values`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;

rule! {
    /// Flags a condition key with an empty list of values.
    ///
    /// # Why it matters
    ///
    /// No value can match, so the condition never matches. An Allow gives no access, and a Deny protects nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": []}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// List the values, or remove the condition:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a"]}}}
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
    ///       test     = "StringEquals"
    ///       variable = "aws:PrincipalTag/team"
    ///       values   = ["a"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    "RED102" "no-condition-values", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_CONDITION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in crate::document::conditions::valueless(document) {
        if condition
            .parsed
            .is_some_and(|operator| operator.qualifier.is_none() && !operator.if_exists)
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
