//! Which files of a repository are read, and that those of this job which are not are named.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set up its files has failed"
)]

use loader::{Loaded, Options};
use policy_engine::{
    inventory::promise::Ask,
    simulator::{Question, Simulator, Target},
    uncertainty::Uncertainties,
};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

const CLASS: &str = "apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: db, namespace: pay }
spec: { provider: aws, parameters: { objects: \"- objectName: pay/db\" } }
";
const APP: &str = "apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: pay }
spec:
  template:
    spec:
      serviceAccountName: api
      containers: [{ name: main, image: api }]
      volumes:
        - name: s
          csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: db } }
";

/// A repository with files.
fn repository(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn load(folder: &Path) -> Loaded {
    let options = Options {
        paths: vec![folder.to_path_buf()],
        ..Options::default()
    };
    loader::load(&options).unwrap()
}

/// `name: what` of each input of this job that is not read.
fn unread(folder: &Path, loaded: &Loaded) -> Vec<String> {
    let shown = loader::shown_path(folder);
    let files = loaded.files.iter();
    let unread = files.filter_map(|file| Some((&file.name, file.unread.as_ref()?)));
    unread
        .map(|(name, unread)| {
            let name = name.strip_prefix(&shown).unwrap_or(name);
            format!("{}: {}", name.trim_start_matches('/'), unread.what)
        })
        .collect()
}

fn classes(loaded: &Loaded) -> Vec<String> {
    let classes = loaded.inventory.classes.iter();
    classes.map(|class| class.name.value.clone()).collect()
}

#[test]
fn utf_16_is_read_and_what_is_no_text_is_named() {
    let wide: Vec<u8> = CLASS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [&[0xff, 0xfe][..], &wide].concat();
    let broken = [CLASS.replace("db", "other").as_bytes(), b"# caf\xe9\n"].concat();
    let folder = repository(&[
        ("a.yaml", &wide),
        ("b.yaml", &broken),
        ("c.yaml", b"# \xe9\n"),
    ]);
    let loaded = load(folder.path());
    assert_eq!(classes(&loaded), ["db"]);
    // What cannot be decoded may hold anything, so it is named too.
    assert_eq!(
        unread(folder.path(), &loaded),
        ["b.yaml: broken file", "c.yaml: broken file"]
    );
}

/// kubectl reads what follows such a separator, and the words behind escapes.
#[test]
fn what_another_reader_of_yaml_would_see_is_named() {
    let hidden = format!("# note\u{2028}{}", CLASS.replace('\n', "\u{2028}"));
    let escaped = CLASS
        .replace("SecretProviderClass", "\"Secret\\x50roviderClass\"")
        .replace(
            "secrets-store.csi.x-k8s.io",
            "\"secrets-store.csi.x-\\x6b8s.io\"",
        );
    let escaped = format!("{escaped}x: [\n");
    let folder = repository(&[
        ("a.yaml", hidden.as_bytes()),
        ("b.yaml", escaped.as_bytes()),
        ("c.yaml", b"x: [ # \\x50\n"),
        (
            "d.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1 # \u{2028}\nkind: Role\n".as_bytes(),
        ),
    ]);
    let loaded = load(folder.path());
    assert_eq!(
        unread(folder.path(), &loaded),
        [
            "a.yaml: broken file",
            "b.yaml: broken file",
            "d.yaml: broken file"
        ]
    );
}

#[test]
fn one_broken_file_never_ends_the_run() {
    let broken = CLASS.replace("spec:", "spec: [");
    let folder = repository(&[
        ("a.yaml", broken.as_bytes()),
        ("b.yaml", CLASS.as_bytes()),
        ("other.yaml", b"a: [\n"),
    ]);
    let loaded = load(folder.path());
    assert_eq!(classes(&loaded), ["db"]);
    assert_eq!(unread(folder.path(), &loaded), ["a.yaml: broken file"]);
    let named = loader::load(&Options {
        paths: vec![folder.path().join("a.yaml")],
        ..Options::default()
    });
    assert_eq!(named.unwrap_err().problems.len(), 1);
}

#[test]
fn files_are_read_wherever_they_lie() {
    let store = CLASS.replace("name: db", "name: linked");
    let folder = repository(&[
        (".argo/a.yaml", CLASS.as_bytes()),
        (".terraform/b.yaml", CLASS.replace("db", "no").as_bytes()),
        (".ignore", b"k8s/\n"),
        (
            "k8s/c.yaml",
            CLASS.replace("name: db", "name: seen").as_bytes(),
        ),
        ("store/class.txt", store.as_bytes()),
    ]);
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    };
    link("../store/class.txt", "k8s/d.yaml");
    link("../k8s/c.yaml", "k8s/again.yaml");
    link("/etc/hostname", "k8s/host.yaml");
    let loaded = load(folder.path());
    let mut classes = classes(&loaded);
    classes.sort();
    assert_eq!(classes, ["db", "linked", "seen"]);
    assert_eq!(
        unread(folder.path(), &loaded),
        ["k8s/host.yaml: outward link"]
    );
}

