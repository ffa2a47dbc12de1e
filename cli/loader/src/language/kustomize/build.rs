//! A build: what a kustomization makes of its resources, step by step as kustomize does.
//!
//! kubernetes-sigs/kustomize, `api/internal/target`: resources, generators, components, then the transformers in a fixed order.

mod patches;

use super::{
    copy::{self, Variable},
    defaults::Fields,
    failure::Failure,
    fields::{check, is_set, text_in, text_of},
    generate,
    object::{Id, Object},
    reference, transform, tree,
};
use crate::{
    built::Manifest,
    decode, door, implicit,
    keep::keep,
    kind::Kind,
    language::kubernetes::object::{called, objects},
    loading::Loading,
    opened::{MAX_BYTES, MAX_FILE, Opened},
    parse::{has_braces, parse},
    path::{clean, display},
    root::{Refusal, Root},
    unread,
    value::size,
    words::has_facts,
};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use std::{
    borrow::Cow,
    collections::HashSet,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How deep kustomizations may be nested.
const MAX_DEPTH: usize = 64;
/// How many objects one build may have.
const MAX_OBJECTS: usize = 5_000;

/// Fields that add what is not built here, and what they add.
const NOT_BUILT: [(&str, &str); 5] = [
    ("helmCharts", "the charts of `helmCharts`"),
    (
        "helmChartInflationGenerator",
        "the charts of `helmChartInflationGenerator`",
    ),
    ("generators", "what `generators` make"),
    ("crds", "the names that `crds` describe"),
    ("openapi", "the merge keys that `openapi` describes"),
];

/// A build of one kustomization with all that it is built on.
pub(super) struct Builder<'l> {
    loading: &'l mut Loading,
    root: Root,
    /// The kustomizations that are under way.
    above: Vec<PathBuf>,
    fields: Fields,
    variables: Vec<Variable>,
    /// What is not built.
    pub(super) gaps: Vec<String>,
    /// The files that were read.
    pub(super) files: Vec<(String, Kind)>,
    /// Whether a file holds facts of this job.
    pub(super) is_ours: bool,
    /// The objects of files that hold facts of this job.
    pub(super) listed: Vec<(Origin, String)>,
}

impl<'l> Builder<'l> {
    pub(super) fn new(loading: &'l mut Loading, file: &Path) -> Self {
        let root = Root::among(&loading.options.paths, file);
        Self {
            loading,
            root,
            above: Vec::new(),
            fields: Fields::new(),
            variables: Vec::new(),
            gaps: Vec::new(),
            files: Vec::new(),
            is_ours: false,
            listed: Vec::new(),
        }
    }

    /// The objects of a kustomization that nothing else changes.
    pub(super) fn build(
        &mut self,
        folder: &Path,
        kustomization: &Node,
    ) -> Result<Vec<Node>, Failure> {
        let place = folder
            .canonicalize()
            .unwrap_or_else(|_| folder.to_path_buf());
        self.above.push(place);
        let mut objects = self.target(folder, kustomization, Vec::new())?;
        generate::hash(&mut objects);
        reference::follow(&mut objects, &self.fields.references)?;
        copy::fill(&mut objects, &self.variables, &self.fields.variables);
        let kept = objects.into_iter().filter(|object| !is_local(object));
        Ok(kept.map(|object| object.node).collect())
    }

