//! Plain scalars as the AWS provider reads them: YAML 1.1 gives them a type, and `sigs.k8s.io/yaml` turns the value back into a text.

use crate::syntax::node::{Node, Scalar, Value};
use crate::text::Text;

/// The key whose value keeps its characters: its fault shows both.
const KEPT: &str = "filePermission";

/// The text that the AWS provider reads in place of a plain scalar; `None` if it reads the same characters.
pub fn retyped(text: &str) -> Option<String> {
    let read = word(text)
        .or_else(|| integer(text))
        .or_else(|| float(text))?;
    (read != text).then_some(read)
}

/// A document in which each plain scalar is the text that the AWS provider reads; `None` if it reads the same document.
pub(super) fn document(node: &Node) -> Option<Node> {
    let origin = node.origin;
    let changed = match &node.value {
        Value::Null => return None,
        Value::Bool(value) => Value::String(scalar(value.to_string())),
        Value::Number(digits) => Value::String(scalar(retyped(digits)?)),
        Value::String(written) => {
            let text = written.text.known()?;
            // Quotes and line breaks belong to the place, so a plain scalar is as long as its text.
            let is_plain = (origin.span.end - origin.span.start) as usize == text.len();
            Value::String(scalar(retyped(text).filter(|_| is_plain)?))
        }
        Value::List(items) => {
            let changed: Vec<_> = items.iter().map(document).collect();
            if changed.iter().all(Option::is_none) {
                return None;
            }
            let both = items.iter().zip(changed);
            Value::List(
                both.map(|(old, new)| new.unwrap_or_else(|| old.clone()))
                    .collect(),
            )
        }
        Value::Map(members) => {
            let is_kept = |key: &Node| {
                key.as_str()
                    .is_some_and(|key| key.eq_ignore_ascii_case(KEPT))
            };
            let changed: Vec<_> = members
                .iter()
                .map(|(key, value)| document(value).filter(|_| !is_kept(key)))
                .collect();
            if changed.iter().all(Option::is_none) {
                return None;
            }
            let both = members.iter().zip(changed);
            let member = |((key, old), new): (&(Node, Node), Option<Node>)| {
                (key.clone(), new.unwrap_or_else(|| old.clone()))
            };
            Value::Map(both.map(member).collect())
        }
    };
    Some(Node {
        value: changed,
        origin,
    })
}

fn scalar(text: String) -> Scalar {
    Scalar {
        text: Text::from(text),
        ..Scalar::default()
    }
}

/// YAML 1.1, "Boolean Language-Independent Type": in lower case, in upper case, or with a capital.
fn word(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let mut capital = lower.clone();
    capital.get_mut(..1)?.make_ascii_uppercase();
    if ![&lower, &capital, &text.to_ascii_uppercase()].contains(&&text.to_owned()) {
        return None;
    }
    let read = match lower.as_str() {
        "y" | "yes" | "on" | "true" => "true",
        "n" | "no" | "off" | "false" => "false",
        ".inf" | "+.inf" => "+Inf",
        "-.inf" => "-Inf",
        ".nan" => "NaN",
        _ => return None,
    };
    Some(read.to_owned())
}

/// An integer in any base, as Go's `strconv.ParseInt` reads it with the base 0.
fn integer(text: &str) -> Option<String> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || "+-".contains(first)) {
        return None;
    }
    let plain = text.replace('_', "");
    let digits = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let (base, digits) = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (16, digits.get(2..)?),
        Some("0b") => (2, digits.get(2..)?),
        Some("0o") => (8, digits.get(2..)?),
        _ if digits.len() > 1 && digits.starts_with('0') => (8, digits),
        _ => (10, digits),
    };
    // A second sign is no digit.
    let number = u64::from_str_radix(digits, base)
        .ok()
        .filter(|_| !digits.starts_with('+'))?;
    let is_negative = plain.starts_with('-');
    if is_negative && number > i64::MAX.unsigned_abs() + 1 {
        return None;
    }
    let sign = if is_negative && number > 0 { "-" } else { "" };
    Some(format!("{sign}{number}"))
}

/// A number with a fraction or an exponent, or with too many digits: Go's shortest form of 32 bits.
fn float(text: &str) -> Option<String> {
    let plain = text.replace('_', "");
    let digits = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let (mantissa, exponent) = digits
        .split_once(['e', 'E'])
        .map_or((digits, None), |(mantissa, exponent)| {
            (mantissa, Some(exponent))
        });
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && are_digits(exponent)
    });
    let first_fits =
        text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    let is_number = !(whole.is_empty() && part.is_empty()) && are_digits(whole) && are_digits(part);
    if !is_number || !exponent_fits || !first_fits {
        return None;
    }
    let value = plain
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the library writes 32 bits"
    )]
    let value = value as f32;
    if value.is_infinite() {
        return Some(if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned());
    }
    let written = format!("{value:e}");
    let (digits, exponent) = written.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    if value == 0.0 || (-4..6).contains(&exponent) {
        return Some(value.to_string());
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    Some(format!("{digits}e{sign}{:02}", exponent.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `sigs.k8s.io/yaml` v1.4.0 makes of a member of the type `string`.
    #[test]
    fn scalars_are_read_as_the_library_of_the_aws_provider_does() {
        for (written, read) in [
            ("yes", "true"),
            ("on", "true"),
            ("y", "true"),
            ("n", "false"),
            ("No", "false"),
            ("OFF", "false"),
            ("true", "true"),
            ("True", "true"),
            ("3", "3"),
            ("3.10", "3.1"),
            ("010", "8"),
            ("08", "8"),
            ("0x1F", "31"),
            ("1_000", "1000"),
            ("+3", "3"),
            ("-5", "-5"),
            ("-0", "0"),
            ("00", "0"),
            ("0o17", "15"),
            ("0b11", "3"),
            ("1e3", "1000"),
            ("1e6", "1e+06"),
            ("1e5", "100000"),
            ("123456.5", "123456.5"),
            ("1234567.5", "1.2345675e+06"),
            ("0.00001", "1e-05"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1_0.5", "10.5"),
            ("2024-01-01", "2024-01-01"),
            ("1:30", "1:30"),
            ("0777", "511"),
            ("0900", "900"),
            ("07.5", "7.5"),
            ("12345678901234567890", "12345678901234567890"),
            ("123456789012345678901", "1.2345679e+20"),
            ("1e400", "1e400"),
            (".inf", "+Inf"),
            (".nan", "NaN"),
            ("_1", "_1"),
            ("1_", "1"),
            ("0x", "0x"),
            ("0b2", "0b2"),
            ("+0x1f", "31"),
            ("-010", "-8"),
            ("0_7", "7"),
            ("1.0", "1"),
            ("100.0", "100"),
            ("1.5e-7", "1.5e-07"),
            ("Y", "true"),
            ("TRUE", "true"),
            ("tRUE", "tRUE"),
            ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
            ("dev/db", "dev/db"),
            ("", ""),
            ("é", "é"),
            ("-", "-"),
            (".", "."),
        ] {
            assert_eq!(
                retyped(written).as_deref().unwrap_or(written),
                read,
                "{written}"
            );
        }
    }
}
