//! Documents that are larger than AWS accepts: docs/semantics.md#quotas.

use super::{
    Document,
    size::{characters, values},
};
use crate::finding::Draft;
use policy_engine::source::SourceMap;

/// A draft for a document that is too large. The size of a document that was not written as JSON is not known.
pub(crate) fn too_large(sources: &SourceMap, document: &Document<'_>) -> Option<Draft> {
    let origin = document.policy.origin;
    if document.is_beyond() {
        let message = format!(
            "`{}` has {} statements with {} values and at least {} characters, more than AWS accepts: no other rule checks it",
            document.object,
            document.statements().len(),
            values(document.statements()),
            characters(document.statements())
        );
        let draft = document.draft(origin, "too large", message);
        return Some(draft.help("split the document, or shorten it"));
    }
    let source = sources.get(origin.source)?;
    let text = source.slice(origin.span);
    if !text.starts_with('{') {
        return None;
    }
    let message = document.policy.over_quota(document.kind, text)?;
    let draft = document.draft(origin, "too large", message);
    Some(draft.help("split the document, or shorten it"))
}

/// A draft for a document with more characters than the quota of the account, without white space.
pub(crate) fn beyond(sources: &SourceMap, document: &Document<'_>, most: usize) -> Option<Draft> {
    let origin = document.policy.origin;
    let text = sources.get(origin.source)?.slice(origin.span);
    let size = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .count();
    if !text.starts_with('{') || size <= most {
        return None;
    }
    let message = format!(
        "`{}` has {size} characters without white space, and the quota is {most}",
        document.policy.name
    );
    let draft = document.draft(origin, "too large", message);
    Some(draft.help("split the document, shorten it, or request a higher quota"))
}
