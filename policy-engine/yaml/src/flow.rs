//! Flow collections that are indented less than their key, as Kubernetes and Helm accept them.
//!
//! YAML 1.2 requires each line of a flow collection to be indented more than the block around it; the parsers of Kubernetes (libyaml and
//! its Go form) do not check that inside brackets. The refused line is joined to the line before it: a newline becomes a space, so that
//! every character keeps its place.

/// The text with the refused line joined to the line before it; `None` if that does not help.
pub(crate) fn joined(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?;
    let newline = before.rfind('\n')?;
    if !before.get(newline..)?.trim().is_empty() {
        return None;
    }
    let start = before.get(..newline)?.rfind('\n').map_or(0, |at| at + 1);
    let line = before.get(start..newline)?;
    let comment = comment(line).map_or(newline, |at| start + at);
    let blank = " ".repeat(newline + 1 - comment);
    Some([text.get(..comment)?, &blank, text.get(newline + 1..)?].concat())
}

/// Where the comment at the end of a line begins.
fn comment(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (None, '#') if before.is_whitespace() => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        before = character;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_joined_without_its_comment_and_keeps_its_places() {
        let text = "a: { b: 1 # one\n}\n";
        let at = text.find('}').unwrap();
        assert_eq!(joined(text, at).unwrap(), "a: { b: 1       }\n");
        let text = "a: { b: \"#1\",\nc: 2 }\n";
        let at = text.find("c:").unwrap();
        assert_eq!(joined(text, at).unwrap(), "a: { b: \"#1\", c: 2 }\n");
        assert!(joined("a: b c", 4).is_none());
    }
}
