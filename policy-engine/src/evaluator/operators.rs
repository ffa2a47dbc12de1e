//! How single values compare, by family of operators (docs/semantics.md#values-that-cannot-be-read).

pub mod date;
pub mod decimal;
pub mod ip;

use crate::text::Text;

/// A value of a policy, parsed for its operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed<T> {
    /// A known value.
    Is(T),
    /// The operator cannot read the value, which never matches.
    Unreadable,
    /// The value contains a hole, and the operator can read it with some fillings.
    Open,
}

impl<T> Parsed<T> {
    /// The value, when it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Unreadable | Self::Open => None,
        }
    }

    /// Whether the value is unknown.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }
}

/// Parses the values of a policy. A value with a hole cannot be read if the operator reads no value with its known characters.
pub fn parsed<T>(
    texts: &[&Text],
    is_letter: fn(char) -> bool,
    read: impl Fn(&str) -> Option<T>,
) -> Box<[Parsed<T>]> {
    let parsed = |text: &&Text| match text.known() {
        Some(known) => read(known).map_or(Parsed::Unreadable, Parsed::Is),
        None if text.literal().chars().all(is_letter) => Parsed::Open,
        None => Parsed::Unreadable,
    };
    texts.iter().map(parsed).collect()
}

/// Whether base64 contains the character.
pub fn is_base64_letter(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=')
}

/// Whether `true` or `false` contains the letter.
pub fn is_boolean_letter(character: char) -> bool {
    "truefals".contains(character.to_ascii_lowercase())
}

/// Reads `true` or `false` in any case.
pub fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    text.eq_ignore_ascii_case("false").then_some(false)
}

/// Decodes standard base64 with padding.
pub fn base64(text: &str) -> Option<Box<[u8]>> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for character in body.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_strict() {
        assert_eq!(base64("QmluYXJ5").as_deref(), Some(b"Binary".as_slice()));
        assert_eq!(base64("QQ==").as_deref(), Some(b"A".as_slice()));
        assert_eq!(base64("QQ="), None);
        assert_eq!(base64("Q!=="), None);
    }
}
