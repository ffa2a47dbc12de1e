//! Answers become text and JSON; the only place that knows terminals.

pub mod findings;
pub mod human;
pub mod json;
pub mod junit;
pub mod lines;
pub mod sarif;
pub mod table;
pub mod world;

use crate::args::{Color, Common};
use std::{fmt::Write as _, io::IsTerminal};

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether colours are used.
    pub color: bool,
    /// Whether frames and marks stay within ASCII.
    pub ascii: bool,
    /// Columns.
    pub width: usize,
    /// Only answers.
    pub quiet: bool,
    /// Also what lies behind them.
    pub verbose: bool,
}

impl Style {
    /// The style for standard output.
    pub fn new(common: &Common) -> Self {
        let color = match common.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => supports_color::on(supports_color::Stream::Stdout)
                .is_some_and(|level| level.has_basic),
        };
        let wide = if std::io::stdout().is_terminal() {
            120
        } else {
            100
        };
        let width = common.width.map_or(wide, usize::from);
        Self {
            color,
            ascii: common.ascii,
            width,
            quiet: common.quiet,
            verbose: common.verbose,
        }
    }

    /// A form for a file: no colours.
    #[must_use]
    pub fn plain(self) -> Self {
        Self {
            color: false,
            ..self
        }
    }

    /// One of two marks.
    pub fn mark<'t>(&self, unicode: &'t str, ascii: &'t str) -> &'t str {
        if self.ascii { ascii } else { unicode }
    }

    /// Text in a colour of the terminal's sixteen.
    pub fn paint(&self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Disarms text that somebody else wrote and that stands in a line of ours: what ends a line becomes visible, too, so
/// that nobody writes lines of their own into ours.
pub fn line(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|character| match character {
            '\n' => '\u{240a}',
            '\r' => '\u{240d}',
            '\t' => ' ',
            other if is_hostile(other) => stand_in(other),
            other => other,
        })
        .collect();
    uncommand(line)
}

/// GitHub and Azure obey these words wherever they stand in a line of a log.
fn uncommand(text: String) -> String {
    if text.contains("##") {
        text.replace("##[", "#?[").replace("##vso[", "#?vso[")
    } else {
        text
    }
}

/// Writes hostile characters of a JSON text as escapes; outside of strings JSON has none.
pub fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_hostile(character) {
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Disarms an excerpt that somebody else wrote: control characters, overrides of direction and invisible characters become
/// visible and harmless; each keeps its length in bytes, so that places stay true.
pub fn disarm(text: &str) -> String {
    let safe: String = text
        .chars()
        .map(|character| {
            if is_hostile(character) {
                stand_in(character)
            } else {
                character
            }
        })
        .collect();
    uncommand(safe)
}

fn is_hostile(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\t'))
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn stand_in(character: char) -> char {
    match character.len_utf8() {
        1 => '?',
        2 => '\u{bf}',
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_disarmed_in_place() {
        let text = "a\u{1b}[31m\u{202e}b\u{9b}c\nd";
        let safe = disarm(text);
        assert_eq!(safe, "a?[31m\u{fffd}b\u{bf}c\nd");
        assert_eq!(safe.len(), text.len());
    }

    #[test]
    fn nobody_else_ends_a_line_of_ours() {
        let safe = line("a\n::error::b\r\nc\td\u{2028}e\u{85}");
        assert_eq!(safe, "a␊::error::b␍␊c d\u{fffd}e\u{bf}");
        assert_eq!(line("a ##[error]b ##vso[x]"), "a #?[error]b #?vso[x]");
        assert_eq!(disarm("# ##[error]b").len(), 12);
    }

    #[test]
    fn escapes_mean_the_same_text() {
        let text = "a\u{202e}b\u{9b}c\u{7f}d\u{2028}é";
        let written = escape(&serde_json::Value::from(text).to_string());
        assert_eq!(written, r#""a\u202eb\u009bc\u007fd\u2028é""#);
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }
}
