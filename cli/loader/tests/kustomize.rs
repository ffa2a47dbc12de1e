//! Kustomizations of a repository: which are built, where their objects belong, and what is named when something is not built.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot set up its files has failed"
)]

use loader::{Loaded, Options};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const CLASS: &str = "apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: db }
spec:
  provider: aws
  parameters:
    region: us-east-1
    objects: |
      - objectName: base/db
";
const APP: &str = "apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  template:
    spec:
      serviceAccountName: api
      containers: [{ name: main, image: i }]
      volumes: [{ name: s, csi: { driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: { secretProviderClass: db } } }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: api }
";
const BASE: [(&str, &str); 3] = [
    (
        "base/kustomization.yaml",
        "resources: [class.yaml, app.yaml]\n",
    ),
    ("base/class.yaml", CLASS),
    ("base/app.yaml", APP),
];

fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in BASE.iter().chain(files) {
        write(folder.path(), name, text);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn load(path: &Path) -> Loaded {
    let options = Options {
        paths: vec![path.to_path_buf()],
        ..Options::default()
    };
    loader::load(&options).unwrap()
}

/// `cluster namespace/name` of each workload.
fn workloads(loaded: &Loaded) -> Vec<String> {
    let all = loaded.inventory.workloads.iter();
    all.map(|workload| {
        format!(
            "{} {}/{}",
            workload.cluster, workload.namespace, workload.name
        )
    })
    .collect()
}

/// How each input of this job that is not read can be read.
fn unread(loaded: &Loaded) -> Vec<&str> {
    let all = loaded.files.iter();
    all.filter_map(|file| Some(file.unread.as_ref()?.how.as_str()))
        .collect()
}

/// `file:line` of a place below a folder.
fn place(loaded: &Loaded, folder: &Path, origin: policy_engine::source::Origin) -> String {
    let shown = loader::shown_path(folder);
    let name = loaded.sources.name(origin.source);
    let name = name.strip_prefix(&shown).unwrap().trim_start_matches('/');
    format!("{name}:{}", loaded.sources.position(origin).unwrap().line)
}

#[test]
fn the_objects_of_a_root_are_read_and_not_its_files() {
    let folder = repository(&[(
        "overlay/kustomization.yaml",
        "namespace: pay\nresources: [../base]\n",
    )]);
    let loaded = load(folder.path());
    assert_eq!(workloads(&loaded), ["cluster pay/api"]);
    assert_eq!(loaded.inventory.classes.len(), 1);
    assert_eq!(unread(&loaded), [""; 0]);
    // A base alone is a root as well.
    let base = load(&folder.path().join("base"));
    assert_eq!(workloads(&base), ["cluster default/api"]);
    let file = load(&folder.path().join("overlay/kustomization.yaml"));
    assert_eq!(workloads(&file), ["cluster pay/api"]);
}

#[test]
fn a_value_has_its_place_in_the_file_that_states_it() {
    let patch = "resources: [../base]
patches:
  - target: { kind: SecretProviderClass }
    patch: |
      - op: replace
        path: /spec/parameters/objects
        value: |
          - objectName: pay/db
";
    let folder = repository(&[("overlay/kustomization.yaml", patch)]);
    let loaded = load(folder.path());
    let class = &loaded.inventory.classes[0];
    let of = |origin| place(&loaded, folder.path(), origin);
    assert_eq!(class.objects[0].name.value, "pay/db");
    assert_eq!(
        of(class.objects[0].name.origin),
        "overlay/kustomization.yaml:8"
    );
    assert_eq!(of(class.name.origin), "base/class.yaml:3");
    let region = class
        .parameters
        .iter()
        .find(|(key, _)| key.value == "region");
    assert_eq!(of(region.unwrap().1.origin), "base/class.yaml:7");
}

#[test]
fn two_overlays_of_one_base_are_two_clusters() {
    let of = |stage: &str| {
        format!(
            "namespace: pay\nresources: [../../base]\npatches:\n  - target: {{ kind: SecretProviderClass }}\n    patch: '[{{\"op\": \"replace\", \"path\": \"/spec/parameters/objects\", \"value\": \"- objectName: {stage}/db\"}}]'\n"
        )
    };
    let folder = repository(&[
        ("overlays/dev/kustomization.yaml", &of("dev")),
        ("overlays/prod/kustomization.yaml", &of("prod")),
    ]);
    let loaded = load(folder.path());
    assert_eq!(workloads(&loaded), ["dev pay/api", "prod pay/api"]);
    let classes = loaded.inventory.classes.iter();
    let objects: Vec<_> = classes
        .map(|class| format!("{} {}", class.cluster, class.objects[0].name.value))
        .collect();
    assert_eq!(objects, ["dev dev/db", "prod prod/db"]);
    let options = Options {
        paths: vec![folder.path().join("overlays/dev")],
        cluster: Some("main".to_owned()),
        ..Options::default()
    };
    assert_eq!(
        workloads(&loader::load(&options).unwrap()),
        ["main pay/api"]
    );
}

#[test]
fn what_is_not_in_the_repository_is_named_and_the_rest_is_read() {
    let remote = "https://git.example/platform.git//api?ref=v1";
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: remote }\nspec: { template: { spec: { containers: [{ name: main }], volumes: [] } } }\n";
    let overlay = format!(
        "namespace: pay\nresources: [{remote}, ../base, missing.yaml]\npatches: [{{ path: patch.yaml }}]\nhelmCharts: [{{ name: x }}]\n"
    );
    let folder = repository(&[
        ("overlay/kustomization.yaml", &overlay),
        ("overlay/patch.yaml", patch),
    ]);
    let loaded = load(folder.path());
    assert_eq!(workloads(&loaded), ["cluster pay/api"]);
    let unread = unread(&loaded).join("\n");
    for part in [
        remote,
        "missing.yaml`, which does not exist",
        "the charts of `helmCharts`",
        "kustomize build",
    ] {
        assert!(unread.contains(part), "{part}: {unread}");
    }
}

