//! The commit of a working copy, read from `.git` without running git and without leaving the directory.

use loader::Root;
use std::path::Path;

/// The largest file of Git that is read: `packed-refs` has a line per branch and tag.
const MAX: u64 = 16 << 20;

/// Whether a text can name a commit.
pub(super) fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// The commit of `HEAD` of the repository with this root.
pub(super) fn find(directory: &Path) -> Option<String> {
    let git = directory.join(".git").canonicalize().ok()?;
    // A link, or the `.git` file of another working tree, leads out of the directory.
    if !git.is_dir() || !git.starts_with(directory.canonicalize().ok()?) {
        return None;
    }
    let head = read(&git, "HEAD")?;
    let Some(name) = head.trim().strip_prefix("ref:") else {
        return hash(&head);
    };
    let name = name.trim();
    let is_plain = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !name.starts_with("refs/") || !is_plain {
        return None;
    }
    read(&git, name).and_then(|text| hash(&text)).or_else(|| {
        let packed = read(&git, "packed-refs")?;
        packed
            .lines()
            .filter_map(|line| line.split_once(' '))
            .find(|(_, known)| *known == name)
            .and_then(|(id, _)| hash(id))
    })
}

fn hash(text: &str) -> Option<String> {
    let text = text.trim();
    let is_hash =
        matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned())
}

/// A file below `.git`, unless a link leads out of it.
fn read(git: &Path, name: &str) -> Option<String> {
    let bytes = loader::read_inside(&Root::within(git), &git.join(name), MAX).ok()?;
    String::from_utf8(bytes).ok()
}
