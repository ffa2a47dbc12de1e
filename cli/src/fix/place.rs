//! The text of an edit in the syntax of its place, if the old text is literal.
//!
//! A value that a reference leads to has the place of the reference: other text cannot be written there.

use policy_engine::source::{Source, Span};

/// The text that replaces a place; `None` if the old text is no literal text: a reference, or text that is put together.
///
/// `text` is written for JSON: a scalar in quotes, or a list of such scalars, or a part of a scalar without quotes.
pub fn written(source: &Source, span: Span, text: &str) -> Option<String> {
    let all: &str = &source.text;
    let (start, end) = (span.start as usize, span.end as usize);
    let (before, old) = (all.get(..start)?, all.get(start..end)?);
    let is_terraform = [".tf", ".tofu"]
        .iter()
        .any(|end| source.name.ends_with(end));
    let quotes = Quotes::around(old)?;
    let is_literal = match quotes {
        Quotes::None => is_part(old) && (!is_terraform || is_quoted(before)),
        _ if is_terraform => is_value(before) && !has_reference(old),
        _ => !has_tag(before),
    };
    let text = variables(all, before, text, is_terraform)?;
    is_literal.then(|| match quotes {
        Quotes::Escaped => beside(before, &text).replace('"', "\\\""),
        Quotes::Block => block(before, &text),
        Quotes::None | Quotes::Whole => beside(before, &text),
    })
}

/// How the old text is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    /// A part of a scalar, or a scalar without quotes.
    None,
    /// A scalar in quotes, or a list.
    Whole,
    /// The same within a JSON string.
    Escaped,
    /// A list of YAML with an element per line.
    Block,
}

impl Quotes {
    fn around(old: &str) -> Option<Self> {
        let is_escaped = old.contains("\\\"");
        let plain = old.replace("\\\"", "\"");
        if let Some(list) = inside(&plain, '[', ']') {
            let is_literal = list.split(',').map(str::trim).all(is_element);
            return is_literal.then_some(if is_escaped {
                Self::Escaped
            } else {
                Self::Whole
            });
        }
        if old.starts_with("- ") {
            let is_literal = old.lines().all(|line| {
                line.trim_start()
                    .strip_prefix("- ")
                    .is_some_and(|own| is_element(own.trim()))
            });
            return is_literal.then_some(Self::Block);
        }
        if is_scalar(&plain) {
            return Some(if is_escaped {
                Self::Escaped
            } else {
                Self::Whole
            });
        }
        (!is_escaped).then_some(Self::None)
    }
}

/// The text between two characters.
fn inside(text: &str, first: char, last: char) -> Option<&str> {
    text.strip_prefix(first)?.strip_suffix(last)
}

/// A scalar in quotes.
fn is_scalar(text: &str) -> bool {
    ['"', '\'']
        .into_iter()
        .any(|quote| inside(text, quote, quote).is_some_and(|own| !own.contains([quote, '\n'])))
}

/// An element of a list: in quotes, or plain in YAML.
fn is_element(text: &str) -> bool {
    let is_plain = |text: &str| {
        !text.is_empty()
            && !text.contains(['"', '\'', '(', '{', '[', '#', '&', '\n'])
            && !text.starts_with('*')
    };
    is_scalar(text) || is_plain(text)
}

/// Whether a text is a part of a scalar, or a scalar without quotes.
fn is_part(old: &str) -> bool {
    let is_plain = !old.contains(['"', '\n', '}']) && !old.contains("${");
    // A value without a text of its own has a place of one character.
    let has_text = old.is_empty() || old.len() > 1 || matches!(old, "*" | "?");
    is_plain && has_text
}

/// Whether a value begins here: of an attribute, of a key or of a list.
fn is_value(before: &str) -> bool {
    before.trim_end().ends_with(['=', ':', '[', ','])
}

/// Whether a tag of YAML is before a place: a function of CloudFormation, whose argument is no text of the value.
fn has_tag(before: &str) -> bool {
    let mut words = before.split_whitespace().rev();
    words
        .next()
        .is_some_and(|word| word.starts_with('!') && word != "!Sub")
}

