//! Functions of texts that need the whole text.
//!
//! Terraform documentation, "String Functions" and "Encoding Functions". Regular expressions have the syntax of RE2, as in Terraform.

use super::{
    budget::{Budget, MAX_TEXT},
    collections::list_of,
    yaml,
};
use crate::value::{embedded_yaml, moved, text};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
    text::{Text, TextBuilder},
};
use regex::{Regex, RegexBuilder};

/// The largest regular expression, compiled.
const MAX_REGEX: usize = 1024 * 1024;

/// What a function makes of its arguments; nothing when that is unknown or they do not fit.
pub(super) fn call(
    name: &str,
    arguments: &[Node],
    origin: Origin,
    budget: &Budget,
) -> Option<Node> {
    let known = |node: &Node| node.scalar_text()?.known().map(str::to_owned);
    let number = |node: &Node| known(node)?.parse::<i64>().ok();
    let truth = |value| {
        Some(Node {
            value: Value::Bool(value),
            origin,
        })
    };
    let made: String = match (name, arguments) {
        ("regex", [pattern, value]) => {
            let (pattern, value) = (regex(&known(pattern)?)?, known(value)?);
            return matched(&pattern, &pattern.captures(&value)?, origin);
        }
        ("regexall", [pattern, value]) => {
            let (pattern, value) = (regex(&known(pattern)?)?, known(value)?);
            let matches = pattern
                .captures_iter(&value)
                .map(|captures| matched(&pattern, &captures, origin));
            let items: Option<Vec<_>> = matches.collect();
            return Some(Node {
                value: Value::List(items?),
                origin,
            });
        }
        ("replace", [value, from, to]) => {
            let (value, from, to) = (known(value)?, known(from)?, known(to)?);
            let pattern = from.strip_prefix('/')?.strip_suffix('/')?;
            let made = regex(pattern)?
                .replace_all(&value, to.as_str())
                .into_owned();
            if !budget.affords_text(made.len()) {
                return None;
            }
            made
        }
        ("substr", [value, start, length]) => {
            let value: Vec<char> = known(value)?.chars().collect();
            let (start, length) = (number(start)?, number(length)?);
            let count = i64::try_from(value.len()).ok()?;
            let start = if start < 0 { count + start } else { start };
            let start = usize::try_from(start).ok()?;
            let rest = value.get(start.min(value.len())..)?;
            let length = usize::try_from(length).unwrap_or(rest.len());
            rest.iter().take(length).collect()
        }
        ("strrev", [value]) => known(value)?.chars().rev().collect(),
        ("strcontains", [value, part]) => return truth(known(value)?.contains(&known(part)?)),
        ("trim", [value, set]) => {
            let set = known(set)?;
            known(value)?
                .trim_matches(|character| set.contains(character))
                .to_owned()
        }
        ("indent", [count, value]) => {
            let (count, value) = (usize::try_from(number(count)?).ok()?, known(value)?);
            let lines = value.matches('\n').count();
            let size = count.saturating_mul(lines).saturating_add(value.len());
            if !budget.affords_text(size) {
                return None;
            }
            value.replace('\n', &format!("\n{}", " ".repeat(count)))
        }
        ("formatlist", [form, values @ ..]) => return format_list(form, values, origin, budget),
        ("base64encode", [value]) => STANDARD.encode(known(value)?),
        ("base64decode", [value]) => {
            String::from_utf8(STANDARD.decode(known(value)?).ok()?).ok()?
        }
        ("yamldecode", [value]) => {
            let documents = embedded_yaml(value)?;
            let [only] = documents.as_slice() else {
                return None;
            };
            let raw = value.scalar_text()?;
            let decoded = yaml::decoded(only.clone(), raw.literal());
            let is_here = value.origin.source == origin.source;
            return Some(if is_here {
                decoded
            } else {
                moved(&decoded, origin)
            });
        }
        ("yamlencode", [value]) => return yaml::encode(value, origin, budget),
        ("parseint", [value, base]) => {
            let base = u32::try_from(number(base)?).ok()?;
            let fits = (2..=36).contains(&base);
            let value = i64::from_str_radix(&known(value)?, if fits { base } else { return None });
            return Some(Node {
                value: Value::Number(value.ok()?.to_string()),
                origin,
            });
        }
        ("basename", [path]) => {
            let path = plain_path(known(path)?)?;
            path.rsplit('/').next()?.to_owned()
        }
        ("dirname", [path]) => {
            let path = plain_path(known(path)?)?;
            match path.rsplit_once('/') {
                Some(("", _)) => "/".to_owned(),
                Some((folder, _)) => folder.to_owned(),
                None => ".".to_owned(),
            }
        }
        _ => return None,
    };
    Some(text(Text::from(made), origin))
}

