//! The namespaces into which Argo CD and Flux deploy the manifests of a directory.
//!
//! Argo CD documentation, "Application Specification", `destination.namespace`: it is the namespace of objects that state none. Flux
//! documentation, "Kustomization", "Target namespace": it sets or overrides the namespace.

use crate::{
    built::Built, language::kubernetes::object::called, loading::Loading, pending::Deployed,
    root::Root, unread, words::has_words,
};
use policy_engine::{
    inventory::OpenClass,
    source::{Origin, SourceId, SourceMap},
    syntax::node::{Node, Value},
    text::Hole,
};
use std::{
    collections::{HashMap, HashSet},
    path::{Component, Path, PathBuf},
};

/// What a controller does with the objects of directories.
struct Deployment<'n> {
    paths: Vec<&'n str>,
    namespace: Option<&'n str>,
    /// Whether a namespace overrides the one that an object states.
    overrides: bool,
    /// The build of the directories that the controller makes, where it states more than their own files.
    options: Option<&'n Node>,
}

impl<'n> Deployment<'n> {
    fn of(object: &'n Node) -> Option<Self> {
        let version = object.get("apiVersion").and_then(Node::as_str)?;
        let spec = object.get("spec")?;
        match object.get("kind").and_then(Node::as_str)? {
            "Application" if version.starts_with("argoproj.io/") => Some(Self::application(spec)),
            "ApplicationSet" if version.starts_with("argoproj.io/") => {
                let mut own = Self::application(spec.at(&["template", "spec"])?);
                own.paths.extend(generated(spec));
                Some(own)
            }
            "Kustomization" if version.starts_with("kustomize.toolkit.fluxcd.io/") => {
                let namespace = spec.get("targetNamespace").and_then(Node::as_str);
                Some(Self {
                    paths: spec
                        .get("path")
                        .and_then(Node::as_str)
                        .into_iter()
                        .collect(),
                    namespace,
                    overrides: true,
                    options: Some(spec),
                })
            }
            _ => None,
        }
    }

    fn application(spec: &'n Node) -> Self {
        let several = spec.get("sources").and_then(Node::as_list);
        let sources = spec
            .get("source")
            .into_iter()
            .chain(several.into_iter().flatten());
        let sources: Vec<_> = sources.collect();
        let paths = sources.iter().filter_map(|source| source.get("path"));
        Self {
            paths: paths.filter_map(Node::as_str).collect(),
            namespace: spec
                .at(&["destination", "namespace"])
                .and_then(Node::as_str),
            overrides: false,
            options: sources.iter().find_map(|source| source.get("kustomize")),
        }
    }
}

/// The directories of which an ApplicationSet makes Applications.
///
/// Argo CD documentation, "Git Generator".
fn generated(node: &Node) -> Vec<&str> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(generated).collect(),
        Value::Map(members) => {
            let own = node.at(&["git", "directories"]).and_then(Node::as_list);
            let own = own.into_iter().flatten();
            let own = own
                .filter_map(|entry| entry.get("path"))
                .filter_map(Node::as_str);
            let inner = members.iter().flat_map(|(_, value)| generated(value));
            own.chain(inner).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// Keeps what a controller states of directories of its repository.
pub(crate) fn note(loading: &mut Loading, object: &Node) {
    let Some(own) = Deployment::of(object) else {
        return;
    };
    let changes = own.options.is_some_and(changes_facts);
    if own.namespace.is_none() && own.overrides && !changes {
        return;
    }
    let is_known = |namespace: &&str| !namespace.contains("{{") && !namespace.contains('$');
    let namespace = own.namespace.filter(is_known);
    let file = loading.sources.name(object.origin.source).to_owned();
    let root = Root::among(&loading.options.paths, Path::new(&file));
    for path in own.paths {
        let folder = folder(path);
        if folder.as_os_str().is_empty() {
            let message = format!(
                "{} deploys the whole of a repository; whether it is this one is not known, so what it states of namespaces and patches is not used",
                called(object)
            );
            loading.note(message, Some(object.origin));
            continue;
        }
        let Some(path) = root.below(&folder) else {
            continue;
        };
        loading.deployed.push(Deployed {
            path,
            namespace: namespace.map(str::to_owned),
            overrides: own.overrides || changes,
            changes,
        });
    }
    if own.options.is_some_and(has_words) {
        loading.unread_file(&format!("{file} ({})", called(object)), unread::options());
    }
}

/// The directory of a path; of a pattern, the directory above all that match.
fn folder(path: &str) -> PathBuf {
    let steps = Path::new(path).components();
    let steps = steps.filter(|step| matches!(step, Component::Normal(_)));
    let is_open = |step: &Component<'_>| {
        let step = step.as_os_str().to_string_lossy();
        step.contains(['*', '{', '$', '?', '['])
    };
    steps.take_while(|step| !is_open(step)).collect()
}