#[test]
fn a_kustomization_that_kustomize_refuses_is_named_with_the_place() {
    for (overlay, message) in [
        (
            "resources: [../base]\npatches: [{ patch: \"{ apiVersion: v1, kind: ServiceAccount, metadata: { name: none } }\" }]\n",
            "overlay/kustomization.yaml:2: no resource is `ServiceAccount default/none`",
        ),
        (
            "resources: [../base, ../base]\n",
            "overlay/kustomization.yaml:1: two resources are `SecretProviderClass default/db`",
        ),
        (
            "resource: [../base]\nresources: [../base]\n",
            "overlay/kustomization.yaml:1: a kustomization has no field `resource`",
        ),
        (
            "resources: [../base]\ntransformers: [t.yaml]\n",
            "overlay/kustomization.yaml:2: `transformers` are not carried out here",
        ),
        (
            "resources: [../base]\npatches:\n  - target: { kind: Deployment }\n    patch: '[{ op: remove, path: /spec/none }]'\n",
            "overlay/kustomization.yaml:4: `/spec/none` is not in the object",
        ),
        (
            "resources: [../base]\ncomponents: [../base]\n",
            "overlay/kustomization.yaml:2: `../base` is no component",
        ),
        (
            "resources: [../base, ../overlay]\n",
            "overlay/kustomization.yaml:1: `",
        ),
    ] {
        let folder = repository(&[("overlay/kustomization.yaml", overlay)]);
        let loaded = load(folder.path());
        assert_eq!(workloads(&loaded), [""; 0], "{overlay}");
        let unread = unread(&loaded).join("\n");
        assert!(unread.contains(message), "{message}: {unread}");
    }
}

#[test]
fn kustomizations_that_are_built_on_each_other_end_with_a_message() {
    let folder = repository(&[
        ("a/kustomization.yaml", "resources: [../b, ../base]\n"),
        ("b/kustomization.yaml", "resources: [../a]\n"),
    ]);
    let loaded = load(folder.path());
    assert_eq!(workloads(&loaded), [""; 0]);
    assert!(unread(&loaded).join("\n").contains("is built on itself"));
}

