//! The number of statements and values of a document.

use policy_engine::policy::statement::Statement;

/// AWS accepts no document with more than 32,768 characters (docs/semantics.md#quotas), which hold fewer statements and values. Rules that
/// compare all parts with each other would need minutes for a larger document.
const MOST_STATEMENTS: usize = 512;
const MOST_VALUES: usize = 4_096;

/// Whether statements are more than AWS accepts, however they are written.
pub(super) fn is_beyond(statements: &[Statement]) -> bool {
    statements.len() > MOST_STATEMENTS || values(statements) > MOST_VALUES
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
