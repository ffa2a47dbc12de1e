//! PRM114 `dynamodb-attributes-without-select`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key};
use crate::document::{Document, is_allow};
use crate::finding::Findings;

rule! {
    /// Flags a limit on `dynamodb:Attributes` without one on `dynamodb:Select`.
    ///
    /// # Why it matters
    ///
    /// A caller that asks for all attributes names none, and the limit does not hold it.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}, "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}
    /// ```
    "PRM114" "dynamodb-attributes-without-select", High Leak High,
    needs: [Policies], aws: ["DYNAMODB_ATTRIBUTES_WITHOUT_SELECT"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let paired = || {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).eq_ignore_ascii_case("dynamodb:Select"))
        };
        if is_allow(statement)
            && key(condition).eq_ignore_ascii_case("dynamodb:Attributes")
            && !paired()
        {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "names none when all are asked for",
                    "a caller that asks for all attributes passes",
                )
                .help("\"StringEqualsIfExists\": {\"dynamodb:Select\": \"SPECIFIC_ATTRIBUTES\"}");
            findings.add(draft);
        }
    }
}