#[test]
fn what_grows_with_each_level_is_bounded() {
    let mut files = Vec::new();
    for level in 0..24 {
        let below = if level == 0 {
            "../base".to_owned()
        } else {
            format!("../l{}", level - 1)
        };
        for (side, prefix) in [("a", "a-"), ("b", "b-")] {
            files.push((
                format!("l{level}{side}/kustomization.yaml"),
                format!("namePrefix: {prefix}\nresources: [{below}]\n"),
            ));
        }
        files.push((
            format!("l{level}/kustomization.yaml"),
            format!("resources: [../l{level}a, ../l{level}b]\n"),
        ));
    }
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let folder = repository(&files);
    let loaded = load(folder.path());
    assert!(unread(&loaded).join("\n").contains("not built"));
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_the_repository_is_read() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("class.yaml"), CLASS).unwrap();
    let overlay = format!(
        "resources: [link.yaml, {}/class.yaml]\n",
        outside.path().display()
    );
    let folder = repository(&[("overlay/kustomization.yaml", &overlay)]);
    std::os::unix::fs::symlink(
        outside.path().join("class.yaml"),
        folder.path().join("overlay/link.yaml"),
    )
    .unwrap();
    let loaded = load(&folder.path().join("overlay"));
    assert!(loaded.inventory.classes.is_empty());
}

#[test]
fn a_component_that_nothing_uses_is_named() {
    let component =
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [class.yaml]\n";
    let folder = repository(&[
        ("extra/kustomization.yaml", component),
        ("extra/class.yaml", CLASS),
    ]);
    let loaded = load(folder.path());
    assert_eq!(loaded.inventory.classes.len(), 1);
    assert_eq!(unread(&loaded), ["no kustomization that is read uses it"]);
}

/// The files of a fixture by their names.
fn fixture(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.file_name().unwrap() != "expected.yaml" {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/kustomize");
    let folders = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// What may stand instead of a line.
const LINES: [&str; 16] = [
    "",
    "  - ",
    "resources: [../base, ../overlay]",
    "resources: null",
    "patches: [{ target: { name: '(' }, patch: '[]' }]",
    "  - path: ../../..",
    "namespace: {}",
    "namePrefix: [a]",
    "      $patch: delete",
    "  - op: move",
    "    target: { kind: .* }",
    "kind: List",
    "metadata: 7",
    "vars: [{ name: A, objref: { kind: Deployment }, fieldref: { fieldpath: spec } }]",
    "  \u{feff}\t{{ .Values }}",
    "labels: [{ pairs: { a: b }, includeSelectors: true, fields: [{ path: spec/template }] }]",
];

#[derive(Clone, Debug)]
enum Change {
    Line(Index, usize),
    Cut(Index),
    Swap(Index, Index),
    Remove,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<Index>(), 0..LINES.len()).prop_map(|(at, line)| Change::Line(at, line)),
        2 => any::<Index>().prop_map(Change::Cut),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(left, right)| Change::Swap(left, right)),
        1 => Just(Change::Remove),
    ]
}

