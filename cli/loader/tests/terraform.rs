//! Terraform source without a plan: what it cannot settle is named, and nothing outside of the named directory is read.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its files has failed"
)]

use loader::{Loaded, Options};
use std::{fs, path::Path};

const PROVIDER: &str =
    "provider \"aws\" {\n  region = \"us-east-1\"\n  allowed_account_ids = [\"111122223333\"]\n}\n";

fn write(directory: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn load(directory: &Path) -> Loaded {
    let options = Options {
        paths: vec![directory.to_path_buf()],
        ..Options::default()
    };
    loader::load(&options).unwrap_or_else(|error| panic!("{:#?}", error.problems))
}

fn names(loaded: &Loaded) -> Vec<String> {
    let secrets = loaded.inventory.secrets.iter();
    secrets.map(|secret| secret.name.clone()).collect()
}

fn unread(loaded: &Loaded) -> Vec<&str> {
    let unread = loaded.files.iter().filter_map(|file| file.unread.as_ref());
    unread.map(|unread| unread.how.as_str()).collect()
}

#[test]
fn more_instances_than_are_counted_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let roles: String = (0..11)
        .map(|at| format!("resource \"aws_s3_bucket\" \"b{at}\" {{\n  count = 10000\n}}\n"))
        .collect();
    let last = "resource \"aws_secretsmanager_secret\" \"s\" {\n  name = \"db\"\n}\n";
    write(
        directory.path(),
        &[("main.tf", &format!("{PROVIDER}{roles}{last}"))],
    );
    let loaded = load(directory.path());
    assert!(names(&loaded).is_empty());
    assert_eq!(
        unread(&loaded),
        ["it is too much to evaluate; save its plan"]
    );
}

#[test]
fn a_module_beside_the_root_is_read_below_the_named_directory_alone() {
    let outer = tempfile::tempdir().unwrap();
    let call = |source: &str| format!("{PROVIDER}module \"m\" {{\n  source = \"{source}\"\n}}\n");
    let secret = |name: &str| {
        format!("resource \"aws_secretsmanager_secret\" \"s\" {{\n  name = \"{name}\"\n}}\n")
    };
    let files = [
        ("named/a/main.tf", call("../modules/m")),
        ("named/b/main.tf", call("../../elsewhere")),
        ("named/modules/m/main.tf", secret("inside")),
        ("elsewhere/main.tf", secret("outside")),
    ];
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    write(outer.path(), &files);
    let loaded = load(&outer.path().join("named"));
    assert_eq!(names(&loaded), ["inside"]);
    assert_eq!(unread(&loaded).len(), 1, "{:?}", unread(&loaded));
}

#[test]
fn whether_a_file_exists_is_unknown_outside_of_the_named_directory() {
    let outer = tempfile::tempdir().unwrap();
    let name = |path: &str| {
        format!(
            "{PROVIDER}resource \"aws_secretsmanager_secret\" \"s\" {{\n  name = fileexists(\"{path}\") ? \"is\" : \"not\"\n}}\n"
        )
    };
    let large = "x".repeat(2 * 1024 * 1024);
    write(
        outer.path(),
        &[
            ("outside", ""),
            ("named/large", &large),
            ("named/a/main.tf", &name("../large")),
            ("named/b/main.tf", &name("../none")),
            ("named/c/main.tf", &name("../../outside")),
        ],
    );
    let names = names(&load(&outer.path().join("named")));
    assert_eq!(names[..2], ["is", "not"]);
    assert!(names[2].contains('<'), "{names:?}");
}
