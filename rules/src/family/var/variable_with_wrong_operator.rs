//! VAR101 `variable-with-wrong-operator`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, is_text, key};
use crate::finding::Findings;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a policy variable in a value that is compared as a number, date, truth value, address or bytes.
    ///
    /// # Why it matters
    ///
    /// Variables exist for text and ARNs only; AWS refuses the document.
    ///
    /// # Flagged
    ///
    /// ```json identity also=CND122
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"NumericEquals": {"aws:MultiFactorAuthAge": "${aws:PrincipalTag/age}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/age": "${aws:PrincipalTag/limit}"}}}
    /// ```
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
        let message = format!("`{}` takes no variables", condition.operator.value);
        let draft = document
            .dead(
                statement,
                RULE.severity,
                value.origin,
                "a variable",
                message,
            )
            .because(key(condition))
            .help("compare it as text, or write the value itself");
        findings.add(draft);
    }
}