fn changed(text: &str, change: &Change) -> Option<String> {
    let mut lines: Vec<_> = text.lines().collect();
    match change {
        Change::Remove => return None,
        _ if lines.is_empty() => {}
        Change::Line(at, line) => {
            let at = at.index(lines.len());
            lines[at] = LINES[*line];
        }
        Change::Cut(at) => {
            lines.remove(at.index(lines.len()));
        }
        Change::Swap(left, right) => {
            let (left, right) = (left.index(lines.len()), right.index(lines.len()));
            lines.swap(left, right);
        }
    }
    Some(lines.join("\n") + "\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is wrong with a kustomization, the run goes on, each file is accounted for, and facts that are lost are named.
    #[test]
    fn broken_kustomizations_are_accounted_for(at in any::<Index>(), changes in vec((any::<Index>(), change()), 1..4)) {
        let fixtures = fixtures();
        let mut files = fixture(&fixtures[at.index(fixtures.len())]);
        for (file, change) in &changes {
            let names: Vec<_> = files.keys().cloned().collect();
            let name = &names[file.index(names.len())];
            match changed(&files[name], change) {
                Some(text) => files.insert(name.clone(), text),
                None if files.len() > 1 => files.remove(name),
                None => None,
            };
        }
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        for (name, text) in &files {
            write(folder.path(), name, text);
        }
        let loaded = load(folder.path());
        let shown = loader::shown_path(folder.path());
        let find = |name: &str| loaded.files.iter().find(|file| file.name == format!("{shown}/{name}"));
        let is_named = loaded.files.iter().any(|file| file.unread.is_some());
        for (name, text) in &files {
            let file = find(name);
            prop_assert!(file.is_some(), "{name} is lost: {:?}", loaded.files);
            let is_read = file.is_some_and(|file| file.kind.is_some());
            if text.contains("apiVersion: secrets-store") && text.contains("\nkind: SecretProviderClass") {
                prop_assert!(is_read || is_named, "{name} is not named: {:?}", loaded.files);
            }
        }
    }
}

#[test]
fn a_kustomization_takes_no_manifest_of_another_folder_away() {
    let empty = "resources: [../deploy/app.yaml]\npatches:\n  - target: { kind: Deployment }\n    patch: '[{ op: remove, path: /spec/template/spec/volumes }]'\n";
    let folder = repository(&[("deploy/app.yaml", APP), ("x/kustomization.yaml", empty)]);
    let loaded = load(folder.path());
    let files = loaded.inventory.workloads.iter().map(|workload| {
        let name = loaded.sources.name(workload.origin.source);
        (name.ends_with("deploy/app.yaml"), workload.classes.len())
    });
    let files: Vec<_> = files.collect();
    assert!(files.contains(&(true, 1)), "{files:?}");
}

#[test]
fn a_base_that_is_judged_in_builds_alone_is_named() {
    let named = |files: &[(&str, &str)]| {
        let folder = repository(files);
        let loaded = load(folder.path());
        let mut notes = loaded.notes.iter();
        notes.any(|note| {
            note.message.starts_with("judged only in") && note.message.ends_with("base")
        })
    };
    assert!(named(&[("x/kustomization.yaml", "resources: [../base]\n")]));
    assert!(!named(&[]));
}

#[test]
fn an_object_whose_facts_no_build_keeps_is_named() {
    let build = |patch: &str| format!("resources: [../base]\npatches:\n  - patch: |-\n{patch}");
    let class = "      apiVersion: secrets-store.csi.x-k8s.io/v1\n      kind: SecretProviderClass\n      metadata: { name: db }\n";
    let gone = build(&format!("{class}      $patch: delete\n"));
    let changed = build(&format!(
        "{class}      spec: {{ parameters: {{ region: eu-west-1 }} }}\n"
    ));
    let unmounted = build(
        "      - { op: remove, path: /spec/template/spec/volumes }\n    target: { kind: Deployment }\n",
    );
    let plain = "resources: [../base]\n";
    let rows: [(&[&str], &[&str]); 5] = [
        (
            &[gone.as_str()],
            &["base/class.yaml (SecretProviderClass db)"],
        ),
        (&[gone.as_str(), plain], &[]),
        (&[changed.as_str()], &[]),
        (&[unmounted.as_str()], &["base/app.yaml (Deployment api)"]),
        (&[plain], &[]),
    ];
    for (builds, expected) in rows {
        let files = builds.iter().enumerate();
        let files = files.map(|(at, text)| (format!("x{at}/kustomization.yaml"), *text));
        let files: Vec<_> = files.collect();
        let files: Vec<_> = files
            .iter()
            .map(|(name, text)| (name.as_str(), *text))
            .collect();
        let folder = repository(&files);
        let loaded = load(folder.path());
        let lost = loaded.files.iter().filter(|file| {
            let unread = file.unread.as_ref();
            unread.is_some_and(|unread| unread.what == "object that kustomizations take away")
        });
        let lost: Vec<_> = lost.map(|file| file.name.as_str()).collect();
        assert_eq!(lost.len(), expected.len(), "{builds:?} {lost:?}");
        let mut pairs = lost.iter().zip(expected);
        assert!(pairs.all(|(lost, name)| lost.ends_with(name)), "{lost:?}");
    }
}
