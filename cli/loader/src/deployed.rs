//! The namespaces into which Argo CD and Flux deploy the manifests of a directory.
//!
//! Argo CD documentation, "Application Specification", `destination.namespace`: it is the namespace of objects that state none. Flux
//! documentation, "Kustomization", "Target namespace": it sets or overrides the namespace.

use crate::{loading::Loading, pending::Deployed, root::Root, unread};
use policy_engine::{
    inventory::OpenClass,
    source::{Origin, SourceId, SourceMap},
    syntax::node::Node,
    text::Hole,
};
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

/// Keeps what an Application or a Kustomization of Flux states of a directory of its repository.
pub(crate) fn note(loading: &mut Loading, object: &Node) {
    let part = |path: &[&str]| object.at(path).and_then(Node::as_str);
    let version = part(&["apiVersion"]).unwrap_or("");
    let (paths, namespace, overrides) = match part(&["kind"]) {
        Some("Application") if version.starts_with("argoproj.io/") => {
            let mut paths: Vec<_> = part(&["spec", "source", "path"]).into_iter().collect();
            let sources = object.at(&["spec", "sources"]).and_then(Node::as_list);
            for source in sources.into_iter().flatten() {
                paths.extend(source.get("path").and_then(Node::as_str));
            }
            (paths, part(&["spec", "destination", "namespace"]), false)
        }
        Some("Kustomization") if version.starts_with("kustomize.toolkit.fluxcd.io/") => {
            if object.at(&["spec", "targetNamespace"]).is_none() {
                return;
            }
            let paths = part(&["spec", "path"]).into_iter().collect();
            (paths, part(&["spec", "targetNamespace"]), true)
        }
        _ => return,
    };
    let is_known = |namespace: &&str| !namespace.contains("{{") && !namespace.contains('$');
    let namespace = namespace.filter(is_known);
    let file = Path::new(loading.sources.name(object.origin.source));
    let root = Root::among(&loading.options.paths, file);
    for path in paths {
        let path: PathBuf = Path::new(path)
            .components()
            .filter(|step| matches!(step, std::path::Component::Normal(_)))
            .collect();
        let folder = root.below(&path).filter(|_| !path.as_os_str().is_empty());
        if let Some(path) = folder {
            loading.deployed.push(Deployed {
                path,
                namespace: namespace.map(str::to_owned),
                overrides,
            });
        }
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
    files: HashMap<SourceId, Option<PathBuf>>,
}

impl Directories<'_> {
    fn namespace(&mut self, sources: &SourceMap, origin: Origin) -> Namespace {
        let is_unstated = self.unstated.contains(&origin);
        let file = self.files.entry(origin.source).or_insert_with(|| {
            let name = sources.name(origin.source);
            Path::new(name).canonicalize().ok()
        });
        let Some(file) = file else {
            return Namespace::Stated;
        };
        let mut own = self
            .deployed
            .iter()
            .filter(|own| (own.overrides || is_unstated) && file.starts_with(&own.path))
            .map(|own| own.namespace.as_ref());
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
        files: HashMap::new(),
    };
    let part = || Hole::any("the namespace into which a controller deploys it");
    let inventory = &mut loading.inventory;
    let sources = &loading.sources;
    for mut class in std::mem::take(&mut inventory.classes) {
        match directories.namespace(sources, class.name.origin) {
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
        match directories.namespace(sources, workload.origin) {
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
        match directories.namespace(sources, account.origin) {
            Namespace::Stated => {}
            Namespace::Of(namespace) => account.pod.namespace = namespace,
            Namespace::Open => account.pod.namespace = format!("<{}>", &*part().name),
        }
    }
    for own in loading.synced.places() {
        if let Namespace::Of(namespace) = directories.namespace(sources, own.origin) {
            own.value.1 = namespace;
        }
    }
    for shown in unnamed {
        loading.unread_file(&shown, unread::open_object(&part()));
    }
}