#[test]
fn a_tracked_file_is_read_in_spite_of_gitignore() {
    let folder = repository(&[
        (".gitignore", b"k8s/\nbuild/\n"),
        ("k8s/a.yaml", CLASS.as_bytes()),
        (
            "build/b.yaml",
            CLASS.replace("name: db", "name: built").as_bytes(),
        ),
    ]);
    fs::remove_dir(folder.path().join(".git")).unwrap();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder.path()).args(arguments);
        assert!(command.status().unwrap().success());
    };
    git(&["init", "--quiet", "."]);
    git(&["add", "--force", "k8s"]);
    let loaded = load(folder.path());
    assert_eq!(classes(&loaded), ["db"]);
    assert!(unread(folder.path(), &loaded).is_empty());
}

#[test]
fn what_other_programs_make_readable_is_named() {
    let role = b"resource \"aws_iam_role\" \"pod\" {}\n";
    let plan = b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x06\0\x09\0tfplan";
    let folder = repository(&[
        ("infra/main.tf", role),
        ("infra/other.tf", b"resource \"aws_s3_bucket\" \"x\" {}\n"),
        ("infra/plan.tfplan", plan),
        ("infra/.gitignore", b"plan.json\nx.json\n"),
        ("infra/plan.json", b"{ \"format_version\": \"1.2\", \"terraform_version\": \"1\", \"planned_values\": {} }"),
        ("infra/x.json", b"{}"),
        ("cdk.json", b"{ \"app\": \"npx ts-node app.ts\" }"),
        ("chart/Chart.yaml", b"name: chart\n"),
        ("chart/templates/a.yaml", b"a: {{ .Values.a }}\n"),
    ]);
    let loaded = load(folder.path());
    assert_eq!(
        unread(folder.path(), &loaded),
        [
            "infra/plan.tfplan: binary Terraform plan",
            "infra/plan.json: ignored file",
            "cdk.json: CDK app",
            "chart/templates/a.yaml: Helm template",
            "infra: Terraform root module",
        ]
    );
}

