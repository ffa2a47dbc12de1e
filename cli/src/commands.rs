//! The commands, one file per command.

pub mod baseline;
pub mod catalog;
pub mod check;
pub mod collect;
pub mod init;
pub mod request;
pub mod rules;
pub mod setup;
pub mod simulate;
pub mod snapshot;
pub mod test;
pub mod world;

use crate::{
    args::{Common, Form, Format, Output},
    exit::Exit,
    output,
    render::{
        Style,
        human::{Message, trouble},
    },
    report::not_read,
};
use loader::{LoadError, Loaded, Options, Overlay, Problem, UNNAMED_ACCOUNT, load};
use miette::Severity;
use policy_engine::{
    inventory::Inventory,
    request::ContextValue,
    source::{Origin, SourceMap, Spanned},
    text::Text,
};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// The reason why a command could not run.
#[derive(Debug)]
pub struct Trouble {
    /// Where the messages point to.
    pub sources: SourceMap,
    /// The messages.
    pub messages: Vec<Message>,
}

impl Trouble {
    /// Trouble without a place.
    pub fn new(title: impl Into<String>, help: Option<String>) -> Self {
        Self {
            sources: SourceMap::default(),
            messages: vec![Message {
                help: help.map(|help| crate::render::line(&help)),
                ..trouble(title)
            }],
        }
    }
}

impl From<Box<LoadError>> for Trouble {
    fn from(error: Box<LoadError>) -> Self {
        let messages = error.problems.into_iter().map(message).collect();
        Self {
            sources: error.sources,
            messages,
        }
    }
}

pub(crate) fn message(problem: Problem) -> Message {
    let title = match &problem.file {
        // The message already names the file.
        Some(file) if problem.labels.is_empty() => {
            let message = &problem.message;
            match message.strip_prefix(&format!("`{file}`: ")) {
                Some(rest) => format!("{file}: {rest}"),
                None if message.starts_with(&format!("`{file}")) => problem.message,
                None => format!("{file}: {message}"),
            }
        }
        _ => problem.message,
    };
    Message {
        severity: Severity::Error,
        title,
        labels: problem.labels,
        notes: Vec::new(),
        help: problem.help.map(|help| crate::render::line(&help)),
    }
}

/// Reads the world that paths and flags name.
pub fn read(paths: &[PathBuf], common: &Common) -> Result<Loaded, Trouble> {
    Ok(load(&options(paths, common))?)
}

/// As `read`, but facts whose account nothing states are not read, and policies with mistakes are kept: the answer is a description
/// of the world, which names what it cannot contain.
pub fn read_stated(paths: &[PathBuf], common: &Common) -> Result<Loaded, Trouble> {
    let options = Options {
        any_account: false,
        keeps_faulty_policies: true,
        ..options(paths, common)
    };
    Ok(load(&options)?)
}

/// The warning that the account of a source is unknown, and how answers show it.
pub(crate) fn unnamed(loaded: &Loaded) -> Option<String> {
    let source = &loaded.unnamed.as_ref()?.source;
    Some(format!(
        "no input states the account of `{source}`: the answers hold for any account, which they show as {UNNAMED_ACCOUNT}; add `--account NAME=ID` to state it"
    ))
}

/// As `read`, but keeps policies with mistakes: the rules report them in more detail.
pub fn read_for_rules(
    paths: &[PathBuf],
    common: &Common,
    overlay: &Overlay,
) -> Result<Loaded, Trouble> {
    let options = Options {
        keeps_faulty_policies: true,
        overlay: overlay.clone(),
        ..options(paths, common)
    };
    Ok(load(&options)?)
}

/// Reads the world of `--against`; `--world` does not apply to it.
pub fn read_before(path: &Path, common: &Common) -> Result<Loaded, Trouble> {
    let options = Options {
        keeps_faulty_policies: true,
        world: None,
        ..options(&[path.to_owned()], common)
    };
    Ok(load(&options)?)
}

fn options(paths: &[PathBuf], common: &Common) -> Options {
    Options {
        paths: paths.to_vec(),
        world: common.world.clone(),
        accounts: common.account.clone(),
        any_account: true,
        region: common.region.clone(),
        cluster: common.cluster.clone(),
        overlay: Overlay::default(),
        keeps_faulty_policies: false,
        live: None,
    }
}

/// Condition keys of `--given` override those of the world file.
pub(crate) fn give(inventory: &mut Inventory, common: &Common) {
    for (key, value) in given(&common.given) {
        let others = |(known, _): &(Spanned<String>, _)| !known.value.eq_ignore_ascii_case(&key);
        inventory.given.retain(others);
        let key = Spanned::new(key, Origin::NOWHERE);
        inventory.given.push((key, value));
    }
}

