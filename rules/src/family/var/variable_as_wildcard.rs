//! VAR108 `variable-as-wildcard`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, is_allow};
use crate::finding::Findings;
use crate::text::variables::variables;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a variable as the complete value of a key that identifies the caller.
    ///
    /// # Why it matters
    ///
    /// The caller, or a principal that sets the caller's tags, chooses the value of the variable. With `*` as value the
    /// condition matches every caller.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "${aws:PrincipalTag/id}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the value:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "AROAEXAMPLEID12345678:*"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:root"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringLike"
    ///       variable = "aws:userid"
    ///       values   = ["AROAEXAMPLEID12345678:*"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "VAR108" "variable-as-wildcard", High Leak High,
    needs: [Policies], aws: ["VARIABLE_USAGE_TOO_PERMISSIVE"], fix: None, Check::Document(check);
}

const SENSITIVE: [&str; 5] = [
    "aws:userid",
    "aws:principalarn",
    "aws:sourcearn",
    "aws:sourceidentity",
    "sts:externalid",
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let by_pattern = condition.parsed.is_some_and(|operator| {
            !operator.negated
                && matches!(
                    operator.comparison,
                    Comparison::StringLike | Comparison::Arn
                )
        });
        if !is_allow(statement)
            || !by_pattern
            || !SENSITIVE.contains(&key(condition).to_ascii_lowercase().as_str())
        {
            continue;
        }
        for value in &condition.values {
            let text = value.text.literal();
            let fixed = text.find("${").filter(|at| *at < 6);
            if fixed.is_some() && !variables(text).is_empty() {
                let draft = document
                    .in_statement(
                        statement,
                        value.origin,
                        "the caller chooses this value",
                        format!(
                            "the caller chooses `{text}`, and therefore the value that `{}` must have",
                            key(condition)
                        ),
                    )
                    .because(text)
                    .help("write the exact value");
                findings.add(draft);
            }
        }
    }
}
