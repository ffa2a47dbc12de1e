//! Opens and parses one file within its bounds.

use super::{
    decode, detect,
    door::{self, Refused},
    kind::Kind,
    language::{read_kinds, terraform},
    loaded::Unread,
    loading::{ADDED_TAGS, Loading},
    opened::{MAX_BYTES, MAX_FILE, Opened, Wanted, report},
    options::Overlay,
    parse::{ParseFailure, has_braces, parse},
    setting::Setting,
    shown::{Understood, broken, is_broken_policy, shown},
    unread,
};
use policy_engine::{
    source::{Origin, SourceId},
    syntax::node::{Node, Value},
};
use std::{
    io::{self, Read},
    path::Path,
};

/// The most files that are read in one run.
pub(super) const MAX_FILES: usize = 20_000;

/// Why a file cannot be read.
pub(super) struct Unreadable {
    message: String,
    help: Option<String>,
    /// Whether it may hold facts of this job.
    is_ours: bool,
}

/// Reads and parses a file; a failure is reported or noted before the function returns `None`.
///
/// The text is not kept: a caller that takes facts from the file calls [`super::keep::keep`] before it opens another.
pub(super) fn open(loading: &mut Loading, wanted: &Wanted) -> Option<Opened> {
    let content = content(&loading.options.overlay, wanted, loading.next_source());
    admit(loading, wanted, content, None)
}

/// The same for a file that was read and parsed already; Terraform source waits if a setting states its account.
pub(super) fn admit(
    loading: &mut Loading,
    wanted: &Wanted,
    content: Content,
    setting: Option<&Setting>,
) -> Option<Opened> {
    loading.file_count += 1;
    if loading.file_count > MAX_FILES {
        if loading.file_count == MAX_FILES + 1 {
            let message = format!("more than {MAX_FILES} files");
            report(
                loading,
                &wanted.name,
                wanted.because,
                message,
                Some("name the directories that matter"),
            );
        }
        return None;
    }
    if let Content::Source {
        unread,
        names_added_tags,
    } = content
    {
        loading.names_added_tags |= names_added_tags;
        let setting =
            setting.filter(|_| !wanted.named || !terraform::has_json_syntax(&wanted.path));
        match (setting, unread) {
            (Some(setting), unread) => terraform::wait(loading, wanted, setting, unread),
            (None, Some(unread)) if !wanted.named => loading.unread_file(&wanted.name, unread),
            (None, _) if !wanted.named => {
                let why = format!("{}; {}", terraform::SOURCE.kind, read_kinds());
                loading.skip_file(&wanted.name, why);
            }
            (None, _) => {
                let message = format!("`{}` is {}", wanted.name, terraform::SOURCE.kind);
                report(
                    loading,
                    &wanted.name,
                    wanted.because,
                    message,
                    Some(&read_kinds()),
                );
            }
        }
        return None;
    }
    let (text, parsed) = match content {
        Content::Text { text, parsed } => (text, parsed),
        Content::Unreadable(unreadable) if wanted.named => {
            report(
                loading,
                &wanted.name,
                wanted.because,
                format!("`{}`: {}", wanted.name, unreadable.message),
                unreadable.help.as_deref(),
            );
            return None;
        }
        Content::Unreadable(unreadable) if unreadable.is_ours => {
            let unread = unread::broken(unreadable.message);
            loading.unread_file(&wanted.name, unread);
            return None;
        }
        Content::Unreadable(unreadable) => {
            loading.skip_file(&wanted.name, unreadable.message);
            return None;
        }
        Content::Pointer if wanted.named => {
            let message = format!("`{}` is a pointer of Git LFS", wanted.name);
            let help = Some("git lfs pull");
            report(loading, &wanted.name, wanted.because, message, help);
            return None;
        }
        Content::Pointer => {
            loading.unread_file(&wanted.name, unread::pointer());
            return None;
        }
        Content::Source { .. } => return None,
    };
    loading.names_added_tags |= names_added_tags(&text);
    let before = loading.bytes;
    loading.bytes += text.len() as u64;
    if loading.bytes > MAX_BYTES {
        if before <= MAX_BYTES {
            let message = format!("more than {} MiB to read", MAX_BYTES / 1024 / 1024);
            report(
                loading,
                &wanted.name,
                wanted.because,
                message,
                Some("name the directories that matter"),
            );
        }
        return None;
    }
    let source = loading.next_source();
    match parsed {
        Ok(mut parsed) => {
            if parsed.is_template {
                template(loading, wanted);
                return None;
            }
            if parsed.source != source {
                for document in &mut parsed.documents {
                    renumber(document, source);
                }
            }
            Some(Opened {
                name: wanted.name.clone(),
                path: wanted.path.clone(),
                text,
                documents: parsed.documents,
                kind: parsed.kind,
            })
        }
        Err(mut error) => {
            error.origin.source = source;
            unparsed(loading, wanted, &text, &error);
            None
        }
    }
}

/// Whether a text names a tag that CloudFormation or a controller adds to what it makes.
fn names_added_tags(text: &str) -> bool {
    ADDED_TAGS.iter().any(|tag| text.contains(tag))
}

/// What a file holds; nothing of it is reported yet.
pub(super) enum Content {
    /// Its name shows that it is Terraform source, and its text whether it belongs to this job.
    Source {
        unread: Option<Unread>,
        names_added_tags: bool,
    },
    /// Its content is elsewhere.
    Pointer,
    Unreadable(Unreadable),
    Text {
        text: String,
        parsed: Result<Parsed, ParseFailure>,
    },
}

