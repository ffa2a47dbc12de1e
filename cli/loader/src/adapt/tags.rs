//! Tags, as a list of keys and values or as a map.

use super::attribute::{Open, OrOpen, items, member, of};
use super::spelling::{KEY, TAGS, VALUE};
use crate::resource::Resource;
use policy_engine::{
    inventory::{Tag, Tags},
    source::Spanned,
    syntax::node::{Node, Value},
};

/// The tags of a thing; others that it may have are kept in `open`.
pub(super) fn of_resource(resource: &Resource<'_>, open: &mut Open) -> Spanned<Vec<Tag>> {
    let stated = resource.stated(TAGS);
    let Some(node) = stated.as_deref() else {
        return Spanned::new(Vec::new(), resource.origin);
    };
    let mut tags = Vec::new();
    match &node.value {
        Value::Map(members) => {
            for (key, value) in members {
                push(&mut tags, key, value, open);
            }
        }
        _ => {
            for item in items(of(Some(node)), open) {
                if let (Some(key), Some(value)) = (member(item, KEY), member(item, VALUE)) {
                    push(&mut tags, key, value, open);
                }
            }
        }
    }
    Spanned::new(tags, node.origin)
}

/// A tag; one whose key is not known may be any.
fn push(tags: &mut Vec<Tag>, key: &Node, value: &Node, open: &mut Open) {
    let Some(key) = key.scalar_text().map(|text| Spanned::new(text, key.origin)) else {
        return;
    };
    let Some(name) = key.value.known() else {
        if let Some((_, hole)) = key.value.holes().first() {
            open.add(hole.clone());
        }
        return;
    };
    let Some(text) = value.scalar_text() else {
        return;
    };
    tags.push(Tag {
        key: Spanned::new(name.to_owned(), key.origin),
        value: Spanned::new(text, value.origin),
    });
}

/// One tag that is stated by itself.
pub(super) fn single(resource: &Resource<'_>, open: &mut Open) -> Option<Tag> {
    let key = resource.exact(KEY).or_open(open)?;
    let value = resource.text(VALUE).or_open(open)?;
    Some(Tag { key, value })
}

/// What a fact holds of tags: nothing when some are not known, or when the resource does not tell of tags.
pub(super) fn known(resource: &Resource<'_>, tags: Spanned<Vec<Tag>>, open: &Open) -> Tags {
    match open.hole() {
        None if resource.tells(TAGS) => Tags::all(tags.value, tags.origin),
        _ => Tags::untold(resource.origin),
    }
}