#[test]
fn files_of_another_world_are_named_where_that_world_leaves_them_out() {
    let folder = repository(&[
        ("a.yaml", CLASS.as_bytes()),
        ("deploy/ascp-policy.yaml", b"ascp-policy: 1\n"),
        ("deploy/b.yaml", APP.as_bytes()),
        (
            "deploy/c.yaml",
            b"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: r }\n",
        ),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("../a.yaml", folder.path().join("deploy/d.yaml")).unwrap();
    let loaded = load(folder.path());
    assert_eq!(loaded.nested.len(), 1);
    // The world below is read by itself.
    let inner = load(&folder.path().join("deploy"));
    assert_eq!(
        unread(folder.path(), &inner),
        [
            "deploy/b.yaml: unincluded file",
            "deploy/c.yaml: unincluded file",
            #[cfg(unix)]
            "deploy/d.yaml: unincluded file",
        ]
    );
}

#[test]
fn a_patch_that_no_kustomization_names_is_named() {
    let patch = APP
        .replace("      serviceAccountName: api\n", "")
        .replace(", image: api", "");
    let folder = repository(&[("alone/patch.yaml", patch.as_bytes())]);
    let loaded = load(folder.path());
    assert!(loaded.inventory.workloads.is_empty());
    assert_eq!(
        unread(folder.path(), &loaded),
        ["alone/patch.yaml (Deployment pay/api): partial object"]
    );
}

#[test]
fn copies_in_two_directories_are_two_clusters() {
    let of = |stage: &str| CLASS.replace("pay/db", &format!("{stage}/db"));
    let folder = repository(&[
        ("clusters/dev/class.yaml", of("dev").as_bytes()),
        ("clusters/dev/app.yaml", APP.as_bytes()),
        ("clusters/prod/class.yaml", of("prod").as_bytes()),
        ("clusters/prod/app.yaml", APP.as_bytes()),
    ]);
    let loaded = load(folder.path());
    let workloads = loaded.inventory.workloads.iter();
    let clusters: Vec<_> = workloads
        .map(|workload| workload.cluster.as_str())
        .collect();
    assert_eq!(clusters, ["dev", "prod"]);
    assert_eq!(loaded.inventory.classes.len(), 2);
}

/// Objects that Terraform applies, with values that are known after apply.
#[test]
fn an_object_of_which_a_part_that_decides_is_unknown_is_named() {
    let pod = |account: &str, unknown: &str| {
        format!(
            r#"{{"address": "kubernetes_manifest.{account}", "mode": "managed", "type": "kubernetes_manifest", "name": "{account}", "provider_name": "registry.terraform.io/hashicorp/kubernetes",
            "change": {{"actions": ["create"], "after_unknown": {unknown}}}}}"#
        )
    };
    let value = r#"{"address": "kubernetes_manifest.pod", "mode": "managed", "type": "kubernetes_manifest", "name": "pod", "provider_name": "registry.terraform.io/hashicorp/kubernetes",
        "values": {"manifest": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "pay"}, "spec": {"containers": [{"name": "m", "image": "i"}],
        "volumes": [{"name": "s", "csi": {"driver": "secrets-store.csi.k8s.io", "volumeAttributes": {"secretProviderClass": "db"}}}]}}}}"#;
    let unknown = r#"{"manifest": {"spec": {"serviceAccountName": true}}}"#;
    let plan = format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {{"root_module": {{"resources": [{value}]}}}}, "resource_changes": [{}]}}"#,
        pod("pod", unknown)
    );
    let folder = repository(&[("plan.json", plan.as_bytes())]);
    let loaded = load(folder.path());
    assert!(loaded.inventory.workloads.is_empty());
    let lines = unread(folder.path(), &loaded);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines.iter().all(|line| line.contains("unknown object")),
        "{lines:?}"
    );
}

#[test]
fn variables_of_flux_are_holes_where_flux_fills_them_in() {
    let account = b"apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app\n  namespace: pay\n  annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::${id}:role/${name}-app\n";
    let flux = b"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: pay }\nspec: { path: ./, postBuild: { substituteFrom: [] } }\n";
    let role = |files: &[(&str, &[u8])]| {
        let loaded = load(repository(files).path());
        let account = loaded.inventory.service_accounts.first().unwrap();
        account.irsa.as_ref().unwrap().value.clone()
    };
    assert_eq!(
        role(&[("kustomization.yaml", flux), ("sa.yaml", account)]),
        "arn:aws:iam::<${id}>:role/<${name}>-app"
    );
    assert_eq!(
        role(&[("sa.yaml", account)]),
        "arn:aws:iam::${id}:role/${name}-app"
    );
}

#[test]
fn a_class_with_variables_has_the_values_that_flux_states_or_is_named() {
    let class = CLASS.replace("objectName: pay/db", "objectName: ${env}/db");
    let flux = b"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: pay }\nspec: { path: ./, postBuild: { substitute: { env: dev } } }\n";
    let both = repository(&[("class.yaml", class.as_bytes()), ("flux.yaml", flux)]);
    let loaded = load(both.path());
    let objects: Vec<_> = loaded
        .inventory
        .classes
        .iter()
        .flat_map(|class| &class.objects)
        .collect();
    let names: Vec<_> = objects
        .iter()
        .map(|object| object.name.value.as_str())
        .collect();
    assert_eq!(names, ["dev/db"]);
    assert_eq!(unread(both.path(), &loaded), [""; 0]);
    // A pod that mounts it does not mount a class that does not exist: its mount is undecided.
    for name in ["${env}/db", "$ENVIRONMENT-db"] {
        let class = CLASS.replace("objectName: pay/db", &format!("objectName: {name}"));
        let alone = repository(&[("class.yaml", class.as_bytes())]);
        assert_eq!(
            unread(alone.path(), &load(alone.path())),
            ["class.yaml (SecretProviderClass pay/db): unknown object"]
        );
        let both = repository(&[
            ("class.yaml", class.as_bytes()),
            ("pods/app.yaml", APP.as_bytes()),
        ]);
        let loaded = load(both.path());
        assert_eq!(unread(both.path(), &loaded), [""; 0]);
        let simulator = Simulator::new(&loaded.inventory);
        let decided = simulator.mounts().iter().map(|mount| {
            let question = Question {
                pod: &mount.pod,
                target: Target::Mount(mount),
                ask: &Ask::Read,
                via: None,
                given: &[],
                other: Uncertainties::default(),
            };
            simulator.walk(&question).decision.to_string()
        });
        assert_eq!(decided.collect::<Vec<_>>(), ["unknown"]);
    }
}

