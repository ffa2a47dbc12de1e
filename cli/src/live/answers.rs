//! Answers as the AWS CLI prints them, sorted, so that an account that did not change gives the same text.

use loader::{Answer, Answers, Item};
use serde_json::Value;
use std::borrow::Cow;

/// The answers of a call.
pub(super) fn answers(name: &str, call: Answer, mut items: Vec<Item>) -> Answers {
    items.sort_by(|item, other| item.about.cmp(&other.about));
    Answers {
        name: format!("aws {name}"),
        call,
        items,
    }
}

/// An answer about one resource, without null members, as the CLI prints it.
pub(super) fn item(about: impl Into<String>, mut answer: Value) -> Item {
    drop_nulls(&mut answer);
    Item {
        about: about.into(),
        answer,
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The decoded document: IAM's API returns documents percent-encoded.
pub(super) fn document(text: &str) -> Cow<'_, str> {
    if text.trim_start().starts_with('{') {
        return Cow::Borrowed(text);
    }
    percent_encoding::percent_decode_str(text).decode_utf8_lossy()
}
