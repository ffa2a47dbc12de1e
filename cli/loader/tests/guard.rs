//! Guards of the readers: an unknown attribute never becomes a default without somebody's knowledge.
//!
//! Adapters and languages read attributes with `Attribute`, `items` and `or_open`, which keep what is not known. Each line of theirs that
//! could drop a value is in `data/drops.txt` with the reason why nothing unknown is dropped there.

#![expect(
    clippy::unwrap_used,
    reason = "a source that cannot be read fails the test"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What turns a value into nothing or into something empty.
const DROPS: [&str; 7] = [
    "unwrap_or_default()",
    "unwrap_or(\"\")",
    "unwrap_or(&[]",
    "map_or(&[]",
    "unwrap_or_else(Vec::new)",
    "filter_map",
    ".flatten()",
];

#[test]
fn lines_that_could_drop_what_is_unknown_are_known() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for folder in ["adapt", "language"] {
        collect(&source.join(folder), &mut files);
    }
    files.sort();
    let mut drops_of_source: Vec<(String, String)> = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&source).unwrap().display().to_string();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().map(str::trim);
        let lines = lines.filter(|line| !line.starts_with("//"));
        let drops = lines.filter(|line| DROPS.iter().any(|drop| line.contains(drop)));
        drops_of_source.extend(drops.map(|line| (name.clone(), line.to_owned())));
    }
    drops_of_source.sort();
    let known = known(include_str!("data/drops.txt"));
    let new: Vec<_> = drops_of_source
        .iter()
        .filter(|line| !known.contains_key(line))
        .collect();
    let old: Vec<_> = known
        .keys()
        .filter(|line| !drops_of_source.contains(line))
        .collect();
    assert!(
        new.is_empty() && old.is_empty(),
        "not in drops.txt, keep what is unknown or add the reason: {new:#?}\nno longer in the source: {old:#?}"
    );
    assert!(
        known.values().all(|reason| reason.len() > 20),
        "a reason is a sentence"
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.file_name().is_none_or(|name| name != "tests.rs") {
            files.push(path);
        }
    }
}

/// The lines of the list with their reasons: a file, an indented reason, and the lines further in.
fn known(text: &str) -> BTreeMap<(String, String), String> {
    let (mut file, mut reason) = (String::new(), String::new());
    let mut known = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let bare = line.trim().to_owned();
        match line.len() - line.trim_start().len() {
            0 => file = bare,
            2 => reason = bare,
            _ => {
                known.insert((file.clone(), bare), reason.clone());
            }
        }
    }
    known
}
