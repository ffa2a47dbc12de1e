//! Opens files within their bounds, parses them, and hands each to the reader of its kind.

use super::{
    Kind, aws, blank, detect, discover, kubernetes,
    loading::{Loading, Setting},
    policy, yaml,
};
use policy_engine::{
    source::{Origin, SourceId},
    syntax::{json, node::Node},
};
use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The largest file that is read.
pub(super) const MAX_FILE: u64 = 16 * 1024 * 1024;
/// The most files that are read in one run.
pub(super) const MAX_FILES: usize = 20_000;
/// The extensions of files that are looked at in a directory.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];
/// Words that say that a file matters here even if it cannot be read.
const TELLING: [&str; 6] = [
    "SecretProviderClass",
    "secrets-store.csi",
    "AssumeRolePolicyDocument",
    "podidentityassociation",
    "eks.amazonaws.com/role-arn",
    "ascp-policy:",
];

/// A file to read, and how it came to that.
pub(super) struct Wanted {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What people call it.
    pub(super) name: String,
    /// Whether somebody named the file itself.
    pub(super) named: bool,
    /// Whether a file that cannot be read is a problem rather than skipped.
    pub(super) strict: bool,
    /// The include that led to it.
    pub(super) because: Option<Origin>,
    /// The kind that the include says.
    pub(super) kind: Option<Kind>,
}

/// A file that was parsed.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) documents: Vec<Node>,
    pub(super) kind: Option<Kind>,
    pub(super) source: SourceId,
}

/// Why a file cannot be read.
struct Unreadable {
    message: String,
    help: Option<&'static str>,
}

/// Reads everything under some paths as what its content says it is.
pub(super) fn read_paths(loading: &mut Loading, paths: &[PathBuf]) {
    let account = match loading.options.accounts.as_slice() {
        [(_, id)] => Some(id.clone()),
        _ => None,
    };
    let setting = Setting {
        account,
        region: loading.options.region.clone(),
        partition: None,
        cluster: loading.options.cluster.clone().unwrap_or_default(),
        namespace: None,
    };
    for path in paths {
        if path.is_dir() {
            for file in walk(loading, path, None) {
                let name = discover::display(&file);
                let wanted = Wanted { path: file, name, named: false, strict: false, because: None, kind: None };
                read(loading, wanted, &setting);
            }
        } else {
            let name = if path.as_os_str() == "-" { "<stdin>".to_owned() } else { discover::display(path) };
            let wanted = Wanted { path: path.clone(), name, named: true, strict: true, because: None, kind: None };
            read(loading, wanted, &setting);
        }
    }
}

/// The files of a directory that may matter, in the order of their names.
pub(super) fn walk(loading: &mut Loading, directory: &Path, because: Option<Origin>) -> Vec<PathBuf> {
    let walker = ignore::WalkBuilder::new(directory).sort_by_file_name(Ord::cmp).build();
    let mut files = Vec::new();
    for entry in walker {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) && is_candidate(entry.path()) => {
                files.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let name = discover::display(directory);
                report(loading, &name, because, format!("`{name}` cannot be read: {error}"), None);
            }
        }
        if files.len() > MAX_FILES {
            break;
        }
    }
    files
}

fn is_candidate(path: &Path) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| EXTENSIONS.contains(&extension))
}

/// Reads one file and takes its facts; a world is only taken by [`super::world`].
pub(super) fn read(loading: &mut Loading, wanted: Wanted, setting: &Setting) {
    let Some(opened) = open(loading, &wanted) else { return };
    take(loading, opened, &wanted, setting);
}

