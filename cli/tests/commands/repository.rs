//! The repository keeps its own promises: documentation, help and the direction of dependencies.

use crate::support::{fixtures, run_in};
use policy_engine::uncertainty::REGISTER;
use std::{fs, path::PathBuf};

fn root() -> PathBuf {
    fixtures().parent().unwrap().to_owned()
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

#[test]
fn every_help_ends_with_two_examples() {
    for command in [
        "check",
        "baseline",
        "rules",
        "catalog",
        "init",
        "simulate",
        "test",
        "world",
        "completions",
        "man",
        "schema",
    ] {
        let run = run_in(&root(), &[command, "--help"]);
        assert_eq!(run.code, 0, "{command}");
        let (_, examples) = run
            .out
            .split_once("Examples:\n")
            .unwrap_or_else(|| panic!("{command}: {}", run.out));
        let lines: Vec<_> = examples.trim_end().lines().collect();
        assert_eq!(lines.len(), 2, "{command}: {examples}");
        assert!(
            lines.iter().all(|line| line.starts_with("  ascp-policy ")),
            "{command}: {examples}"
        );
    }
}

#[test]
fn completions_and_manual_pages_are_made() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run_in(&root(), &["completions", shell]);
        assert!(run.code == 0 && run.out.contains("simulate"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let run = run_in(folder.path(), &["man", "pages"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let pages: Vec<_> = fs::read_dir(folder.path().join("pages")).unwrap().collect();
    assert!(pages.len() >= 8, "{} pages", pages.len());
}

#[test]
fn the_documentation_lists_every_uncertainty_as_the_engine_has_it() {
    let page = read("docs/semantics.md");
    for entry in REGISTER {
        let row = format!(
            "| {} | {} | {} | {} |",
            entry.uncertainty, entry.question, entry.default, entry.other
        );
        assert!(page.contains(&row), "docs/semantics.md lacks:\n{row}");
    }
    assert_eq!(page.matches("\n| U-").count(), REGISTER.len());
}

#[test]
fn every_file_that_the_documentation_names_exists() {
    let pages = [
        "README.md",
        "docs/ARCHITECTURE.md",
        "docs/CONTRIBUTING.md",
        "docs/semantics.md",
        "fixtures/worlds/README.md",
    ];
    for page in pages {
        for piece in read(page).split('`').skip(1).step_by(2) {
            let named = [
                "policy-engine/",
                "rules/",
                "cli/",
                "fixtures/",
                "docs/",
                ".ci/",
            ]
            .iter()
            .any(|top| piece.starts_with(top));
            if named && !piece.contains(['*', ' ', '…', '<']) {
                assert!(root().join(piece).exists(), "{page} names {piece}");
            }
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    let dependencies = |name: &str| -> Vec<String> {
        let manifest = read(name);
        let section = manifest
            .split("[dependencies]")
            .nth(1)
            .unwrap()
            .split("\n[")
            .next()
            .unwrap();
        let names = section
            .lines()
            .filter_map(|line| Some(line.split_once('.')?.0.trim().to_owned()));
        names.filter(|name| !name.starts_with('#')).collect()
    };
    assert_eq!(
        dependencies("policy-engine/Cargo.toml"),
        [
            "flate2",
            "nom",
            "serde",
            "serde_json",
            "strsim",
            "thiserror"
        ]
    );
    assert_eq!(
        dependencies("rules/Cargo.toml"),
        [
            // The catalogue: deflated blocks, or the JSON that takes their place.
            "flate2",
            "policy-engine",
            "postcard",
            "serde",
            "serde_json",
            "strsim",
            "thiserror"
        ]
    );
    assert_eq!(
        dependencies("policy-engine/yaml/Cargo.toml"),
        ["policy-engine", "saphyr-parser", "thiserror"]
    );
    assert!(
        !dependencies("cli/loader/Cargo.toml")
            .iter()
            .any(|name| ["rules", "clap", "miette"].contains(&name.as_str()))
    );
    assert!(
        !dependencies("cli/Cargo.toml")
            .iter()
            .any(|name| name.starts_with("aws-") || name == "tonic")
    );
}

#[test]
fn the_readme_commands_work_as_written() {
    let readme = read("README.md");
    let commands = readme
        .lines()
        .filter_map(|line| line.strip_prefix("cargo run --release -p ascp-policy -- "));
    let mut count = 0;
    for command in commands {
        let arguments: Vec<_> = command.split_whitespace().collect();
        let run = run_in(&root(), &arguments);
        assert!(
            run.code < 2 && run.err.is_empty(),
            "{command}: exit {}\n{}",
            run.code,
            run.err
        );
        count += 1;
    }
    assert_eq!(count, 4);
}
