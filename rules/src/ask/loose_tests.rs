//! Tests of tags that match a request without the tag.

use crate::{
    ask::probe::Probe,
    context::Context,
    document::{
        Document,
        tags::{isolates, reading},
    },
    finding::{Draft, Fix, Grade},
};
use policy_engine::policy::statement::Condition;

/// Drafts for tests of tags that match without the tag, each with a request that is allowed; `strict` gives the operator that does not match
/// (docs/semantics.md#absent-keys).
pub(crate) fn loose_tests(
    context: &Context<'_>,
    document: &Document<'_>,
    is_loose: impl Fn(&Condition) -> bool,
    strict: impl Fn(&str) -> &str,
) -> Vec<Draft> {
    let is_loose = |condition: &Condition| isolates(condition) && is_loose(condition);
    let mut drafts = Vec::new();
    for (statement, action) in reading(document) {
        for condition in statement.conditions.iter().filter(|test| is_loose(test)) {
            let key = condition.key.text.literal();
            let probe = Probe::meeting(document, statement, action, is_loose);
            let proof = probe.and_then(|probe| probe.without(key).allowed(context, document));
            if proof.is_none() {
                continue;
            }
            let message = format!("whoever lacks `{key}` passes: {action} is allowed without it");
            let place = condition.operator.origin;
            let operator = format!("\"{}\"", strict(&condition.operator.value));
            let draft = document
                .in_statement(statement, place, "holds where the tag is absent", message)
                .because(key)
                .related(condition.key.origin, "this tag")
                .help(&*operator)
                .request(proof)
                .once(statement.origin)
                .fix(Fix {
                    grade: Grade::Safe,
                    edits: vec![(place, operator)],
                });
            drafts.push(draft);
        }
    }
    drafts
}
