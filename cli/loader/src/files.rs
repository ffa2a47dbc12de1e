//! Walks directories and hands each file to the reader of its kind.

use super::{
    assembly, detect,
    kind::Kind,
    language::{self, cloudformation, controllers, kubernetes, read_kinds, terraform},
    live,
    loaded::Unread,
    loading::Loading,
    open,
    opened::{Opened, Wanted, report},
    path::display,
    progress::Progress,
    setting::Setting,
    suspect,
    unclaimed::{self, Fact},
    unread, walk,
};
use policy_engine::source::SourceId;
use rayon::prelude::*;
use std::path::PathBuf;

/// Reads every file under some paths, by the kind of its content.
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
            let files = walk::walk(loading, path, None)
                .into_iter()
                .map(|file| Wanted {
                    name: display(&file),
                    path: file,
                    named: false,
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
                because: None,
                kind: None,
            };
            read(loading, &wanted, &setting);
        }
    }
    assembly::follow(loading);
    terraform::take(loading);
    cloudformation::take(loading);
    kubernetes::settle(loading);
    controllers::take(loading);
    live::take::take(loading);
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
            if let Some(opened) = open::admit(loading, wanted, content, Some(setting)) {
                take(loading, &opened, wanted, setting);
            }
        }
        progress.advance(count);
        rest = later;
    }
}

/// Reads one file and takes its facts; a world is only taken by [`super::world`].
pub(super) fn read(loading: &mut Loading, wanted: &Wanted, setting: &Setting) {
    let content = open::content(&loading.options.overlay, wanted, loading.next_source());
    let Some(opened) = open::admit(loading, wanted, content, Some(setting)) else {
        return;
    };
    take(loading, &opened, wanted, setting);
}

/// Takes the facts of a parsed file.
fn take(loading: &mut Loading, opened: &Opened, wanted: &Wanted, setting: &Setting) {
    let name = opened.name.clone();
    if let (Some(wanted_kind), Some(actual)) = (wanted.kind, opened.kind)
        && wanted_kind != actual
    {
        let message = format!("`{name}` is {actual}, not {wanted_kind}");
        if wanted.named {
            report(
                loading,
                &name,
                wanted.because,
                message,
                Some("correct `kind`, or leave it out"),
            );
        } else {
            loading.skip_file(
                &name,
                format!("{actual}, but the include requires {wanted_kind}"),
            );
        }
        return;
    }
    if let Some(read) = opened
        .kind
        .and_then(language::format)
        .and_then(|format| format.read)
    {
        read(loading, opened, wanted, setting);
        mixed(loading, opened);
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
        Some(Kind::WORLD) => loading.unread_file(&name, unread::world()),
        Some(kind) if wanted.named => {
            report(
                loading,
                &name,
                wanted.because,
                format!("`{name}` is {kind}"),
                Some(&read_kinds()),
            );
        }
        Some(kind) => {
            let how = read_kinds();
            loading.unread_file(
                &name,
                Unread {
                    what: kind.counted(),
                    how,
                },
            );
        }
        None if wanted.named => {
            let message = format!("the kind of `{name}` is not recognized");
            report(loading, &name, wanted.because, message, Some(&read_kinds()));
        }
        None => match named_anyway(opened, wanted) {
            Some(unread) => loading.unread_file(&name, unread),
            None => loading.skip_file(&name, "not an input of this release"),
        },
    }
}

/// A file of no kind that holds facts of this job all the same.
fn named_anyway(opened: &Opened, wanted: &Wanted) -> Option<Unread> {
    let app = unread::cdk(wanted).filter(|_| has_app(opened));
    app.or_else(|| unread::cdktf(&wanted.path).filter(|_| has_app(opened)))
        .or_else(|| unread::pulumi(&wanted.path, &opened.documents))
        .or_else(|| suspect::json_patch(&opened.documents))
        .or_else(|| unread::oidc_provider(&opened.documents))
        .or_else(|| unread::failed_answer(&wanted.path, &opened.text))
        .or_else(|| unclaimed::file(&wanted.path, &opened.documents))
}

/// Names the documents that are of another kind than their file.
fn mixed(loading: &mut Loading, opened: &Opened) {
    let Some(first) = opened.kind else { return };
    for (number, document) in opened.documents.iter().enumerate() {
        let unread = match detect::detect(std::slice::from_ref(document)) {
            Some(kind) => (kind != first).then(|| unread::mixed(first)),
            None => unclaimed::anywhere(document).map(Fact::object),
        };
        if let Some(unread) = unread {
            let name = format!("{}, document {}", opened.name, number + 1);
            loading.unread_file(&name, unread);
        }
    }
}

/// Whether a file states how an app of CDK is run.
fn has_app(opened: &Opened) -> bool {
    let mut documents = opened.documents.iter();
    documents.any(|document| document.get("app").is_some())
}
