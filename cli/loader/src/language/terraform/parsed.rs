//! Files of Terraform source: read once, parsed once, whichever module or plan needs them.

use super::kinds::SOURCE;
use crate::{
    door,
    hcl::{File, SourceFile},
    loading::Loading,
    opened::MAX_BYTES,
    path::display,
    root::Root,
    shown::{Understood, shown},
};
use hcl_edit::structure::Body;
use std::{path::Path, sync::Arc};

/// The largest file that is read.
pub(super) const MAX_FILE: u64 = 4 * 1024 * 1024;

/// The parsed file; nothing, and a line in the summary, where it cannot be read.
pub(super) fn file(loading: &mut Loading, path: &Path, root: &Root) -> Option<Arc<File>> {
    let name = display(path);
    if let Some(file) = loading.terraform.get(&name) {
        loading.read_file(&name, SOURCE);
        return Some(file);
    }
    let read = door::read_inside(root, path, MAX_FILE).and_then(door::text);
    let text = match read {
        Ok(text) => text,
        Err(refused) => {
            loading.skip_file(&name, refused.to_string());
            return None;
        }
    };
    if loading.bytes + text.len() as u64 > MAX_BYTES {
        loading.skip_file(&name, "too much to read");
        return None;
    }
    loading.bytes += text.len() as u64;
    // A byte order mark is no part of the source; spaces in its place keep the offsets.
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => format!("   {rest}"),
        None => text,
    };
    match text.parse::<Body>() {
        Ok(body) => {
            let id = loading.add_source(&name, shown(&text, &Understood::Terraform(&body)));
            loading.read_file(&name, SOURCE);
            let file = Arc::new(File {
                body,
                source: SourceFile { id, text },
            });
            loading.terraform.insert(name, Arc::clone(&file));
            Some(file)
        }
        Err(error) => {
            let place = error.location();
            let message = format!(
                "`{name}:{}:{}` is not valid HCL, so nothing of the file is read",
                place.line(),
                place.column()
            );
            if crate::unread::terraform(&text).is_some() {
                loading.unread_file(&name, crate::unread::broken(message));
            } else {
                loading.note(message, None);
            }
            None
        }
    }
}