/// The context that `--given` and `--context` state; a repeated key is a list, an empty value counts as absent.
pub fn given(pairs: &[(String, String)]) -> Vec<(String, ContextValue)> {
    let mut given: Vec<(String, ContextValue)> = Vec::new();
    for (key, value) in pairs {
        let text = Text::from(value.as_str());
        match given
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
        {
            Some((_, ContextValue::Multi(values))) => values.push(text),
            Some((_, known)) => {
                if let ContextValue::Single(first) = known.clone() {
                    *known = ContextValue::Multi(vec![first, text]);
                }
            }
            None => given.push((key.clone(), ContextValue::Single(text))),
        }
    }
    given
}

/// A form that every command has.
pub fn common_format(form: Form) -> Result<Format, Trouble> {
    match form {
        Form::Common(format) => Ok(format),
        Form::Report(_) => {
            let title = format!(
                "output format `{}` is only supported by `check`",
                form.name()
            );
            Err(Trouble::new(
                title,
                Some("use text, json or jsonl".to_owned()),
            ))
        }
    }
}

/// Writes an answer in every requested format; `render` returns one format.
pub fn deliver(
    common: &Common,
    mut render: impl FnMut(Format, &Style) -> String,
) -> Result<(), Trouble> {
    let style = Style::new(common);
    for Output { format, file } in common.outputs() {
        let format = common_format(format)?;
        match file {
            Some(file) => write_file(&file, &render(format, &style.plain()))?,
            None => print(&render(format, &style))?,
        }
    }
    Ok(())
}

pub(crate) fn write_file(file: &Path, text: &str) -> Result<(), Trouble> {
    output::replace(file, text).map_err(|error| {
        Trouble::new(
            format!("{}: cannot be written: {error}", file.display()),
            None,
        )
    })
}

/// Writes to standard output; a reader that went away is no error.
pub fn print(text: &str) -> Result<(), Trouble> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Trouble::new(format!("standard output: {error}"), None))
        }
        _ => Ok(()),
    }
}

/// A value as JSON with a line end.
pub fn json(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("{text}\n")
}

/// A value as a line of JSON.
pub fn json_line(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    format!("{text}\n")
}

/// The files that were read and skipped, for `--verbose`.
pub fn files(loaded: &Loaded, style: &Style) -> String {
    if !style.verbose {
        return String::new();
    }
    let lines = loaded.files.iter().map(|file| {
        let name = crate::render::line(&file.name);
        match (&file.kind, &file.why) {
            (Some(kind), _) => format!("read     {name}  ({kind})\n"),
            (None, Some(why)) => format!("skipped  {name}  {}\n", crate::render::line(why)),
            (None, None) => format!("skipped  {name}\n"),
        }
    });
    lines.collect::<String>() + "\n"
}

/// Notes of the readers as text.
pub fn notes(loaded: &Loaded, style: &Style) -> String {
    let shown = loaded.notes.iter().map(|note| Message {
        severity: Severity::Advice,
        title: note.message.clone(),
        labels: note
            .origin
            .map(|origin| (origin, String::new()))
            .into_iter()
            .collect(),
        notes: Vec::new(),
        help: None,
    });
    shown
        .map(|message| message.render(&loaded.sources, style) + "\n")
        .collect()
}

/// The number of notes, without `--verbose`: a fact that was ignored can decide an answer.
pub fn notes_unseen(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "1 note about the inputs; `--verbose` prints it\n".to_owned(),
        many => format!("{many} notes about the inputs; `--verbose` prints them\n"),
    }
}

/// Prints the notes of the readers to standard error: all notes with `--verbose`, else their number.
pub fn print_notes(loaded: &Loaded, common: &Common) {
    if common.quiet {
        return;
    }
    let style = Style::new(common);
    let text = if style.verbose {
        files(loaded, &style) + &notes(loaded, &style)
    } else {
        let groups = not_read(&loaded.files).into_iter();
        let unread =
            groups.map(|group| format!("not read: {}\n", crate::render::line(&group.line())));
        notes_unseen(loaded.notes.len()) + &unread.collect::<String>()
    };
    let unnamed =
        unnamed(loaded).map(|warning| format!("warning: {}\n", crate::render::line(&warning)));
    let text = text + unnamed.as_deref().unwrap_or_default();
    // A closed standard error is no reason to fail.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Runs a command and turns its outcome into an exit.
pub fn settle(outcome: Result<Exit, Trouble>, common: &Common) -> Exit {
    match outcome {
        Ok(exit) => exit.softened(common.exit_zero),
        Err(trouble) => {
            let style = Style::new(common);
            let texts: Vec<_> = trouble
                .messages
                .iter()
                .map(|message| message.render(&trouble.sources, &style))
                .collect();
            let mut error = std::io::stderr().lock();
            // A closed standard error is no reason to fail.
            let _ = error.write_all(texts.join("\n").as_bytes());
            Exit::Trouble
        }
    }
}
