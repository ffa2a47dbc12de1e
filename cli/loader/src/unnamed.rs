//! The account of the only source of AWS resources, where nothing states it.
//!
//! Within one account every answer is the same whatever the id of the account is, as long as no text contains another id
//! that could be the same, or a pattern that only some ids match. Such a source is read again with an id that stands for the
//! unknown one. Expressions never see this id: what they compute from the account is unknown.

use crate::{
    loaded::{Loaded, Unnamed},
    loading::MAX_NOTES,
    options::Options,
    value::scalar,
};
use policy_engine::{
    syntax::node::{Node, Value},
    text::{Part, Text, TextBuilder},
};
use std::{borrow::Cow, collections::BTreeSet};

/// The id of an account that nothing states; AWS gives no account this id.
pub const ID: &str = "000000000000";

/// What messages call the account.
const NAME: &str = "account";

/// The id while expressions are evaluated: the name of a hole between angle brackets.
const UNKNOWN: &str = "<the account that no input states>";

/// The id of an account as expressions see it; between angle brackets if nothing states it.
pub(crate) fn expressed(id: &str) -> &str {
    if id == ID { UNKNOWN } else { id }
}

/// The value of an expression as a fact: it contains the id for the unknown account again.
pub(crate) fn fact(node: Node) -> Node {
    let origin = node.origin;
    let value = match node.value {
        Value::String(own) => match fact_text(&own.text) {
            Cow::Borrowed(_) => Value::String(own),
            Cow::Owned(text) => return scalar(text, own.offsets, origin),
        },
        Value::List(items) => Value::List(items.into_iter().map(fact).collect()),
        Value::Map(members) => {
            let members = members.into_iter();
            Value::Map(
                members
                    .map(|(key, value)| (fact(key), fact(value)))
                    .collect(),
            )
        }
        other => other,
    };
    Node { value, origin }
}

/// A text of an expression as a fact.
pub(crate) fn fact_text(text: &Text) -> Cow<'_, Text> {
    let is_account = |name: &str| UNKNOWN.get(1..UNKNOWN.len() - 1) == Some(name);
    let mut holes = text.holes().iter();
    if !holes.any(|(_, hole)| is_account(&hole.name)) {
        return Cow::Borrowed(text);
    }
    let mut made = TextBuilder::default();
    for part in text.parts() {
        match part {
            Part::Literal(known) => made.push_str(known),
            Part::Hole(hole) if is_account(&hole.name) => made.push_str(ID),
            Part::Hole(hole) => made.push_hole(hole.clone()),
        }
    }
    Cow::Owned(made.finish())
}

/// A name of an expression as a fact.
pub(crate) fn fact_name(shown: &str) -> String {
    shown.replace(UNKNOWN, ID)
}

/// Reads the only source that lacks an account again, with the id for an unknown account.
///
/// The first pass stays where an answer can depend on the id: its facts, or those of the second pass, contain another id.
pub(crate) fn settle(
    options: &Options,
    first: Loaded,
    pass: impl Fn(&Options) -> Option<Loaded>,
) -> Loaded {
    let [source] = first.homeless.as_slice() else {
        return first;
    };
    let is_asked = options.any_account && options.accounts.is_empty() && options.live.is_none();
    if !is_asked || first.world.is_some() {
        return first;
    }
    let Some(others) = ids(&first) else {
        return first;
    };
    if !others.is_empty() {
        return proposing(first, &others);
    }
    let again = Options {
        accounts: vec![(NAME.to_owned(), ID.to_owned())],
        ..options.clone()
    };
    let Some(mut second) = pass(&again) else {
        return first;
    };
    let Some(mut others) = ids(&second) else {
        return first;
    };
    others.remove(ID);
    if !others.is_empty() {
        return proposing(first, &others);
    }
    if selects(&second) {
        return first;
    }
    second.unnamed = Some(Unnamed {
        source: source.clone(),
    });
    second
}

/// The same, with the only id of the facts where the user is asked for the id.
fn proposing(mut loaded: Loaded, ids: &BTreeSet<String>) -> Loaded {
    let mut ids = ids.iter();
    let (Some(only), None) = (ids.next(), ids.next()) else {
        return loaded;
    };
    for file in &mut loaded.files {
        let Some(unread) = &mut file.unread else {
            continue;
        };
        unread.how = unread.how.replace("NAME=ID", &format!("NAME={only}"));
        file.why = Some(format!("{}; {}", unread.what, unread.how));
    }
    loaded
}

/// The ids of accounts in all facts, and in the notes on what no fact was made of; `None` if not all of these can be examined.
fn ids(loaded: &Loaded) -> Option<BTreeSet<String>> {
    if loaded.notes.len() >= MAX_NOTES {
        return None;
    }
    let mut ids = BTreeSet::new();
    collect(&serde_json::to_string(&loaded.inventory).ok()?, &mut ids);
    for note in &loaded.notes {
        collect(&note.message, &mut ids);
    }
    Some(ids)
}

/// Whether a fact contains a pattern that some ids of accounts match and others do not, such as `1111*`; or compares numbers,
/// which an id is as well.
fn selects(loaded: &Loaded) -> bool {
    let Ok(facts) = serde_json::to_string(&loaded.inventory) else {
        return true;
    };
    let is_pattern = |word: &str| {
        word.contains(['*', '?'])
            && word.contains(|character: char| character.is_ascii_digit())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"*?".contains(&byte))
    };
    facts.contains("\"Numeric") || facts.split([':', '"', '\\']).any(is_pattern)
}

/// Adds each word of twelve digits.
fn collect(text: &str, ids: &mut BTreeSet<String>) {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    let accounts =
        words.filter(|word| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit()));
    ids.extend(accounts.map(str::to_owned));
}
