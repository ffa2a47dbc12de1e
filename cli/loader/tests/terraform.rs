//! Terraform source without a plan: what it cannot settle is named, and nothing outside of the named directory is read.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its files has failed"
)]

use loader::{Loaded, Options};
use std::{collections::BTreeSet, fs, path::Path};

const PROVIDER: &str =
    "provider \"aws\" {\n  region = \"us-east-1\"\n  allowed_account_ids = [\"111122223333\"]\n}\n";

/// Files by their names.
type Files<'f> = &'f [(&'f str, &'f str)];

fn write(directory: &Path, files: Files<'_>) {
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

/// A directory with a backend is a root module, whoever calls it; of modules that call each other in a circle one is read.
#[test]
fn a_call_hides_no_root_module() {
    let secret = |name: &str| {
        format!("resource \"aws_secretsmanager_secret\" \"s\" {{\n  name = \"{name}\"\n}}\n")
    };
    let call =
        |source: &str, more: &str| format!("module \"m\" {{\n  source = \"{source}\"\n{more}}}\n");
    let backend = "terraform {\n  backend \"s3\" {}\n}\n";
    let never = call("../leaky", "  count = 0\n");
    let leaky = format!("{PROVIDER}{backend}{}", secret("db"));
    let (here, there) = (
        format!("{PROVIDER}{}{}", secret("here"), call("../b", "")),
        format!("{PROVIDER}{}{}", secret("there"), call("../a", "")),
    );
    let own = format!("{PROVIDER}{}{}", secret("own"), call("./.", ""));
    let rows: [(Files<'_>, &[&str]); 3] = [
        (
            &[("leaky/main.tf", &leaky), ("decoy/main.tf", &never)],
            &["db"],
        ),
        (
            &[("a/main.tf", &here), ("b/main.tf", &there)],
            &["here", "there"],
        ),
        (&[("a/main.tf", &own)], &["own"]),
    ];
    for (files, expected) in rows {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), files);
        let loaded = load(directory.path());
        let secrets: BTreeSet<String> = names(&loaded).into_iter().collect();
        assert!(
            expected.iter().all(|name| secrets.contains(*name)),
            "{secrets:?}"
        );
    }
}

/// `terraform plan` refuses an installed module whose version is not the one of the call.
#[test]
fn an_installed_module_of_another_version_is_not_read() {
    let call = |version: &str| {
        format!(
            "{PROVIDER}module \"m\" {{\n  source  = \"a/secret/aws\"\n  version = \"{version}\"\n}}\n"
        )
    };
    let list = r#"{"Modules": [{"Key": "m", "Source": "registry.terraform.io/a/secret/aws", "Version": "1.0.0", "Dir": ".terraform/modules/m"}]}"#;
    let module = "resource \"aws_secretsmanager_secret\" \"s\" {\n  name = \"db\"\n}\n";
    for (version, count) in [("1.0.0", 1), ("2.0.0", 0)] {
        let directory = tempfile::tempdir().unwrap();
        let files = [
            ("main.tf", call(version)),
            (".terraform/modules/modules.json", list.to_owned()),
            (".terraform/modules/m/main.tf", module.to_owned()),
        ];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        write(directory.path(), &files);
        let loaded = load(directory.path());
        assert_eq!(names(&loaded).len(), count, "{version}");
        assert_eq!(
            unread(&loaded).len(),
            1 - count,
            "{version}: {:?}",
            unread(&loaded)
        );
    }
}

/// A source that cannot be read, or that a plan or state beside it does not describe, is named.
#[test]
fn a_source_that_is_not_read_is_named() {
    let secret =
        format!("{PROVIDER}resource \"aws_secretsmanager_secret\" \"s\" {{\n  name = \"db\"\n}}\n");
    let large = format!("# {}\n{secret}", "x".repeat(5 * 1024 * 1024));
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    let resource = r#"{"address": "aws_secretsmanager_secret.s", "mode": "managed", "type": "aws_secretsmanager_secret", "name": "s", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"name": "db", "arn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"}}"#;
    let state = format!(
        r#"{{"format_version": "1.0", "terraform_version": "1.11.4", "values": {{"root_module": {{"resources": [{resource}]}}}}}}"#
    );
    let plan = format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {{"root_module": {{"resources": [{resource}]}}}},
        "configuration": {{"root_module": {{"resources": [{{"address": "aws_secretsmanager_secret.s", "mode": "managed", "type": "aws_secretsmanager_secret", "name": "s", "expressions": {{}}}}]}}}}}}"#
    );
    let new = format!("{secret}resource \"aws_iam_role\" \"new\" {{\n  name = \"new\"\n}}\n");
    let other = secret.replace("\"db\"", "\"web\"");
    let gone =
        format!("{PROVIDER}resource \"aws_iam_role\" \"s\" {{\n  name = \"s\"\n  count = 0\n}}\n");
    let old = pointer.replace("git-lfs.github.com", "hawser.github.com");
    let rows: [(Files<'_>, &[&str]); 10] = [
        (&[("main.tf", &secret)], &[]),
        (&[("main.tf", &old)], &["git lfs pull"]),
        (&[("main.tf", &large)], &["larger than 4 MiB"]),
        (&[("main.tf", pointer)], &["git lfs pull"]),
        (&[("main.tf", &secret), ("plan.json", &plan)], &[]),
        (&[("main.tf", &secret), ("state.json", &state)], &[]),
        (&[("main.tf", &new), ("plan.json", &plan)], &["plan again"]),
        (
            &[
                ("main.tf", &format!("{gone}{secret}")),
                ("plan.json", &plan),
            ],
            &["plan again"],
        ),
        (
            &[("main.tf", &new), ("state.json", &state)],
            &["save a plan"],
        ),
        (
            &[("main.tf", &other), ("state.json", &state)],
            &["save a plan"],
        ),
    ];
    for (number, (files, expected)) in rows.into_iter().enumerate() {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), files);
        let loaded = load(directory.path());
        let unread = unread(&loaded);
        assert_eq!(unread.len(), expected.len(), "{number}: {unread:?}");
        let fits = unread
            .iter()
            .zip(expected)
            .all(|(how, part)| how.contains(part));
        assert!(fits, "{number}: {unread:?}");
    }
}

