//! `jmesPath`: from a JSON value to the texts that become files.
//!
//! The crate `jmespath` implements JMESPath. This module adds the JSON and number formatting of upstream: lone surrogates become
//! U+FFFD; `to_string` prints numbers as Go does, and objects as compact, sorted, HTML-safe JSON. JSON that is written to a file
//! keeps the digits of its numbers.

mod size;

use crate::{objects::text, secret_value::SecretValue};
use jmespath::{Context, JmespathError, Rcvar, Runtime, Variable, functions::Function, interpret};
use policy_engine::{
    inventory::class::{Descriptor, JmesEntry, truth},
    source::SourceId,
    syntax::{
        json,
        node::{Node, Value},
    },
};
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    sync::LazyLock,
};
use zeroize::Zeroizing;

/// The error of a value or a path; the text is that of upstream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct JmesError(String);

const MAX_PATH: usize = 1024;
const MAX_NESTING: usize = 100;

/// A JSON value in which paths are evaluated.
pub(crate) struct Document {
    root: Rcvar,
    /// The number of bytes of the value.
    size: usize,
    spelt: Spelt,
}

/// Numbers whose spelling differs from their printed form, by the address of their node: a path returns the nodes of the document.
/// This map keeps the nodes alive, so that no other node can get one of the addresses.
#[derive(Default)]
struct Spelt(HashMap<usize, (Rcvar, Zeroizing<String>)>);

impl Spelt {
    fn of(&self, value: &Variable) -> Option<&str> {
        self.0
            .get(&address(value))
            .map(|(_, digits)| digits.as_str())
    }
}

fn address(value: &Variable) -> usize {
    std::ptr::from_ref(value).addr()
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut runtime = Runtime::new();
    runtime.register_builtin_functions();
    runtime.register_function("to_string", Box::new(ToString));
    runtime
});

impl Document {
    /// Reads the value as JSON.
    pub(crate) fn parse(value: &SecretValue, object_name: &str) -> Result<Self, JmesError> {
        let text = Zeroizing::new(replace_lone_surrogates(&String::from_utf8_lossy(
            value.expose(),
        )));
        let mut spelt = Spelt::default();
        // The reader accepts a byte-order mark; upstream does not.
        let root = (!text.starts_with('\u{feff}'))
            .then(|| json::parse(SourceId(0), &text).ok())
            .flatten()
            .and_then(|node| variable(&node, &mut spelt));
        match root {
            Some(root) => Ok(Self {
                root,
                size: value.len(),
                spelt,
            }),
            None => Err(JmesError(format!(
                "Invalid JSON used with jmesPath in secret: {object_name}."
            ))),
        }
    }

    /// The value at a path; a value other than text only if JSON is allowed.
    pub(crate) fn find(&self, entry: &JmesEntry, json: bool) -> Result<SecretValue, JmesError> {
        let (path, alias) = (text(entry.path.as_ref()), text(entry.alias.as_ref()));
        let json = json || truth(text(entry.allow_non_string.as_ref())) == Some(true);
        let invalid = || JmesError(format!("Invalid JMES Path: {path}."));
        // The parser of the library recurses; an expression that could exhaust the stack is invalid.
        let openings = path.bytes().filter(|byte| b"([{!&".contains(byte)).count();
        if path.len() > MAX_PATH || openings > MAX_NESTING {
            return Err(invalid());
        }
        let expression = jmespath::parse(path).map_err(|_| invalid())?;
        if !size::is_bounded(&expression, self.size) {
            return Err(JmesError(format!(
                "JMES Path {path} can return more than {} bytes.",
                size::MAX_SIZE
            )));
        }
        // `Expression::search` would copy the document, and the copy has other addresses.
        let mut context = Context::new(path, &RUNTIME);
        let result = interpret(&self.root, &expression, &mut context).map_err(|_| invalid())?;
        match &*result {
            Variable::Null => Err(JmesError(format!(
                "JMES Path - {path} for object alias - {alias} does not point to a valid object."
            ))),
            other => self.text_of(other, json).ok_or_else(|| {
                JmesError(format!(
                    "Invalid JMES search result type for path:{path}. Only string is allowed."
                ))
            }),
        }
    }

