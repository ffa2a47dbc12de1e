//! Kustomizations: what `kustomize build` makes of files, built here and read as Kubernetes manifests.
//!
//! Nothing is fetched and no plugin is run: what would need that is named.

mod build;
mod copy;
mod defaults;
mod failure;
mod field;
mod fields;
mod generate;
mod json_patch;
mod merge;
mod object;
mod patch;
mod reference;
mod schema;
mod selector;
#[cfg(test)]
mod tests;
mod transform;
mod tree;

use crate::{
    built::Manifest,
    format::Format,
    keep::keep,
    kind::Kind,
    kustomize::{is_kustomization_document, is_ours},
    language::kubernetes,
    loading::Loading,
    opened::{Opened, Wanted, report},
    path::{clean, display},
    setting::Setting,
    unread,
    words::has_facts,
};
use build::Builder;
use failure::Failure;
use policy_engine::syntax::node::Node;
use std::{path::Path, sync::Arc};

pub(crate) const FORMAT: Format = Format {
    kind: Kind::new("kustomize", "a kustomization"),
    plural: "kustomizations",
    is: is_kustomization_document,
    read: Some(read),
};

/// Builds a kustomization and takes the facts of its objects.
fn read(loading: &mut Loading, opened: &Opened, wanted: &Wanted, setting: &Setting) {
    let source = keep(loading, opened);
    let folder = clean(opened.path.parent().unwrap_or(Path::new("")));
    let Some(file) = opened
        .documents
        .iter()
        .find(|document| (FORMAT.is)(document))
    else {
        return;
    };
    if let Ok(place) = opened.path.canonicalize() {
        let manifest = Manifest {
            name: opened.name.clone(),
            kind: FORMAT.kind,
            source,
            documents: opened.documents.clone(),
            text: opened.text.clone(),
        };
        loading.built.files.insert(place, Arc::new(manifest));
    }
    let mut builder = Builder::new(loading, &opened.path);
    let built = builder.build(&folder, file);
    let (gaps, files) = (
        std::mem::take(&mut builder.gaps),
        std::mem::take(&mut builder.files),
    );
    let holds_facts = builder.is_ours;
    let listed = std::mem::take(&mut builder.listed);
    match built {
        Ok(objects) => {
            loading.read_file(&opened.name, FORMAT.kind);
            for (name, kind) in files {
                loading.read_file(&name, kind);
            }
            loading.built.listed.extend(listed);
            let own = objects.iter().filter(|object| has_facts(object));
            loading.built.kept.extend(own.map(|object| object.origin));
            take(loading, &objects, &folder, setting);
            if !gaps.is_empty() {
                let how = format!("it is built without {}", gaps.join(", "));
                let unread = unread::kustomization(&folder, &how);
                if holds_facts || is_ours(&folder) {
                    loading.unread_file(&display(&folder), unread);
                } else {
                    loading.partial.push((display(&folder), unread));
                }
            }
        }
        Err(failure) => failed(loading, opened, wanted, &failure, &folder),
    }
}

/// Names a kustomization that is not built, or not as a whole.
fn name(loading: &mut Loading, folder: &Path, how: &str) {
    loading.unread_file(&display(folder), unread::kustomization(folder, how));
}

fn failed(
    loading: &mut Loading,
    opened: &Opened,
    wanted: &Wanted,
    failure: &Failure,
    folder: &Path,
) {
    let place = failure.origin.and_then(|origin| {
        let name = loading.sources.name(origin.source);
        let position = loading.sources.position(origin)?;
        Some(format!("{name}:{}: ", position.line))
    });
    let message = format!("{}{}", place.unwrap_or_default(), failure.message);
    if wanted.named {
        let message = format!("`{}` is not built: {message}", opened.name);
        report(loading, &opened.name, wanted.because, message, None);
        return;
    }
    loading.skip_file(&opened.name, format!("not built: {message}"));
    if is_ours(folder) {
        name(loading, folder, &format!("it is not built: {message}"));
    }
}

/// Takes the facts of objects; those of a kustomization may be copies of those of another one, in another cluster.
fn take(loading: &mut Loading, objects: &[Node], folder: &Path, setting: &Setting) {
    let mut setting = setting.clone();
    if setting.cluster.is_empty() {
        setting.cluster = loading.built.root(folder);
    }
    let source = |object: &Node| {
        let list = object.at(&["spec", "parameters", "objects"]);
        list.unwrap_or(object).origin.source
    };
    for group in objects.chunk_by(|left, right| source(left) == source(right)) {
        let Some(first) = group.first() else { continue };
        let files = loading.built.files.values();
        let mut files = files.filter(|file| file.source == source(first));
        let text = files
            .next()
            .map(|file| file.text.clone())
            .unwrap_or_default();
        kubernetes::take(loading, group, &text, &setting);
    }
}