#[test]
fn a_bare_policy_with_functions_of_cloudformation_has_holes() {
    let policy = b"Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: secretsmanager:GetSecretValue\n    Resource: !Sub arn:aws:secretsmanager:${AWS::Region}:*:secret:dev/*\n";
    let folder = repository(&[("policy.yaml", policy)]);
    assert_eq!(load(folder.path()).inventory.loose.len(), 1);
}

#[test]
fn a_plan_without_an_account_never_ends_the_run() {
    let plan = br#"{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": [
        {"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"name": "r"}}]}},
        "resource_changes": []}"#;
    let folder = repository(&[("a.yaml", CLASS.as_bytes()), ("plan.json", plan)]);
    let loaded = load(folder.path());
    assert_eq!(classes(&loaded), ["db"]);
    assert_eq!(
        unread(folder.path(), &loaded),
        ["plan.json (resources): Terraform plan"]
    );
}

#[test]
fn what_a_chart_makes_a_manifest_of_is_a_template_whether_it_parses_or_not() {
    let class = CLASS.replace(
        "- objectName: pay/db",
        "- objectName: '{{ .Values.secret }}'",
    );
    let folder = repository(&[
        ("chart/Chart.yaml", b"name: chart\n"),
        ("chart/templates/class.yaml", class.as_bytes()),
        (".github/workflows/build.yaml", b"a: [ {{ x }\n"),
    ]);
    let loaded = load(folder.path());
    assert!(loaded.inventory.classes.is_empty() && loaded.inventory.open_classes.is_empty());
    assert_eq!(
        unread(folder.path(), &loaded),
        ["chart/templates/class.yaml: Helm template"]
    );
}

#[test]
fn facts_of_this_job_that_no_reader_takes_are_named() {
    let composition = b"apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: { name: c }\nspec: { resources: [{ base: { apiVersion: iam.aws.crossplane.io/v1beta1, kind: Role } }] }\n";
    let release = b"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: r, namespace: pay }\nspec: { values: { serviceAccount: { annotations: { eks.amazonaws.com/role-arn: x } } } }\n";
    let patch = br#"[{"op": "add", "path": "/spec/template/spec/volumes", "value": [{"name": "s", "csi": {"driver": "secrets-store.csi.k8s.io"}}]}]"#;
    let log = b"{\"@level\":\"info\",\"@message\":\"Terraform 1.11.4\",\"@module\":\"terraform.ui\"}\n{\"@level\":\"info\"}\n";
    let files: [(&str, &[u8], &str); 6] = [
        (
            "composition.yaml",
            composition,
            "composition.yaml (Composition c): template of AWS resources",
        ),
        (
            "release.yaml",
            release,
            "release.yaml (HelmRelease pay/r): release of a chart",
        ),
        (
            "patch.json",
            patch,
            "patch.json: patch with facts of a mount",
        ),
        (
            "other.json",
            br#"[{"op": "add", "path": "/spec", "value": 1}]"#,
            "",
        ),
        ("plan.json", log, "plan.json: log of `terraform plan -json`"),
        (
            "Pulumi.yaml",
            b"runtime: yaml\nresources: { s: { type: 'aws:secretsmanager:Secret' } }\n",
            "Pulumi.yaml: Pulumi program",
        ),
    ];
    for (name, text, expected) in files {
        let folder = repository(&[(name, text)]);
        let lines = unread(folder.path(), &load(folder.path()));
        let expected: Vec<_> = [expected]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(lines, expected, "{name}");
    }
}

