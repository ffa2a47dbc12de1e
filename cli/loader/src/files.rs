//! Walks directories and hands each file to the reader of its kind.

use super::{
    assembly, discover,
    kind::Kind,
    language::{self, cloudformation, read_kinds},
    live,
    loading::Loading,
    open::{self, MAX_FILES},
    opened::{Opened, Wanted, report},
    path::display,
    progress::Progress,
    setting::Setting,
};
use policy_engine::source::{Origin, SourceId};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// The extensions of files that are looked at in a directory.
const EXTENSIONS: [&str; 4] = ["yaml", "yml", "json", "tfstate"];
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
        values: Vec::new(),
    };
    for path in paths {
        if path.is_dir() {
            let files = walk(loading, path, None).into_iter().map(|file| Wanted {
                name: display(&file),
                path: file,
                named: false,
                strict: false,
                because: None,
                kind: None,
            });
            read_all(loading, &files.collect::<Vec<_>>(), &setting);
        } else {
            let name = if path.as_os_str() == "-" {
                "<stdin>".to_owned()
            } else {
                display(path)
            };
            let wanted = Wanted {
                path: path.clone(),
                name,
                named: true,
                strict: true,
                because: None,
                kind: None,
            };
            read(loading, &wanted, &setting);
        }
    }
    assembly::follow(loading);
    cloudformation::take(loading);
    live::take::take(loading);
}

/// The files of a directory that may matter, in the order of their names.
pub(super) fn walk(
    loading: &mut Loading,
    directory: &Path,
    because: Option<Origin>,
) -> Vec<PathBuf> {
    // What an include names is wanted, also where Git ignores it: rendered manifests and dumps often are.
    let by_git = because.is_none();
    let walker = ignore::WalkBuilder::new(directory)
        .ignore(by_git)
        .git_ignore(by_git)
        .git_exclude(by_git)
        .git_global(by_git)
        .parents(by_git)
        .sort_by_file_name(Ord::cmp)
        .build();
    let mut files = Vec::new();
    let mut nested: Vec<PathBuf> = Vec::new();
    for entry in walker {
        match entry {
            // What stands beside a world file belongs to that world, and is read as it says.
            Ok(entry) if by_git && nested.iter().any(|world| entry.path().starts_with(world)) => {}
            Ok(entry) if by_git && entry.path().join(discover::WORLD_FILE).is_file() => {
                nested.push(entry.into_path());
            }
            Ok(entry)
                if entry.file_type().is_some_and(|kind| {
                    kind.is_file() || (kind.is_symlink() && is_mounted(entry.path(), directory))
                }) && is_candidate(entry.path()) =>
            {
                files.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let name = display(directory);
                report(
                    loading,
                    &name,
                    because,
                    format!("`{name}` cannot be read: {error}"),
                    None,
                );
            }
        }
        if files.len() > MAX_FILES {
            break;
        }
    }
    loading.nested.extend(nested);
    files
}

/// Whether a link leads to a hidden file of the directory itself, which is how Kubernetes mounts a ConfigMap.
fn is_mounted(link: &Path, directory: &Path) -> bool {
    let (Ok(target), Ok(directory)) = (link.canonicalize(), directory.canonicalize()) else {
        return false;
    };
    let Ok(inside) = target.strip_prefix(directory) else {
        return false;
    };
    let mut parts = inside.components();
    target.is_file() && parts.any(|part| part.as_os_str().as_encoded_bytes().starts_with(b".."))
}

fn is_candidate(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        || open::kind_by_extension(path).is_some()
}

/// How many bytes are read ahead of what is taken.
const AHEAD: u64 = 32 * 1024 * 1024;
/// How many files are read ahead of what is taken.
const FILES_AHEAD: usize = 256;

/// Reads files and takes their facts in their order; some are read and parsed at the same time.
pub(super) fn read_all(loading: &mut Loading, files: &[Wanted], setting: &Setting) {
    let progress = Progress::start(files.len());
    let mut rest = files;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |wanted: &&Wanted| {
            let size = std::fs::metadata(&wanted.path).map_or(0, |data| data.len());
            bytes += size;
            bytes <= AHEAD
        };
        let count = rest
            .iter()
            .take(FILES_AHEAD)
            .take_while(fits)
            .count()
            .max(1);
        let (now, later) = rest.split_at(count);
        let first = loading.next_source().0;
        let overlay = &loading.options.overlay;
        let contents: Vec<_> = now
            .par_iter()
            .enumerate()
            .map(|(at, wanted)| {
                // Most files become a source each, in their order.
                let source = SourceId(first.saturating_add(u32::try_from(at).unwrap_or(0)));
                open::content(overlay, wanted, source)
            })
            .collect();
        for (wanted, content) in now.iter().zip(contents) {
            if let Some(opened) = open::admit(loading, wanted, content) {
                take(loading, &opened, wanted, setting);
            }
        }
        progress.advance(count);
        rest = later;
    }
}

/// Reads one file and takes its facts; a world is only taken by [`super::world`].
pub(super) fn read(loading: &mut Loading, wanted: &Wanted, setting: &Setting) {
    let Some(opened) = open::open(loading, wanted) else {
        return;
    };
    take(loading, &opened, wanted, setting);
}

/// Takes the facts of a parsed file.
fn take(loading: &mut Loading, opened: &Opened, wanted: &Wanted, setting: &Setting) {
    let name = opened.name.clone();
    if let (Some(said), Some(found)) = (wanted.kind, opened.kind)
        && said != found
    {
        let message = format!("`{name}` is {found}, not {said}");
        if wanted.named {
            report(
                loading,
                &name,
                wanted.because,
                message,
                Some("correct `kind`, or leave it out"),
            );
        } else {
            loading.skip_file(&name, format!("{found}, and the include asks for {said}"));
        }
        return;
    }
    if let Some(read) = opened
        .kind
        .and_then(language::format)
        .and_then(|format| format.read)
    {
        read(loading, opened, wanted, setting);
        return;
    }
    match opened.kind {
        Some(Kind::WORLD) if wanted.named => {
            let help = "save it: its paths start at its own directory";
            report(
                loading,
                &name,
                wanted.because,
                format!("`{name}` is {}", Kind::WORLD),
                Some(help),
            );
        }
        Some(Kind::WORLD) => {
            loading.skip_file(
                &name,
                "a world of its own; name it with `--world`, or include it as a file",
            );
        }
        Some(kind) if wanted.named => {
            report(
                loading,
                &name,
                wanted.because,
                format!("`{name}` is {kind}"),
                Some(&read_kinds()),
            );
        }
        Some(kind) => loading.skip_file(&name, format!("{kind}; {}", read_kinds())),
        None if wanted.named => {
            let message = format!("cannot tell what `{name}` is");
            report(loading, &name, wanted.because, message, Some(&read_kinds()));
        }
        None => loading.skip_file(&name, "not a kind of file that is read here"),
    }
}
