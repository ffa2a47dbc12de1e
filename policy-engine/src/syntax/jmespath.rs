//! The syntax of JMESPath: whether a provider can parse the `path` of an entry of `jmesPath`.
//!
//! JMESPath specification, "Grammar". The parser of the AWS provider (`jmespath/go-jmespath`) and that of this provider (the crate `jmespath`)
//! accept more than the grammar, each in other places. This reader refuses only what both refuse.

/// Longer texts, and those with more brackets and stars, are not judged.
const MAX_LENGTH: usize = 16 * 1024;
const MAX_NESTING: usize = 128;

/// JMESPath specification, "Built-in Functions".
const FUNCTIONS: [&str; 26] = [
    "abs",
    "avg",
    "ceil",
    "contains",
    "ends_with",
    "floor",
    "join",
    "keys",
    "length",
    "map",
    "max",
    "max_by",
    "merge",
    "min",
    "min_by",
    "not_null",
    "reverse",
    "sort",
    "sort_by",
    "starts_with",
    "sum",
    "to_array",
    "to_number",
    "to_string",
    "type",
    "values",
];

/// Whether a provider cannot evaluate a path, whatever the value is: it cannot parse it, or it begins with a function that does not exist.
pub fn is_invalid(path: &str) -> bool {
    let nesting = path.bytes().filter(|byte| b"([{!&*".contains(byte)).count();
    if path.len() > MAX_LENGTH || nesting > MAX_NESTING {
        return false;
    }
    let Some(tokens) = tokens(path) else {
        return true;
    };
    // What a path begins with is always evaluated; other functions may not be.
    if let [Token::Identifier(name), Token::OpenCall, ..] = tokens.as_slice()
        && !FUNCTIONS.contains(name)
    {
        return true;
    }
    let mut reader = Reader { tokens, at: 0 };
    reader.expression(0).is_none() || reader.peek() != Token::End
}

/// The path with its keys in quotes, if that is all it needs: `foo-bar` becomes `"foo-bar"`.
pub fn quoted(path: &str) -> Option<String> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let is_key = |character: char| is_plain(character) || character == '-';
    let keys = path.split('.').map(|key| {
        let starts_with_letter =
            key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if key.is_empty() || !key.chars().all(is_key) {
            None
        } else if starts_with_letter && key.chars().all(is_plain) {
            Some(key.to_owned())
        } else {
            Some(format!("\"{key}\""))
        }
    });
    let keys: Vec<_> = keys.collect::<Option<_>>()?;
    Some(keys.join("."))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Identifier(&'t str),
    Quoted,
    Number,
    /// JSON between backticks, or a text between single quotes.
    Literal,
    Dot,
    Star,
    /// `[]`
    Flatten,
    /// `[?`
    Filter,
    OpenList,
    CloseList,
    OpenHash,
    CloseHash,
    OpenCall,
    CloseCall,
    Comma,
    Colon,
    Not,
    Compare,
    Or,
    And,
    Pipe,
    /// `@`
    Current,
    /// `&`
    Reference,
    End,
}

impl Token<'_> {
    /// How strongly a token binds what is before it.
    fn power(self) -> u8 {
        match self {
            Self::Pipe => 1,
            Self::Or => 2,
            Self::And => 3,
            Self::Compare => 5,
            Self::Flatten => 9,
            Self::Star => 20,
            Self::Filter => 21,
            Self::Dot => 40,
            Self::Not => 45,
            Self::OpenHash => 50,
            Self::OpenList => 55,
            Self::OpenCall => 60,
            _ => 0,
        }
    }
}

/// The tokens of a path; `None` if a character or a quoted text is in none.
fn tokens(path: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            ' ' | '\t' | '\n' | '\r' => {
                rest = rest.get(1..)?;
                continue;
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = rest
                    .find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
                let name = rest.get(..end.unwrap_or(rest.len()))?;
                (Token::Identifier(name), name.len())
            }
            '-' | '0'..='9' => {
                let digits = rest.bytes().skip(1).take_while(u8::is_ascii_digit).count();
                if first == '-' && digits == 0 {
                    return None;
                }
                (Token::Number, digits + 1)
            }
            '"' | '\'' | '`' => {
                let length = enclosed(rest)?;
                let inside = rest.get(1..length - 1)?;
                match first {
                    '"' if is_json(&format!("\"{inside}\"")) => (Token::Quoted, length),
                    '`' if is_json(&inside.replace("\\`", "`")) => (Token::Literal, length),
                    '\'' => (Token::Literal, length),
                    _ => return None,
                }
            }
            _ => operator(rest)?,
        };
        tokens.push(token);
        rest = rest.get(length..)?;
    }
    tokens.push(Token::End);
    Some(tokens)
}