    /// Carries out one kustomization; those that `objects` holds already are changed as well.
    fn target(
        &mut self,
        folder: &Path,
        file: &Node,
        objects: Vec<Object>,
    ) -> Result<Vec<Object>, Failure> {
        check(file)?;
        let mut objects = objects;
        for name in ["resources", "bases"] {
            for entry in tree::items(file.get(name)) {
                let new = self.resource(folder, entry)?;
                append(&mut objects, new, entry.origin)?;
            }
        }
        for entry in tree::items(file.get("configurations")) {
            let configuration = self.needed(folder, entry)?;
            for document in &configuration.documents {
                self.fields.add(document);
            }
        }
        let not_built = NOT_BUILT.iter().filter(|(name, _)| is_set(file, name));
        self.gaps
            .extend(not_built.map(|(_, what)| (*what).to_owned()));
        let options = file.get("generatorOptions");
        for (name, kind) in [
            ("configMapGenerator", "ConfigMap"),
            ("secretGenerator", "Secret"),
        ] {
            for entry in tree::items(file.get(name)) {
                generate::generate(&mut objects, entry, kind, options)?;
            }
        }
        for entry in tree::items(file.get("components")) {
            objects = self.component(folder, entry, objects)?;
        }
        self.transform(folder, file, &mut objects)?;
        let variables = tree::items(file.get("vars")).iter();
        self.variables
            .extend(variables.filter_map(Variable::written));
        Ok(objects)
    }

    /// The transformers in their order.
    fn transform(
        &mut self,
        folder: &Path,
        file: &Node,
        objects: &mut Vec<Object>,
    ) -> Result<(), Failure> {
        for entry in tree::items(file.get("patchesStrategicMerge")) {
            let patch = self.patch_of_text(folder, entry)?;
            self.patch(objects, &patch, entry)?;
        }
        for entry in tree::items(file.get("patches")) {
            let patch = self.written_patch(folder, entry)?;
            self.patch(objects, &patch, entry)?;
        }
        objects.retain(|object| !object.is_empty());
        if let Some(namespace) = text_of(file, "namespace") {
            transform::namespace(objects, namespace, &self.fields.namespace)?;
        }
        for (name, is_prefix) in [("namePrefix", true), ("nameSuffix", false)] {
            if let Some(affix) = text_of(file, name).and_then(Node::scalar_text) {
                transform::affix(objects, &affix.to_string(), is_prefix);
            }
        }
        self.label(file, objects);
        let annotations = tree::members(file.get("commonAnnotations"));
        transform::pairs(objects, annotations, &self.fields.annotations);
        for entry in tree::items(file.get("patchesJson6902")) {
            let patch = self.written_patch(folder, entry)?;
            self.patch(objects, &patch, entry)?;
        }
        for entry in tree::items(file.get("replacements")) {
            self.replace(folder, entry, objects)?;
        }
        match file
            .entry("transformers")
            .filter(|_| is_set(file, "transformers"))
        {
            Some((key, _)) => Err(Failure::at(
                key.origin,
                "`transformers` are not carried out here",
            )),
            None => Ok(()),
        }
    }

    fn label(&self, file: &Node, objects: &mut [Object]) {
        for entry in tree::items(file.get("labels")) {
            let pairs = tree::members(entry.get("pairs"));
            let own = tree::items(entry.get("fields")).iter();
            let mut fields: Vec<_> = own.filter_map(super::field::Field::written).collect();
            let more: &[_] = if tree::is_true(entry, "includeSelectors") {
                &self.fields.labels
            } else if tree::is_true(entry, "includeTemplates") {
                &self.fields.templates
            } else {
                self.fields.templates.get(..1).unwrap_or_default()
            };
            fields.extend(more.iter().cloned());
            transform::pairs(objects, pairs, &fields);
        }
        let common = tree::members(file.get("commonLabels"));
        transform::pairs(objects, common, &self.fields.labels);
    }

