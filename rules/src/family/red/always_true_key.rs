//! RED118 `always-true-key`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::tags::isolates;
use crate::document::{Document, READS, named};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a condition that always matches: `IfExists` with a pattern that matches every value.
    ///
    /// # Why it matters
    ///
    /// The condition restricts nothing. To a reader it looks like a restriction, and the statement is wider than it looks.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLikeIfExists": {"kms:ViaService": "*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove the condition, or write the value that you require:
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
    "RED118" "always-true-key", Info Style High,
    needs: [Policies], aws: ["REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let loose = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::StringLike && operator.if_exists && !operator.negated
        });
        let elsewhere = isolates(condition) && named(statement, &READS).is_some();
        if loose
            && !elsewhere
            && condition
                .values
                .iter()
                .any(|value| value.text.known() == Some("*"))
        {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "always matches",
                format!("the condition on `{}` always matches", key(condition)),
            );
            findings.add(draft.because(key(condition)).help("remove the condition"));
        }
    }
}
