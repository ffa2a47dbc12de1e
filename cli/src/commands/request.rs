//! `simulate --request`: requests with their policies, as a JSON object, an array, or JSON Lines.

mod answer;
mod stream;

pub use answer::text;

use super::{Trouble, deliver, json, json_line, message};
use crate::{
    args::{Common, Format},
    exit::Exit,
    render::human::Message,
};
use answer::{Answered, Tally, answer_text, decide};
use loader::Understood;
use miette::Severity;
use policy_engine::{
    request::file,
    source::{SourceId, SourceMap},
    syntax::{json as syntax, node::Value},
};
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
};

/// Larger inputs are refused; as JSON Lines, the bound is that of a line.
const LIMIT: u64 = 256 * 1024 * 1024;

/// Answers a file of requests.
pub fn run(path: &Path, common: &Common) -> Result<Exit, Trouble> {
    let name = path.display().to_string();
    let unreadable = |error: std::io::Error| Trouble::new(format!("{name}: {error}"), None);
    let input: Box<dyn Read> = if name == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let refused = |refused| Trouble::new(format!("{name}: {refused}"), None);
        Box::new(loader::stream_named(path).map_err(refused)?)
    };
    let mut input = BufReader::new(input.take(LIMIT));
    let mut text = first_line(&mut input).map_err(unreadable)?;
    // Several output formats need all answers at once; a file of one line has one answer.
    if is_json_line(&text) && common.outputs().len() == 1 {
        return stream::lines(&name, text, &mut input, common);
    }
    input.read_to_end(&mut text).map_err(unreadable)?;
    if is_json_lines(&text) {
        let mut rest = text.as_slice();
        let first = first_line(&mut rest).map_err(unreadable)?;
        return stream::lines(&name, first, &mut rest, common);
    }
    whole(&name, text, common)
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The first line that is not blank, with the blank lines before it, without a byte order mark.
fn first_line(input: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    while input.read_until(b'\n', &mut text)? > 0 {
        if text.starts_with(BYTE_ORDER_MARK) {
            text.drain(..BYTE_ORDER_MARK.len());
        }
        if !text.trim_ascii().is_empty() {
            break;
        }
    }
    Ok(text)
}

/// Whether a line is a whole JSON object: then each line is a request.
fn is_json_line(line: &[u8]) -> bool {
    line.ends_with(b"\n") && is_object(line)
}

fn is_object(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    text.trim_start().starts_with('{') && syntax::parse(SourceId(0), text.trim()).is_ok()
}

/// Whether the text is JSON Lines with a broken first line, rather than a broken document.
fn is_json_lines(text: &[u8]) -> bool {
    let mut lines = text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    // A lone bracket opens a document over many lines.
    let begins = lines
        .next()
        .is_some_and(|first| !matches!(first, b"{" | b"["));
    begins
        && lines.any(is_object)
        && !std::str::from_utf8(text).is_ok_and(|text| syntax::parse(SourceId(0), text).is_ok())
}

/// A JSON document: an object or an array.
fn whole(name: &str, bytes: Vec<u8>, common: &Common) -> Result<Exit, Trouble> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Trouble::new(
            format!("{name}: byte {} is not UTF-8", place + 1),
            Some("save the file as UTF-8".into()),
        )
    })?;
    let node = syntax::parse(SourceId(0), &text).map_err(|error| {
        let parts = (error.message.as_str(), error.help.as_deref(), error.origin);
        let (sources, problem) = loader::broken(name, &text, parts);
        Trouble {
            messages: vec![message(problem)],
            sources,
        }
    })?;
    let mut sources = SourceMap::default();
    sources.add(name, loader::shown(&text, &Understood::Requests(&node)));
    let (nodes, many) = match &node.value {
        Value::List(items) => (items.as_slice(), true),
        _ => (std::slice::from_ref(&node), false),
    };
    let mut answers = Vec::with_capacity(nodes.len());
    let mut messages = Vec::new();
    for node in nodes {
        match file::read(node) {
            Ok(question) => answers.push(decide(&question, &sources, common)),
            Err(errors) => {
                messages.extend(
                    errors
                        .into_iter()
                        .map(|error| problem(error.message, error.help, error.origin)),
                );
            }
        }
    }
    if !messages.is_empty() {
        return Err(Trouble { sources, messages });
    }
    deliver(common, |format, style| match format {
        Format::Text => {
            let text: String = answers
                .iter()
                .map(|answer| answer_text(answer, style))
                .collect();
            text + &summary(&answers)
        }
        Format::Json if many => json(
            &answers
                .iter()
                .map(|answer| &answer.answer)
                .collect::<Vec<_>>(),
        ),
        Format::Json => answers.iter().map(|answer| json(&answer.answer)).collect(),
        Format::Jsonl => answers
            .iter()
            .map(|answer| json_line(&answer.answer))
            .collect(),
    })?;
    Ok(ending(&answers, many))
}

fn problem(
    message: String,
    help: Option<String>,
    origin: policy_engine::source::Origin,
) -> Message {
    Message {
        severity: Severity::Error,
        title: message,
        labels: vec![(origin, String::new())],
        notes: Vec::new(),
        help,
    }
}

fn ending(answers: &[Answered], many: bool) -> Exit {
    let mut tally = Tally::default();
    for answer in answers {
        tally.add(answer);
    }
    if many && tally.expected == 0 {
        return Exit::Yes;
    }
    tally.exit()
}

fn summary(answers: &[Answered]) -> String {
    let expected: Vec<_> = answers
        .iter()
        .filter_map(|answer| Some(answer.expected? == answer.decision))
        .collect();
    if expected.is_empty() {
        return String::new();
    }
    let passed = expected.iter().filter(|held| **held).count();
    format!("{passed} passed, {} failed\n", expected.len() - passed)
}
