//! `${…}` that cannot be read.

use crate::{
    document::{Document, texts},
    finding::Draft,
    rule::Rule,
};
use policy_engine::syntax::variable;

/// What can be wrong with a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The closing brace is missing.
    Unclosed,
    /// A quote of its default is missing.
    Unquoted,
    /// A blank stands in its name.
    Blank,
    /// It has no name.
    Empty,
}

/// The texts of a document with a variable of that fault; before version 2012-10-17 there are no variables.
pub(crate) fn malformed(document: &Document<'_>, rule: &Rule, wanted: Fault) -> Vec<Draft> {
    if !document.policy.has_variables() {
        return Vec::new();
    }
    let mut drafts = Vec::new();
    for (statement, value) in texts(document) {
        let text = value.text.literal();
        let starts = text.match_indices("${").map(|(at, _)| at);
        for (at, error) in starts.filter_map(|at| Some((at, variable::parse(text, at).err()?))) {
            let body = text.get(at + 2..).and_then(|rest| rest.split('}').next());
            let whole = text.get(at..).is_some_and(|rest| rest.contains('}'));
            let fault = match body.unwrap_or("") {
                _ if !whole => Fault::Unclosed,
                "" => Fault::Empty,
                body if body.contains(',') => Fault::Unquoted,
                _ => Fault::Blank,
            };
            if fault == wanted {
                let draft = document
                    .dead(
                        statement,
                        rule.severity,
                        value.inner(error.span),
                        "cannot be read",
                        error.reason,
                    )
                    .because(text)
                    .help("${key}, or ${key, 'default'}")
                    .once(statement.origin);
                drafts.push(draft);
            }
        }
    }
    drafts
}
