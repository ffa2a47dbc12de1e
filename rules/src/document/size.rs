//! How much a document holds.

use policy_engine::policy::statement::Statement;

/// No document that AWS takes, of at most 32,768 characters, holds more; rules that compare its parts with each other
/// would take minutes over one that does.
const MOST_STATEMENTS: usize = 512;
const MOST_VALUES: usize = 4_096;

/// Whether a document is larger than any that AWS takes, however it was written.
pub(super) fn is_beyond(statements: &[Statement]) -> bool {
    statements.len() > MOST_STATEMENTS || values(statements) > MOST_VALUES
}

/// How many values statements hold.
pub(super) fn values(statements: &[Statement]) -> usize {
    let each = statements.iter().map(|statement| {
        let lists = statement.action.iter().chain(&statement.resource);
        let listed: usize = lists.map(|list| list.values.len()).sum();
        let tested: usize = statement
            .conditions
            .iter()
            .map(|one| one.values.len())
            .sum();
        let named = statement
            .principal
            .as_ref()
            .map_or(0, |one| one.entries.len());
        listed + tested + named + statement.conditions.len()
    });
    each.sum()
}
