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
    unread,
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
            loading.unread_file(&name, unread::broken(refused.to_string()));
            return None;
        }
    };
    if unread::is_pointer(&text) {
        loading.unread_file(&name, unread::pointer());
        return None;
    }
    if loading.bytes + text.len() as u64 > MAX_BYTES {
        loading.unread_file(&name, unread::broken("too much to read".to_owned()));
        return None;
    }
    loading.bytes += text.len() as u64;
    // A byte order mark is no part of the source; spaces in its place keep the offsets.
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => format!("   {rest}"),
        None => text,
    };
    let (text, body) = match text.parse::<Body>() {
        Ok(body) => (text, body),
        Err(error) => {
            let place = error.location();
            let lines = (place.line(), place.column());
            let partial = without_broken(&text, place.line());
            named(loading, &name, &text, lines, partial.is_some());
            partial?
        }
    };
    let id = loading.add_source(&name, shown(&text, &Understood::Terraform(&body)));
    loading.read_file(&name, SOURCE);
    let file = Arc::new(File {
        body,
        source: SourceFile { id, text },
    });
    loading.terraform.insert(name, Arc::clone(&file));
    Some(file)
}

/// Names a file or a block that is no HCL, where it describes facts of this job.
fn named(
    loading: &mut Loading,
    name: &str,
    text: &str,
    (line, column): (usize, usize),
    is_block: bool,
) {
    let what = if is_block { "the block" } else { "the file" };
    let message =
        format!("`{name}:{line}:{column}` is not valid HCL, so nothing of {what} is read");
    if unread::terraform(text).is_none() {
        loading.note(message, None);
    } else if is_block {
        loading.unread_file(&format!("{name}, line {line}"), unread::broken(message));
    } else {
        loading.unread_file(name, unread::broken(message));
    }
}

/// A text without its block that does not parse, so that all places stay; nothing where more is broken.
///
/// The blocks of a formatted file begin and end in the first column.
fn without_broken(text: &str, line: usize) -> Option<(String, Body)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let before = lines.get(..line)?;
    let first = before
        .iter()
        .rposition(|line| line.starts_with(|letter: char| letter.is_ascii_alphabetic()))?;
    let rest = lines.get(first..)?;
    let end = rest.iter().position(|line| line.starts_with('}'))?;
    let blank = |line: &str| -> String {
        let kept = line.chars().map(|letter| match letter {
            '\r' | '\n' => letter.to_string(),
            other => " ".repeat(other.len_utf8()),
        });
        kept.collect()
    };
    let broken = first..=first + end;
    let kept = lines.iter().enumerate().map(|(at, line)| {
        if broken.contains(&at) {
            blank(line)
        } else {
            (*line).to_owned()
        }
    });
    let text: String = kept.collect();
    let body = text.parse::<Body>().ok()?;
    Some((text, body))
}

#[cfg(test)]
mod tests {
    use super::without_broken;

    #[test]
    fn the_blocks_around_a_broken_one_stay_in_their_places() {
        let text =
            "a {\n  x = 1\n}\nb {\n  y = { z = 1\n    z = 2 }\n  é = (\n}\nc {\n  x = 1\n}\n";
        let (kept, body) = without_broken(text, 6).unwrap();
        assert_eq!(kept.len(), text.len());
        let names = body.blocks().map(|block| block.ident.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(kept.find("c {"), text.find("c {"));
    }
}