/// Members with which a controller builds more than the files of a directory state.
const OPTIONS: [&str; 7] = [
    "namePrefix",
    "nameSuffix",
    "namespace",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
];
/// Words of patches that change who reads what; all other patches change images, replicas and the like.
const WORDS: [&str; 16] = [
    "serviceAccount",
    "ServiceAccount",
    "SecretProviderClass",
    "secretProviderClass",
    "volumes",
    "csi",
    "eks.amazonaws.com",
    "namespace",
    "metadata/name",
    "$patch",
    "/annotations\n",
    "/spec\n",
    "/template\n",
    "/parameters",
    "roleRef",
    "subjects",
];

/// Whether options of a controller may change facts of this job.
///
/// Flux documentation, "Kustomization", "Patches"; Argo CD documentation, "Kustomize".
fn changes_facts(options: &Node) -> bool {
    let own = OPTIONS
        .iter()
        .filter_map(|name| Some((*name, options.get(name)?)));
    let mut set = own.filter(|(_, value)| !value.is_null());
    set.any(|(name, value)| !name.starts_with("patches") || has_word(value))
}

fn has_word(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(has_word),
        Value::Map(members) => members
            .iter()
            .any(|(key, value)| has_word(key) || has_word(value)),
        Value::String(scalar) => {
            // A path ends at the end of its line, in the forms of YAML and of JSON.
            let ends = [',', '}', '"', '\'', ' '];
            let text = format!("{}\n", scalar.text.literal().replace(ends, "\n"));
            WORDS.iter().any(|word| text.contains(word))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The namespace of an object.
enum Namespace {
    /// As the object states it.
    Stated,
    Of(String),
    /// Several, or one that is unknown.
    Open,
}

/// The directories and the places of objects without a namespace.
struct Directories<'l> {
    deployed: &'l [Deployed],
    unstated: &'l HashSet<Origin>,
    built: &'l Built,
    files: HashMap<SourceId, Option<PathBuf>>,
}

impl Directories<'_> {
    /// The namespace of an object, which is in the directory of its file or of the kustomization that made it.
    fn namespace(&mut self, sources: &SourceMap, cluster: &str, origin: Origin) -> Namespace {
        let is_unstated = self.unstated.contains(&origin);
        let file = match self.built.folder(cluster) {
            Some(folder) => &Path::new(".").join(folder).canonicalize().ok(),
            None => self.files.entry(origin.source).or_insert_with(|| {
                let name = sources.name(origin.source);
                Path::new(name).canonicalize().ok()
            }),
        };
        let Some(file) = file else {
            return Namespace::Stated;
        };
        let mut own = self
            .deployed
            .iter()
            .filter(|own| (own.overrides || is_unstated) && file.starts_with(&own.path))
            .map(|own| own.namespace.as_ref().filter(|_| !own.changes));
        match own.next() {
            None => Namespace::Stated,
            Some(Some(first)) if own.all(|other| other == Some(first)) => {
                Namespace::Of(first.clone())
            }
            Some(_) => Namespace::Open,
        }
    }
}

/// Gives the objects of each directory their namespace; where it is unknown nothing is decided about them.
pub(crate) fn settle(loading: &mut Loading) {
    let deployed = std::mem::take(&mut loading.deployed);
    if deployed.is_empty() {
        return;
    }
    let unstated = std::mem::take(&mut loading.unstated_namespaces);
    let mut directories = Directories {
        deployed: &deployed,
        unstated: &unstated,
        built: &loading.built,
        files: HashMap::new(),
    };
    let part = || Hole::any("what a controller makes of it");
    let inventory = &mut loading.inventory;
    let sources = &loading.sources;
    for mut class in std::mem::take(&mut inventory.classes) {
        match directories.namespace(sources, &class.cluster, class.name.origin) {
            Namespace::Stated => inventory.classes.push(class),
            Namespace::Of(namespace) => {
                class.namespace = namespace;
                inventory.classes.push(class);
            }
            Namespace::Open => inventory.open_classes.push(OpenClass {
                cluster: class.cluster,
                namespace: format!("<{}>", &*part().name),
                name: class.name,
                part: part(),
            }),
        }
    }
    let mut unnamed = Vec::new();
    for mut workload in std::mem::take(&mut inventory.workloads) {
        match directories.namespace(sources, &workload.cluster, workload.origin) {
            Namespace::Stated => inventory.workloads.push(workload),
            Namespace::Of(namespace) => {
                workload.namespace = namespace;
                inventory.workloads.push(workload);
            }
            Namespace::Open => {
                let file = sources.name(workload.origin.source);
                unnamed.push(format!("{file} ({} {})", workload.kind, workload.name));
            }
        }
    }
    for account in &mut inventory.service_accounts {
        match directories.namespace(sources, &account.pod.cluster, account.origin) {
            Namespace::Stated => {}
            Namespace::Of(namespace) => account.pod.namespace = namespace,
            Namespace::Open => account.pod.namespace = format!("<{}>", &*part().name),
        }
    }
    for own in loading.synced.places() {
        if let Namespace::Of(namespace) = directories.namespace(sources, &own.value.0, own.origin) {
            own.value.1 = namespace;
        }
    }
    for shown in unnamed {
        loading.unread_file(&shown, unread::open_object(&part()));
    }
}
