//! Copies the fixtures into a fuzzing corpus, one question, policy, pattern or file a seed.
//!
//! `cargo run -p ascp-policy-loader --example seeds -- fuzz/corpus`, which `fuzz/run` does.

use loader::Options;
use policy_engine::snapshot::Snapshot;
use serde_json::Value;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// Larger seeds only slow the fuzzer down.
const LARGEST: u64 = 16 * 1024;

/// The suffix of a secret as `glob_model` writes a hole of that kind.
const SUFFIX_HOLE: &str = "-\u{3}";

fn main() -> io::Result<()> {
    let Some(corpus) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("usage: seeds DIRECTORY"));
    };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for target in ["evaluate_total", "world_walk"] {
        fs::create_dir_all(corpus.join(target))?;
    }
    let mut cases = Vec::new();
    for file in files(&fixtures.join("decisions"))? {
        if !has_extension(&file, &["json"]) {
            continue;
        }
        let table: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
        cases.extend(table.as_array().into_iter().flatten().cloned());
    }
    cases.retain(|case| case.get("principal").is_some());
    let questions = cases.iter().map(ToString::to_string);
    write(&corpus.join("request_file"), "question", questions)?;

    let mut policies = Vec::new();
    for case in &cases {
        documents(case, &mut policies);
    }
    let grammar = fs::read_to_string(fixtures.join("policies/grammar.json"))?;
    let grammar: Value = serde_json::from_str(&grammar)?;
    let texts = grammar.as_array().into_iter().flatten();
    // Not all of these are JSON.
    policies.extend(texts.filter_map(|case| Some(case.get("text")?.as_str()?.to_owned())));
    for target in ["parse_policy", "print_parse"] {
        write(&corpus.join(target), "policy", policies.iter().cloned())?;
    }

    let mut pairs: Vec<_> = cases.iter().flat_map(patterns).collect();
    pairs.sort();
    pairs.dedup();
    write(&corpus.join("glob_model"), "pair", pairs.into_iter())?;

    let inputs = files(&fixtures.join("inputs/terraform"))?;
    let terraform = inputs
        .iter()
        .filter(|file| has_extension(file, &["tf", "json", "tfstate"]))
        .map(fs::read_to_string)
        .collect::<io::Result<Vec<_>>>()?;
    let mut expressions: Vec<_> = terraform.iter().flat_map(|text| assigned(text)).collect();
    expressions.sort_unstable();
    expressions.dedup();
    let expressions = expressions.into_iter().map(str::to_owned);
    write(&corpus.join("expressions"), "expression", expressions)?;
    write(&corpus.join("terraform"), "file", terraform.into_iter())?;

    mounts(&corpus, &fixtures.join("../provider/tests/vectors"))?;
    write(
        &corpus.join("snapshot_file"),
        "world",
        snapshots(&fixtures)?.into_iter(),
    )?;

    let worlds = files(&fixtures.join("worlds"))?;
    let mut texts = Vec::new();
    for file in worlds {
        if has_extension(&file, &["yaml", "json"]) && fs::metadata(&file)?.len() < LARGEST {
            texts.push(fs::read_to_string(file)?);
        }
    }
    write(&corpus.join("world_file"), "file", texts.into_iter())
}

/// The worlds as snapshots.
fn snapshots(fixtures: &Path) -> io::Result<Vec<String>> {
    let mut texts = Vec::new();
    for world in fs::read_dir(fixtures.join("worlds"))? {
        let options = Options {
            paths: vec![world?.path()],
            ..Options::default()
        };
        let Ok(loaded) = loader::load(&options) else {
            continue;
        };
        let (inventory, promises) = (loaded.inventory, loaded.promises);
        let snapshot = Snapshot::new("2026-11-24", None, inventory, promises, &loaded.sources);
        texts.push(snapshot.to_json()?);
    }
    texts.sort();
    Ok(texts)
}