/// A path that needs no cleaning: it has no empty step, no `.` and no `..`.
fn plain_path(path: String) -> Option<String> {
    let mut steps = path.strip_prefix('/').unwrap_or(&path).split('/');
    let is_plain = steps.all(|step| !matches!(step, "" | "." | ".."));
    is_plain.then_some(path)
}

fn regex(pattern: &str) -> Option<Regex> {
    let builder = RegexBuilder::new(pattern).size_limit(MAX_REGEX).build();
    builder.ok()
}

/// The match, a list of its groups, or a map of its named groups.
fn matched(pattern: &Regex, captures: &regex::Captures<'_>, origin: Origin) -> Option<Node> {
    let group = |group: Option<regex::Match<'_>>| match group {
        Some(group) => text(group.as_str(), origin),
        None => Node {
            value: Value::Null,
            origin,
        },
    };
    if captures.len() == 1 {
        return Some(group(captures.get(0)));
    }
    let names: Vec<_> = pattern.capture_names().skip(1).collect();
    let groups = captures.iter().skip(1).map(group);
    let value = if names.iter().all(Option::is_some) {
        let keys = names.into_iter().flatten();
        let keys = keys.map(|key| text(key, origin));
        Value::Map(keys.zip(groups).collect())
    } else if names.iter().any(Option::is_some) {
        return None;
    } else {
        Value::List(groups.collect())
    };
    Some(Node { value, origin })
}

/// `formatlist`: one text for each element; what is no list counts for each.
fn format_list(form: &Node, values: &[Node], origin: Origin, budget: &Budget) -> Option<Node> {
    let form = form.scalar_text()?;
    let form = form.known()?;
    let lengths = values.iter().filter_map(Node::as_list).map(<[Node]>::len);
    let length = lengths.clone().max().unwrap_or(1);
    if lengths.clone().any(|other| other != length) {
        return None;
    }
    let mut items = Vec::new();
    for at in 0..length {
        let row: Option<Vec<Node>> = values
            .iter()
            .map(|value| match value.as_list() {
                Some(items) => items.get(at).cloned(),
                None => Some(value.clone()),
            })
            .collect();
        items.push(text(format(form, &row?, budget)?, origin));
    }
    if items.is_empty() {
        return Some(list_of(std::iter::empty(), origin));
    }
    Some(Node {
        value: Value::List(items),
        origin,
    })
}

/// `%s`, `%v` and `%d` with the values in their order.
pub(super) fn format(form: &str, values: &[Node], budget: &Budget) -> Option<Text> {
    let mut made = TextBuilder::default();
    let mut values = values.iter();
    let mut characters = form.chars();
    let mut letter = [0; 4];
    while let Some(character) = characters.next() {
        if character != '%' {
            made.push_str(character.encode_utf8(&mut letter));
            continue;
        }
        match characters.next()? {
            '%' => made.push_str("%"),
            's' | 'v' | 'd' => made.push(&values.next()?.scalar_text()?),
            _ => return None,
        }
        if made.size() > MAX_TEXT {
            break;
        }
    }
    let is_affordable = budget.affords_text(made.size());
    is_affordable.then(|| made.finish())
}