#[test]
fn a_template_of_cloudformation_has_an_extension_of_its_own() {
    let template = b"AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  S: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: db } }\n";
    let folder = repository(&[("stack.template", template)]);
    let options = Options {
        paths: vec![folder.path().to_path_buf()],
        accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
        region: Some("us-east-1".to_owned()),
        ..Options::default()
    };
    let loaded = loader::load(&options).unwrap();
    assert_eq!(loaded.inventory.secrets.len(), 1);
}

#[test]
fn a_block_that_is_no_hcl_takes_no_other_block_with_it() {
    let main = b"provider \"aws\" {\n  region = \"us-east-1\"\n  allowed_account_ids = [\"111122223333\"]\n}\nlocals {\n  group = {\n    size = 1\n    size = 2\n  }\n}\nresource \"aws_secretsmanager_secret\" \"db\" { name = \"db\" }\n";
    let folder = repository(&[("main.tf", main)]);
    let loaded = load(folder.path());
    assert_eq!(loaded.inventory.secrets.len(), 1);
    assert_eq!(
        unread(folder.path(), &loaded),
        ["main.tf, line 8: broken file"]
    );
}

#[test]
fn a_file_that_terraform_reads_as_a_template_is_no_policy_of_its_own() {
    let main = br#"
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]
}
module "pods" {
  source  = "../modules/pods"
  account = "111122223333"
}
"#;
    let module = br#"
variable "account" {}
locals {
  read = templatefile("${path.module}/read.json", { account = var.account })
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = templatefile(format("%s/trust.json.tftpl", path.module), { account = var.account })
}
resource "aws_iam_role_policy" "read" {
  name   = "read"
  role   = aws_iam_role.app.id
  policy = local.read
}
"#;
    let read = br#"{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
    "Resource": "arn:aws:secretsmanager:us-east-1:${account}:secret:*" }]
}"#;
    let trust = br#"{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Principal": { "AWS": "${account}" }, "Action": "sts:AssumeRole" }]
}"#;
    let folder = repository(&[
        ("live/main.tf", main),
        ("modules/pods/main.tf", module),
        ("modules/pods/read.json", read),
        ("modules/pods/trust.json.tftpl", trust),
    ]);
    let loaded = load(folder.path());
    assert_eq!(unread(folder.path(), &loaded), [""; 0]);
    assert!(loaded.inventory.loose.is_empty());
    let role = loaded.inventory.roles.first().unwrap();
    assert!(role.trust.known().is_some());
    let policy = role.inline.list.first().unwrap();
    let place = loaded
        .sources
        .position(policy.statements.first().unwrap().origin);
    let name = loaded
        .sources
        .name(policy.statements.first().unwrap().origin.source);
    assert!(name.ends_with("modules/pods/read.json"), "{name}");
    assert_eq!(place.unwrap().line, 3);
}

/// Facts of this job in forms that no reader takes.
const FACTS: [(&str, &str); 6] = [
    (
        "volume",
        r#"{"volumes":[{"name":"s","csi":{"driver":"secrets-store.csi.k8s.io","volumeAttributes":{"secretProviderClass":"db"}}}]}"#,
    ),
    (
        "class",
        r#"{"apiVersion":"secrets-store.csi.x-k8s.io/v1","kind":"SecretProviderClass","metadata":{"name":"db"},"spec":{"provider":"aws"}}"#,
    ),
    (
        "account",
        r#"{"annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/api"}}"#,
    ),
    (
        "controller",
        r#"{"apiVersion":"iam.services.k8s.aws/v1alpha1","kind":"Role","spec":{"name":"api"}}"#,
    ),
    (
        "resource",
        r#"{"Type":"AWS::EKS::PodIdentityAssociation","Properties":{"ServiceAccount":"api"}}"#,
    ),
    (
        "statement",
        r#"{"effect":"Allow","actions":["secretsmanager:GetSecretValue"],"resources":["*"]}"#,
    ),
];

