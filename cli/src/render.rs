//! Renders answers as text and JSON; only this module handles terminals.

pub mod findings;
pub mod human;
pub mod json;
pub mod junit;
pub mod lines;
pub mod sarif;
pub mod table;
pub mod world;

use crate::args::{Color, Common};
use policy_engine::disarm::is_hostile;

pub use policy_engine::disarm::disarmed_json as escape;

/// The style of text.
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
    /// Also files and notes.
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
        let width = common.width.map_or_else(terminal_width, usize::from);
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

    /// A mark in Unicode or ASCII.
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

/// The columns of the terminal; 100 if standard output is no terminal.
fn terminal_width() -> usize {
    terminal_size::terminal_size_of(std::io::stdout())
        .map_or(100, |(width, _)| usize::from(width.0).clamp(40, 400))
}

/// Disarms untrusted text inside a line of our output: line ends become visible as well, so
/// that the text cannot add lines.
pub fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => line.push('\u{240a}'),
            '\r' => line.push('\u{240d}'),
            '\t' => line.push(' '),
            other => push_in_place(&mut line, other),
        }
    }
    uncommand(line)
}

/// The lines of a help, each disarmed: a help of a rule can be a block of several lines.
pub fn lines(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split('\n').map(line)
}

/// Text in an element or attribute of XML 1.0, which forbids some characters (XML 1.0, 2.2).
pub fn xml(text: &str) -> String {
    let allowed = |character: &char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let replaced = |character: char| {
        if allowed(&character) {
            character
        } else {
            '\u{fffd}'
        }
    };
    let safe: String = text.chars().map(replaced).collect();
    quick_xml::escape::escape(safe).into_owned()
}

/// GitHub and Azure execute these words anywhere in a line of a log.
fn uncommand(text: String) -> String {
    if text.contains("##") {
        text.replace("##[", "#?[").replace("##vso[", "#?vso[")
    } else {
        text
    }
}

/// Disarms an untrusted excerpt: control characters, overrides of direction and invisible characters become
/// visible and harmless; each keeps its length in bytes, so that places stay true.
pub fn disarm(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        push_in_place(&mut safe, character);
    }
    uncommand(safe)
}

/// Adds a character, or for a hostile character a replacement with as many bytes.
fn push_in_place(text: &mut String, character: char) {
    if matches!(character, '\n' | '\t') || !is_hostile(character) {
        text.push(character);
        return;
    }
    text.push_str(match character.len_utf8() {
        1 => "?",
        2 => "\u{bf}",
        3 => "\u{fffd}",
        _ => "\u{fffd}?",
    });
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
    fn every_code_point_is_well_formed_in_xml() {
        for character in char::MIN..=char::MAX {
            let text = xml(&line(&format!("a{character}b")));
            let is_control = |letter: char| letter < ' ' && !matches!(letter, '\t' | '\n' | '\r');
            let is_forbidden = |letter: char| matches!(letter, '\u{fffe}' | '\u{ffff}' | '<');
            assert!(
                !text
                    .chars()
                    .any(|letter| is_control(letter) || is_forbidden(letter)),
                "{:x}",
                u32::from(character)
            );
        }
    }

    #[test]
    fn every_code_point_is_harmless_and_keeps_its_length() {
        for character in char::MIN..=char::MAX {
            let text = format!("a{character}b");
            let safe = disarm(&text);
            assert_eq!(safe.len(), text.len(), "{:x}", u32::from(character));
            let kept = |other: char| !is_hostile(other) || matches!(other, '\n' | '\t');
            assert!(safe.chars().all(kept), "{:x}", u32::from(character));
            assert!(!line(&text).chars().any(is_hostile));
        }
    }
}
