//! Numbers as Terraform writes them: it keeps the value, not its spelling.
//!
//! Terraform documentation, "Types and Values": a number is a decimal; `1.50` and `1.5` are one number.

use super::{elements::last_of_each, truth::written};
use policy_engine::syntax::node::{Node, Value};

/// The digits that a floating-point number keeps.
const EXACT: usize = 15;

/// The number of a text; nothing where the text is none or its value cannot be written exactly.
pub(super) fn plain(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_decimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_decimal(whole) || !is_decimal(part) {
        let number: f64 = text.parse().ok()?;
        return match written(number)? {
            Value::Number(number) => Some(number),
            _ => None,
        };
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let part = part.trim_end_matches('0');
    if !part.is_empty() && whole.len() + part.len() > EXACT {
        return None;
    }
    let sign = if whole == "0" && part.is_empty() {
        ""
    } else {
        sign
    };
    let point = if part.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{part}"))
}

/// A tree as `jsondecode` reads it: numbers as Terraform writes them, of equal keys the last one; nothing where one cannot be written exactly.
pub(super) fn normal(node: Node) -> Option<Node> {
    let value = match node.value {
        Value::Number(number) => Value::Number(plain(&number)?),
        Value::List(items) => Value::List(items.into_iter().map(normal).collect::<Option<_>>()?),
        Value::Map(members) => {
            let members = last_of_each(members).into_iter();
            let normal = members.map(|(key, value)| Some((key, normal(value)?)));
            Value::Map(normal.collect::<Option<_>>()?)
        }
        other => other,
    };
    Some(Node { value, ..node })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn numbers_are_written_as_terraform_writes_them() {
        // Each row was seen in a plan of Terraform 1.11.
        let rows = [
            ("7", Some("7")),
            ("007", Some("7")),
            ("-3", Some("-3")),
            ("-0", Some("0")),
            ("1.0", Some("1")),
            ("1.50", Some("1.5")),
            ("1e2", Some("100")),
            (".5", Some("0.5")),
            (
                "123456789012345678901234567890",
                Some("123456789012345678901234567890"),
            ),
            ("0.1e1", Some("1")),
            ("1e-1", None),
            ("inf", None),
            ("nan", None),
            ("0x1F", None),
            ("", None),
            ("-", None),
            ("a", None),
        ];
        for (text, expected) in rows {
            assert_eq!(plain(text).as_deref(), expected, "{text}");
        }
    }
}