#[test]
fn a_fact_in_a_form_that_is_not_read_is_named_wherever_it_stands() {
    let object = |kind: &str, member: &str, inner: &str| {
        format!(
            r#"{{"apiVersion":"example.com/v1","kind":"{kind}","metadata":{{"name":"o"}},"{member}":{inner}}}"#
        )
    };
    for (fact, text) in FACTS {
        let nested = format!(r#"{{"a":[{{"b":{text}}}]}}"#);
        let files = [
            ("tool.json", nested.clone()),
            ("list.json", format!("[{nested}]")),
            ("values.yaml", format!("top:\n  - {nested}\n")),
            ("after.yaml", format!("{CLASS}---\n{nested}\n")),
            ("spec.yaml", object("Made", "spec", &nested)),
            ("other.yaml", object("Made", "templates", &nested)),
            (
                "items.yaml",
                format!(
                    r#"{{"apiVersion":"v1","kind":"List","items":[{}]}}"#,
                    object("Made", "spec", &nested)
                ),
            ),
            ("tool.json.tpl", nested.clone()),
        ];
        for (name, text) in files {
            let folder = repository(&[("keep.yaml", APP.as_bytes()), (name, text.as_bytes())]);
            let unread = unread(folder.path(), &load(folder.path()));
            assert!(
                unread.iter().any(|shown| shown.starts_with(name)),
                "{fact} in {name}: {unread:?}"
            );
        }
    }
}

#[test]
fn a_manifest_in_the_text_of_another_object_is_named() {
    for text in [
        CLASS,
        APP,
        "metadata:\n  annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/api\n",
    ] {
        let text = text.replace('\n', "\n    ");
        let map = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: m }}\ndata:\n  a: |\n    {text}\n"
        );
        let folder = repository(&[("map.yaml", map.as_bytes()), ("app.yaml", APP.as_bytes())]);
        let unread = unread(folder.path(), &load(folder.path()));
        assert_eq!(unread, ["map.yaml (ConfigMap m): object of another form"]);
    }
}

#[test]
fn words_of_this_job_that_are_no_fact_are_not_named() {
    let files: [(&str, &str); 6] = [
        (
            "values.yaml",
            "serviceAccount:\n  annotations:\n    eks.amazonaws.com/role-arn: \"\"\n",
        ),
        (
            "crd.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: c }\nspec:\n  names: { kind: SecretProviderClass }\n  description: |\n    apiVersion and kind\n    of a SecretProviderClass\n",
        ),
        (
            "rbac.yaml",
            "apiVersion: example.com/v1\nkind: Policy\nmetadata: { name: p }\nspec: { match: [{ kind: SecretProviderClass }] }\n",
        ),
        (
            "driver.yaml",
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: d }\nspec: { template: { spec: { containers: [{ name: c, image: i, args: [--drivername=secrets-store.csi.k8s.io] }], volumes: [] } } }\n",
        ),
        (
            "applied.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\n  annotations:\n    last-applied: |\n      driver: secrets-store.csi.k8s.io\ndata: { a: b }\n",
        ),
        (
            "notes.json",
            r#"{"text":"a SecretProviderClass names secrets-store.csi.k8s.io"}"#,
        ),
    ];
    for (name, text) in files {
        let folder = repository(&[(name, text.as_bytes()), ("app.yaml", APP.as_bytes())]);
        assert_eq!(
            unread(folder.path(), &load(folder.path())),
            [""; 0],
            "{name}"
        );
    }
}

#[test]
fn the_items_of_a_list_of_one_kind_have_its_kind() {
    let item = APP.replace("apiVersion: apps/v1\nkind: Deployment\n", "");
    let list = format!(
        "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- {}\n",
        item.trim_end().replace('\n', "\n  ")
    );
    let folder = repository(&[("list.yaml", list.as_bytes())]);
    let loaded = load(folder.path());
    let workload = loaded.inventory.workloads.first().unwrap();
    assert_eq!(
        (workload.kind.as_str(), workload.name.as_str()),
        ("Deployment", "api")
    );
}

#[test]
fn configurations_of_terragrunt_are_named() {
    let own = b"terraform { source = \"tfr:///terraform-aws-modules/secrets-manager/aws?version=1.3.1\" }\n";
    let other = b"terraform { source = \"tfr:///terraform-aws-modules/vpc/aws?version=5.0.0\" }\n";
    let folder = repository(&[
        ("a/terragrunt.hcl", own),
        ("b/terragrunt.hcl", other),
        ("app.yaml", APP.as_bytes()),
    ]);
    assert_eq!(
        unread(folder.path(), &load(folder.path())),
        ["a/terragrunt.hcl: configuration of Terragrunt or Terraform Stacks"]
    );
}

