//! The registry: no file is forgotten, no code or name is used twice, and a code is text in one place only.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a page that cannot be read has failed"
)]

use rules::registry;
use std::{collections::BTreeSet, fs, path::Path};

/// Names and texts of all files below a folder of the crate.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut sources = Vec::new();
    let mut open = vec![root];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                sources.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources
}

#[test]
fn codes_and_names_are_unique_and_well_formed() {
    let rules = registry::rules();
    assert!(rules.windows(2).all(|pair| pair[0].code < pair[1].code));
    let names: BTreeSet<_> = rules.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), rules.len());
    for rule in rules {
        let (family, number) = rule.code.split_at(3);
        let capitals = family.bytes().all(|byte| byte.is_ascii_uppercase());
        assert!(capitals, "{}", rule.code);
        assert!(number.parse::<u16>().is_ok(), "{}", rule.code);
        assert_eq!(rule.code.len(), 6);
        assert!(
            !registry::theme(rule).is_empty(),
            "{}: no family has its prefix",
            rule.code
        );
    }
}

#[test]
fn a_rule_has_a_code_a_name_and_aliases() {
    for rule in registry::rules() {
        assert_eq!(registry::find(rule.code).unwrap().code, rule.code);
        assert_eq!(registry::find(rule.name).unwrap().code, rule.code);
        for alias in rule.aws {
            assert_eq!(registry::find(alias).unwrap().code, rule.code, "{alias}");
        }
    }
    assert!(registry::find("invalid_effect").is_some());
    assert!(registry::find("NO_SUCH_RULE").is_none());
}

#[test]
fn every_file_of_a_rule_is_registered_and_has_its_name() {
    for (file, text) in sources("src/family") {
        if text.contains("\nrule! {") {
            let name = file.replace('_', "-");
            assert!(
                registry::find(&name).is_some(),
                "`{name}` is not registered"
            );
        }
    }
}

#[test]
fn a_code_is_written_only_where_its_rule_is_declared() {
    let is_code = |text: &&str| {
        let (family, number) = text.split_at_checked(3).unwrap_or_default();
        let is_family = family.len() == 3 && family.bytes().all(|byte| byte.is_ascii_uppercase());
        is_family && number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut written = Vec::new();
    for (file, text) in sources("src") {
        let codes = text.split('"').filter(is_code);
        written.extend(codes.map(|code| (code.to_owned(), file.replace('_', "-"))));
    }
    written.sort();
    let rules = registry::rules().iter();
    let declared: Vec<_> = rules
        .map(|rule| (rule.code.to_owned(), rule.name.to_owned()))
        .collect();
    assert_eq!(written, declared);
}
