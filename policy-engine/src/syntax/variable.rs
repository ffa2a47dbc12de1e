//! Policy variables: `${aws:PrincipalTag/team, 'none'}` and the escapes `${*}`, `${?}`, `${$}`
//! (docs/semantics.md#where-variables-apply).

use crate::{key::Key, source::Span};

/// A variable in a policy string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The key with the value of the variable.
    pub key: Key,
    /// The default, which applies if the key is absent.
    pub default: Option<Box<str>>,
    /// The place of the key's name in the string.
    pub span: Span,
}

/// The content of a `${…}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A character that is otherwise a wildcard or opens a variable.
    Escape(char),
    /// A variable.
    Variable(Variable),
}

/// A `${…}` that AWS refuses: the reason, and the place in the string.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct VariableError {
    /// The error.
    pub reason: &'static str,
    /// The bytes of the string that it covers.
    pub span: Span,
}

/// How many bytes behind the start of a nested variable the closing brace of the outer variable is searched.
const NESTED: usize = 1024;

/// Parses the `${…}` that starts at a byte of a text; also returns the number of its bytes.
pub fn parse(text: &str, at: usize) -> Result<(Expression, usize), VariableError> {
    let rest = text.get(at..).unwrap_or("");
    let fail = |reason, length| {
        Err(VariableError {
            reason,
            span: Span::new(at, at + length),
        })
    };
    let Some(inside) = rest.strip_prefix("${") else {
        return fail("not a variable", 0);
    };
    // Behind the start of another variable the brace is near or missing, so that many open variables are read in one pass.
    let most = inside
        .find("${")
        .map_or(inside.len(), |other| other + NESTED);
    let near = inside.as_bytes().get(..most).unwrap_or(inside.as_bytes());
    let Some(end) = near.iter().position(|byte| *byte == b'}') else {
        return fail("a variable without its closing `}`", rest.len());
    };
    let body = inside.get(..end).unwrap_or("");
    let length = end + 3;
    if let Some(escaped @ ('*' | '?' | '$')) = single(body) {
        return Ok((Expression::Escape(escaped), length));
    }
    // Most variables have no default, and that is faster to find than its beginning.
    let parts = body.contains(", '").then(|| body.split_once(", '"));
    let (name, default) = match parts.flatten() {
        Some((name, default)) => match default.strip_suffix('\'') {
            Some(default) => (name, Some(default.into())),
            None => {
                return fail(
                    "the default of a variable without its closing quote",
                    length,
                );
            }
        },
        None => (body, None),
    };
    if name.is_empty() {
        return fail("a variable without a name", length);
    }
    if name.contains("${") {
        return fail("a variable inside a variable", length);
    }
    if name.contains([' ', ',', '\'']) {
        return fail(
            "a variable's name has no blanks, commas or quotes; a default reads `${key, 'text'}`",
            length,
        );
    }
    let span = Span::new(at + 2, at + 2 + name.len());
    Ok((
        Expression::Variable(Variable {
            key: Key::new(name.to_owned()),
            default,
            span,
        }),
        length,
    ))
}

fn single(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_escapes_and_defaults_are_read() {
        assert_eq!(parse("a${*}", 1), Ok((Expression::Escape('*'), 4)));
        let (read, length) = parse("${aws:PrincipalTag/team, 'a, b'}/*", 0).unwrap();
        let Expression::Variable(variable) = read else {
            panic!("a variable")
        };
        assert_eq!(
            (variable.key.name(), variable.default.as_deref()),
            ("aws:PrincipalTag/team", Some("a, b"))
        );
        assert_eq!((variable.span, length), (Span::new(2, 23), 32));
    }

    #[test]
    fn open_variables_are_read_in_one_pass() {
        let text = "${".repeat(200_000);
        let errors = (0..text.len())
            .step_by(2)
            .map(|at| parse(&text, at).unwrap_err());
        assert!(
            errors
                .into_iter()
                .all(|error| error.reason.contains("closing"))
        );
    }

    #[test]
    fn malformed_variables_are_refused() {
        for text in ["${", "${}", "${a, 'b}", "${a b}", "${a${b}}"] {
            assert!(parse(text, 0).is_err(), "{text}");
        }
    }
}
