//! Values of a list that another value of the list covers.

use super::Document;
use crate::{
    finding::Draft,
    text::{
        globs::{has_wildcard, includes},
        letters::{Case, Letters},
    },
};
use policy_engine::policy::statement::{ListElement, Statement, Written};
use std::collections::HashMap;

/// The values of a list that another value of the list covers, in each statement.
pub(crate) fn covered_values(
    document: &Document<'_>,
    list: impl Fn(&Statement) -> Option<&ListElement>,
    ignore_case: bool,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for statement in document.statements() {
        let values = list(statement).map_or(&[][..], |list| list.values.as_slice());
        for (value, by) in covered(values, ignore_case) {
            let is_same = value.text.literal() == by.text.literal();
            let message = if is_same {
                format!("`{}` is listed twice", value.text)
            } else {
                format!(
                    "`{}` has no effect beside `{}`, which matches the same",
                    value.text, by.text
                )
            };
            let draft = document
                .in_statement(statement, value.origin, "covered", message)
                .because(value.text.literal())
                .related(by.origin, "this value matches the same")
                .once(statement.origin);
            drafts.push(if is_same {
                draft.help("remove one")
            } else {
                draft
            });
        }
    }
    drafts
}

/// The values of a list that another value covers, each with the first value that covers it.
fn covered(values: &[Written], ignore_case: bool) -> Vec<(&Written, &Written)> {
    let text = |value: &Written| {
        let text = value.text.known().filter(|text| !text.contains("${"))?;
        Some(if ignore_case {
            text.to_ascii_lowercase()
        } else {
            text.to_owned()
        })
    };
    let texts: Vec<_> = values.iter().map(text).collect();
    let known = texts
        .iter()
        .enumerate()
        .filter_map(|(at, text)| Some((at, text.as_deref()?)));
    // A value without a wildcard covers only the same text.
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut wide: Vec<(usize, &str, Letters)> = Vec::new();
    for (at, text) in known.clone() {
        first.entry(text).or_insert(at);
        if has_wildcard(text) {
            wide.push((at, text, Letters::of_pattern(text, Case::Kept)));
        }
    }
    let by = |at: usize, own: &str| {
        let letters = Letters::of_pattern(own, Case::Kept);
        let mut wider = wide.iter().filter(|(other, text, needed)| {
            // A text has all letters of a pattern that covers it. Of two equal values the second is the redundant value.
            *other != at && needed.are_in(&letters) && *text != own && includes(text, own)
        });
        let same = first.get(own).copied().filter(|other| *other < at);
        let wider = wider.next().map(|(other, ..)| *other);
        same.into_iter().chain(wider).min()
    };
    let pairs = known.filter_map(|(at, own)| Some((values.get(at)?, values.get(by(at, own)?)?)));
    pairs.collect()
}
