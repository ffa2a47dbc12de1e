//! CND204 `same-key-two-operators`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::contradiction;
use crate::document::{Document, is_deny};
use crate::finding::Findings;

rule! {
    /// Flags two tests of one key in one statement that exclude each other: equal to a text and not equal to it, less than a
    /// number and greater than a larger one, absent and equal. In a Deny it is PRM211.
    ///
    /// # Why it matters
    ///
    /// The statement never matches.
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
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}, "StringNotEquals": {"aws:PrincipalTag/env": "a"}}}
    /// ```
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
        let message =
            format!("two tests of `{name}` exclude each other: the statement never matches");
        let draft = document
            .in_statement(statement, asked.key.origin, "asks for a value", message)
            .because(name)
            .related(opposite.key.origin, "never holds for it")
            .help("keep one of the two tests");
        findings.add(draft);
    }
}