/// Whether a text of Terraform has an interpolation.
fn has_reference(old: &str) -> bool {
    let literal = old.replace("$${", "");
    literal.contains("${")
        || inside(old, '[', ']').is_some_and(|list| !list.split(',').map(str::trim).all(is_scalar))
}

/// A text with policy variables, escaped as the place requires.
///
/// Terraform documentation, "Strings and Templates", section "Escape Sequences"; AWS CloudFormation User Guide, "Fn::Sub".
fn variables(all: &str, before: &str, text: &str, is_terraform: bool) -> Option<String> {
    if !text.contains("${") {
        return Some(text.to_owned());
    }
    if is_terraform {
        return Some(text.replace("$${", "${").replace("${", "$${"));
    }
    let line = before.rsplit('\n').next().unwrap_or("");
    match (
        line.contains("Sub"),
        all.contains("Fn::Sub") || all.contains("!Sub"),
    ) {
        (true, _) => Some(text.replace("${", "${!")),
        // The place may be in a text of several lines.
        (false, true) => None,
        (false, false) => Some(text.to_owned()),
    }
}

/// The elements of a list where the old text is an element of a list; another text as it is.
fn beside(before: &str, text: &str) -> String {
    let Some(elements) = inside(text, '[', ']') else {
        return text.to_owned();
    };
    let before = before.trim_end_matches([' ', '\n', '\r']);
    if before.ends_with(['[', ',']) {
        return elements.to_owned();
    }
    if !before.ends_with('-') {
        return text.to_owned();
    }
    let line = before.rsplit('\n').next().unwrap_or("");
    let indent = " ".repeat(line.chars().count().saturating_sub(1));
    elements.replace(", ", &format!("\n{indent}- "))
}

/// A list of JSON as a list of YAML with an element per line; another text as the only element.
fn block(before: &str, text: &str) -> String {
    let Some(list) = inside(text, '[', ']') else {
        return format!("- {text}");
    };
    let column = before.rsplit('\n').next().unwrap_or("").chars().count();
    let elements = list.split(", ").map(|element| format!("- {element}"));
    elements
        .collect::<Vec<_>>()
        .join(&format!("\n{}", " ".repeat(column)))
}

