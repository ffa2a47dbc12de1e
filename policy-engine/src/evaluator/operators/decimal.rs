//! Decimals of any length, compared as text (docs/semantics.md#numeric-operators).

use std::cmp::Ordering;

/// Whether a number can contain the character, in the strict or the lenient syntax.
pub fn is_letter(character: char) -> bool {
    character.is_ascii_hexdigit()
        || matches!(character, 'x' | 'X' | '+' | '-' | '.')
        || character.is_whitespace()
}

/// Whether a text is an optional sign, digits, and optionally a point and digits.
pub fn is_decimal(text: &str) -> bool {
    parts(text).is_some()
}

/// Compares two decimals; `None` if either text is not a decimal.
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (parts(left)?, parts(right)?);
    let magnitude = left
        .whole
        .len()
        .cmp(&right.whole.len())
        .then_with(|| left.whole.cmp(right.whole));
    // Trailing zeros are gone, so that text order is the order of fractions.
    let magnitude = magnitude.then_with(|| left.fraction.cmp(right.fraction));
    Some(match (left.negative, right.negative) {
        (false, false) => magnitude,
        (true, true) => magnitude.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    })
}

/// Compares two numbers as a lenient parser does: blanks around them, exponents and hexadecimal digits count (U-20).
pub fn compare_leniently(left: &str, right: &str) -> Option<Ordering> {
    lenient(left)?.partial_cmp(&lenient(right)?)
}

/// The number that a lenient parser reads from a text.
pub fn lenient(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => f64::from(u32::from_str_radix(digits, 16).ok()?),
        None => text.parse().ok()?,
    };
    number.is_finite().then_some(number)
}

struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

fn parts(text: &str) -> Option<Decimal<'_>> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (unsigned, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let (whole, fraction) = (
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    );
    let zero = whole.is_empty() && fraction.is_empty();
    Some(Decimal {
        negative: text.starts_with('-') && !zero,
        whole,
        fraction,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lenient_reader_takes_other_forms() {
        assert_eq!(compare_leniently(" 1e3", "1000"), Some(Ordering::Equal));
        assert_eq!(compare_leniently("0x10", "17"), Some(Ordering::Less));
        for text in ["", "12abc", "inf", "NaN", "0x", "1e999"] {
            assert_eq!(lenient(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_compare_by_value() {
        for (left, right, expected) in [
            ("10", "10.0", Ordering::Equal),
            ("9", "10", Ordering::Less),
            ("9.50", "9.5", Ordering::Equal),
            ("-1", "1", Ordering::Less),
            ("-2", "-1", Ordering::Less),
            ("-0", "0", Ordering::Equal),
            ("007", "7", Ordering::Equal),
            ("0.05", "0.5", Ordering::Less),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567891",
                Ordering::Less,
            ),
        ] {
            assert_eq!(compare(left, right), Some(expected), "{left} {right}");
        }
        for text in ["", "12abc", "0x10", "1e3", " 1", "1.", ".5", "-"] {
            assert!(!is_decimal(text), "{text}");
        }
    }
}
