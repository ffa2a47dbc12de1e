//! What identifiers are called: a noun for a value, not `one`, `it`, `found` or `told`.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "what cannot be read has failed"
)]

use proc_macro2::{TokenStream, TokenTree};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Words that name no value, wherever they are in an identifier.
const EMPTY: [&str; 7] = [
    "found", "told", "tells", "untold", "said", "thing", "things",
];
/// Words that stand for a noun, as an identifier or as the end of a short one: `is_one`, `grants_it`.
const PRONOUNS: [&str; 2] = ["one", "it"];
/// How many words a short identifier has; longer ones are sentences, as the names of tests are.
const SHORT: usize = 3;

/// Identifiers that stay: the file, or the end of its path, the identifier, and why it stays.
const WANTED: [(&str, &str, &str); 4] = [
    (
        "cli/loader/src/language/terraform/unknown.rs",
        "hash_one",
        "a function of the standard library",
    ),
    (
        "",
        "NotFound",
        "a variant of `io::ErrorKind` and a code of gRPC",
    ),
    (
        "cli/src/render/json.rs",
        "found",
        "a member of the JSON output",
    ),
    (
        "provider/src/policy/check.rs",
        "found",
        "a member of the status and of the log",
    ),
];

#[test]
fn identifiers_are_nouns() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut sources = Vec::new();
    for folder in ["cli", "fuzz", "policy-engine", "provider", "rules"] {
        collect_sources(&root.join(folder), &mut sources);
    }
    assert!(sources.len() > 500, "{} sources", sources.len());
    let mut used = BTreeSet::new();
    let mut failures = BTreeSet::new();
    for path in sources {
        let file = path.strip_prefix(root).unwrap().to_str().unwrap();
        let stream = fs::read_to_string(&path).unwrap().parse().unwrap();
        let mut identifiers = BTreeSet::new();
        collect_identifiers(stream, &mut identifiers);
        for identifier in identifiers.into_iter().filter(|name| is_empty(name)) {
            let reason = WANTED
                .iter()
                .position(|(end, name, _)| file.ends_with(end) && *name == identifier);
            match reason {
                Some(reason) => drop(used.insert(reason)),
                None => drop(failures.insert(format!("{file}: `{identifier}`"))),
            }
        }
    }
    let failures: Vec<_> = failures.into_iter().collect();
    assert!(
        failures.is_empty(),
        "name these after what they hold:\n{}",
        failures.join("\n")
    );
    for (reason, (_, name, _)) in WANTED.iter().enumerate() {
        assert!(
            used.contains(&reason),
            "`{name}` is nowhere: take it off `WANTED`"
        );
    }
}

#[test]
fn words_of_identifiers_are_recognised() {
    for (name, expected) in [
        ("found", true),
        ("found_in", true),
        ("isUntold", true),
        ("Thing", true),
        ("is_one", true),
        ("one", true),
        ("one_decision", false),
        ("OnePerPlace", false),
        ("foundation", false),
        ("a_file_is_read_where_a_link_leads_to_it", false),
        ("two_associations_are_told", true),
    ] {
        assert_eq!(is_empty(name), expected, "{name}");
    }
}

fn collect_sources(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() && name != "target" && name != "corpus" {
            collect_sources(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
}

fn collect_identifiers(stream: TokenStream, identifiers: &mut BTreeSet<String>) {
    for tree in stream {
        match tree {
            TokenTree::Ident(name) => drop(identifiers.insert(name.to_string())),
            TokenTree::Group(group) => collect_identifiers(group.stream(), identifiers),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Whether an identifier names no value.
fn is_empty(identifier: &str) -> bool {
    let words = words(identifier);
    let is_short = words.len() <= SHORT;
    words.iter().any(|word| EMPTY.contains(&word.as_str()))
        || (is_short
            && words
                .last()
                .is_some_and(|word| PRONOUNS.contains(&word.as_str())))
}

/// The words of `snake_case` and `CamelCase`, in lower case.
fn words(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in identifier.chars() {
        if character == '_' || character.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character != '_') {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