/// The requests of the provider's test vectors, as its targets read them.
fn mounts(corpus: &Path, vectors: &Path) -> io::Result<()> {
    let (mut objects, mut attributes, mut paths) = (Vec::new(), Vec::new(), Vec::new());
    for file in files(vectors)? {
        let table: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
        for row in table.as_array().into_iter().flatten() {
            let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
            if text("objects").len() < 4096 {
                objects.push(text("objects").to_owned());
            }
            let given = row.get("attributes").map(Value::to_string);
            let given = row
                .get("rawAttributes")
                .and_then(Value::as_str)
                .map(str::to_owned)
                .or(given);
            let given = given.unwrap_or_default();
            attributes.push(format!(
                "{}\n{}\n{given}",
                text("permission"),
                text("secrets")
            ));
            let entries: Value = serde_json::from_str(text("objects")).unwrap_or_default();
            for entry in entries.as_array().into_iter().flatten() {
                let member =
                    |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
                let alias = entry
                    .pointer("/jmesPath/0/objectAlias")
                    .and_then(Value::as_str);
                let translation = row
                    .pointer("/attributes/pathTranslation")
                    .and_then(Value::as_str);
                paths.push(format!(
                    "{}\n{}\n{}\n{}\nz",
                    translation.unwrap_or_default(),
                    member("objectName"),
                    member("objectAlias"),
                    alias.unwrap_or("y")
                ));
            }
        }
    }
    write(
        &corpus.join("mount_objects"),
        "document",
        objects.into_iter(),
    )?;
    write(
        &corpus.join("mount_attributes"),
        "request",
        attributes.into_iter(),
    )?;
    write(&corpus.join("mount_paths"), "entry", paths.into_iter())
}

fn write(folder: &Path, name: &str, texts: impl Iterator<Item = String>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (number, text) in texts.enumerate() {
        fs::write(folder.join(format!("{name}-{number}")), text)?;
    }
    Ok(())
}

/// What stands behind the equals sign of each line of Terraform source; not all of it is a whole expression.
fn assigned(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter_map(|line| line.split_once(" = "));
    lines.map(|(_, expression)| expression.trim())
}

fn has_extension(file: &Path, wanted: &[&str]) -> bool {
    let extension = file.extension().and_then(|end| end.to_str());
    extension.is_some_and(|end| wanted.contains(&end))
}

/// Every file in a folder, in a stable order.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries: Vec<_> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    entries.sort();
    let mut paths = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            paths.extend(files(&entry)?);
        } else {
            paths.push(entry);
        }
    }
    Ok(paths)
}

/// The policy documents in a question.
fn documents(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Object(members) if members.contains_key("Statement") => {
            texts.push(value.to_string());
        }
        Value::Object(members) => {
            for member in members.values() {
                documents(member, texts);
            }
        }
        Value::Array(items) => {
            for item in items {
                documents(item, texts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The patterns of a question over the texts they are asked about: a line each.
fn patterns(case: &Value) -> Vec<String> {
    let mut patterns = Vec::new();
    elements(case, &mut patterns);
    let text = |name: &str| case.get(name).and_then(Value::as_str).unwrap_or("");
    let resource = text("resource");
    let hidden = match resource.rsplit_once('-') {
        Some((name, suffix)) if suffix.len() == 6 => format!("{name}{SUFFIX_HOLE}"),
        _ => resource.to_owned(),
    };
    let texts = [text("action"), resource, &hidden];
    let pairs = patterns
        .iter()
        .flat_map(|pattern| texts.map(|text| format!("{pattern}\n{text}")));
    pairs.collect()
}

/// What stands in `Action`, `Resource` and their `Not…` forms.
fn elements(value: &Value, texts: &mut Vec<String>) {
    let members = value.as_object().into_iter().flatten();
    for (name, member) in members {
        if matches!(
            name.as_str(),
            "Action" | "NotAction" | "Resource" | "NotResource"
        ) {
            let items = member
                .as_array()
                .map_or(std::slice::from_ref(member), Vec::as_slice);
            texts.extend(items.iter().filter_map(Value::as_str).map(str::to_owned));
        } else {
            elements(member, texts);
        }
    }
    for item in value.as_array().into_iter().flatten() {
        elements(item, texts);
    }
}
