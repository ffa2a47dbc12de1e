//! Which way dependencies point: what `cargo metadata` says of each member of the workspace.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A member of the workspace and what it may need.
struct Room {
    name: &'static str,
    /// The members that it may reach, directly or through others.
    members: &'static [&'static str],
    others: Others,
}

/// Which crates of others a member may depend on.
enum Others {
    /// These alone: the crate is text, values and logic.
    Only(&'static [&'static str]),
    /// Any but those whose names start so.
    Without(&'static [&'static str]),
}

const ENGINE: &str = "ascp-policy-engine";
const YAML: &str = "ascp-policy-yaml";
const RULES: &str = "ascp-policy-rules";
const LOADER: &str = "ascp-policy-loader";

const ROOMS: [Room; 6] = [
    Room {
        name: ENGINE,
        members: &[],
        others: Others::Only(&[
            "flate2",
            "nom",
            "serde",
            "serde_json",
            "strsim",
            "thiserror",
        ]),
    },
    Room {
        name: YAML,
        members: &[ENGINE],
        others: Others::Only(&["saphyr-parser", "thiserror"]),
    },
    Room {
        name: RULES,
        members: &[ENGINE],
        others: Others::Only(&[
            "flate2",
            "postcard",
            "serde",
            "serde_json",
            "strsim",
            "thiserror",
        ]),
    },
    Room {
        name: LOADER,
        members: &[ENGINE, YAML],
        others: Others::Without(&[
            "aws-", "clap", "hyper", "kube", "miette", "tokio", "tonic", "tracing",
        ]),
    },
    Room {
        name: "ascp-policy",
        members: &[ENGINE, YAML, RULES, LOADER],
        others: Others::Without(&["axum", "hyper", "k8s-openapi", "kube", "prost", "tonic"]),
    },
    Room {
        name: "ascp-policy-provider",
        members: &[ENGINE, YAML, RULES],
        others: Others::Without(&[
            "aws-sdk-eks",
            "aws-sdk-iam",
            "aws-sdk-kms",
            "aws-sdk-organizations",
            "clap",
            "hcl-edit",
            "ignore",
            "miette",
        ]),
    },
];

/// What the programs of a package link and what builds them, by package; not what its tests need.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        let linked = all.filter(|dependency| dependency["kind"] != "dev");
        let names = linked.map(|dependency| dependency["name"].as_str().unwrap().to_owned());
        names.collect()
    };
    packages
        .map(|package| (package["name"].as_str().unwrap().to_owned(), of(package)))
        .collect()
}

/// The members that a member needs, directly or through others.
fn reached<'a>(name: &str, all: &'a BTreeMap<String, BTreeSet<String>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut queue: Vec<&str> = vec![name];
    while let Some(name) = queue.pop() {
        for (below, _) in all
            .get(name)
            .into_iter()
            .flatten()
            .filter_map(|below| all.get_key_value(below))
        {
            if reached.insert(below.as_str()) {
                queue.push(below);
            }
        }
    }
    reached
}

#[test]
fn dependencies_point_one_way() {
    let all = dependencies();
    let known: BTreeSet<_> = ROOMS.iter().map(|room| room.name).collect();
    let members: BTreeSet<_> = all.keys().map(String::as_str).collect();
    assert_eq!(
        members, known,
        "a member of the workspace has no row in ROOMS"
    );
    let mut faults = Vec::new();
    for Room {
        name,
        members,
        others,
    } in ROOMS
    {
        for below in reached(name, &all) {
            if !members.contains(&below) {
                faults.push(format!("{name} reaches {below}"));
            }
        }
        for other in all[name].iter().filter(|other| !all.contains_key(*other)) {
            let may = match others {
                Others::Only(allowed) => allowed.contains(&other.as_str()),
                Others::Without(banned) => !banned.iter().any(|start| other.starts_with(start)),
            };
            if !may {
                faults.push(format!("{name} depends on {other}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// `check` runs on pull requests of strangers, and the provider as root on nodes.
#[test]
fn no_program_starts_another() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> = [
        "cli/src",
        "cli/loader/src",
        "policy-engine/src",
        "policy-engine/yaml/src",
        "provider/src",
        "rules/src",
    ]
    .map(|folder| root.join(folder))
    .to_vec();
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                // `check --config-from` reads objects of Git.
                if path.ends_with("cli/src/config/base.rs") {
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap();
                files += 1;
                for way in [
                    "process::Command",
                    "Command::new(",
                    "libc::exec",
                    "posix_spawn",
                ] {
                    // The commands of clap have the same name.
                    let is_clap = way == "Command::new(" && text.contains("clap::");
                    assert!(is_clap || !text.contains(way), "{}: {way}", path.display());
                }
            }
        }
    }
    assert!(files > 100, "{files}");
}
