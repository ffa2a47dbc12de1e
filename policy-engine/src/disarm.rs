//! Characters that attack the reader of a text: the list of them, and two ways to write them harmlessly.
//!
//! Names, tags and messages are written by others. Printed unchanged, they can move a terminal's cursor, end a log line and
//! forge the next line, reorder the text around them, or hide in it.

use std::fmt::Write as _;

/// Whether a character steers a terminal, ends a line, reorders text, or is invisible.
///
/// Unicode Character Database: general category `Cc`, the line and paragraph separators, the bidirectional controls, what
/// `DerivedCoreProperties.txt` lists as `Default_Ignorable_Code_Point`, the format characters of annotations and hieroglyphs, the
/// blank Braille pattern, and the noncharacters, which XML 1.0 does not allow either.
pub fn is_hostile(character: char) -> bool {
    let invisible = matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    let noncharacter = matches!(character, '\u{fdd0}'..='\u{fdef}')
        || matches!(u32::from(character) & 0xffff, 0xfffe | 0xffff);
    character.is_control() || invisible || noncharacter
}

/// The text in one line, with hostile characters spelled out: `\n`, `\u{202e}`.
pub fn disarmed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hostile(character) {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}

/// A JSON text with hostile characters as JSON's own escapes; a parser reads the same values.
///
/// Line ends and tabs stay: JSON has them between its values only.
pub fn disarmed_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if !is_hostile(character) || matches!(character, '\n' | '\r' | '\t') {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code point, with letters around it.
    fn every_text() -> impl Iterator<Item = (char, String)> {
        (char::MIN..=char::MAX).map(|character| (character, format!("a{character}b")))
    }

    #[test]
    fn no_code_point_ends_a_line_or_hides() {
        for (character, text) in every_text() {
            let safe = disarmed(&text);
            assert!(!safe.chars().any(is_hostile), "{:x}", u32::from(character));
            assert_eq!(safe == text, !is_hostile(character));
        }
    }

    #[test]
    fn json_reads_the_same_for_every_code_point() {
        for (character, text) in every_text() {
            let safe = disarmed_json(&serde_json::Value::from(text.as_str()).to_string());
            assert!(!safe.chars().any(is_hostile), "{:x}", u32::from(character));
            assert_eq!(serde_json::from_str::<String>(&safe).ok(), Some(text));
        }
    }

    #[test]
    fn what_people_write_stays() {
        for text in [
            "naïve",
            "日本語",
            "a b",
            "עברית",
            "e\u{301}",
            "👍",
            "{}\"\\",
        ] {
            assert_eq!(disarmed(text), text);
        }
        let hostile = "\u{1b}\u{85}\u{ad}\u{34f}\u{61c}\u{115f}\u{200d}\u{2028}\u{202e}\u{2066}\u{3164}\u{feff}\u{e0041}";
        assert!(hostile.chars().all(is_hostile));
    }
}
