//! Documents that are larger than AWS takes.

use crate::{context::Context, document::Document, finding::Draft};

/// No document that AWS takes, of at most 32,768 characters, holds more; rules that compare its parts with each other
/// would take minutes over one that does.
const MOST_STATEMENTS: usize = 512;
const MOST_VALUES: usize = 4_096;

/// Whether a document is larger than any that AWS takes, however it was written.
pub(crate) fn is_beyond(document: &Document<'_>) -> bool {
    document.statements().len() > MOST_STATEMENTS || values(document) > MOST_VALUES
}

fn values(document: &Document<'_>) -> usize {
    let each = document.statements().iter().map(|statement| {
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

/// What is to say about a document that is too large; the size of one that was not written as JSON is not known.
pub(crate) fn too_large(context: &Context<'_>, document: &Document<'_>) -> Option<Draft> {
    let origin = document.policy.origin;
    if document.is_beyond() {
        let message = format!(
            "`{}` has {} statements with {} values: AWS takes no such document, and it is not judged further",
            document.object,
            document.statements().len(),
            values(document)
        );
        let draft = document.draft(origin, "too large", message);
        return Some(draft.help("split it, or say the same with fewer words"));
    }
    let source = context.sources.get(origin.source)?;
    let text = source.slice(origin.span);
    if !text.starts_with('{') {
        return None;
    }
    let message = document.policy.over_quota(document.kind, text)?;
    let draft = document.draft(origin, "too large", message);
    Some(draft.help("split it, or say the same with fewer words"))
}

/// What is to say about a document of more characters than a quota of one's own, white space not counted.
pub(crate) fn beyond(context: &Context<'_>, document: &Document<'_>, most: usize) -> Option<Draft> {
    let origin = document.policy.origin;
    let text = context.sources.get(origin.source)?.slice(origin.span);
    let size = text.chars().filter(|one| !one.is_whitespace()).count();
    if !text.starts_with('{') || size <= most {
        return None;
    }
    let message = format!(
        "`{}` has {size} characters, white space not counted; the quota of the account is {most}",
        document.policy.name
    );
    let draft = document.draft(origin, "too large", message);
    Some(draft.help("split it, say the same with fewer words, or ask for a higher quota"))
}
