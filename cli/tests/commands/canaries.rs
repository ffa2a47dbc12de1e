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

/// Sources that need a directory of their own: a kustomization, controllers, a chart, Terraform with files of values, values with unknown parts,
/// and a world.
const TREES: [(&str, &str); 19] = [
    (
        "k/kustomization.yaml",
        "resources: [app.yaml]\nnamespace: shop\ncommonAnnotations: { note: CANARY }\nsecretGenerator:\n  - name: db\n    literals: [password=CANARY, NUMBER]\n    envs: [db.env]\nconfigMapGenerator:\n  - name: app\n    literals: [url=https://user:CANARY@host]\npatches:\n  - path: patch.yaml\n  - target: { kind: Deployment }\n    patch: |-\n      - op: add\n        path: /spec/template/spec/containers/0/env/-\n        value: { name: TOKEN, value: CANARY }\n  - target: { kind: SecretProviderClass }\n    patch: |-\n      - op: add\n        path: /spec/parameters/password\n        value: CANARY\n",
    ),
    ("k/db.env", "token=CANARY\n"),
    (
        "k/patch.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: app }\nspec: { template: { spec: { containers: [{ name: app, args: [--password=CANARY], env: [{ name: PORT, value: CANARY }] }] } } }\n",
    ),
    (
        "k/app.yaml",
        "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: { name: app, annotations: { last: CANARY } }\nspec:\n  provider: aws\n  parameters:\n    region: eu-west-1\n    usePodIdentity: \"true\"\n    objects: |\n      - { objectName: shop/db, objectType: secretsmanager, note: CANARY }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: app }\nspec:\n  template:\n    spec:\n      serviceAccountName: app\n      containers: [{ name: app, image: app, env: [{ name: A, value: CANARY }] }]\n      volumes: [{ name: s, csi: { driver: secrets-store.csi.k8s.io, readOnly: false, volumeAttributes: { secretProviderClass: app, token: CANARY } } }]\n",
    ),
    (
        "ack.yaml",
        "apiVersion: ssm.services.k8s.aws/v1alpha1\nkind: Parameter\nmetadata: { name: p, annotations: { note: CANARY } }\nspec: { name: /shop/p, type: String, value: CANARY, description: CANARY }\n---\napiVersion: secretsmanager.services.k8s.aws/v1alpha1\nkind: Secret\nmetadata: { name: s }\nspec: { name: shop/db, secretString: { name: s, key: k }, description: CANARY, tags: [{ key: team, value: a }] }\n---\napiVersion: rds.services.k8s.aws/v1alpha1\nkind: DBInstance\nmetadata: { name: d }\nspec: { masterUserPassword: CANARY }\n",
    ),
    (
        "crossplane.yaml",
        "apiVersion: ssm.aws.upbound.io/v1beta1\nkind: Parameter\nmetadata: { name: p }\nspec: { forProvider: { region: eu-west-1, type: String, insecureValue: CANARY, description: CANARY } }\n---\napiVersion: secretsmanager.aws.upbound.io/v1beta1\nkind: SecretVersion\nmetadata: { name: v }\nspec: { forProvider: { region: eu-west-1, secretIdRef: { name: s }, secretString: CANARY } }\n---\napiVersion: iam.aws.upbound.io/v1beta1\nkind: Role\nmetadata: { name: r }\nspec: { forProvider: { description: CANARY, assumeRolePolicy: '{\"Version\":\"2012-10-17\",\"Statement\":[],\"Note\":\"CANARY\"}' } }\n",
    ),
    (
        "c/Chart.yaml",
        "apiVersion: v2\nname: c\nversion: 1.0.0\ndescription: CANARY\nannotations: { token: CANARY }\n",
    ),
    ("c/values.yaml", "password: CANARY\nport: NUMBER\n"),
    (
        "c/templates/app.yaml",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {{ .Values.name }}\n  annotations:\n    note: CANARY\n    eks.amazonaws.com/role-arn: {{ .Values.role | default \"CANARY\" }}\n",
    ),
    (
        "t/main.tf",
        "variable \"password\" { default = \"CANARY\" }\nvariable \"other\" {}\nprovider \"aws\" {\n  region = \"eu-west-1\"\n  token  = \"CANARY\"\n}\nresource \"aws_secretsmanager_secret\" \"db\" { name = \"shop/db\" }\nresource \"aws_secretsmanager_secret_version\" \"db\" {\n  secret_id     = aws_secretsmanager_secret.db.id\n  secret_string = jsonencode({ password = var.password, other = \"CANARY\" })\n}\noutput \"password\" { value = \"${var.other}CANARY\" }\n",
    ),
    (
        "t/terraform.tfvars",
        "password = \"CANARY\"\nport = NUMBER\n",
    ),
    ("t/prod.auto.tfvars", "other = \"CANARY\"\n"),
    ("t/eu.tfvars", "other = <<EOT\nCANARY\nEOT\n"),
    (
        "plan.txt",
        "Terraform will perform the following actions:\n  + secret_string = \"CANARY\"\n",
    ),
    (
        "helmrelease.yaml",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: app, namespace: shop }\nspec: { values: { password: CANARY, serviceAccount: { annotations: { eks.amazonaws.com/role-arn: CANARY } } } }\n",
    ),
    // Names, tags and parts of policies that depend on what no source states.
    ("u/main.tf", include_str!("../data/unknown/main.tf")),
    (
        "f/template.yaml",
        include_str!("../data/unknown/template.yaml"),
    ),
    (
        "world/ascp-policy.yaml",
        "ascp-policy: 1\n# CANARY\nabout: x\ninclude: [more.yaml]\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: eu-west-1\n    password: CANARY\n    secrets: { shop/db: { value: CANARY } }\n",
    ),
    (
        "world/more.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: shop }\nstringData: { password: CANARY }\ndata: { NUMBER: CANARY }\n",
    ),
];

/// Writes [`TREES`], each place with a value of its own.
fn plant_trees(folder: &Path) -> Vec<Canary> {
    let mut canaries = Vec::new();
    for (name, text) in TREES {
        let mut text = text.to_owned();
        for (word, start) in [("CANARY", "hK9"), ("NUMBER", "")] {
            while text.contains(word) {
                let value = format!("{start}{}", 8_410_000 + 17 * canaries.len());
                text = text.replacen(word, &value, 1);
                let file = name.to_owned();
                canaries.push(Canary { file, value });
            }
        }
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    canaries
}

#[test]
fn no_value_of_a_directory_of_sources_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = plant_trees(folder.path());
    assert!(canaries.len() > 75, "{}", canaries.len());
    let account = ["--account", "shop=111122223333", "--region", "eu-west-1"];
    let mut read = String::new();
    for place in [".", "k", "t", "c", "u", "f", "world"] {
        for form in forms() {
            let own = ["check", place, "--verbose", "--output", form];
            let arguments = [&own[..], &account].concat();
            expect_none(&canaries, folder.path(), &arguments);
            if form == "text" {
                read += &run_in(folder.path(), &arguments).out;
            }
        }
        for command in [
            ["check", place, "--fix=unsafe", "--diff"],
            ["world", place, "--explain-merge", "--verbose"],
            ["snapshot", place, "--quiet", "--verbose"],
            ["test", place, "--quiet", "--verbose"],
            ["simulate", "cluster:dev/app", "app", "--verbose"],
            ["baseline", "create", place, "--baseline=known.json"],
        ] {
            let arguments = [&command[..], &account].concat();
            expect_none(&canaries, folder.path(), &arguments);
        }
        let baseline = folder.path().join("known.json");
        let known = fs::read_to_string(&baseline).unwrap_or_default();
        assert!(shown(&canaries, &known).is_empty(), "{known}");
        let _ = fs::remove_file(baseline);
    }
    for kind in ["kustomization", "Terraform source", "Kubernetes manifests"] {
        assert!(read.contains(kind), "{kind}: {read}");
    }
}

#[test]
fn no_value_of_a_broken_directory_of_sources_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let canaries = plant_trees(folder.path());
    for (name, _) in TREES {
        let path = folder.path().join(name);
        let whole = fs::read_to_string(&path).unwrap();
        let last = canaries.iter().rev().find(|canary| canary.file == name);
        let Some((before, after)) = last.and_then(|last| {
            let (before, after) = whole.split_once(&last.value)?;
            Some((format!("{before}{}", last.value), after))
        }) else {
            panic!("{name} has no value");
        };
        let place = Path::new(name).parent().unwrap().to_str().unwrap();
        let place = if place.is_empty() { "." } else { place };
        for broken in [
            format!("{before}\"\n\t- : ["),
            format!("\"'\t%{before}{after}"),
        ] {
            fs::write(&path, broken).unwrap();
            for form in ["text", "json"] {
                let arguments = ["check", place, "--verbose", "--output", form];
                expect_none(&canaries, folder.path(), &arguments);
            }
        }
        fs::write(&path, whole).unwrap();
    }
}
