//! Wildcards and policy variables (docs/semantics.md#wildcards-and-variables).

use super::{
    context::{Context, Held},
    truth::{Truth, all},
};

/// A piece of a policy string ("Variable values": tokenise first, then substitute).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Char(char),
    /// `?`
    AnyCharacter,
    /// `*`
    Many,
    Variable {
        key: String,
        default: Option<String>,
    },
}

/// What becomes of the tokens when the variables are replaced.
pub(crate) enum Substituted {
    Tokens(Vec<Token>),
    /// An absent or multivalued key without a default.
    Unresolved,
    /// The value of a key is not known; `*` stands where it would.
    Unknown(Vec<Token>),
}

/// Cuts a policy string into tokens; wildcards and variables only where they are recognised.
pub(crate) fn tokens(text: &str, wildcards: bool, variables: bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if variables
            && rest.starts_with("${")
            && let Some(end) = rest.find('}')
        {
            tokens.push(variable(&rest[2..end]));
            rest = &rest[end + 1..];
            continue;
        }
        tokens.push(match first {
            '*' if wildcards => Token::Many,
            '?' if wildcards => Token::AnyCharacter,
            other => Token::Char(other),
        });
        rest = &rest[first.len_utf8()..];
    }
    tokens
}

/// The inside of `${…}` ("Where variables apply").
fn variable(inside: &str) -> Token {
    match inside {
        "*" => Token::Char('*'),
        "?" => Token::Char('?'),
        "$" => Token::Char('$'),
        _ => match inside.split_once(", '") {
            Some((key, default)) => Token::Variable {
                key: key.to_owned(),
                default: Some(default.strip_suffix('\'').unwrap_or(default).to_owned()),
            },
            None => Token::Variable {
                key: inside.to_owned(),
                default: None,
            },
        },
    }
}

/// Replaces the variables; what is put in is literal ("Variable values").
pub(crate) fn substitute(tokens: &[Token], context: &Context) -> Substituted {
    let mut done = Vec::new();
    let mut unknown = false;
    for token in tokens {
        let Token::Variable { key, default } = token else {
            done.push(token.clone());
            continue;
        };
        let text = match context.get(key) {
            Held::Single(text) => text.clone(),
            Held::Absent => match default {
                Some(default) => default.clone(),
                None => return Substituted::Unresolved,
            },
            Held::Multi(_) => return Substituted::Unresolved,
            Held::Unknown => {
                unknown = true;
                done.push(Token::Many);
                continue;
            }
        };
        done.extend(text.chars().map(Token::Char));
    }
    if unknown {
        return Substituted::Unknown(done);
    }
    Substituted::Tokens(done)
}

/// `*` is any number of characters, `?` exactly one ("Wildcards").
pub(crate) fn glob(tokens: &[Token], text: &[char]) -> bool {
    match tokens.split_first() {
        None => text.is_empty(),
        Some((Token::Many, rest)) => {
            glob(rest, text) || (!text.is_empty() && glob(tokens, &text[1..]))
        }
        Some((Token::AnyCharacter, rest)) => !text.is_empty() && glob(rest, &text[1..]),
        Some((Token::Char(wanted), rest)) => text.first() == Some(wanted) && glob(rest, &text[1..]),
        Some((Token::Variable { .. }, _)) => false,
    }
}

/// Whether a policy string with wildcards matches a text.
pub(crate) fn like(pattern: &str, variables: bool, text: &str, context: &Context) -> Truth {
    let text: Vec<char> = text.chars().collect();
    match substitute(&tokens(pattern, true, variables), context) {
        Substituted::Tokens(tokens) => glob(&tokens, &text).into(),
        Substituted::Unresolved => Truth::No,
        Substituted::Unknown(tokens) if glob(&tokens, &text) => Truth::Maybe,
        Substituted::Unknown(_) => Truth::No,
    }
}

/// Whether an action pattern matches an action ("Action matching").
pub(crate) fn action(pattern: &str, action: &str) -> bool {
    if pattern == "*" || pattern == "*:*" {
        return true;
    }
    let (Some((service, name)), Some((asked_service, asked_name))) =
        (pattern.split_once(':'), action.split_once(':'))
    else {
        return false;
    };
    let tokens = tokens(&name.to_ascii_lowercase(), true, false);
    let asked: Vec<char> = asked_name.to_ascii_lowercase().chars().collect();
    service.eq_ignore_ascii_case(asked_service) && glob(&tokens, &asked)
}

/// Cuts at the first five colons, those inside `${…}` not counted where variables are recognised.
pub(crate) fn segments(text: &str, variables: bool) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut inside = false;
    for (at, character) in text.char_indices() {
        if variables && text[at..].starts_with("${") {
            inside = true;
        }
        if character == ':' && !inside && segments.len() < 6 {
            segments.push(String::new());
            continue;
        }
        if character == '}' {
            inside = false;
        }
        if let Some(last) = segments.last_mut() {
            last.push(character);
        }
    }
    segments
}

/// Whether a resource pattern matches the resource of a request ("Resource matching", "Where variables apply").
pub(crate) fn resource(
    pattern: &str,
    variables: bool,
    short: bool,
    resource: &str,
    context: &Context,
) -> Truth {
    if pattern == "*" {
        return Truth::Yes;
    }
    let asked = segments(resource, false);
    if asked.len() < 6 {
        // An action without resources is asked of `*`.
        return Truth::No;
    }
    let mut wanted = segments(pattern, variables);
    let spilled = || spilled(pattern, variables, resource, context);
    let early = wanted.len().min(5);
    if variables && wanted[..early].iter().any(|segment| segment.contains("${")) {
        // U-10.
        return Truth::No;
    }
    if wanted.len() < 6 {
        // U-9.
        if !short || !pattern.ends_with('*') {
            return spilled();
        }
        wanted.resize(6, "*".to_owned());
    }
    all(wanted
        .iter()
        .zip(&asked)
        .map(|(wanted, asked)| like(wanted, variables, asked, context)))
    .or(spilled())
}

/// U-40: where no segment can be the account, or a star ends the segment of the account, the star runs over colons.
fn spilled(pattern: &str, variables: bool, resource: &str, context: &Context) -> Truth {
    let parts = segments(pattern, variables);
    let inner = &parts[..parts.len() - 1];
    let no_account = parts
        .get(4)
        .filter(|_| parts.len() == 6)
        .is_none_or(|account| {
            account.ends_with('*')
                || (account != "aws"
                    && !account.contains(['*', '?', '$'])
                    && account.chars().any(|letter| letter.is_ascii_alphabetic()))
        });
    if no_account && inner.iter().any(|part| part.ends_with('*')) {
        like(pattern, variables, resource, context)
    } else {
        Truth::No
    }
}

/// Whether the pattern of an Arn operator matches a value that has six segments ("ARN operators").
pub(crate) fn arn(pattern: &str, variables: bool, value: &str, context: &Context) -> Truth {
    let (wanted, held) = (segments(pattern, variables), segments(value, false));
    if wanted.len() < 6 || held.len() < 6 {
        return Truth::No;
    }
    // One unresolved variable and the whole value does not match, whatever is unknown.
    all(wanted
        .iter()
        .zip(&held)
        .map(|(wanted, held)| like(wanted, variables, held, context)))
}