/// The length of a text in quotes with both quotes; a backslash takes the character behind it.
fn enclosed(text: &str) -> Option<usize> {
    let mut characters = text.char_indices();
    let (_, quote) = characters.next()?;
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            _ if character == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Whether a text is JSON. Half of a surrogate pair is JSON for one of the parsers.
fn is_json(text: &str) -> bool {
    text.contains("\\u") || serde_json::from_str::<serde_json::Value>(text).is_ok()
}

fn operator(text: &str) -> Option<(Token<'static>, usize)> {
    const OPERATORS: [(&str, Token<'static>); 24] = [
        ("[]", Token::Flatten),
        ("[?", Token::Filter),
        ("||", Token::Or),
        ("&&", Token::And),
        ("==", Token::Compare),
        ("!=", Token::Compare),
        ("<=", Token::Compare),
        (">=", Token::Compare),
        ("<", Token::Compare),
        (">", Token::Compare),
        (".", Token::Dot),
        ("*", Token::Star),
        ("[", Token::OpenList),
        ("]", Token::CloseList),
        ("{", Token::OpenHash),
        ("}", Token::CloseHash),
        ("(", Token::OpenCall),
        (")", Token::CloseCall),
        (",", Token::Comma),
        (":", Token::Colon),
        ("!", Token::Not),
        ("|", Token::Pipe),
        ("@", Token::Current),
        ("&", Token::Reference),
    ];
    let mut fitting = OPERATORS
        .iter()
        .filter(|(written, _)| text.starts_with(written));
    fitting
        .next()
        .map(|(written, token)| (*token, written.len()))
}

/// Reads expressions by the power of their operators. Each function returns `None` where both parsers fail.
struct Reader<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Token<'t> {
        self.ahead(0)
    }

    fn ahead(&self, count: usize) -> Token<'t> {
        self.tokens
            .get(self.at + count)
            .copied()
            .unwrap_or(Token::End)
    }

    fn take(&mut self) -> Token<'t> {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// Takes this token, or fails.
    fn expect(&mut self, token: Token<'_>) -> Option<()> {
        (self.take() == token).then_some(())
    }

    fn expression(&mut self, power: u8) -> Option<()> {
        self.start()?;
        while power < self.peek().power() {
            self.continuation()?;
        }
        Some(())
    }

    fn start(&mut self) -> Option<()> {
        match self.take() {
            Token::Current | Token::Identifier(_) | Token::Literal => Some(()),
            Token::Quoted => (self.peek() != Token::OpenCall).then_some(()),
            // One of the parsers accepts a bracket here.
            Token::Star => match self.peek() {
                Token::CloseList => Some(()),
                _ => self.projection(Token::Star.power()),
            },
            Token::Flatten => self.projection(Token::Flatten.power()),
            Token::Filter => self.filter(),
            Token::OpenList => match (self.peek(), self.ahead(1)) {
                (Token::Number | Token::Colon, _) => self.index(),
                (Token::Star, Token::CloseList) => {
                    self.at += 2;
                    self.projection(Token::Star.power())
                }
                _ => self.list(Token::CloseList),
            },
            Token::OpenHash => self.hash(),
            Token::Reference => self.expression(0),
            Token::Not => self.expression(Token::Not.power()),
            Token::OpenCall => {
                self.expression(0)?;
                self.expect(Token::CloseCall)
            }
            _ => None,
        }
    }

    fn continuation(&mut self) -> Option<()> {
        let token = self.take();
        match token {
            Token::Dot if self.peek() == Token::Star => {
                self.at += 1;
                self.projection(Token::Star.power())
            }
            Token::Dot => self.member(Token::Dot.power()),
            Token::OpenList => match self.peek() {
                Token::Number | Token::Colon => self.index(),
                _ => {
                    self.expect(Token::Star)?;
                    self.expect(Token::CloseList)?;
                    self.projection(Token::Star.power())
                }
            },
            Token::Or | Token::And | Token::Pipe | Token::Compare => self.expression(token.power()),
            Token::OpenCall => self.list(Token::CloseCall),
            Token::Flatten => self.projection(Token::Flatten.power()),
            Token::Filter => self.filter(),
            _ => None,
        }
    }

    /// What follows a dot.
    fn member(&mut self, power: u8) -> Option<()> {
        match self.peek() {
            Token::OpenList => {
                self.at += 1;
                self.list(Token::CloseList)
            }
            Token::Identifier(_)
            | Token::Quoted
            | Token::Star
            | Token::OpenHash
            | Token::Reference => self.expression(power),
            _ => None,
        }
    }

    /// What follows a projection.
    fn projection(&mut self, power: u8) -> Option<()> {
        match self.peek() {
            Token::Dot => {
                self.at += 1;
                self.member(power)
            }
            Token::OpenList | Token::Filter => self.expression(power),
            token => (token.power() < 10).then_some(()),
        }
    }

    fn filter(&mut self) -> Option<()> {
        self.expression(0)?;
        self.expect(Token::CloseList)?;
        self.projection(Token::Filter.power())
    }

    /// An index or a slice.
    fn index(&mut self) -> Option<()> {
        let is_slice = self.peek() == Token::Colon || self.ahead(1) == Token::Colon;
        if !is_slice {
            self.at += 1;
            return self.expect(Token::CloseList);
        }
        let mut colons = 0;
        loop {
            match self.take() {
                Token::Number => {}
                Token::Colon if colons < 3 => colons += 1,
                Token::CloseList => return self.projection(Token::Star.power()),
                _ => return None,
            }
        }
    }

    /// Expressions up to a bracket; both parsers accept a missing comma somewhere, and one of them a comma at the end of a call.
    fn list(&mut self, closing: Token<'_>) -> Option<()> {
        loop {
            if self.peek() == closing {
                self.at += 1;
                return Some(());
            }
            self.expression(0)?;
            if self.peek() == Token::Comma {
                self.at += 1;
                if self.peek() == closing && closing == Token::CloseList {
                    return None;
                }
            }
        }
    }

    fn hash(&mut self) -> Option<()> {
        loop {
            if !matches!(self.take(), Token::Identifier(_) | Token::Quoted) {
                return None;
            }
            self.expect(Token::Colon)?;
            self.expression(0)?;
            match self.peek() {
                Token::CloseHash => {
                    self.at += 1;
                    return Some(());
                }
                Token::Comma => self.at += 1,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_both_parsers_refuse_are_invalid() {
        for path in [
            "foo-bar",
            "a[",
            "a.",
            ".a",
            "length(",
            "$.a",
            "a..b",
            "a[0",
            "nofn(@)",
            "a b",
            "a[?b",
            "a.[b",
            "{a}",
            "a.0",
            "\"a",
            "'a",
            "`a`",
            "a = b",
            "a[b]",
            "/a",
            "a,",
            "a]",
            "-",
            "a.b-c",
            "\"a\\q\"",
            "[a,]",
            "é",
            "a#b",
            "\"length\"(@)",
            "a | ",
            "",
            "a.'b'",
        ] {
            assert!(is_invalid(path), "{path}");
        }
    }

    #[test]
    fn paths_that_one_parser_accepts_are_not_invalid() {
        for path in [
            "a",
            "\"foo-bar\"",
            "a.b[0].c",
            "a[*].b",
            "a[?b == 'c'].d | [0]",
            "length(@)",
            "a.{x: b, \"y-z\": c}",
            "[a, b]",
            "*",
            "a.*.b",
            "a[]",
            "a[-1]",
            "a[1:2:-1]",
            "a[::2]",
            "!a",
            "a && b || c",
            "sort_by(a, &b)",
            "`{\"a\": 1}`",
            "'raw \\' text'",
            "@",
            "a.nofn(b)",
            "a || nofn(@)",
            "join('-', [a, b])",
            "max_by(a, &b).c",
            "(a | b).c",
            "a.[b, c]",
            "f [0]",
            "a.b.c[].d",
            "`\"\\ud800\"`",
            "a[:::]",
            "length(a,)",
            "[a b]",
            "{a: b c: d}",
            "\n a \t",
        ] {
            assert!(!is_invalid(path), "{path}");
        }
    }

    #[test]
    fn deep_and_long_paths_are_not_judged() {
        for unit in ["(", "[", "*.", "!", "a[*]", "{a:", "a.", "&"] {
            assert!(!is_invalid(&unit.repeat(100_000)), "{unit}");
        }
    }

    #[test]
    fn keys_are_quoted_where_that_is_all() {
        assert_eq!(quoted("foo-bar").as_deref(), Some("\"foo-bar\""));
        assert_eq!(quoted("db.pass-word").as_deref(), Some("db.\"pass-word\""));
        assert_eq!(quoted("0a").as_deref(), Some("\"0a\""));
        for path in ["$.a", "a..b", "a[0", "a b", ""] {
            assert_eq!(quoted(path), None, "{path}");
        }
    }
}
