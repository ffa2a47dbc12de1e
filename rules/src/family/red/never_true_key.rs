//! RED120 `never-true-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a condition that never matches: a negated pattern that excludes every value of a key that each request contains.
    ///
    /// # Why it matters
    ///
    /// The condition excludes every request, so the statement never applies. An Allow gives no access, and a Deny protects
    /// nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringNotLike": {"aws:PrincipalArn": "*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the condition, or write the value that you exclude:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["kms:Decrypt"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "RED120" "never-true-key", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let unlike = condition.parsed.is_some_and(|operator| {
            operator.negated
                && matches!(
                    operator.comparison,
                    Comparison::StringLike | Comparison::Arn
                )
        });
        let always = [
            "aws:principalarn",
            "aws:principalaccount",
            "aws:currenttime",
        ]
        .contains(&key(condition).to_ascii_lowercase().as_str());
        if unlike
            && always
            && condition
                .values
                .iter()
                .any(|value| value.text.known() == Some("*"))
        {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "never matches",
                format!(
                    "every request contains `{}`, so the statement never matches",
                    key(condition)
                ),
            );
            findings.add(draft.because(key(condition)).help("remove the statement"));
        }
    }
}
