//! The repository keeps its own promises: documentation and help.

use crate::support::{fixtures, run_in};
use ascp_policy::args::Cli;
use clap::CommandFactory;
use policy_engine::uncertainty::REGISTER;
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::PathBuf};

fn root() -> PathBuf {
    fixtures().parent().unwrap().to_owned()
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The program and all its commands, as clap has them, each with the words that call it.
fn commands() -> Vec<(Vec<String>, clap::Command)> {
    let mut commands = vec![(Vec::new(), Cli::command())];
    let mut at = 0;
    while let Some((words, command)) = commands.get(at).cloned() {
        at += 1;
        for below in command.get_subcommands() {
            let name = below.get_name().to_owned();
            let words = words.iter().cloned().chain([name]).collect();
            commands.push((words, below.clone()));
        }
    }
    commands
}

#[test]
fn every_help_ends_with_two_examples() {
    for (words, _) in commands() {
        let mut arguments: Vec<_> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let run = run_in(&root(), &arguments);
        assert_eq!(run.code, 0, "{arguments:?}");
        let (_, examples) = run
            .out
            .split_once("Examples:\n")
            .unwrap_or_else(|| panic!("{arguments:?}: {}", run.out));
        let lines: Vec<_> = examples.trim_end().lines().collect();
        let call = format!("  ascp-policy {}", words.join(" "));
        assert!(
            (2..=3).contains(&lines.len()) && lines[0].starts_with(&call),
            "{arguments:?}: {examples}"
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
    let pages = fs::read_dir(folder.path().join("pages")).unwrap();
    let pages = pages.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let wanted = commands().into_iter().map(|(words, _)| {
        let words: Vec<_> = ["ascp-policy".to_owned()]
            .into_iter()
            .chain(words)
            .collect();
        words.join("-") + ".1"
    });
    assert_eq!(
        pages.collect::<BTreeSet<_>>(),
        wanted.collect::<BTreeSet<_>>()
    );
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
fn the_schema_of_the_world_file_describes_every_property() {
    let schema = run_in(&root(), &["schema"]).json();
    let mut queue = vec![(String::new(), &schema)];
    let (mut properties, mut bare) = (0, Vec::new());
    while let Some((path, node)) = queue.pop() {
        let members = node.as_object().into_iter().flatten();
        queue.extend(members.map(|(name, node)| (format!("{path}/{name}"), node)));
        let items = node.as_array().into_iter().flatten().enumerate();
        queue.extend(items.map(|(at, node)| (format!("{path}/{at}"), node)));
        let described = node.get("properties").and_then(Value::as_object);
        for (name, property) in described.into_iter().flatten() {
            properties += 1;
            // A property may itself be called `properties`.
            if property.is_object() && property.get("description").is_none() {
                bare.push(format!("{path}/{name}"));
            }
        }
    }
    assert!(bare.is_empty(), "{}", bare.join("\n"));
    assert!(properties > 100, "only {properties} properties");
}

#[test]
fn the_readme_commands_work_as_written() {
    let readme = read("README.md");
    let commands = readme
        .lines()
        .filter_map(|line| line.strip_prefix("cargo run -p ascp-policy -- "));
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

#[test]
fn every_file_of_tests_is_part_of_the_program_that_runs_them() {
    let list = read("cli/tests/commands.rs");
    for entry in fs::read_dir(root().join("cli/tests/commands")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let line = format!("#[path = \"commands/{name}\"]");
        assert!(list.contains(&line), "cli/tests/commands.rs lacks {name}");
    }
}