/// The documents of a file.
pub(super) struct Parsed {
    documents: Vec<Node>,
    kind: Option<Kind>,
    is_template: bool,
    /// The source that the places of the documents name.
    source: SourceId,
}

/// Reads and parses a file; the places in it name the source that it will probably be.
pub(super) fn content(overlay: &Overlay, wanted: &Wanted, source: SourceId) -> Content {
    if kind_by_extension(&wanted.path).is_some() {
        let text = text(&wanted.path);
        return Content::Source {
            names_added_tags: text.as_ref().is_ok_and(|text| names_added_tags(text)),
            unread: match text {
                Ok(text) if unread::is_pointer(&text) => Some(unread::pointer()),
                Ok(text) => unread::terraform(&text),
                Err(unreadable) => Some(unread::broken(unreadable.message)),
            },
        };
    }
    // The name for display: writers of new texts know a file by it.
    let replaced = overlay.get(Path::new(&wanted.name)).cloned();
    let text = match replaced.map_or_else(|| text(&wanted.path), Ok) {
        Ok(text) => text,
        Err(unreadable) => return Content::Unreadable(unreadable),
    };
    if unread::is_pointer(&text) {
        return Content::Pointer;
    }
    let parsed = parse(source, &wanted.path, &text).map(|documents| {
        let kind = detect::detect(&documents);
        let has_actions = kind != Some(Kind::WORLD) && text.contains("{{");
        let is_template = has_actions
            && (unread::chart_of(&wanted.path).is_some() || documents.iter().any(has_braces));
        Parsed {
            documents,
            kind,
            is_template,
            source,
        }
    });
    Content::Text { text, parsed }
}

/// Gives all places in a tree another source.
fn renumber(node: &mut Node, source: SourceId) {
    node.origin.source = source;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| renumber(item, source)),
        Value::Map(members) => {
            for (key, value) in members {
                renumber(key, source);
                renumber(value, source);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn template(loading: &mut Loading, wanted: &Wanted) {
    let name = &wanted.name;
    if wanted.named {
        let message = format!("`{name}` is a template");
        report(loading, name, wanted.because, message, Some(unread::RENDER));
        return;
    }
    loading.unread_file(name, unread::template(&wanted.path));
}

fn unparsed(loading: &mut Loading, wanted: &Wanted, text: &str, error: &ParseFailure) {
    let name = &wanted.name;
    let failed = unread::failed_answer(&wanted.path, text);
    if let Some(unread) = failed.filter(|_| !wanted.named) {
        loading.unread_file(name, unread);
        return;
    }
    if unread::is_plan_log(text) && !wanted.named {
        loading.unread_file(name, unread::plan_log());
        return;
    }
    let may_be_ours = || unread::chart_of(&wanted.path).is_some() || unread::is_ours(text);
    if text.contains("{{") && (wanted.named || may_be_ours()) {
        template(loading, wanted);
        return;
    }
    if !wanted.named && !unread::is_ours(text) && !unread::is_broken_manifest(text) {
        loading.skip_file(name, error.message.clone());
        return;
    }
    if wanted.named && is_broken_policy(text) {
        loading.add_source(name, shown(text, &Understood::BrokenPolicy));
        loading.problem(error.message.clone(), error.help.as_deref(), error.origin);
        return;
    }
    // The places of the values are unknown, so no part of the text is shown.
    let alone = Origin {
        source: SourceId(0),
        ..error.origin
    };
    let (_, problem) = broken(name, text, (&error.message, error.help.as_deref(), alone));
    if wanted.named {
        loading.file_problem(name, problem.message, problem.help.as_deref());
    } else if problem.labels.is_empty() {
        loading.unread_file(name, unread::broken(problem.message));
    } else {
        let message = format!("`{name}`: {}", problem.message);
        loading.unread_file(name, unread::broken(message));
    }
}

/// The kinds that are detected only by name.
pub(super) fn kind_by_extension(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_str()?;
    let is = |extension: &str| name.ends_with(extension);
    [".tf", ".tf.json", ".tofu", ".tofu.json"]
        .into_iter()
        .any(is)
        .then_some(terraform::SOURCE.kind)
}

fn text(path: &Path) -> Result<String, Unreadable> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = io::stdin()
            .lock()
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes);
        match read {
            Ok(_) if bytes.len() as u64 > MAX_FILE => Err(Refused::TooLarge(MAX_FILE)),
            Ok(_) => Ok(bytes),
            Err(error) => Err(Refused::from(error)),
        }
    } else {
        door::read_named(path, MAX_FILE)
    };
    let bytes = bytes.map_err(|refused| Unreadable {
        is_ours: matches!(
            refused,
            Refused::TooLarge(_) | Refused::Forbidden | Refused::Failed(_)
        ),
        message: refused.to_string(),
        help: refused.help().map(str::to_owned),
    })?;
    if unread::is_binary_plan(&bytes) {
        let help = format!("terraform show -json {} > plan.json", path.display());
        return Err(Unreadable {
            message: "a plan as `terraform plan -out` writes it".to_owned(),
            help: Some(help),
            is_ours: true,
        });
    }
    decode::text(bytes).map_err(|error| Unreadable {
        is_ours: true,
        message: error.message,
        help: Some("save the file as UTF-8".to_owned()),
    })
}