    /// The objects of an entry of `resources`: those of a file, or what another kustomization makes.
    fn resource(&mut self, folder: &Path, entry: &Node) -> Result<Vec<Object>, Failure> {
        let name = text_in(entry)?;
        let path = clean(&folder.join(name));
        if path.is_dir() {
            return match self.inner(&path, entry)? {
                Some(file) if file.get("kind").and_then(Node::as_str) == Some("Component") => {
                    let message = format!("`{name}` is a component: name it under `components`");
                    Err(Failure::at(entry.origin, message))
                }
                Some(file) => self.nested(&path, &file, Vec::new(), entry),
                None => Ok(Vec::new()),
            };
        }
        let file = match self.file(&path) {
            Ok(file) => file,
            Err(why) => {
                let what = if is_remote(name) {
                    format!("`{name}`, which is not in the repository")
                } else {
                    format!("`{}`, which {why}", display(&path))
                };
                self.gaps.push(what);
                return Ok(Vec::new());
            }
        };
        let mut resources = Vec::new();
        for document in &file.documents {
            let new = objects(document);
            if new.is_empty() && !is_empty_list(document) {
                let message = "a resource has no `apiVersion`, no `kind` or is no object";
                return Err(Failure::at(document.origin, message));
            }
            self.spend(document, entry.origin)?;
            let own = new.iter().filter(|object| has_facts(object));
            let shown = |object: &Node| format!("{} ({})", file.name, called(object));
            self.listed
                .extend(own.map(|object| (object.origin, shown(object))));
            resources.extend(new.into_iter().map(Cow::into_owned).map(Object::new));
        }
        Ok(resources)
    }

    /// What a component makes of the objects so far.
    fn component(
        &mut self,
        folder: &Path,
        entry: &Node,
        objects: Vec<Object>,
    ) -> Result<Vec<Object>, Failure> {
        let name = text_in(entry)?;
        let path = clean(&folder.join(name));
        if !path.is_dir() {
            let message = format!("the component `{name}` is not in the repository");
            return Err(Failure::at(entry.origin, message));
        }
        match self.inner(&path, entry)? {
            Some(file) if file.get("kind").and_then(Node::as_str) != Some("Component") => Err(
                Failure::at(entry.origin, format!("`{name}` is no component")),
            ),
            Some(file) => self.nested(&path, &file, objects, entry),
            None => Err(Failure::at(
                entry.origin,
                format!("`{name}` holds no kustomization"),
            )),
        }
    }

    /// The kustomization of a folder.
    fn inner(&mut self, folder: &Path, entry: &Node) -> Result<Option<Node>, Failure> {
        let mut names = crate::kustomize::NAMES.iter().map(|name| folder.join(name));
        let Some(path) = names.find(|path| path.is_file()) else {
            let shown = display(folder);
            self.gaps
                .push(format!("`{shown}`, which holds no kustomization"));
            return Ok(None);
        };
        let failed = |why: &str| Failure::at(entry.origin, format!("`{}` {why}", display(&path)));
        let file = self.file(&path).map_err(|why| failed(&why))?;
        let document = file.documents.first().cloned();
        document.map(Some).ok_or_else(|| failed("is empty"))
    }

