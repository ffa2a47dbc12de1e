//! VAR101 `variable-with-wrong-operator`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, is_text, key};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a policy variable in a numeric, date, Boolean, IP address or binary comparison.
    ///
    /// # Why it matters
    ///
    /// AWS supports variables only with string and ARN operators. AWS rejects the policy, and the deployment fails.
    ///
    /// # Flagged
    ///
    /// ```json identity also=CND122
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericEquals": {"aws:MultiFactorAuthAge": "${aws:PrincipalTag/age}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Compare strings, or write the value:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/age": "${aws:PrincipalTag/limit}"}}}
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
    ///       variable = "aws:PrincipalTag/age"
    ///       values   = ["$${aws:PrincipalTag/limit}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "VAR101" "variable-with-wrong-operator", High Break High,
    needs: [Policies], aws: ["INVALID_VARIABLE_FOR_OPERATOR"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let takes = condition
            .parsed
            .is_none_or(|operator| is_text(operator) || operator.comparison == Comparison::Arn);
        let Some(value) = condition
            .values
            .iter()
            .find(|value| value.text.literal().contains("${"))
        else {
            continue;
        };
        if takes {
            continue;
        }
        let message = format!(
            "IAM does not replace variables in values of `{}`",
            condition.operator.value
        );
        let draft = document
            .dead(
                statement,
                RULE.severity,
                value.origin,
                "a variable",
                message,
            )
            .because(key(condition))
            .help("use a string or ARN operator, or write the value instead of the variable");
        findings.add(draft);
    }
}
