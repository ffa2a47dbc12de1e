//! Tests of tags that hold where the tag is absent.

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

/// Tests of tags that hold where the tag is absent, each with the request that passes; `strict` is the operator that would not.
pub(crate) fn loose_tests(
    context: &Context<'_>,
    document: &Document<'_>,
    is_loose: impl Fn(&Condition) -> bool,
    strict: impl Fn(&str) -> &str,
) -> Vec<Draft> {
    let is_loose = |condition: &Condition| isolates(condition) && is_loose(condition);
    let mut drafts = Vec::new();
    for (statement, action) in reading(document) {
        for condition in statement.conditions.iter().filter(|one| is_loose(one)) {
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
