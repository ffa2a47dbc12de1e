//! One change of a text.

use libfuzzer_sys::arbitrary::{Result, Unstructured};

/// What is put into a text.
const PIECES: &[&str] = &[
    "${",
    "${!",
    "!Ref ",
    "!Sub ",
    "!If [",
    "Fn::Sub",
    "",
    " ",
    "\n",
    "\t",
    "\r\n",
    "  ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "|",
    ">",
    "&a ",
    "*a",
    "<<: ",
    "é",
    "\\u00e9",
    "%7B",
    "---\n",
    "\u{0}",
    "\u{feff}",
    "null",
    "true",
    "0",
    "*",
    "?",
    "arn:",
    "\\ud800",
    "# ascp-policy: ignore[ALL] x",
    "{{",
    "<<EOT\n",
    "%{ if ",
    "...",
];

/// Changes a text at one place: replaces, removes, repeats or moves a piece.
pub fn change(text: &mut String, input: &mut Unstructured<'_>) -> Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let from = boundary(text, input.int_in_range(0..=text.len() - 1)?);
    let to = match input.int_in_range(0..=3)? {
        0 => from,
        1 => text[from..]
            .find('\n')
            .map_or(text.len(), |at| from + at + 1),
        2 => word_end(text, from),
        _ => boundary(text, (from + input.int_in_range(1..=40)?).min(text.len())),
    };
    let piece = match input.int_in_range(0..=3)? {
        0 => text[from..to].repeat(2),
        1 => {
            let other = boundary(text, input.int_in_range(0..=text.len() - 1)?);
            text[other..word_end(text, other)].to_owned()
        }
        _ => (*input.choose(PIECES)?).to_owned(),
    };
    text.replace_range(from..to, &piece);
    Ok(())
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The end of a word, or behind the sign that is not in a word.
fn word_end(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let length = rest.find(|sign: char| !sign.is_alphanumeric());
    match length {
        Some(0) => from + rest.chars().next().map_or(0, char::len_utf8),
        Some(length) => from + length,
        None => text.len(),
    }
}
