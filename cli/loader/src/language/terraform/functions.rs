//! The functions of Terraform that need nothing but their arguments, as far as policies and names use them.

use super::{
    budget::{Budget, MAX_TEXT},
    collections,
    elements::{as_text, last_of_each, set, unified, unique},
    numbers,
    order::{first_hole, ordered},
    strings,
    truth::equal,
};
use crate::issuer;
use crate::value::{embedded, has_hole, hole_name, json_of, size, text};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
    text::{Text, TextBuilder},
};

/// What a function makes of its arguments; nothing when it is not known here or they do not fit.
pub(super) fn call(
    name: &str,
    arguments: &[Node],
    origin: Origin,
    budget: &Budget,
) -> Option<Node> {
    let cost: usize = arguments.iter().map(size).sum();
    if !budget.spend(cost) {
        return None;
    }
    let node = |value| Node { value, origin };
    match (name, arguments) {
        ("jsonencode", [value]) => encoded(value, origin),
        ("jsondecode", [value]) => match &value.value {
            Value::Map(_) | Value::List(_) => numbers::normal(value.clone()),
            _ => numbers::normal(embedded(value)?),
        },
        ("nonsensitive", [value]) => Some(value.clone()),
        ("tostring", [value]) => value.scalar_text().map(|_| value.clone()),
        ("tonumber", [value]) => match value.scalar_text()?.known() {
            Some(text) => Some(node(Value::Number(numbers::plain(text)?))),
            None => Some(value.clone()),
        },
        ("tomap", [value]) => known_map(value).map(|_| unified(value.clone())),
        ("toset", [value]) => set(&unified(value.clone()), origin),
        // A set becomes a list in its order.
        ("tolist", [value]) => {
            let items = known_list(value)?;
            let is_certain = items.iter().any(|item| item.scalar_text().is_none())
                || ordered(items, |item| item).1;
            is_certain.then(|| unified(value.clone()))
        }
        ("compact", [value]) => {
            let items = known_list(value)?;
            let kept = items
                .iter()
                .filter(|item| !item.is_null() && item.as_str() != Some(""));
            Some(node(Value::List(kept.cloned().collect())))
        }
        ("distinct", [value]) => unique(&unified(value.clone()), origin),
        ("reverse", [value]) => {
            let items = known_list(value)?.iter().rev().cloned();
            Some(node(Value::List(items.collect())))
        }
        ("sort", [value]) => {
            let mut items = known_list(value)?.to_vec();
            if items.iter().any(has_hole) {
                return None;
            }
            for item in &mut items {
                *item = as_text(item)?;
            }
            items.sort_by_key(|item| item.scalar_text().unwrap_or_default().to_string());
            Some(node(Value::List(items)))
        }
        ("concat", lists) => {
            let lists: Option<Vec<_>> = lists.iter().map(known_list).collect();
            Some(node(Value::List(lists?.concat())))
        }
        ("flatten", [value]) => {
            let mut flat = Vec::new();
            flatten(value, &mut flat)?;
            Some(node(Value::List(flat)))
        }
        ("setunion", lists) => {
            let lists: Option<Vec<_>> = lists.iter().map(known_list).collect();
            set(&node(Value::List(lists?.concat())), origin)
        }
        ("merge", maps) => merge(maps, origin),
        ("keys", [value]) => {
            let members = members_in_order(value)?;
            let keys = members.into_iter().map(|(key, _)| key);
            Some(node(Value::List(keys.collect())))
        }
        ("values", [value]) => {
            let members = members_in_order(value)?;
            let values = members.into_iter().map(|(_, value)| value);
            Some(node(Value::List(values.collect())))
        }
        ("zipmap", [keys, values]) => {
            let (keys, values) = (known_list(keys)?, known_list(values)?);
            let pairs = keys.iter().cloned().zip(values.iter().cloned());
            Some(node(Value::Map(last_of_each(pairs))))
        }
        ("lookup", [map, key, fallback @ ..]) => {
            let members = known_map(map)?;
            let key = key.as_str()?;
            let member = members.iter().find(|(name, _)| name.as_str() == Some(key));
            member
                .map(|(_, value)| value.clone())
                .or_else(|| fallback.first().cloned())
        }
        ("element", [list, index]) => {
            let items = known_list(list)?;
            let index: i64 = index.scalar_text()?.known()?.parse().ok()?;
            let count = i64::try_from(items.len()).ok()?;
            items
                .get(usize::try_from(index.checked_rem_euclid(count)?).ok()?)
                .cloned()
        }
        ("one", [list]) => match known_list(list)? {
            [] => Some(node(Value::Null)),
            [only] => Some(only.clone()),
            _ => None,
        },
        ("length", [value]) => {
            let count = match &value.value {
                Value::List(items) => items.len(),
                Value::Map(members) => members.len(),
                // Terraform counts grapheme clusters; below the combining characters each character is one.
                _ => {
                    let mut characters = value.as_str()?.chars();
                    let is_simple = |character: char| character < '\u{300}' && character != '\r';
                    let count = characters.clone().count();
                    characters.all(is_simple).then_some(count)?
                }
            };
            Some(node(Value::Number(count.to_string())))
        }
        ("contains", [list, wanted]) => {
            let mut is_open = false;
            for item in known_list(list)? {
                match equal(item, wanted) {
                    Some(true) => return Some(node(Value::Bool(true))),
                    Some(false) => {}
                    None => is_open = true,
                }
            }
            (!is_open).then(|| node(Value::Bool(false)))
        }
        ("coalesce", values) => values
            .iter()
            .find(|value| !value.is_null() && value.as_str() != Some(""))
            .filter(|value| hole_name(value).is_none())
            .cloned(),
        _ => textual(name, arguments, origin, budget)
            .or_else(|| collections::call(name, arguments, origin))
            .or_else(|| strings::call(name, arguments, origin, budget)),
    }
}