    /// Every member of the object with its text, in the order of their names.
    pub(crate) fn members(
        &self,
        descriptor: &Descriptor,
        json: bool,
    ) -> Result<Vec<(String, SecretValue)>, JmesError> {
        let Variable::Object(members) = &*self.root else {
            return Err(JmesError(format!(
                "jmesPathAll requires a JSON object in secret: {}.",
                descriptor.name.value
            )));
        };
        let mut texts = Vec::with_capacity(members.len());
        for (name, value) in members {
            let text = self.text_of(value, json).ok_or_else(|| {
                JmesError(format!(
                    "Invalid JMES search result type for path:{name}. Only string is allowed."
                ))
            })?;
            texts.push((name.clone(), text));
        }
        Ok(texts)
    }

    /// A text unchanged; a value other than text and null as JSON, if that is allowed.
    fn text_of(&self, value: &Variable, json: bool) -> Option<SecretValue> {
        match value {
            Variable::String(text) => Some(SecretValue::new(text.clone().into_bytes())),
            Variable::Null | Variable::Expref(_) => None,
            Variable::Bool(_) | Variable::Number(_) | Variable::Array(_) | Variable::Object(_) => {
                json.then(|| {
                    let mut text = String::new();
                    print(value, &self.spelt, &mut text);
                    SecretValue::new(text.into_bytes())
                })
            }
        }
    }
}

/// The value in the type of the library; `None` if it cannot represent a number. Of repeated names the last one applies.
fn variable(node: &Node, spelt: &mut Spelt) -> Option<Rcvar> {
    let made = match &node.value {
        Value::Null => Variable::Null,
        Value::Bool(truth) => Variable::Bool(*truth),
        Value::Number(digits) => Variable::Number(digits.parse().ok()?),
        Value::String(scalar) => Variable::String(scalar.text.known()?.to_owned()),
        Value::List(items) => {
            let items = items.iter().map(|item| variable(item, spelt));
            Variable::Array(items.collect::<Option<_>>()?)
        }
        Value::Map(members) => {
            let mut made = BTreeMap::new();
            for (name, value) in members {
                made.insert(name.as_str()?.to_owned(), variable(value, spelt)?);
            }
            Variable::Object(made)
        }
    };
    let made = Rcvar::new(made);
    if let Value::Number(digits) = &node.value {
        let mut printed = String::new();
        print(&made, &Spelt::default(), &mut printed);
        if printed != *digits {
            let digits = Zeroizing::new(digits.clone());
            let kept = (Rcvar::clone(&made), digits);
            spelt.0.insert(address(&made), kept);
        }
    }
    Some(made)
}

/// `to_string` with the output of the library of upstream.
struct ToString;

impl Function for ToString {
    fn evaluate(
        &self,
        arguments: &[Rcvar],
        context: &mut Context<'_>,
    ) -> Result<Rcvar, JmespathError> {
        let [value] = arguments else {
            let reason = jmespath::ErrorReason::Parse("to_string has one argument".to_owned());
            return Err(JmespathError::new(
                context.expression,
                context.offset,
                reason,
            ));
        };
        if value.is_string() {
            return Ok(value.clone());
        }
        let mut text = String::new();
        print(value, &Spelt::default(), &mut text);
        Ok(Rcvar::new(Variable::String(text)))
    }
}

