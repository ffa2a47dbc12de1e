//! Each fixture is built and compared with what the real kustomize made of it: whole objects, field by field.

use super::{build::Builder, object::Id, tree};
use crate::{loading::Loading, options::Options};
use policy_engine::{
    source::SourceId,
    syntax::node::{Node, Value},
    text::{Part, Text},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What is not built: the data of generated objects, images and counts.
const LEFT_OUT: [&str; 6] = [
    "data",
    "binaryData",
    "stringData",
    "type",
    "image",
    "replicas",
];

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/kustomize");
    let entries = fs::read_dir(folder).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn parse(path: &Path) -> Vec<Node> {
    yaml::parse(SourceId(0), &fs::read_to_string(path).unwrap()).unwrap()
}

fn build(folder: &Path) -> Result<(Vec<Node>, Vec<String>), String> {
    let mut names = crate::kustomize::NAMES.iter().map(|name| folder.join(name));
    let file = names.find(|file| file.is_file()).unwrap();
    let mut loading = Loading::new(&Options::default());
    let mut builder = Builder::new(&mut loading, &file);
    let built = builder.build(folder, &parse(&file)[0]);
    let gaps = builder.gaps;
    built
        .map(|objects| (objects, gaps))
        .map_err(|failure| failure.message)
}

/// The first difference of two trees, as the path to it.
fn difference(ours: &Node, theirs: &Node, path: &str) -> Option<String> {
    match (&ours.value, &theirs.value) {
        (Value::Map(own), Value::Map(other)) => {
            let names = own.iter().chain(other).filter_map(|(key, _)| key.as_str());
            let mut names: Vec<_> = names.filter(|name| !LEFT_OUT.contains(name)).collect();
            names.sort_unstable();
            names.dedup();
            names.into_iter().find_map(|name| {
                let path = format!("{path}/{name}");
                match (ours.get(name), theirs.get(name)) {
                    (Some(left), Some(right)) => difference(left, right, &path),
                    (Some(_), None) => Some(format!("{path} is only here")),
                    (None, Some(_)) => Some(format!("{path} is missing")),
                    (None, None) => None,
                }
            })
        }
        (Value::List(own), Value::List(other)) => {
            if own.len() != other.len() {
                return Some(format!(
                    "{path} has {} elements, not {}",
                    own.len(),
                    other.len()
                ));
            }
            let mut pairs = own.iter().zip(other).enumerate();
            pairs.find_map(|(at, (left, right))| difference(left, right, &format!("{path}/{at}")))
        }
        (Value::String(scalar), Value::String(_)) if !scalar.text.is_known() => {
            let theirs = theirs.as_str().unwrap();
            (!may_be(&scalar.text, theirs))
                .then(|| format!("{path} is `{}`, not `{theirs}`", scalar.text))
        }
        // kustomize cuts the line break at the end of an inline patch.
        (Value::String(own), Value::String(other))
            if own.text.literal().trim_end() == other.text.literal().trim_end() =>
        {
            None
        }
        _ => (!tree::same(ours, theirs)).then(|| {
            let shown = |node: &Node| {
                node.scalar_text()
                    .map_or("…".to_owned(), |text| text.to_string())
            };
            format!("{path} is `{}`, not `{}`", shown(ours), shown(theirs))
        }),
    }
}

/// Whether a text with holes can be another text.
fn may_be(text: &Text, whole: &str) -> bool {
    let mut pattern = String::from("^(?s)");
    for part in text.parts() {
        match part {
            Part::Literal(literal) => pattern.push_str(&regex::escape(literal)),
            Part::Hole(_) => pattern.push_str(".*"),
        }
    }
    regex::Regex::new(&format!("{pattern}$"))
        .unwrap()
        .is_match(whole)
}

/// The identity with holes as they may be.
fn find<'n>(objects: &'n [Node], theirs: &Node) -> Option<&'n Node> {
    let wanted = Id::of(theirs);
    objects.iter().find(|ours| {
        let id = Id::of(ours);
        let name = ours
            .at(&["metadata", "name"])
            .and_then(Node::scalar_text)
            .unwrap_or_default();
        id.gvk == wanted.gvk && id.namespace == wanted.namespace && may_be(&name, &wanted.name)
    })
}

#[test]
fn every_object_is_what_kustomize_makes() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 25, "{}", fixtures.len());
    let mut differences = Vec::new();
    let mut compared = 0;
    for fixture in &fixtures {
        let name = fixture.file_name().unwrap().to_string_lossy();
        let expected = parse(&fixture.join("expected.yaml"));
        let (objects, gaps) = match build(&fixture.join("overlay")) {
            Ok(built) => built,
            Err(message) => {
                differences.push(format!("{name}: {message}"));
                continue;
            }
        };
        if !gaps.is_empty() || objects.len() != expected.len() {
            let counts = format!("{} objects, not {}", objects.len(), expected.len());
            differences.push(format!("{name}: {counts}; {gaps:?}"));
        }
        for theirs in &expected {
            let shown = Id::of(theirs).shown();
            compared += 1;
            let difference = match find(&objects, theirs) {
                None => Some("is missing".to_owned()),
                Some(ours) => difference(ours, theirs, ""),
            };
            differences
                .extend(difference.map(|difference| format!("{name}: {shown}: {difference}")));
        }
    }
    assert!(compared > 80, "{compared}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
