//! Values of secrets at every place where people write them: no command shows one, in no form, whether or not the file can be read.

use crate::support::{forms, run_in};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A value, and the file that it stands in.
struct Canary {
    file: String,
    value: String,
}

/// The members of policies that no policy has: with them, `world`, `snapshot` and `simulate` refuse the input.
const MISTAKES: [&str; 10] = [
    ", Note: CANARY",
    ", \"Note\": \"CANARY\"",
    "\"Note\": \"CANARY\", ",
    "\"Comment\": \"CANARY\", ",
    "  \"Comment\": \"CANARY\",\n",
    "      \"Note\": \"CANARY\",\n",
    ",\n  \"Extra\": { \"password\": \"CANARY\", \"n\": NUMBER }",
    "    Note    = \"CANARY\"\n",
    "      Note      = \"CANARY\"\n",
    "\\\"Note\\\":\\\"CANARY\\\",",
];

/// Writes the files of `tests/data/canaries`, each place with a value of its own.
fn plant(folder: &Path) -> Vec<Canary> {
    plant_without(folder, &[])
}

fn plant_without(folder: &Path, texts: &[&str]) -> Vec<Canary> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/canaries");
    let mut names: Vec<PathBuf> = fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    let mut canaries = Vec::new();
    for path in names {
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut text = fs::read_to_string(&path).unwrap();
        for left_out in texts {
            text = text.replace(left_out, "");
        }
        for (word, start) in [("CANARY", "hK9"), ("NUMBER", "")] {
            while text.contains(word) {
                let value = format!("{start}{}", 7_310_000 + 13 * canaries.len());
                text = text.replacen(word, &value, 1);
                let file = file.clone();
                canaries.push(Canary { file, value });
            }
        }
        fs::write(folder.join(&file), text).unwrap();
    }
    canaries
}

/// The values that a text shows.
fn shown<'c>(canaries: &'c [Canary], text: &str) -> Vec<&'c Canary> {
    let is_shown = |canary: &&Canary| {
        let number = canary.value.trim_start_matches("hK9");
        let other = number.parse::<u64>().unwrap_or(0);
        let hex = u64::from_str_radix(number, 16).unwrap_or(0);
        text.contains(number)
            || text.contains(&format!("{other:x}"))
            || text.contains(&hex.to_string())
    };
    canaries.iter().filter(is_shown).collect()
}

fn expect_none(canaries: &[Canary], folder: &Path, arguments: &[&str]) -> i32 {
    let run = run_in(folder, arguments);
    let (code, text) = (run.code, run.out + &run.err);
    let leaks: Vec<String> = shown(canaries, &text)
        .iter()
        .map(|canary| {
            let line = text
                .lines()
                .find(|line| line.contains(canary.value.trim_start_matches("hK9")));
            format!(
                "{} in {}: {}",
                canary.value,
                canary.file,
                line.unwrap_or("")
            )
        })
        .collect();
    assert!(leaks.is_empty(), "{arguments:?}\n{}", leaks.join("\n"));
    code
}

#[test]
fn no_command_shows_a_value_in_any_form() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = plant(folder.path());
    assert!(canaries.len() > 260, "{}", canaries.len());
    let root = folder.path();
    for form in forms() {
        let arguments = [
            "check",
            ".",
            "--output",
            form,
            "--verbose",
            "--account",
            "shop=111122223333",
            "--region",
            "eu-west-1",
            "--show-suppressed",
        ];
        expect_none(&canaries, root, &arguments);
    }
    let world = [
        "--verbose",
        "--account",
        "shop=111122223333",
        "--region",
        "eu-west-1",
        "--exit-zero",
    ];
    let commands: [&[&str]; 7] = [
        &["check", ".", "--fix=unsafe", "--diff"],
        &["check", ".", "--select", "ALL", "--width", "400"],
        &["snapshot", "."],
        &["world", "."],
        &["simulate", "shop/orders", "shop/orders"],
        &["test", "."],
        &["baseline", "create", ".", "--baseline", "known.json"],
    ];
    for command in commands {
        let arguments: Vec<&str> = command.iter().chain(&world).copied().collect();
        expect_none(&canaries, root, &arguments);
    }
    let baseline = fs::read_to_string(root.join("known.json")).unwrap_or_default();
    assert!(shown(&canaries, &baseline).is_empty(), "{baseline}");
}

