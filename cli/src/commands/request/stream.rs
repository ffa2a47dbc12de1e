//! Requests as JSON Lines: each line is answered before the next line is read.

use super::answer::{Answered, Tally, answer_text, decide};
use crate::{
    args::{Common, Format},
    commands::{Trouble, common_format, json, json_line},
    exit::Exit,
    output::Output,
    render::{Style, json::RequestError, line},
};
use policy_engine::{
    request::file,
    source::{SourceId, SourceMap},
    syntax::{json as syntax, node::Node},
};
use std::io::{BufRead, BufReader, Read, Take, Write};

type Input = BufReader<Take<Box<dyn Read>>>;

/// Answers JSON Lines after the first line, which the caller has read.
pub(super) fn lines(
    name: &str,
    first: Vec<u8>,
    input: &mut dyn Waiting,
    common: &Common,
) -> Result<Exit, Trouble> {
    let lone = common.outputs();
    let [output] = lone.as_slice() else {
        return Err(Trouble::new(
            "JSON Lines have one output format",
            Some("pass --output once".into()),
        ));
    };
    let sink = match &output.file {
        Some(file) => Sink::File(std::io::BufWriter::new(
            Output::create(file)
                .map_err(|error| Trouble::new(format!("{}: {error}", file.display()), None))?,
        )),
        None => Sink::Screen(std::io::BufWriter::new(std::io::stdout().lock())),
    };
    let mut answers = Answers {
        name,
        format: common_format(output.format)?,
        style: Style::new(common),
        sink,
        held: None,
        count: 0,
    };
    let mut tally = Tally::default();
    let mut text = first;
    let mut number = 0;
    while !text.is_empty() {
        number += u32::try_from(text.iter().filter(|byte| **byte == b'\n').count())
            .unwrap_or(1)
            .max(1);
        let written = match answer_line(&text, number, common) {
            Ok(None) => Ok(()),
            Ok(Some(answer)) => {
                tally.add(&answer);
                answers.answer(&answer)
            }
            Err(error) => {
                tally.unreadable += 1;
                answers.error(&error)
            }
        };
        // A partner that asks line by line waits for each answer.
        let flushed = written.and_then(|()| {
            if input.must_wait() {
                answers.sink.flush()
            } else {
                Ok(())
            }
        });
        if let Err(error) = flushed {
            return broken(&error, &tally);
        }
        text.clear();
        input
            .read_until(b'\n', &mut text)
            .map_err(|error| Trouble::new(format!("{name}: {error}"), None))?;
    }
    match answers.finish(&tally).and_then(|()| answers.sink.finish()) {
        Ok(()) => Ok(tally.exit()),
        Err(error) => broken(&error, &tally),
    }
}

/// Where answers go.
enum Sink {
    Screen(std::io::BufWriter<std::io::StdoutLock<'static>>),
    File(std::io::BufWriter<Output>),
}

impl Sink {
    /// Gives a file its name.
    fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Screen(mut screen) => screen.flush(),
            Self::File(file) => file
                .into_inner()
                .map_err(std::io::IntoInnerError::into_error)?
                .finish(),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Screen(screen) => screen.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Screen(screen) => screen.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

/// Input that can report whether the next read blocks.
pub(super) trait Waiting: BufRead {
    fn must_wait(&self) -> bool;
}

impl Waiting for Input {
    fn must_wait(&self) -> bool {
        self.buffer().is_empty()
    }
}

impl Waiting for &[u8] {
    fn must_wait(&self) -> bool {
        self.is_empty()
    }
}

/// The output of answers: a line each, or a JSON array.
struct Answers<'a> {
    name: &'a str,
    format: Format,
    style: Style,
    sink: Sink,
    /// In JSON a single answer is an object and several answers are an array, so the first answer waits for the second.
    held: Option<String>,
    count: usize,
}

impl Answers<'_> {
    fn answer(&mut self, answer: &Answered) -> std::io::Result<()> {
        match self.format {
            Format::Text => self
                .sink
                .write_all(answer_text(answer, &self.style).as_bytes()),
            Format::Json => self.element(json(&answer.answer)),
            Format::Jsonl => self.sink.write_all(json_line(&answer.answer).as_bytes()),
        }
    }

    fn error(&mut self, error: &RequestError) -> std::io::Result<()> {
        match self.format {
            Format::Text => {
                let text = line(&format!("{}:{}: {}", self.name, error.line, error.error));
                writeln!(self.sink, "{text}")
            }
            Format::Json => self.element(json(error)),
            Format::Jsonl => self.sink.write_all(json_line(error).as_bytes()),
        }
    }

    fn element(&mut self, text: String) -> std::io::Result<()> {
        self.count += 1;
        if self.count == 1 {
            self.held = Some(text);
            return Ok(());
        }
        if let Some(first) = self.held.take() {
            write!(self.sink, "[\n{}", first.trim_end())?;
        }
        write!(self.sink, ",\n{}", text.trim_end())
    }

    fn finish(&mut self, tally: &Tally) -> std::io::Result<()> {
        match (self.format, self.held.take()) {
            (Format::Json, Some(only)) => self.sink.write_all(only.as_bytes())?,
            (Format::Json, None) if self.count == 0 => self.sink.write_all(b"[]\n")?,
            (Format::Json, None) => self.sink.write_all(b"\n]\n")?,
            (Format::Text, _) if tally.expected > 0 => {
                let passed = tally.expected - tally.failed;
                writeln!(self.sink, "{passed} passed, {} failed", tally.failed)?;
            }
            _ => {}
        }
        self.sink.flush()
    }
}

fn broken(error: &std::io::Error, tally: &Tally) -> Result<Exit, Trouble> {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return Ok(tally.exit());
    }
    Err(Trouble::new(
        format!("cannot write the answers: {error}"),
        None,
    ))
}

fn answer_line(
    bytes: &[u8],
    number: u32,
    common: &Common,
) -> Result<Option<Answered>, RequestError> {
    let fail = |error: String| RequestError {
        line: number,
        error,
    };
    let text = std::str::from_utf8(bytes).map_err(|_| fail("the line is not UTF-8".to_owned()))?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let text = text.trim_start_matches(['\n', '\r']);
    let node: Node = syntax::parse(SourceId(0), text).map_err(|error| {
        fail(format!(
            "{} (column {})",
            error.message,
            column(text, error.origin.span.start)
        ))
    })?;
    let question = file::read(&node).map_err(|errors| {
        let all: Vec<_> = errors
            .iter()
            .map(|error| {
                format!(
                    "{} (column {})",
                    error.message,
                    column(text, error.origin.span.start)
                )
            })
            .collect();
        fail(all.join("; "))
    })?;
    let mut answered = decide(&question, &SourceMap::default(), common);
    if let Some(decided) = &mut answered.answer.decided_by {
        decided.set_line(number);
    }
    Ok(Some(answered))
}

fn column(text: &str, offset: u32) -> usize {
    text.get(..offset as usize)
        .map_or(0, |before| before.chars().count())
        + 1
}