    fn nested(
        &mut self,
        folder: &Path,
        file: &Node,
        objects: Vec<Object>,
        entry: &Node,
    ) -> Result<Vec<Object>, Failure> {
        let place = folder
            .canonicalize()
            .unwrap_or_else(|_| folder.to_path_buf());
        if self.above.contains(&place) {
            let message = format!("`{}` is built on itself", display(folder));
            return Err(Failure::at(entry.origin, message));
        }
        if self.above.len() >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} kustomizations are nested");
            return Err(Failure::at(entry.origin, message));
        }
        self.above.push(place);
        let made = self.target(folder, file, objects);
        self.above.pop();
        made
    }

    /// A file of the repository, read once a run.
    fn file(&mut self, path: &Path) -> Result<Arc<Manifest>, String> {
        let place = self.root.check(path).map_err(|refusal| match refusal {
            Refusal::Missing => "does not exist".to_owned(),
            Refusal::Outside => "is outside of the repository".to_owned(),
        })?;
        let file = match self.loading.built.files.get(&place) {
            Some(file) => Arc::clone(file),
            None => {
                let file = Arc::new(self.open(path)?);
                let files = &mut self.loading.built.files;
                files.insert(place, Arc::clone(&file));
                file
            }
        };
        self.is_ours |= unread::is_ours(&file.text);
        self.files.push((file.name.clone(), file.kind));
        Ok(file)
    }

    /// Reads a file within the bounds of the run.
    fn open(&mut self, path: &Path) -> Result<Manifest, String> {
        let name = display(path);
        let text = self.text(path, &name)?;
        self.loading.file_count += 1;
        self.loading.bytes += text.len() as u64;
        if self.loading.bytes > MAX_BYTES {
            return Err("exceeds what one run reads".to_owned());
        }
        let source = self.loading.next_source();
        let documents = parse(source, path, &text)
            .map_err(|failure| format!("is not read: {}", failure.message))?;
        if text.contains("{{") && documents.iter().any(has_braces) {
            return Err("is a template".to_owned());
        }
        let words = implicit::manifests(&documents);
        self.loading.sightings.extend(words);
        let opened = Opened {
            name,
            path: path.to_path_buf(),
            text,
            documents,
            kind: Some(Kind::KUBERNETES),
        };
        let source = keep(self.loading, &opened);
        Ok(Manifest {
            name: opened.name,
            kind: Kind::KUBERNETES,
            source,
            documents: opened.documents,
            text: opened.text,
        })
    }

    fn text(&self, path: &Path, name: &str) -> Result<String, String> {
        if let Some(text) = self.loading.options.overlay.get(Path::new(name)) {
            return Ok(text.clone());
        }
        let refused = |refused: door::Refused| format!("is not read: {refused}");
        let bytes = door::read_inside(&self.root, path, MAX_FILE).map_err(refused)?;
        decode::text(bytes).map_err(|error| format!("is not read: {}", error.message))
    }

    /// A file without which nothing is built.
    fn needed(&mut self, folder: &Path, entry: &Node) -> Result<Arc<Manifest>, Failure> {
        let name = text_in(entry)?;
        let file = self.file(&clean(&folder.join(name)));
        file.map_err(|why| Failure::at(entry.origin, format!("`{name}` {why}")))
    }

    /// Counts what is copied, in all builds of a run.
    fn spend(&mut self, node: &Node, origin: Origin) -> Result<(), Failure> {
        match self.loading.built.left.checked_sub(size(node)) {
            Some(left) => {
                self.loading.built.left = left;
                Ok(())
            }
            None => Err(Failure::at(
                origin,
                "the kustomizations of the run make too much",
            )),
        }
    }

    fn replace(
        &mut self,
        folder: &Path,
        entry: &Node,
        objects: &mut [Object],
    ) -> Result<(), Failure> {
        let Some(path) = text_of(entry, "path") else {
            return copy::replace(objects, entry);
        };
        let file = self.needed(folder, path)?;
        for document in &file.documents {
            let entries = match &document.value {
                Value::List(items) => items.as_slice(),
                _ => std::slice::from_ref(document),
            };
            for entry in entries {
                copy::replace(objects, entry)?;
            }
        }
        Ok(())
    }
}

/// Adds objects; no two have one identity.
fn append(objects: &mut Vec<Object>, new: Vec<Object>, origin: Origin) -> Result<(), Failure> {
    let mut ids: HashSet<Id> = objects.iter().map(Object::id).collect();
    for object in new {
        if !ids.insert(object.id()) {
            let message = format!("two resources are `{}`", object.id().shown());
            return Err(Failure::at(origin, message));
        }
        objects.push(object);
    }
    if objects.len() > MAX_OBJECTS {
        return Err(Failure::at(
            origin,
            format!("more than {MAX_OBJECTS} objects"),
        ));
    }
    Ok(())
}

/// Whether an object is a setting of tools, which no cluster gets.
fn is_local(object: &Object) -> bool {
    let local = [
        "metadata",
        "annotations",
        "config.kubernetes.io/local-config",
    ];
    tree::spelt(&object.node, &local).is_some_and(|value| value != "false")
}

/// Whether a document is a list of objects without an object.
fn is_empty_list(document: &Node) -> bool {
    let kind = document.get("kind").and_then(Node::as_str);
    kind.is_some_and(|kind| kind.ends_with("List")) && tree::items(document.get("items")).is_empty()
}

/// Whether a resource is of another repository or host.
fn is_remote(name: &str) -> bool {
    name.contains("://")
        || name.contains("?ref=")
        || name.starts_with("git@")
        || name.starts_with("github.com")
}