#[test]
fn no_command_shows_a_value_of_a_world_without_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = plant_without(folder.path(), &MISTAKES);
    assert!(canaries.len() > 250, "{}", canaries.len());
    let commands: [&[&str]; 5] = [
        &["snapshot", "."],
        &["world", "."],
        &["world", ".", "--explain-merge"],
        &["simulate", "shop/orders", "shop/orders"],
        &["check", ".", "--against", "."],
    ];
    let context = ["--account", "shop=111122223333", "--region", "eu-west-1"];
    for command in commands {
        let arguments: Vec<&str> = command.iter().chain(&context).copied().collect();
        let code = expect_none(&canaries, folder.path(), &arguments);
        assert_ne!(code, 2, "{command:?}");
    }
}

#[test]
fn findings_are_beside_the_values() {
    let folder = tempfile::tempdir().unwrap();
    plant(folder.path());
    let run = run_in(
        folder.path(),
        &[
            "check",
            ".",
            "--account",
            "shop=111122223333",
            "--region",
            "eu-west-1",
        ],
    );
    for file in [
        "deployment.yaml",
        "classes.yaml",
        "objects.yaml",
        "template.yaml",
        "policy.json",
        "value.json",
    ] {
        assert!(
            run.out.contains(&format!("[{file}:")),
            "{file}\n{}{}",
            run.out,
            run.err
        );
    }
}

#[test]
fn no_value_is_shown_of_a_file_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = plant(folder.path());
    let mut names: Vec<&str> = canaries.iter().map(|canary| canary.file.as_str()).collect();
    names.dedup();
    for name in names.iter().filter(|name| **name != "main.tf") {
        let whole = fs::read_to_string(folder.path().join(name)).unwrap();
        let values: Vec<&str> = canaries
            .iter()
            .filter(|canary| canary.file == *name)
            .map(|canary| canary.value.as_str())
            .collect();
        // Cut off in the first and the last value, and with a mistake in the line of the first and below it.
        let (first, last) = (values[0], values[values.len() - 1]);
        let (before, after) = whole.split_once(first).unwrap();
        let (until_last, _) = whole.rsplit_once(last).unwrap();
        let (rest_of_line, below) = after.split_once('\n').unwrap_or((after, ""));
        let begin: String = first.chars().take(3).collect();
        let broken = [
            format!("{until_last}{last}\"\n\t- : ["),
            format!("{before}\"'\t%{first}{after}"),
            format!("{before}{first}{rest_of_line}\n\t}}: @\n{below}"),
            format!("{before}{begin}"),
        ];
        for (number, text) in broken.iter().enumerate() {
            let file = format!("{number}-{name}");
            fs::write(folder.path().join(&file), text).unwrap();
            for form in ["text", "sarif"] {
                expect_none(
                    &canaries,
                    folder.path(),
                    &["check", &file, "--output", form],
                );
            }
            fs::remove_file(folder.path().join(&file)).unwrap();
        }
    }
}

/// The code of the crates that read files and print, without their tests.
fn code() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = [
        "cli/src",
        "cli/loader/src",
        "rules/src",
        "policy-engine/yaml/src",
    ];
    let files = folders
        .iter()
        .flat_map(|folder| ignore::Walk::new(root.join(folder)))
        .map(Result::unwrap)
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "rs")
        });
    let read = files.map(|entry| {
        let text = fs::read_to_string(entry.path()).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
        (entry.path().display().to_string().replace('\\', "/"), text)
    });
    read.filter(|(name, _)| !name.ends_with("/tests.rs"))
        .collect()
}

#[test]
fn one_function_decides_what_is_shown() {
    let makers: Vec<String> = code()
        .into_iter()
        .filter(|(_, text)| text.contains("Shown::"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(makers.len(), 1, "{makers:?}");
    assert!(makers[0].ends_with("cli/loader/src/shown.rs"), "{makers:?}");
}