/// Prints compact JSON as the encoder of Go does.
fn print(value: &Variable, spelt: &Spelt, out: &mut String) {
    match value {
        Variable::Null | Variable::Expref(_) => out.push_str("null"),
        Variable::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Variable::Number(number) => match (spelt.of(value), number.as_f64()) {
            (Some(digits), _) => out.push_str(digits),
            (None, Some(float)) if !number.is_i64() && !number.is_u64() => print_float(float, out),
            _ => out.push_str(&number.to_string()),
        },
        Variable::String(text) => print_text(text, out),
        Variable::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                print(item, spelt, out);
            }
            out.push(']');
        }
        Variable::Object(members) => {
            out.push('{');
            for (at, (name, member)) in members.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                print_text(name, out);
                out.push(':');
                print(member, spelt, out);
            }
            out.push('}');
        }
    }
}

/// Go writes the shortest digits, with an exponent below 1e-6 and from 1e21 on.
fn print_float(float: f64, out: &mut String) {
    let size = float.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{float:e}");
        match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => {
                out.push_str(&format!("{digits}e+{exponent}"));
            }
            _ => out.push_str(&text),
        }
    } else {
        out.push_str(&float.to_string());
    }
}

fn print_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// Replaces a surrogate such as `\ud800` without its other half by U+FFFD, as Go does.
fn replace_lone_surrogates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let unit = |text: &str| {
            let digits = text.strip_prefix("\\u")?.get(..4)?;
            u32::from_str_radix(digits, 16).ok()
        };
        let taken = match unit(escape) {
            Some(0xd800..=0xdbff) => {
                let pair = escape.get(6..).and_then(unit);
                match pair {
                    Some(0xdc00..=0xdfff) => escape.get(..12),
                    _ => None,
                }
            }
            Some(0xdc00..=0xdfff) => None,
            Some(_) => escape.get(..6),
            None => {
                let mut characters = escape.chars();
                characters.next();
                let second = characters.next().map_or(0, char::len_utf8);
                escape.get(..=second)
            }
        };
        let length = match taken {
            Some(kept) => {
                out.push_str(kept);
                kept.len()
            }
            None => {
                out.push('\u{fffd}');
                6
            }
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::source::{Origin, Spanned};

    fn find(value: &str, path: &str, json: bool) -> Result<String, String> {
        let some = |text: &str| Some(Spanned::new(text.to_owned(), Origin::NOWHERE));
        let entry = JmesEntry {
            origin: Origin::NOWHERE,
            path: some(path),
            alias: some("al"),
            permission: None,
            allow_non_string: None,
            unquoted: Vec::new(),
            unknown: Vec::new(),
        };
        Document::parse(&SecretValue::new(value.into()), "obj")
            .and_then(|document| document.find(&entry, json))
            .map(|value| String::from_utf8(value.expose().to_vec()).unwrap())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn to_string_prints_as_go_does() {
        for (value, text) in [
            ("3", "3"),
            ("3.0", "3"),
            ("100000000", "100000000"),
            ("12345678901234567890", "12345678901234567890"),
            ("1e21", "1e+21"),
            ("1.5e-7", "1.5e-7"),
            ("0.1", "0.1"),
            ("null", "null"),
            (r#"{"z":1,"b":"<x>"}"#, r#"{"b":"\u003cx\u003e","z":1}"#),
            (r#"[1,true,"a\"b"]"#, r#"[1,true,"a\"b"]"#),
        ] {
            let actual = find(&format!("{{\"a\":{value}}}"), "to_string(a)", false);
            assert_eq!(actual.as_deref(), Ok(text), "{value}");
        }
    }

    #[test]
    fn lone_surrogates_become_replacement_characters_and_pairs_stay() {
        assert_eq!(find(r#"{"a":"\ud800"}"#, "a", false).unwrap(), "\u{fffd}");
        assert_eq!(find(r#"{"a":"\udc00x"}"#, "a", false).unwrap(), "\u{fffd}x");
        assert_eq!(find(r#"{"a":"\ud83d\ude00"}"#, "a", false).unwrap(), "😀");
        assert_eq!(find(r#"{"a":"\\ud800"}"#, "a", false).unwrap(), "\\ud800");
    }

    #[test]
    fn json_is_written_only_if_it_is_allowed() {
        assert_eq!(
            find(r#"{"a":{"b":[1]}}"#, "a", true).unwrap(),
            r#"{"b":[1]}"#
        );
        assert_eq!(find(r#"{"a":3}"#, "a", true).unwrap(), "3");
        assert!(find(r#"{"a":3}"#, "a", false).is_err());
        assert!(find(r#"{"a":null}"#, "a", true).is_err());
    }

    #[test]
    fn written_json_keeps_the_digits_of_numbers() {
        for digits in [
            "3.10",
            "1.0",
            "1e3",
            "1E+2",
            "-0",
            "-0.0",
            "0.1000",
            "123456789012345678901234567890",
            "3.14159265358979323846264338",
        ] {
            let value =
                format!("{{\"a\":{digits},\"l\":[[{digits},true]],\"o\":{{\"b\":{digits}}}}}");
            for (path, text) in [
                ("a", digits.to_owned()),
                ("l[0]", format!("[{digits},true]")),
                ("l[]", format!("[{digits},true]")),
                ("o", format!("{{\"b\":{digits}}}")),
                ("[a, o.b]", format!("[{digits},{digits}]")),
                ("{x: a}", format!("{{\"x\":{digits}}}")),
                ("not_null(z, a)", digits.to_owned()),
            ] {
                assert_eq!(find(&value, path, true).unwrap(), text, "{path}");
            }
        }
        // A computed number has no spelling; as in upstream, a number out of range is invalid JSON.
        assert_eq!(find(r#"{"a":[1.50,1]}"#, "sum(a)", true).unwrap(), "2.5");
        assert!(find(r#"{"a":1e400}"#, "a", true).is_err());
    }

    #[test]
    fn of_two_members_with_one_name_the_last_applies() {
        assert_eq!(find(r#"{"a":1.50,"a":2.50}"#, "a", true).unwrap(), "2.50");
        let value = r#"{"a":1.50,"a":2,"b":[3,4,5,6,7,8]}"#;
        assert_eq!(find(value, "b", true).unwrap(), "[3,4,5,6,7,8]");
    }

    /// `check` reports a path that the engine refuses, so it refuses nothing that can be parsed here.
    #[test]
    fn the_engine_refuses_only_paths_that_cannot_be_parsed() {
        let pieces = [
            "a", "b-c", "\"d-e\"", "length", "(", ")", "[", "]", "[]", "[?", "{", "}", ".", "..",
            "*", ",", ":", "|", "||", "&", "&&", "!", "==", "<", "@", "$", "0", "-1", "-", "'t'",
            "`1`", "`x`", "\"", " ",
        ];
        let begins_with_call = |path: &str| {
            let name = |character: char| character.is_ascii_alphanumeric() || character == '_';
            let rest = path.trim_start().trim_start_matches(name);
            rest.trim_start().starts_with('(')
        };
        let mut random = fastrand::Rng::with_seed(1);
        let (mut parsed, mut refused) = (0, 0);
        for _ in 0..200_000 {
            let count = random.usize(1..8);
            let path: String = (0..count)
                .map(|_| pieces[random.usize(..pieces.len())])
                .collect();
            let is_invalid = policy_engine::syntax::jmespath::is_invalid(&path);
            match jmespath::parse(&path) {
                // The crate finds a function that does not exist when it calls it.
                Ok(_) if is_invalid && begins_with_call(&path) => continue,
                Ok(_) => assert!(!is_invalid, "{path}"),
                Err(_) if is_invalid => refused += 1,
                Err(_) => continue,
            }
            parsed += usize::from(!is_invalid);
        }
        assert!(
            parsed > 1_000 && refused > 100_000,
            "{parsed} parsed, {refused} refused"
        );
    }
}
