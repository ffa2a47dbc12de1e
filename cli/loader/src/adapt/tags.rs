//! Tags, as a list of keys and values or as a map.

use super::attribute::{Open, OrOpen, items, member, of};
use super::spelling::{KEY, TAGS, VALUE};
use crate::resource::Resource;
use policy_engine::{
    inventory::{Listed, Tag, Tags},
    source::Spanned,
    syntax::node::{Node, Value},
    text::{HoleKind, Text},
};

/// The tags of a resource, and what else the list may contain.
pub(super) fn of_resource(resource: &Resource<'_>) -> Tags {
    let mut open = Open::of(&resource.exists);
    let mut tags = Vec::new();
    let stated = resource.stated(TAGS);
    match stated.as_deref().map(|node| (&node.value, node)) {
        None => {}
        Some((Value::Map(members), _)) => {
            for (key, value) in members {
                push(&mut tags, key, value, &mut open);
            }
        }
        Some((_, node)) => {
            for item in items(of(Some(node)), &mut open) {
                if let (Some(key), Some(value)) = (member(item, KEY), member(item, VALUE)) {
                    push(&mut tags, key, value, &mut open);
                }
            }
        }
    }
    for (key, value) in resource.attributes.given_tags() {
        let is_stated = |tag: &Tag| key.as_str() == Some(tag.key.value.as_str());
        if !tags.iter().any(is_stated) {
            push(&mut tags, &key, &value, &mut open);
        }
    }
    let Listed { list, open } = open.listed(tags, resource.states(TAGS));
    let origin = resource.place(TAGS);
    Tags { list, open, origin }
}

/// A tag; a tag with an unknown key may be any tag.
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
    // Null is no tag.
    if value.is_null() {
        return;
    }
    // Of a document the text is not known here.
    let document = || Text::hole(format!("value of tag {name}"), HoleKind::Any);
    let text = value.scalar_text().unwrap_or_else(document);
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