/// Takes the facts of a parsed file.
pub(super) fn take(loading: &mut Loading, opened: Opened, wanted: &Wanted, setting: &Setting) {
    let name = opened.name.clone();
    if let (Some(said), Some(found)) = (wanted.kind, opened.kind)
        && said != found
    {
        let message = format!("`{name}` is {found}, not {said}");
        if wanted.named {
            report(loading, &name, wanted.because, message, Some("correct `kind`, or leave it out"));
        } else {
            loading.skip_file(&name, format!("{found}, and the include asks for {said}"));
        }
        return;
    }
    match opened.kind {
        Some(Kind::Kubernetes) => {
            keep(loading, &opened);
            loading.read_file(&name, Kind::Kubernetes);
            kubernetes::read(loading, &opened, setting);
        }
        Some(Kind::Aws) => aws::read(loading, &opened, setting),
        Some(Kind::Policy) if wanted.because.is_some() => {
            let why = "a policy on its own does not say what it is attached to; name it there with `{file: …}`";
            if wanted.named {
                report(loading, &name, wanted.because, format!("`{name}` is {}", Kind::Policy), Some(why));
            } else {
                loading.skip_file(&name, why);
            }
        }
        Some(Kind::Policy) => {
            keep(loading, &opened);
            loading.read_file(&name, Kind::Policy);
            policy::check_alone(loading, &opened);
        }
        Some(Kind::World) => {
            loading.skip_file(&name, "a world of its own; name it with `--world`, or include it as a file");
        }
        Some(kind) if wanted.named => {
            report(loading, &name, wanted.because, format!("`{name}` is {kind}"), Some(detect::READ_KINDS));
        }
        Some(kind) => loading.skip_file(&name, format!("{kind}; {}", detect::READ_KINDS)),
        None if wanted.named => {
            let message = format!("cannot tell what `{name}` is");
            report(loading, &name, wanted.because, message, Some(detect::READ_KINDS));
        }
        None => loading.skip_file(&name, "not a kind of file that is read here"),
    }
}

/// Keeps the text of a file for excerpts, without values of secrets.
pub(super) fn keep(loading: &mut Loading, opened: &Opened) -> SourceId {
    loading.add_source(&opened.name, blank::blank(&opened.text, &opened.documents))
}

/// Reads and parses a file; a failure is reported or noted before `None` comes back.
///
/// The text is not kept: a caller that takes facts from the file calls [`keep`] before it opens another.
pub(super) fn open(loading: &mut Loading, wanted: &Wanted) -> Option<Opened> {
    loading.file_count += 1;
    if loading.file_count > MAX_FILES {
        if loading.file_count == MAX_FILES + 1 {
            let message = format!("more than {MAX_FILES} files");
            report(loading, &wanted.name, wanted.because, message, Some("name the directories that matter"));
        }
        return None;
    }
    if let Some(kind) = kind_by_extension(&wanted.path).filter(|_| wanted.named) {
        report(loading, &wanted.name, wanted.because, format!("`{}` is {kind}", wanted.name), Some(detect::READ_KINDS));
        return None;
    }
    let text = match text(&wanted.path) {
        Ok(text) => text,
        Err(Unreadable { message, help }) if wanted.strict => {
            report(loading, &wanted.name, wanted.because, format!("`{}`: {message}", wanted.name), help);
            return None;
        }
        Err(Unreadable { message, .. }) => {
            loading.skip_file(&wanted.name, message);
            return None;
        }
    };
    let source = loading.next_source();
    match parse(source, &wanted.path, &text) {
        Ok(documents) => {
            let kind = detect::detect(&documents);
            Some(Opened { name: wanted.name.clone(), path: wanted.path.clone(), text, documents, kind, source })
        }
        Err(error) => {
            unparsed(loading, wanted, text, &error);
            None
        }
    }
}

/// Text that is neither JSON nor YAML.
struct ParseFailure {
    message: String,
    help: Option<String>,
    origin: Origin,
}

