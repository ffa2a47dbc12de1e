//! Templates that only an assembly of CDK names.

use crate::{
    language::cloudformation::{self, FORMAT},
    loading::Loading,
    open,
    opened::Wanted,
    path::display,
    pending::Assembled,
};
use std::{collections::HashSet, path::PathBuf};

/// Reads the templates of assemblies that were not among the files.
pub(crate) fn follow(loading: &mut Loading) {
    let known: HashSet<PathBuf> = loading
        .templates
        .iter()
        .map(|template| template.path.clone())
        .collect();
    let assembled = std::mem::take(&mut loading.assembled);
    for one in assembled.iter().filter(|one| !known.contains(&one.path)) {
        template(loading, one);
    }
    loading.assembled.extend(assembled);
}

/// Reads a template that only a manifest names.
fn template(loading: &mut Loading, one: &Assembled) {
    let name = display(&one.path);
    // A link must not lead out of the assembly.
    let folder = one
        .path
        .parent()
        .and_then(|folder| folder.canonicalize().ok());
    let inside = one
        .path
        .canonicalize()
        .ok()
        .zip(folder)
        .is_some_and(|(path, folder)| path.starts_with(folder));
    if !inside {
        let message = format!("`{}` names `{name}`, which is not there", one.manifest);
        loading.note(message, None);
        return;
    }
    let wanted = Wanted {
        path: one.path.clone(),
        name,
        named: false,
        because: None,
        kind: Some(FORMAT.kind),
    };
    if let Some(opened) = open::open(loading, &wanted)
        && opened.kind == Some(FORMAT.kind)
    {
        cloudformation::read(loading, &opened, &wanted, &one.setting);
    }
}
