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
    for assembled_template in assembled
        .iter()
        .filter(|assembled_template| !known.contains(&assembled_template.path))
    {
        template(loading, assembled_template);
    }
    loading.assembled.extend(assembled);
}

/// Reads a template that only a manifest names.
fn template(loading: &mut Loading, assembled: &Assembled) {
    let name = display(&assembled.path);
    // A link must not lead out of the assembly.
    let folder = assembled
        .path
        .parent()
        .and_then(|folder| folder.canonicalize().ok());
    let inside = assembled
        .path
        .canonicalize()
        .ok()
        .zip(folder)
        .is_some_and(|(path, folder)| path.starts_with(folder));
    if !inside {
        let message = format!(
            "`{}` names `{name}`, which is not there",
            assembled.manifest
        );
        loading.note(message, None);
        return;
    }
    let wanted = Wanted {
        path: assembled.path.clone(),
        name,
        named: false,
        because: None,
        kind: Some(FORMAT.kind),
    };
    if let Some(opened) = open::open(loading, &wanted)
        && opened.kind == Some(FORMAT.kind)
    {
        cloudformation::read(loading, &opened, &wanted, &assembled.setting);
    }
}