/// A file of values that Terraform reads only if a run names it leaves a variable open whose default differs.
#[test]
fn a_file_of_values_that_a_run_may_name_does_not_replace_the_default() {
    let text = "variable \"on\" {\n  default = true\n}\nresource \"aws_secretsmanager_secret\" \"s\" {\n  name = \"db\"\n  tags = { on = var.on }\n}\n";
    let text = format!("{PROVIDER}{text}");
    for (values, is_known) in [("on = false\n", false), ("on = true\n", true)] {
        let directory = tempfile::tempdir().unwrap();
        write(
            directory.path(),
            &[("main.tf", &text), ("x.tfvars", values)],
        );
        let loaded = load(directory.path());
        let secret = loaded.inventory.secrets.first().unwrap();
        let tag = secret.tags.list.first().unwrap();
        assert_eq!(tag.value.value.is_known(), is_known, "{values}");
    }
}

/// A document is a text for Terraform, also where a variable of the type `string` carries it.
#[test]
fn a_document_passes_through_a_variable_of_text() {
    let directory = tempfile::tempdir().unwrap();
    let root = "module \"m\" {\n  source = \"./m\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"s3:*\", Resource = \"*\" }] })\n}\n";
    let module = "variable \"policy\" {\n  type = string\n}\nresource \"aws_iam_policy\" \"p\" {\n  name   = \"p\"\n  policy = var.policy\n}\n";
    let files = [
        ("main.tf", format!("{PROVIDER}{root}")),
        ("m/main.tf", module.to_owned()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    write(directory.path(), &files);
    let loaded = load(directory.path());
    let policies = loaded.inventory.policies.iter();
    let names: Vec<_> = policies.map(|policy| policy.arn.as_str()).collect();
    assert_eq!(names, ["arn:aws:iam::111122223333:policy/p"]);
}

/// The provider copies the policies of a role into its attributes before the change: what the plan changes by another resource is open.
#[test]
fn a_copy_of_what_a_plan_changes_is_unknown() {
    let policy = r#"{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"#;
    let role = format!(
        r#"{{"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "values": {{"name": "r", "arn": "arn:aws:iam::111122223333:role/r", "inline_policy": [{{"name": "read", "policy": "{policy}"}}]}}}}"#
    );
    let plan = |action: &str, expressions: &str| {
        format!(
            r#"{{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {{"root_module": {{"resources": [{role}]}}}},
            "resource_changes": [{{"address": "aws_iam_role_policy.p", "mode": "managed", "type": "aws_iam_role_policy", "name": "p", "change": {{"actions": ["{action}"], "before": {{}}, "after": null}}}}],
            "configuration": {{"root_module": {{"resources": [{{"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "expressions": {expressions}}}]}}}}}}"#
        )
    };
    let configured = r#"{"inline_policy": [{"name": {"constant_value": "read"}}]}"#;
    for (action, expressions, is_open) in [
        ("delete", "{}", true),
        ("update", "{}", true),
        ("no-op", "{}", false),
        ("delete", configured, false),
    ] {
        let directory = tempfile::tempdir().unwrap();
        write(
            directory.path(),
            &[("plan.json", &plan(action, expressions))],
        );
        let loaded = load(directory.path());
        let role = loaded.inventory.roles.first().unwrap();
        assert_eq!(
            role.inline.open.is_some(),
            is_open,
            "{action} {expressions}"
        );
    }
}

#[test]
fn a_module_of_which_nothing_is_made_is_named() {
    let secret = "resource \"aws_secretsmanager_secret\" \"s\" {\n  name = \"db\"\n}\n";
    let call = |name: &str, more: &str| {
        format!("module \"{name}\" {{\n  source = \"./parts\"\n  {more}\n}}\n")
    };
    let rows = [
        (call("m", "count = 0"), secret.to_owned(), true),
        (call("m", "for_each = {}"), secret.to_owned(), true),
        (call("m", ""), secret.replace('{', "{\n  count = 0"), true),
        (call("m", ""), secret.to_owned(), false),
        (call("m", "count = var.n"), secret.to_owned(), false),
        (
            call("m", "count = 0") + &call("n", ""),
            secret.to_owned(),
            false,
        ),
        (
            call("m", "count = 0"),
            "output \"o\" { value = 1 }\n".to_owned(),
            false,
        ),
    ];
    for (calls, module, is_named) in rows {
        let directory = tempfile::tempdir().unwrap();
        let main = format!("{PROVIDER}variable \"n\" {{}}\n{calls}");
        write(
            directory.path(),
            &[("main.tf", &main), ("parts/main.tf", &module)],
        );
        let loaded = load(directory.path());
        let mut notes = loaded.notes.iter();
        let is_noted = notes.any(|note| note.message.contains("nothing of the module in"));
        assert_eq!(is_noted, is_named, "{calls}{module}");
    }
}
