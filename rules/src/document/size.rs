//! The number of statements, values and characters of a document.

use policy_engine::policy::statement::{Statement, Written};

/// AWS accepts no document with more characters (docs/semantics.md#quotas), and so many characters hold fewer statements and values. Rules
/// that compare all parts with each other would need minutes for a larger document.
const MOST_CHARACTERS: usize = 32_768;
const MOST_STATEMENTS: usize = 512;
const MOST_VALUES: usize = 4_096;

/// Whether statements are more than AWS accepts, however they are written.
pub(super) fn is_beyond(statements: &[Statement]) -> bool {
    statements.len() > MOST_STATEMENTS
        || values(statements) > MOST_VALUES
        || characters(statements) > MOST_CHARACTERS
}

/// At least how many characters statements have: those of their texts.
pub(super) fn characters(statements: &[Statement]) -> usize {
    let length = |text: &Written| text.text.literal().chars().count();
    let each = statements.iter().map(|statement| {
        let lists = statement.action.iter().chain(&statement.resource);
        let listed = lists.flat_map(|list| &list.values);
        let conditions = &statement.conditions;
        let keys = conditions.iter().map(|condition| &condition.key);
        let tested = conditions.iter().flat_map(|condition| &condition.values);
        listed.chain(keys).chain(tested).map(length).sum::<usize>()
    });
    each.sum()
}

/// The number of values in statements.
pub(super) fn values(statements: &[Statement]) -> usize {
    let each = statements.iter().map(|statement| {
        let lists = statement.action.iter().chain(&statement.resource);
        let listed: usize = lists.map(|list| list.values.len()).sum();
        let tested: usize = statement
            .conditions
            .iter()
            .map(|condition| condition.values.len())
            .sum();
        let named = statement
            .principal
            .as_ref()
            .map_or(0, |principal| principal.entries.len());
        listed + tested + named + statement.conditions.len()
    });
    each.sum()
}
