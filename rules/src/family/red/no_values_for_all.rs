//! RED103 `no-values-for-all`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;
use policy_engine::policy::condition::SetQualifier;

rule! {
    /// Flags a key without values under `ForAllValues:`.
    ///
    /// # Why it matters
    ///
    /// The test holds only where the key is absent.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": []}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:TagResource", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "true"}}}
    /// ```
    "RED103" "no-values-for-all", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_CONDITION_FORALLVALUES"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in crate::document::conditions::valueless(document) {
        if condition
            .parsed
            .is_some_and(|operator| operator.qualifier == Some(SetQualifier::ForAllValues))
        {
            let draft = document.in_statement(
                statement,
                condition.origin,
                "empty",
                "the test holds only where the key is absent",
            );
            findings.add(draft.because(key(condition)).help("say it with `Null`"));
        }
    }
}