fn textual(name: &str, arguments: &[Node], origin: Origin, budget: &Budget) -> Option<Node> {
    let known = |node: &Node| node.scalar_text()?.known().map(str::to_owned);
    let made: Text = match (name, arguments) {
        ("lower", [value]) => mapped(&known(value)?, char::to_lowercase)?.into(),
        ("upper", [value]) => mapped(&known(value)?, char::to_uppercase)?.into(),
        ("title", [value]) => {
            let words = known(value)?;
            let mut made = String::with_capacity(words.len());
            let mut begins = true;
            for character in words.chars() {
                made.push(if begins {
                    single(character.to_uppercase())?
                } else {
                    character
                });
                begins = separates(character);
            }
            made.into()
        }
        ("trimspace", [value]) => known(value)?.trim().to_owned().into(),
        ("chomp", [value]) => known(value)?
            .trim_end_matches(['\n', '\r'])
            .to_owned()
            .into(),
        ("trimprefix", [value, prefix]) => {
            let (value, prefix) = (value.scalar_text()?, known(prefix)?);
            if value.literal().starts_with(&prefix) && first_hole(&value) >= prefix.len() {
                value.slice(prefix.len(), value.literal().len())
            } else if value.is_known() {
                value
            } else {
                return None;
            }
        }
        ("trimsuffix", [value, suffix]) => {
            let (value, suffix) = (known(value)?, known(suffix)?);
            value
                .strip_suffix(&suffix)
                .unwrap_or(&value)
                .to_owned()
                .into()
        }
        ("replace", [value, from, to])
            if to.as_str() == Some("") && issuer_in(value, from).is_some() =>
        {
            issuer_in(value, from)?
        }
        ("replace", [value, from, to]) => {
            let (value, from, to) = (known(value)?, known(from)?, known(to)?);
            // Between slashes it is a regular expression.
            if from.len() > 1 && from.starts_with('/') && from.ends_with('/') {
                return None;
            }
            let matches = value.matches(&from).count();
            let grown = matches.saturating_mul(to.len().saturating_sub(from.len()));
            if !budget.affords_text(value.len().saturating_add(grown)) {
                return None;
            }
            value.replace(&from, &to).into()
        }
        ("join", [separator, list]) => {
            let separator = Text::from(known(separator)?);
            let mut made = TextBuilder::default();
            for (at, item) in known_list(list)?.iter().enumerate() {
                if at > 0 {
                    made.push(&separator);
                }
                made.push(&item.scalar_text()?);
                if made.size() > MAX_TEXT {
                    break;
                }
            }
            if !budget.affords_text(made.size()) {
                return None;
            }
            made.finish()
        }
        ("format", [form, values @ ..]) => strings::format(&known(form)?, values, budget)?,
        ("split", [separator, value]) => {
            let (separator, value) = (known(separator)?, known(value)?);
            let items: Vec<Node> = if separator.is_empty() {
                let letters = value.chars();
                letters
                    .map(|letter| text(letter.to_string(), origin))
                    .collect()
            } else {
                let parts = value.split(&separator);
                parts.map(|item| text(item, origin)).collect()
            };
            return Some(Node {
                value: Value::List(items),
                origin,
            });
        }
        ("startswith", [value, prefix]) => {
            return Some(boolean(known(value)?.starts_with(&known(prefix)?), origin));
        }
        ("endswith", [value, suffix]) => {
            return Some(boolean(known(value)?.ends_with(&known(suffix)?), origin));
        }
        _ => return None,
    };
    Some(text(made, origin))
}

