//! Policies that are no valid JSON, or that are in a text with other quotes: read as a stream of words.

use super::{
    part::{Part, Parts},
    policy::DOCUMENT,
};
use policy_engine::source::Span;

/// What is open: a map with its last key, or a list.
struct Open<'p> {
    part: Option<&'p Part>,
    /// What the next value of a map is.
    member: Option<&'p Part>,
    is_map: bool,
    has_key: bool,
}

/// Files the strings of a policy under shown and hidden; whether the text is a policy and nothing else.
///
/// A text is a policy when its first member is an element of one and `Statement` is among its members.
pub(super) fn policy(text: &str, offset: usize, parts: &mut Parts) -> bool {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut has_statement = false;
    let mut is_first = true;
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        match character {
            '{' | '[' => {
                let part = match open.last() {
                    None => Some(&DOCUMENT),
                    Some(outer) if outer.is_map => outer.member,
                    Some(outer) => outer.part,
                };
                let is_map = character == '{';
                open.push(Open {
                    part,
                    member: None,
                    is_map,
                    has_key: false,
                });
            }
            '}' | ']' => {
                open.pop();
            }
            ',' => {
                if let Some(inner) = open.last_mut().filter(|inner| inner.is_map) {
                    (inner.member, inner.has_key) = (None, false);
                }
            }
            '"' => {
                let end = end_of_string(text, at);
                while rest.next_if(|(next, _)| *next < end).is_some() {}
                let span = Span::new(offset + at, offset + end);
                let is_whole =
                    end > at + 1 && text.get(..end).is_some_and(|text| text.ends_with('"'));
                let inner = text.get(at + 1..end.saturating_sub(1)).unwrap_or("");
                let is_key = text
                    .get(end..)
                    .is_some_and(|rest| rest.trim_start().starts_with(':'));
                let depth = open.len();
                let shown = match open.last_mut() {
                    Some(map) if is_key && map.is_map => {
                        map.member = map.part.and_then(|part| part.member(inner));
                        map.has_key = true;
                        if depth == 1 {
                            if is_first && map.member.is_none() {
                                return false;
                            }
                            is_first = false;
                            has_statement |= inner.eq_ignore_ascii_case("Statement");
                        }
                        !inner.contains(char::is_whitespace)
                    }
                    Some(map) if map.is_map => is_text(map.member),
                    Some(list) => is_text(list.part),
                    None => false,
                };
                if shown && is_whole {
                    parts.show(span);
                } else {
                    parts.hide(span);
                }
            }
            // A comment ends with its line, and may hold quotes.
            '/' | '#' => while rest.next_if(|(_, next)| *next != '\n').is_some() {},
            _ if open.is_empty() && !character.is_whitespace() && character != '\u{feff}' => {
                return false;
            }
            _ => {}
        }
    }
    has_statement
}

fn is_text(part: Option<&Part>) -> bool {
    matches!(part, Some(Part::Text | Part::All))
}

/// The end of a string; one that is not closed ends with its line.
fn end_of_string(text: &str, start: usize) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.get(start + 1..).unwrap_or("").char_indices() {
        match character {
            '\n' => return start + 1 + at,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return start + 2 + at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::super::{Understood, is_broken_policy, shown};

    #[test]
    fn a_broken_policy_shows_its_elements_and_nothing_else() {
        let text = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"A\", \"Note\": \"pass\",\n \"Action\": [\"s:Get\" \"s:Put\"], // pass\n \"Resource\": \"pass\n";
        assert!(is_broken_policy(text));
        let shown = shown(text, &Understood::BrokenPolicy);
        assert!(!shown.contains("pass"), "{}", &*shown);
        assert!(shown.contains("\"s:Get\" \"s:Put\"") && shown.contains("\"Sid\": \"A\""));
    }

    #[test]
    fn other_texts_are_no_policy() {
        let texts = [
            "{\"SecretString\": \"x\", \"Statement\": []",
            "{\"Version\": 1, \"password\": ",
            "Statement: {\"Statement\": ",
            "x",
            "",
        ];
        let wrong: Vec<_> = texts.iter().filter(|text| is_broken_policy(text)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
