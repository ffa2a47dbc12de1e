//! Documents that are larger than AWS takes.

use crate::{context::Context, document::Document, finding::Draft};

/// What is to say about a document that is too large; the size of one that was not written as JSON is not known.
pub(crate) fn too_large(context: &Context<'_>, document: &Document<'_>) -> Option<Draft> {
    let origin = document.policy.origin;
    let source = context.sources.get(origin.source)?;
    let text = source.slice(origin.span);
    if !text.starts_with('{') {
        return None;
    }
    let message = document.policy.over_quota(document.kind, text)?;
    let draft = document.draft(origin, "too large", message);
    Some(draft.help("split it, or say the same with fewer words"))
}
