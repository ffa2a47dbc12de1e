//! Names of unknown values. Two values with one name are one value, so that a name contains all on which the value depends.

use super::scope::Scope;
use crate::value::hole;
use hcl_edit::{Span as _, expr::Expression};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{LazyLock, Mutex, PoisonError},
};

/// The longest part of an expression in a name.
const MAX_NAME: usize = 80;

/// A hole named after the expression itself, its module, and the values of its instance.
pub(super) fn unknown(expression: &Expression, scope: &Scope<'_>) -> Node {
    let raw = scope.file.raw(expression.span());
    let origin = scope.file.origin(expression.span());
    hole(&named(raw, scope), origin)
}

/// The same for a text that is unknown as a whole.
pub(super) fn unknown_text(scope: &Scope<'_>, origin: Origin) -> Node {
    let span = origin.span.start as usize..origin.span.end as usize;
    hole(&named(scope.file.raw(Some(span)), scope), origin)
}

/// A hole whose name contains its place.
pub(super) fn placed(what: &str, origin: Origin) -> Node {
    let place = (origin.source.0, origin.span.start);
    hole(&format!("{what} ({}.{})", place.0, place.1), origin)
}

fn named(raw: &str, scope: &Scope<'_>) -> String {
    let text: String = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut name = shortened(&masked(&text));
    let mut add = |what: &str, value: &str| name.push_str(&format!(" with {what} = {value}"));
    if let Some((key, _)) = scope.each.as_ref().filter(|_| text.contains("each.")) {
        add("each.key", &spelling(key));
    }
    if let Some(count) = scope.count.as_ref().filter(|_| text.contains("count.")) {
        add("count.index", &spelling(count));
    }
    for (own, value) in &scope.names {
        if text.contains(own.as_str()) {
            let mut all = String::new();
            collect(value, &mut all);
            add(own, &number(&all));
        }
    }
    if !scope.module.is_empty() {
        name.push_str(&format!(" in {}", scope.module));
    }
    plain(&name)
}

/// An expression without its literal texts, which may be values of secrets; an index and a text without letters stay.
fn masked(text: &str) -> String {
    let mut made = String::new();
    let mut is_masked = false;
    // The literal that is being read, for each template in a template.
    let mut open: Vec<Option<String>> = vec![None];
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let next = rest.get(letter.len_utf8()..).unwrap_or("");
        match open.last_mut() {
            Some(Some(literal)) => {
                let begins = rest.starts_with("${") || rest.starts_with("%{");
                if letter == '"' || begins {
                    let is_index = made.ends_with("[\"") && next.starts_with(']');
                    let is_kept = is_index || !literal.contains(char::is_alphanumeric);
                    made.push_str(if is_kept { literal } else { "…" });
                    is_masked |= !is_kept;
                    literal.clear();
                    if begins {
                        made.push(letter);
                        made.push('{');
                        open.push(None);
                        rest = next.get(1..).unwrap_or("");
                        continue;
                    }
                    made.push(letter);
                    open.pop();
                } else {
                    literal.push(letter);
                }
            }
            _ if rest.starts_with("<<") => {
                made.push_str("<<…");
                is_masked = true;
                break;
            }
            _ => {
                made.push(letter);
                match letter {
                    '"' => open.push(Some(String::new())),
                    '{' => open.push(None),
                    '}' if open.len() > 1 => {
                        open.pop();
                    }
                    _ => {}
                }
            }
        }
        rest = next;
    }
    // Two texts that differ in what is not shown are two.
    if is_masked {
        made.push_str(&format!(" {}", number(text)));
    }
    made
}

/// A text without the characters that separate the parts of ARNs, or that begin and end a hole where a name is shown.
fn plain(name: &str) -> String {
    let other = |letter| match letter {
        '/' => '\u{2215}',
        ':' => '\u{2236}',
        '<' => '\u{2039}',
        '>' => '\u{203a}',
        other => other,
    };
    name.chars().map(other).collect()
}

/// The beginning of a long text, with a number that distinguishes it from other texts of that beginning.
fn shortened(text: &str) -> String {
    if text.chars().count() <= MAX_NAME {
        return text.to_owned();
    }
    let start: String = text.chars().take(MAX_NAME).collect();
    format!("{start}… {}", number(text))
}

/// Any value as a short text.
fn spelling(value: &Node) -> String {
    match value.scalar_text() {
        Some(text) => shortened(&text.to_string()),
        None => {
            let mut all = String::new();
            collect(value, &mut all);
            number(&all)
        }
    }
}

fn collect(value: &Node, all: &mut String) {
    match &value.value {
        Value::List(items) => {
            all.push('[');
            for item in items {
                collect(item, all);
            }
            all.push(']');
        }
        Value::Map(members) => {
            all.push('{');
            for (key, value) in members {
                collect(key, all);
                collect(value, all);
            }
            all.push('}');
        }
        _ => {
            let text = value.scalar_text().map(|text| text.to_string());
            all.push_str(&text.unwrap_or_default());
            all.push(',');
        }
    }
}

/// A number that distinguishes a text from the others of this run, in the order of their appearance.
///
/// It says nothing about the text: a hash without a key would let a short one be found by trying.
fn number(text: &str) -> String {
    static SEEN: LazyLock<(RandomState, Mutex<HashMap<u64, usize>>)> =
        LazyLock::new(Default::default);
    let (state, numbers) = &*SEEN;
    let mut numbers = numbers.lock().unwrap_or_else(PoisonError::into_inner);
    let next = numbers.len() + 1;
    let number = numbers.entry(state.hash_one(text)).or_insert(next);
    format!("#{number}")
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn literal_texts_are_in_no_name_and_make_names_differ() {
        assert_eq!(masked("lower(var.a)"), "lower(var.a)");
        assert_eq!(masked("aws_x.y[\"a\"].z"), "aws_x.y[\"a\"].z");
        assert_eq!(
            masked("replace(var.a, \"/\", \"-\")"),
            "replace(var.a, \"/\", \"-\")"
        );
        let (first, second) = (masked("f(\"one\", var.a)"), masked("f(\"two\", var.a)"));
        assert_eq!(first, masked("f(\"one\", var.a)"));
        assert!(first.starts_with("f(\"…\", var.a) #") && first != second);
        assert!(!masked("\"${f({ a = 1 }, \"canary\")}\"").contains("canary"));
        assert!(!masked("\"n-${bcrypt(\"canary\")}\"").contains("canary"));
        assert!(!masked("<<EOT\ncanary \" EOT").contains("EOT\""));
    }
}