fn parse(source: SourceId, path: &Path, text: &str) -> Result<Vec<Node>, ParseFailure> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let is_json = match extension {
        "json" => true,
        "yaml" | "yml" => false,
        _ => text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']),
    };
    if !is_json {
        return yaml::parse(source, text)
            .map_err(|error| ParseFailure { message: error.message, help: error.help, origin: error.origin });
    }
    // Each value but the first has a comma before it: the tree is bounded before it is built.
    if text.bytes().filter(|byte| *byte == b',').count() > yaml::MAX_NODES {
        let message = format!("more than {} values in one file", yaml::MAX_NODES);
        let origin = Origin { source, span: policy_engine::source::Span::new(0, 0) };
        return Err(ParseFailure { message, help: Some("split the file".to_owned()), origin });
    }
    json::parse(source, text).map(|node| vec![node]).map_err(|error| ParseFailure {
        message: format!("not valid JSON: {}", error.message),
        help: error.help,
        origin: error.origin,
    })
}

fn unparsed(loading: &mut Loading, wanted: &Wanted, text: String, error: &ParseFailure) {
    let name = &wanted.name;
    if text.contains("{{") {
        let why = "a template: render it first, for instance with `helm template`";
        if wanted.named {
            report(loading, name, wanted.because, format!("`{name}` is {why}"), None);
            return;
        }
        loading.skip_file(name, why);
        loading.note(format!("`{name}` is skipped: {why}"), None);
        return;
    }
    if !wanted.strict && !TELLING.iter().any(|word| text.contains(word)) {
        loading.skip_file(name, error.message.clone());
        return;
    }
    if blank::may_hold_values(&text) {
        // Nobody knows where the values are, so the text is not kept and nothing of it is shown.
        let mut alone = policy_engine::source::SourceMap::default();
        let source = alone.add(name.as_str(), text);
        let position = alone.position(Origin { source, span: error.origin.span });
        let place = position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
        // What was found there may be part of a value.
        let message = error.message.split(": found").next().unwrap_or_default();
        loading.file_problem(name, format!("`{name}{place}`: {message}"), None);
        return;
    }
    loading.add_source(name, text);
    loading.problem(error.message.clone(), error.help.as_deref(), error.origin);
}

/// Reports a problem of a file at the include that led to it, or by its name.
pub(super) fn report(
    loading: &mut Loading,
    name: &str,
    because: Option<Origin>,
    message: impl Into<String>,
    help: Option<&str>,
) {
    match because {
        Some(origin) => loading.problem(message, help, origin),
        None => loading.file_problem(name, message, help),
    }
}

/// The kinds that only a name tells.
fn kind_by_extension(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_str()?;
    let is = |extension: &str| name.ends_with(extension);
    (is(".tf") || is(".tf.json") || is(".tofu")).then_some(Kind::Terraform)
}

fn text(path: &Path) -> Result<String, Unreadable> {
    let fail = |error: &io::Error| Unreadable { message: describe(error), help: None };
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().lock().take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| fail(&error))?;
    } else {
        let metadata = fs::metadata(path).map_err(|error| fail(&error))?;
        if !metadata.is_file() {
            return Err(Unreadable { message: "not a regular file".to_owned(), help: None });
        }
        let file = fs::File::open(path).map_err(|error| fail(&error))?;
        file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| fail(&error))?;
    }
    if bytes.len() as u64 > MAX_FILE {
        let message = format!("larger than {} MiB", MAX_FILE / 1024 / 1024);
        return Err(Unreadable { message, help: Some("split the file") });
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("not UTF-8: the byte at offset {at}, in line {line}");
        Unreadable { message, help: Some("save the file as UTF-8") }
    })
}

fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// Whether the first key of a file is that of a world.
pub(super) fn is_world(path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else { return false };
    let mut start = Vec::new();
    if file.take(64 * 1024).read_to_end(&mut start).is_err() {
        return false;
    }
    let start = String::from_utf8_lossy(&start);
    let mut lines = start.trim_start_matches('\u{feff}').lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(['#', '%']) && *line != "---" && *line != "{");
    let key = first.map(|line| line.trim_start_matches(['{', ' ', '"', '\'']));
    key.and_then(|key| key.strip_prefix("ascp-policy"))
        .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
}
