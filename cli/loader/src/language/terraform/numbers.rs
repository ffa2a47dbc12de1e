//! Numbers as Terraform writes them: it keeps the value, not its spelling.
//!
//! Terraform documentation, "Types and Values": a number is a decimal; `1.50` and `1.5` are one number.

use super::truth::written;
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

/// A tree with its numbers as Terraform writes them; nothing where one cannot be written exactly.
pub(super) fn normal(mut node: Node) -> Option<Node> {
    match &mut node.value {
        Value::Number(number) => *number = plain(number)?,
        Value::List(items) => {
            for item in items {
                *item = normal(item.clone())?;
            }
        }
        Value::Map(members) => {
            for (_, value) in members {
                *value = normal(value.clone())?;
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
    Some(node)
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
