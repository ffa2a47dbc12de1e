//! The text between scalars: punctuation is shown, comments and all other words are not.

use policy_engine::source::Span;

/// How a comment begins that excepts something from a rule; it is the only comment that is read, and so shown.
pub const EXCEPTION: &str = "ascp-policy: ignore";

/// The signs of a language.
pub(super) struct Syntax {
    /// What begins a comment that ends with its line.
    comments: &'static [&'static str],
    /// Whether `/*` begins a comment.
    has_blocks: bool,
    /// Whether bare words are names.
    has_names: bool,
}

/// YAML, JSON and TOML.
pub(super) const YAML: Syntax = Syntax {
    comments: &["#", "//"],
    has_blocks: true,
    has_names: false,
};

pub(super) const HCL: Syntax = Syntax {
    comments: &["#", "//"],
    has_blocks: true,
    has_names: true,
};

/// The tags of YAML that CloudFormation has for its functions.
const TAGS: [&str; 18] = [
    "And",
    "Base64",
    "Cidr",
    "Condition",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Not",
    "Or",
    "Ref",
    "Select",
    "Split",
    "Sub",
    "Transform",
];

/// What is shown of the text around some scalars.
pub(super) fn between(text: &str, mut scalars: Vec<Span>, syntax: &Syntax) -> Vec<Span> {
    scalars.sort_unstable();
    let mut kept = Vec::new();
    let mut at = 0;
    for scalar in scalars {
        let start = scalar.start as usize;
        if start > at {
            gap(text, at, start, syntax, &mut kept);
        }
        at = at.max(scalar.end as usize);
    }
    gap(text, at, text.len(), syntax, &mut kept);
    kept
}

fn gap(text: &str, start: usize, end: usize, syntax: &Syntax, kept: &mut Vec<Span>) {
    let mut at = start;
    while let Some(rest) = text.get(at..end).filter(|rest| !rest.is_empty()) {
        let begins_word = text
            .get(..at)
            .is_none_or(|before| !before.ends_with(|last: char| !last.is_whitespace()));
        let sign = syntax
            .comments
            .iter()
            .find(|sign| rest.starts_with(**sign) && (begins_word || syntax.has_names));
        if let Some(sign) = sign {
            // A comment may contain text like a scalar, never the reverse: it ends with its line.
            let line = text
                .get(at..)
                .unwrap_or("")
                .split('\n')
                .next()
                .unwrap_or("");
            comment(line, sign, at, kept);
            at += line.len();
        } else if syntax.has_blocks && rest.starts_with("/*") {
            kept.push(Span::new(at, at + 2));
            at += rest.find("*/").map_or(rest.len(), |length| length + 2);
        } else {
            at += word(rest, at, syntax, kept);
        }
    }
}

/// Keeps the sign of a comment, and all of a comment that excepts something.
fn comment(line: &str, sign: &str, at: usize, kept: &mut Vec<Span>) {
    kept.push(Span::new(at, at + sign.len()));
    let exception = line.find(EXCEPTION).and_then(|mark| {
        let before = line.get(..mark)?.trim_end();
        let sign = ["#", "//"]
            .into_iter()
            .find(|sign| before.ends_with(sign))?;
        Some(before.len() - sign.len())
    });
    if let Some(begin) = exception {
        kept.push(Span::new(at + begin, at + line.trim_end().len()));
    }
}

/// Keeps one sign, or one word if words are names; returns its length.
fn word(rest: &str, at: usize, syntax: &Syntax, kept: &mut Vec<Span>) -> usize {
    let length = |text: &str| {
        text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '-')
            .unwrap_or(text.len())
    };
    let Some(first) = rest.chars().next() else {
        return 0;
    };
    if first == '!' {
        let name = rest.get(1..).unwrap_or("");
        let name = name.get(..length(name)).unwrap_or("");
        let shown = if TAGS.contains(&name) { name.len() } else { 0 };
        kept.push(Span::new(at, at + 1 + shown));
        return 1 + name.len();
    }
    if first == '\\' {
        // A JSON escape within a text: a line end or a quote.
        let is_space = ["\\n", "\\r", "\\t"]
            .iter()
            .any(|escape| rest.starts_with(escape));
        let length = if is_space { 2 } else { 1 };
        kept.push(Span::new(at, at + length));
        return length;
    }
    if first.is_ascii_punctuation() && first != '_' {
        kept.push(Span::new(at, at + 1));
        return 1;
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let length = length(rest);
        if syntax.has_names {
            kept.push(Span::new(at, at + length));
        }
        return length;
    }
    first.len_utf8()
}

/// Keeps a scalar that is shown, but for the user part of addresses and for keys in PEM.
pub(super) fn harmless(text: &str, span: Span, kept: &mut Vec<Span>) {
    let (start, end) = (span.start as usize, span.end as usize);
    let Some(scalar) = text.get(start..end) else {
        return;
    };
    if scalar.contains("-----BEGIN") {
        return quotes(text, span, kept);
    }
    let mut at = 0;
    let mut from = 0;
    while let Some(offset) = scalar.get(at..).and_then(|rest| rest.find("://")) {
        let user = at + offset + 3;
        let rest = scalar.get(user..).unwrap_or("");
        let host = rest
            .find(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ',' | '<'))
            .unwrap_or(rest.len());
        if let Some(length) = rest.get(..host).and_then(|address| address.rfind('@')) {
            kept.push(Span::new(start + from, start + user));
            from = user + length;
        }
        at = user;
    }
    kept.push(Span::new(start + from, end));
}

/// Keeps the quotes around a scalar that is hidden.
pub(super) fn quotes(text: &str, span: Span, kept: &mut Vec<Span>) {
    let (start, end) = (span.start as usize, span.end as usize);
    let Some(scalar) = text.get(start..end) else {
        return;
    };
    for quote in ['"', '\''] {
        if scalar.len() > 1 && scalar.starts_with(quote) && scalar.ends_with(quote) {
            kept.push(Span::new(start, start + 1));
            kept.push(Span::new(end - 1, end));
        }
    }
}
