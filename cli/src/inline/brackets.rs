//! How many brackets are open at the end of each line: indentation means nothing in Terraform, nor inside the brackets of YAML.

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open<'t> {
    Bracket,
    /// A text in quotes, with the quote.
    Quoted(u8),
    /// A comment over several lines.
    Comment,
    /// A text of Terraform that ends with a line of this word.
    Heredoc(&'t str),
    /// A text of YAML over the lines that are indented by more.
    Block(usize),
}

/// The counts for a text of Terraform.
///
/// Terraform documentation, "Syntax Overview" and "Strings and Templates".
pub(super) fn of_terraform(text: &str) -> Vec<usize> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let lines = text.split_inclusive('\n');
    lines
        .map(|line| {
            match open.last() {
                Some(Open::Heredoc(word)) if line.trim() == *word => drop(open.pop()),
                Some(Open::Heredoc(_)) => {}
                _ => terraform_line(line, &mut open),
            }
            open.len()
        })
        .collect()
}

fn terraform_line<'t>(line: &'t str, open: &mut Vec<Open<'t>>) {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let mut taken = 1;
        match (open.last(), rest) {
            (Some(Open::Comment), [b'*', b'/', ..]) => {
                open.pop();
                taken = 2;
            }
            (Some(Open::Comment), _) => {}
            (Some(Open::Quoted(_)), [b'\\', _, ..]) => taken = 2,
            (Some(Open::Quoted(_)), [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..]) => taken = 3,
            (Some(Open::Quoted(_)), [b'$' | b'%', b'{', ..]) => {
                open.push(Open::Bracket);
                taken = 2;
            }
            // A text in quotes ends with its line.
            (Some(Open::Quoted(_)), [b'"' | b'\n', ..]) => drop(open.pop()),
            (Some(Open::Quoted(_)), _) => {}
            (_, [b'#', ..] | [b'/', b'/', ..]) => return,
            (_, [b'/', b'*', ..]) => {
                open.push(Open::Comment);
                taken = 2;
            }
            (_, [b'"', ..]) => open.push(Open::Quoted(b'"')),
            (_, [b'<', b'<', ..]) => {
                let word = line.get(at + 2..).unwrap_or_default();
                let word = word.strip_prefix('-').unwrap_or(word).trim();
                if is_word(word) {
                    open.push(Open::Heredoc(word));
                    return;
                }
            }
            (_, [b'{' | b'[' | b'(', ..]) => open.push(Open::Bracket),
            (Some(Open::Bracket), [b'}' | b']' | b')', ..]) => drop(open.pop()),
            _ => {}
        }
        at += taken;
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|own| own.is_alphanumeric() || "_-".contains(own))
}

/// The counts for a text of YAML.
///
/// YAML 1.2.2, 7.4 "Flow Collection Styles" and 8.1 "Block Scalar Styles".
pub(super) fn of_yaml(text: &str) -> Vec<usize> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let lines = text.split_inclusive('\n');
    lines
        .map(|line| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            if let Some(Open::Block(outer)) = open.last() {
                if line.trim().is_empty() || indent > *outer {
                    return 0;
                }
                open.pop();
            }
            if line.starts_with("---") || line.starts_with("...") {
                open.clear();
            }
            yaml_line(line, &mut open);
            let is_block = open.is_empty() && begins_block(line);
            if is_block {
                open.push(Open::Block(indent));
            }
            open.len() - usize::from(is_block)
        })
        .collect()
}

fn yaml_line(line: &str, open: &mut Vec<Open<'_>>) {
    let bytes = line.as_bytes();
    // A quote or a bracket inside a plain text is a part of it.
    let mut is_start = true;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let mut taken = 1;
        let is_flow = matches!(open.last(), Some(Open::Bracket));
        match (open.last(), rest) {
            (Some(Open::Quoted(b'"')), [b'\\', _, ..])
            | (Some(Open::Quoted(b'\'')), [b'\'', b'\'', ..]) => taken = 2,
            (Some(Open::Quoted(quote)), [own, ..]) if own == quote => drop(open.pop()),
            (Some(Open::Quoted(_)), _) => {}
            (_, [b'#', ..])
                if at == 0 || bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace) =>
            {
                return;
            }
            (_, [quote @ (b'"' | b'\''), ..]) if is_start => open.push(Open::Quoted(*quote)),
            (_, [b'{' | b'[', ..]) if is_start || is_flow => open.push(Open::Bracket),
            (Some(Open::Bracket), [b'}' | b']', ..]) => drop(open.pop()),
            _ => {}
        }
        let last = rest.get(taken - 1).copied().unwrap_or_default();
        let is_before = is_flow && matches!(last, b',' | b'{' | b'[' | b':')
            || matches!(last, b'{' | b'[')
            || last.is_ascii_whitespace() && (is_start || follows_sign(bytes, at));
        is_start = is_before;
        at += taken;
    }
}

/// Whether the byte before a place ends a key, begins an item, or is that of a tag or an anchor.
fn follows_sign(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    let word = before.rsplit(u8::is_ascii_whitespace).next();
    word.is_some_and(|word| {
        matches!(word.last(), Some(b':' | b'-' | b'?')) || matches!(word.first(), Some(b'!' | b'&'))
    })
}

/// Whether a text begins on the next line: `key: |`, `- >-`.
fn begins_block(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let sign = line.rsplit(' ').next().unwrap_or(line);
    let mut signs = sign.chars();
    matches!(signs.next(), Some('|' | '>'))
        && signs.all(|own| own.is_ascii_digit() || "+-".contains(own))
}

#[cfg(test)]
mod tests {
    use super::{of_terraform, of_yaml};

    #[test]
    fn brackets_of_terraform_are_counted_outside_of_texts_and_comments() {
        for (text, expected) in [
            ("a {\n  x = 1\n  }\n  b {\n}\n", vec![1, 1, 0, 1, 0]),
            ("a = \"}{\" # }\nb = \"${f({\n})}\"\n", vec![0, 4, 0]),
            (
                "a = <<-EOT\n {{{\n  EOT\nb {\n// }\n/* }\n*/ }\n",
                vec![1, 1, 0, 1, 1, 2, 0],
            ),
            ("a = \"\\\"{\"\nb = \"$${\"\n", vec![0, 0]),
        ] {
            assert_eq!(of_terraform(text), expected, "{text}");
        }
    }

    #[test]
    fn brackets_of_yaml_are_counted_outside_of_texts_and_comments() {
        for (text, expected) in [
            ("a: {b: [\n 1], c: '}'\n}\nd: 1\n", vec![2, 1, 0, 0]),
            (
                "a: it's {x\nb: \"{\n }\"\nc: |\n  {\n  {\nd: [ # ]\n]\n",
                vec![0, 1, 0, 0, 0, 0, 1, 0],
            ),
            ("- {\n---\na: >-\n {\nb: !x [\n]\n", vec![1, 0, 0, 0, 1, 0]),
        ] {
            assert_eq!(of_yaml(text), expected, "{text}");
        }
    }
}