#[test]
fn an_answer_that_is_empty_or_an_error_is_named() {
    let error = b"\nAn error occurred (AccessDeniedException) when calling the DescribeSecret operation: no\n";
    let folder = repository(&[
        ("a.json", b" \n"),
        ("b.json", error),
        ("c.json", b"{}"),
        ("d.txt", error),
        ("app.yaml", APP.as_bytes()),
    ]);
    assert_eq!(
        unread(folder.path(), &load(folder.path())),
        [
            "a.json: failed answer of the AWS CLI",
            "b.json: failed answer of the AWS CLI"
        ]
    );
}

#[test]
fn an_answer_that_is_not_as_aws_gives_it_is_named() {
    let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";
    let secret = |more: &str| format!(r#"{{"ARN":"{arn}","Name":"db",{more}}}"#);
    let rows = [
        (secret(r#""Tags":{"team":"pay"},"OwningService":null"#), "`Tags` is not a list of objects"),
        (secret(r#""Tags":["pay"],"CreatedDate":1"#), "`Tags` is not a list of objects"),
        (secret(r#""KmsKeyId":["k"],"CreatedDate":1"#), "`KmsKeyId` is not a text"),
        (r#"{"RoleDetailList":{"a":1},"Policies":[]}"#.to_owned(), "`RoleDetailList` is not a list"),
        (r#"{"SecretList":["db"]}"#.to_owned(), "`SecretList` is not a list of objects"),
        (r#"{"AttachedPolicies":["arn:aws:iam::aws:policy/X"]}"#.to_owned(), "`AttachedPolicies` is not a list of objects"),
        (r#"{"Role":{"RoleName":"r","Arn":"arn:aws:iam::111122223333:role/r","PermissionsBoundary":"arn:aws:iam::aws:policy/X"}}"#.to_owned(), "`PermissionsBoundary` is not an object"),
        (secret(r#""Tags":[{"Key":"team","Value":"pay"}],"KmsKeyId":null,"CreatedDate":1"#), ""),
    ];
    for (answer, expected) in rows {
        let folder = repository(&[("a.json", answer.as_bytes())]);
        let loaded = load(folder.path());
        let how: Vec<_> = loaded
            .files
            .iter()
            .filter_map(|file| Some(file.unread.as_ref()?.how.as_str()))
            .collect();
        assert_eq!(how.is_empty(), expected.is_empty(), "{answer} {how:?}");
        assert!(how.iter().all(|how| how.starts_with(expected)), "{how:?}");
    }
}

/// Secrets Manager API Reference, `ReplicationStatusType`: `InSync`, `Failed` or `InProgress`.
#[test]
fn a_replica_that_is_not_in_sync_may_not_exist() {
    for (status, is_known) in [("InSync", true), ("Failed", false), ("InProgress", false)] {
        let answer = format!(
            r#"{{"ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf", "Name": "a", "VersionIdsToStages": {{}},
            "ReplicationStatus": [{{"Region": "eu-west-1", "Status": "{status}"}}]}}"#
        );
        let folder = repository(&[("secret.json", answer.as_bytes())]);
        let loaded = load(folder.path());
        let replicas = &loaded.inventory.secrets.first().unwrap().replicas;
        assert_eq!(replicas.list.len(), usize::from(is_known), "{status}");
        assert_eq!(replicas.open.is_none(), is_known, "{status}");
    }
}

#[test]
fn an_app_of_cdk_for_terraform_is_named() {
    let app = br#"{"language": "typescript", "app": "npx ts-node main.ts"}"#;
    let folder = repository(&[("infra/cdktf.json", app), ("app.yaml", APP.as_bytes())]);
    assert_eq!(
        unread(folder.path(), &load(folder.path())),
        ["infra/cdktf.json: app of CDK for Terraform"]
    );
}

#[test]
fn a_class_of_a_manifest_and_another_of_terraform_are_a_conflict() {
    let main = br#"
resource "kubernetes_manifest" "db" {
  manifest = {
    apiVersion = "secrets-store.csi.x-k8s.io/v1"
    kind       = "SecretProviderClass"
    metadata   = { name = "db", namespace = "pay" }
    spec       = { provider = "aws", parameters = { objects = "- objectName: pay/other\n  objectType: secretsmanager\n" } }
  }
}
"#;
    let folder = repository(&[("main.tf", main), ("class.yaml", CLASS.as_bytes())]);
    let loaded = load(folder.path());
    let mut sightings = loaded.sightings.iter();
    assert!(sightings.any(|sighting| sighting.what.contains("pay/db")));
}

/// EKS User Guide, "Assign IAM roles to Kubernetes service accounts": the audience of the tokens is `sts.amazonaws.com`.
#[test]
fn a_provider_of_a_cluster_without_the_audience_of_sts_is_named() {
    let provider = |url: &str, clients: &str| {
        format!(
            "variable \"more\" {{}}\nprovider \"aws\" {{\n  region = \"us-east-1\"\n  allowed_account_ids = [\"111122223333\"]\n}}\nresource \"aws_eks_cluster\" \"c\" {{\n  name = \"prod\"\n}}\nresource \"aws_iam_openid_connect_provider\" \"p\" {{\n  url = {url}\n  client_id_list = {clients}\n}}\n"
        )
    };
    let issuer = "aws_eks_cluster.c.identity[0].oidc[0].issuer";
    let written = "\"https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE\"";
    for (url, clients, is_named) in [
        (issuer, "[\"sts.amazonaws.com\"]", false),
        (issuer, "[\"other\"]", true),
        (written, "[\"other\"]", true),
        (written, "[\"other\", var.more]", false),
        ("\"https://gitlab.com\"", "[\"https://gitlab.com\"]", false),
    ] {
        let main = provider(url, clients);
        let folder = repository(&[("main.tf", main.as_bytes())]);
        let unread = unread(folder.path(), &load(folder.path()));
        let is_there = unread.iter().any(|shown| shown.contains("OIDC provider"));
        assert_eq!(is_there, is_named, "{url} {clients}: {unread:?}");
    }
}

#[test]
fn a_script_that_makes_facts_is_named() {
    let rows = [
        ("eksctl create podidentityassociation --cluster prod", true),
        ("eksctl create \\\n  iamserviceaccount --name app", true),
        (
            "aws eks create-pod-identity-association \\\n --cluster-name prod",
            true,
        ),
        (
            "cat <<END | kubectl apply -f -\nkind: SecretProviderClass\nEND",
            true,
        ),
        ("# aws iam put-role-policy --role-name app", false),
        ("aws iam list-roles", false),
        ("kubectl get secretproviderclass", false),
    ];
    for (text, is_named) in rows {
        for name in ["setup.sh", "setup.ps1", "setup"] {
            let text = format!("#!/bin/sh\n{text}\n");
            let folder = repository(&[(name, text.as_bytes())]);
            let unread = unread(folder.path(), &load(folder.path()));
            let wanted = format!("{name}: script with facts of this job");
            assert_eq!(
                unread.contains(&wanted),
                is_named,
                "{name} {text} {unread:?}"
            );
        }
    }
}

#[test]
fn what_is_stated_of_the_whole_of_a_repository_is_named() {
    let own = |path: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{ name: apps }}\nspec: {{ path: {path}, targetNamespace: pay }}\n"
        )
    };
    for (path, is_named) in [("./", true), ("/", true), ("./deploy", false)] {
        let folder = repository(&[
            ("flux.yaml", own(path).as_bytes()),
            ("deploy/class.yaml", CLASS.as_bytes()),
        ]);
        let loaded = load(folder.path());
        let mut notes = loaded.notes.iter();
        let is_noted = notes.any(|note| note.message.contains("the whole of a repository"));
        assert_eq!(is_noted, is_named, "{path}");
    }
}

#[test]
fn what_too_large_a_gitignore_lists_is_read() {
    let lines = "app.yaml\n".repeat(130_000);
    for name in [".gitignore", "a/.gitignore"] {
        let folder = repository(&[
            (name, lines.as_bytes()),
            ("a/app.yaml", CLASS.as_bytes()),
            ("b/.gitignore", b"class.yaml\n"),
            ("b/class.yaml", CLASS.as_bytes()),
        ]);
        let loaded = load(folder.path());
        assert_eq!(classes(&loaded).len(), 2, "{name}");
        let named = unread(folder.path(), &loaded);
        assert!(
            named.contains(&format!("{name}: large .gitignore")),
            "{named:?}"
        );
    }
}