/// Whether the end of a text of Terraform is inside quotes or a heredoc, and in no interpolation.
fn is_quoted(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or("");
    let mut begins = None;
    let mut is_escaped = false;
    for (at, character) in line.char_indices() {
        if character == '"' && !is_escaped {
            begins = match begins {
                Some(_) => None,
                None => Some(at),
            };
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    let literal = match begins {
        Some(at) => line.get(at..),
        None => heredoc(before).then_some(line),
    };
    literal.is_some_and(|literal| {
        let literal = literal.replace("$${", "");
        let inner = literal.rsplit_once("${").map(|(_, inner)| inner);
        inner.is_none_or(|inner| inner.contains('}'))
    })
}

/// How many bytes before a place are searched for the beginning of its heredoc; one that begins earlier gets no edit.
const HEREDOC: usize = 64 * 1024;

/// Whether the end of a text is inside a heredoc.
fn heredoc(before: &str) -> bool {
    let start = before.ceil_char_boundary(before.len().saturating_sub(HEREDOC));
    let before = before.get(start..).unwrap_or("");
    let mut open: Option<&str> = None;
    for line in before.lines() {
        match open {
            Some(word) if line.trim() == word => open = None,
            Some(_) => {}
            None => {
                let word = line.rsplit_once("<<").map(|(_, word)| word);
                let word = word.map(|word| word.trim_start_matches('-').trim());
                open = word.filter(|word| {
                    let mut letters = word.chars();
                    !word.is_empty()
                        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
                });
            }
        }
    }
    open.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::source::{Shown, SourceMap};

    /// A text in which `<` and `>` enclose the place, with the text after the edit.
    fn edited(name: &str, marked: &str, text: &str) -> Option<String> {
        let start = marked.find('<').unwrap();
        let end = marked.find('>').unwrap() - 1;
        let all = marked.replacen('<', "", 1).replacen('>', "", 1);
        let mut sources = SourceMap::default();
        let id = sources.add(name, Shown::whole(all.as_str()));
        let new = written(sources.get(id).unwrap(), Span::new(start, end), text)?;
        let (before, after) = (all.get(..start).unwrap(), all.get(end..).unwrap());
        Some(format!("{before}{new}{after}"))
    }

    #[test]
    fn an_edit_has_the_syntax_of_its_place() {
        let cases = [
            (
                "p.json",
                r#"{"Action": <"a:b">}"#,
                r#""a:c""#,
                r#"{"Action": "a:c"}"#,
            ),
            (
                "p.json",
                r#"{"Action": <"a:b">}"#,
                r#"["a:b", "a:c"]"#,
                r#"{"Action": ["a:b", "a:c"]}"#,
            ),
            (
                "p.json",
                r#"{"Action": <["a:b"]>}"#,
                r#"["a:b", "a:c"]"#,
                r#"{"Action": ["a:b", "a:c"]}"#,
            ),
            (
                "p.json",
                r#"{"Policy": "{\"Action\": <\"a:b\">}"}"#,
                r#""a:c""#,
                r#"{"Policy": "{\"Action\": \"a:c\"}"}"#,
            ),
            (
                "w.yaml",
                "Action: <a:b>",
                r#"["a:b", "a:c"]"#,
                r#"Action: ["a:b", "a:c"]"#,
            ),
            (
                "w.yaml",
                "Action:\n- <a:b>",
                r#""a:c""#,
                "Action:\n- \"a:c\"",
            ),
            (
                "w.yaml",
                "Action:\n  <- a:b>",
                r#"["a:b", "a:c"]"#,
                "Action:\n  - \"a:b\"\n  - \"a:c\"",
            ),
            (
                "p.json",
                r#"{"AWS": ["x", <"y">]}"#,
                r#"["y", "z"]"#,
                r#"{"AWS": ["x", "y", "z"]}"#,
            ),
            (
                "w.yaml",
                "AWS:\n  - <y1>",
                r#"["y1", "z"]"#,
                "AWS:\n  - \"y1\"\n  - \"z\"",
            ),
            (
                "m.tf",
                r#"actions = <["a:b"]>"#,
                r#"["a:b", "a:c"]"#,
                r#"actions = ["a:b", "a:c"]"#,
            ),
            (
                "m.tf",
                r#"values = [<"x">]"#,
                r#""${aws:PrincipalTag/t}""#,
                r#"values = ["$${aws:PrincipalTag/t}"]"#,
            ),
            (
                "t.yaml",
                r#"v: !Sub <"x">"#,
                r#""${aws:PrincipalTag/t}""#,
                r#"v: !Sub "${!aws:PrincipalTag/t}""#,
            ),
        ];
        for (name, marked, text, wanted) in cases {
            assert_eq!(
                edited(name, marked, text).as_deref(),
                Some(wanted),
                "{marked}"
            );
        }
    }

    #[test]
    fn what_is_put_together_gets_no_edit() {
        let cases = [
            ("m.tf", "actions = <var.actions>"),
            ("m.tf", "actions = [\"a:b\", <local.more>]"),
            ("m.tf", "actions = <[\"a:b\", local.more]>"),
            (
                "m.tf",
                "resources = [<\"${aws_secretsmanager_secret.db.arn}\">]",
            ),
            ("m.tf", "role = lower(<\"A\">)"),
            ("t.json", r#"{"Action": <{"Fn::Join": ["", ["a", "b"]]}>}"#),
            ("t.yaml", "Action: !GetAtt <\"A.Arn\">"),
            ("w.yaml", "Resource: <${region}>"),
        ];
        for (name, marked) in cases {
            assert_eq!(edited(name, marked, "\"new\""), None, "{marked}");
        }
    }

    #[test]
    fn only_literal_text_is_quoted() {
        for (before, quoted) in [
            ("  values = [\"$${aws:PrincipalTag/", true),
            ("  policy = ", false),
            ("  values = [\"$${aws:PrincipalTag/${", false),
            ("  values = [\"a-${local.x}-", true),
            ("  values = [\"a\", ", false),
            ("  policy = <<-EOT\n  { \"Action\": [", true),
            ("  policy = <<EOT\n{}\nEOT\n  role = ", false),
            ("  policy = <<EOT\n  ${", false),
        ] {
            assert_eq!(is_quoted(before), quoted, "{before}");
        }
    }
}
