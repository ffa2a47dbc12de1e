//! Files are read through one door and written through another: `cli/loader/src/door.rs` and `cli/src/output.rs`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The folders whose programs read what strangers write; the provider has doors of its own.
const FOLDERS: [&str; 5] = [
    "cli/src",
    "cli/loader/src",
    "policy-engine/src",
    "policy-engine/yaml/src",
    "rules/src",
];

/// Ways to open, read or change a file, a link or a directory.
const WAYS: &[&str] = &[
    "DirBuilder",
    "File::create",
    "File::open",
    "File::options",
    "Mmap",
    "OpenOptions",
    "UnixStream",
    "WalkBuilder",
    "fs::copy",
    "fs::create_dir",
    "fs::hard_link",
    "fs::open",
    "fs::read",
    "fs::remove_",
    "fs::rename",
    "fs::set_permissions",
    "fs::symlink",
    "fs::write",
    "fs::{",
    "fs as ",
    "generate_to(",
    "glob::glob(",
    "read_dir(",
    "read_link(",
    "read_to_end(",
    "read_to_string(",
    "stdin()",
    "tempfile::",
];

/// The places that use one of the ways: the file, the way, and why it is safe. Where names alone are read, the door opens the files.
const KNOWN: &[(&str, &str, &str)] = &[
    ("cli/loader/src/door.rs", "File::open", "the door"),
    ("cli/loader/src/door.rs", "fs::{", "the door"),
    ("cli/loader/src/door.rs", "read_to_end(", "the door"),
    (
        "cli/loader/src/language/terraform/roots.rs",
        "fs::read",
        "names alone",
    ),
    (
        "cli/loader/src/language/terraform/roots.rs",
        "read_dir(",
        "names alone",
    ),
    (
        "cli/loader/src/language/terraform/source.rs",
        "fs::read",
        "names alone",
    ),
    (
        "cli/loader/src/language/terraform/source.rs",
        "read_dir(",
        "names alone",
    ),
    (
        "cli/loader/src/managed.rs",
        "read_to_string(",
        "data of the program",
    ),
    (
        "cli/loader/src/open.rs",
        "read_to_end(",
        "standard input, to a bound",
    ),
    ("cli/loader/src/open.rs", "stdin()", "the user names it"),
    ("cli/loader/src/unread.rs", "fs::read", "names alone"),
    ("cli/loader/src/unread.rs", "read_dir(", "names alone"),
    ("cli/loader/src/walk.rs", "WalkBuilder", "names alone"),
    ("cli/loader/src/walk.rs", "fs::read", "names alone"),
    ("cli/loader/src/walk.rs", "read_dir(", "names alone"),
    (
        "cli/loader/src/world/include.rs",
        "glob::glob(",
        "names alone",
    ),
    (
        "cli/src/commands/request.rs",
        "read_to_end(",
        "what the door opened, to a bound",
    ),
    (
        "cli/src/commands/request.rs",
        "stdin()",
        "the user names it",
    ),
    (
        "cli/src/commands/setup.rs",
        "fs::create_dir",
        "manual pages in a directory that the user names",
    ),
    (
        "cli/src/commands/setup.rs",
        "generate_to(",
        "manual pages in a directory that the user names",
    ),
    (
        "cli/src/config/base.rs",
        "read_to_end(",
        "the output of Git, to a bound",
    ),
    ("cli/src/output.rs", "fs::{", "the door of what is written"),
    (
        "cli/src/output.rs",
        "OpenOptions",
        "the door of what is written",
    ),
    (
        "cli/src/output.rs",
        "tempfile::",
        "the door of what is written",
    ),
    (
        "policy-engine/src/snapshot.rs",
        "read_to_end(",
        "bytes in memory, to a bound",
    ),
    (
        "rules/src/catalog/pack.rs",
        "read_to_end(",
        "data of the program",
    ),
];

fn sources(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            paths.push(path);
        }
    }
}

#[test]
fn files_are_opened_by_the_doors_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in FOLDERS {
        sources(&root.join(folder), &mut files);
    }
    assert!(files.len() > 300, "{}", files.len());
    let mut used = BTreeSet::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let is_test = |line: &&str| line.starts_with("#[cfg(") && line.contains("test");
        let code = text.lines().take_while(|line| !is_test(line));
        for line in code.map(str::trim).filter(|line| !line.starts_with("//")) {
            let ways = WAYS.iter().filter(|way| {
                // `symlink_metadata` reads no file.
                line.replace("fs::symlink_metadata", "").contains(*way)
            });
            used.extend(ways.map(|way| (name.to_owned(), *way)));
        }
    }
    let known: BTreeSet<_> = KNOWN
        .iter()
        .map(|(file, way, _)| ((*file).to_owned(), *way))
        .collect();
    let new: Vec<_> = used.difference(&known).collect();
    let old: Vec<_> = known.difference(&used).collect();
    assert!(
        new.is_empty(),
        "not through `loader::read_named`, `loader::read_inside` or `output`: {new:#?}"
    );
    assert!(old.is_empty(), "take these off `KNOWN`: {old:#?}");
}
