//! CND204 `same-key-two-operators`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::contradiction;
use crate::document::{Document, is_deny};
use crate::finding::Findings;

rule! {
    /// Flags two conditions on one key in one statement that exclude each other, such as equal to a value and not equal to
    /// it, or less than 300 and greater than 900. PRM211 reports the same in a Deny.
    ///
    /// # Why it matters
    ///
    /// All conditions of a statement must match, and no request matches both. The statement gives no access.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}, "StringNotEquals": {"aws:PrincipalTag/team": "a"}}}
    /// ```
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}, "NumericGreaterThan": {"aws:MultiFactorAuthAge": "900"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Remove one of the conditions, or correct its key:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}, "StringNotEquals": {"aws:PrincipalTag/env": "a"}}}
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
    ///       values   = ["a", "b"]
    ///     }
    ///     condition {
    ///       test     = "StringNotEquals"
    ///       variable = "aws:PrincipalTag/env"
    ///       values   = ["a"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "CND204" "same-key-two-operators", Low Style High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for statement in document
        .statements()
        .iter()
        .filter(|statement| !is_deny(statement))
    {
        let Some((asked, opposite)) = contradiction::find(statement) else {
            continue;
        };
        let name = key(asked);
        let message = format!(
            "two conditions on `{name}` exclude each other, so the statement never matches"
        );
        let draft = document
            .in_statement(statement, asked.key.origin, "requires a value", message)
            .because(name)
            .related(opposite.key.origin, "never matches this value")
            .help("remove one of the two conditions");
        findings.add(draft);
    }
}