/// The JSON of a value; a document stays a tree, from which its text can be read.
fn encoded(value: &Node, origin: Origin) -> Option<Node> {
    if hole_name(value).is_some() || matches!(value.value, Value::Map(_) | Value::List(_)) {
        return Some(value.clone());
    }
    Some(text(json_of(value)?, origin))
}

/// A text with each character in another letter case; nothing where one becomes several, which Terraform does not do.
fn mapped<I: Iterator<Item = char>>(text: &str, map: fn(char) -> I) -> Option<String> {
    text.chars()
        .map(|character| single(map(character)))
        .collect()
}

fn single(mut characters: impl Iterator<Item = char>) -> Option<char> {
    characters.next().filter(|_| characters.next().is_none())
}

/// Whether a word begins behind a character, for `title`: Terraform takes it from `strings.Title` of Go.
fn separates(character: char) -> bool {
    match character {
        '_' => false,
        _ if character.is_ascii() => !character.is_ascii_alphanumeric(),
        _ => character.is_whitespace(),
    }
}

fn boolean(value: bool, origin: Origin) -> Node {
    Node {
        value: Value::Bool(value),
        origin,
    }
}

fn known_list(node: &Node) -> Option<&[Node]> {
    node.as_list()
}

fn known_map(node: &Node) -> Option<&[(Node, Node)]> {
    node.as_map()
}

/// The members of a map in the order of their keys.
fn members_in_order(node: &Node) -> Option<Vec<(Node, Node)>> {
    let (members, is_certain) = ordered(known_map(node)?, |(key, _)| key);
    is_certain.then_some(members)
}

fn flatten(node: &Node, flat: &mut Vec<Node>) -> Option<()> {
    if hole_name(node).is_some() {
        return None;
    }
    match &node.value {
        Value::List(items) => items.iter().try_for_each(|item| match &item.value {
            Value::List(_) => flatten(item, flat),
            _ => {
                flat.push(item.clone());
                Some(())
            }
        }),
        _ => None,
    }
}

/// What replacing a text by nothing leaves of a value with the issuer of a cluster.
fn issuer_in(value: &Node, from: &Node) -> Option<Text> {
    let text = value.as_text().filter(|text| !text.is_known())?;
    issuer::without(text, from.as_str()?)
}

fn merge(maps: &[Node], origin: Origin) -> Option<Node> {
    let mut pairs: Vec<(Node, Node)> = Vec::new();
    for map in maps.iter().filter(|map| !map.is_null()) {
        pairs.extend(known_map(map)?.iter().cloned());
    }
    Some(Node {
        value: Value::Map(last_of_each(pairs)),
        origin,
    })
}
