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

/// The values are those of a plan of Terraform 1.11.
#[test]
fn a_variable_has_the_value_that_its_type_makes_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let text = r#"
variable "envs" {
  type    = set(string)
  default = ["qa", "dev", "qa"]
}
variable "app" {
  type    = object({ name = string })
  default = { name = "web", prefix = "team" }
}
variable "ports" {
  type    = list(string)
  default = [80, true]
}
variable "number" {
  type    = number
  default = "07"
}
resource "aws_secretsmanager_secret" "a" { name = "first-${tolist(var.envs)[0]}-${length(var.envs)}" }
resource "aws_secretsmanager_secret" "b" { name = "${try(var.app.prefix, "none")}/${lookup(var.app, "prefix", "no")}/b" }
resource "aws_secretsmanager_secret" "c" { name = join("-", var.envs) }
resource "aws_secretsmanager_secret" "d" { name = "d-${contains(var.ports, "80")}-${var.number}" }
"#;
    write(
        directory.path(),
        &[("main.tf", &format!("{PROVIDER}{text}"))],
    );
    let loaded = load(directory.path());
    assert_eq!(
        names(&loaded),
        ["first-dev-2", "none/no/b", "dev-qa", "d-true-7"]
    );
}

/// A tag whose value is the JSON of a list has a value that is not known here, and is not absent.
#[test]
fn a_tag_whose_value_is_a_document_is_unknown() {
    let directory = tempfile::tempdir().unwrap();
    let text = r#"
resource "aws_secretsmanager_secret" "a" {
  name = "a"
  tags = { allowed = jsonencode(["a"]), one = jsonencode("a") }
}
"#;
    write(
        directory.path(),
        &[("main.tf", &format!("{PROVIDER}{text}"))],
    );
    let loaded = load(directory.path());
    let tags = &loaded.inventory.secrets.first().unwrap().tags.list;
    let shown: Vec<_> = tags
        .iter()
        .map(|tag| (tag.key.value.as_str(), tag.value.value.to_string()))
        .collect();
    assert_eq!(
        shown,
        [
            ("allowed", "<value of tag allowed>".to_owned()),
            ("one", "\"a\"".to_owned())
        ]
    );
}

#[test]
fn a_module_that_calls_itself_many_times_is_bounded_and_named() {
    let directory = tempfile::tempdir().unwrap();
    let calls: String = (0..60)
        .map(|number| format!("module \"m{number}\" {{\n  source = \"../m\"\n}}\n"))
        .collect();
    let root = format!("{PROVIDER}module \"m\" {{\n  source = \"./m\"\n}}\n");
    write(
        directory.path(),
        &[("main.tf", root.as_str()), ("m/main.tf", calls.as_str())],
    );
    let loaded = load(directory.path());
    let count = unread(&loaded).len();
    assert!((1..=10_000).contains(&count), "{count} modules are named");
}
