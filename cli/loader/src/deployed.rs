//! The namespaces into which Argo CD and Flux deploy the manifests of a directory.
//!
//! Argo CD documentation, "Application Specification", `destination.namespace`: it is the namespace of objects that state none. Flux
//! documentation, "Kustomization", "Target namespace": it sets or overrides the namespace.

use crate::{loading::Loading, pending::Deployed};
use policy_engine::{
    source::{Origin, SourceMap},
    syntax::node::Node,
};
use std::path::{Path, PathBuf};

/// Keeps what an Application or a Kustomization of Flux states of a directory.
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
            let paths = part(&["spec", "path"]).into_iter().collect();
            (paths, part(&["spec", "targetNamespace"]), true)
        }
        _ => return,
    };
    let Some(namespace) = namespace.filter(|namespace| !namespace.contains("{{")) else {
        return;
    };
    for path in paths {
        let path: PathBuf = Path::new(path)
            .components()
            .filter(|step| matches!(step, std::path::Component::Normal(_)))
            .collect();
        if path.as_os_str().is_empty() {
            continue;
        }
        loading.deployed.push(Deployed {
            path,
            namespace: namespace.to_owned(),
            overrides,
        });
    }
}

/// Gives the objects of each directory their namespace; two that differ leave it as it is.
pub(crate) fn settle(loading: &mut Loading) {
    let deployed = std::mem::take(&mut loading.deployed);
    if deployed.is_empty() {
        return;
    }
    let Loading {
        inventory,
        sources,
        unstated_namespaces,
        synced,
        ..
    } = loading;
    let place = |namespace: &mut String, origin: Origin| {
        let is_unstated = unstated_namespaces.contains(&origin);
        let mut own = deployed
            .iter()
            .filter(|own| (own.overrides || is_unstated) && is_below(sources, origin, &own.path))
            .map(|own| &own.namespace);
        let Some(first) = own.next() else { return };
        if own.all(|other| other == first) {
            namespace.clone_from(first);
        }
    };
    for class in &mut inventory.classes {
        place(&mut class.namespace, class.name.origin);
    }
    for class in &mut inventory.open_classes {
        place(&mut class.namespace, class.name.origin);
    }
    for workload in &mut inventory.workloads {
        place(&mut workload.namespace, workload.origin);
    }
    for account in &mut inventory.service_accounts {
        place(&mut account.pod.namespace, account.origin);
    }
    for own in synced.places() {
        place(&mut own.value.1, own.origin);
    }
}

/// Whether a file lies below a directory of the repository.
fn is_below(sources: &SourceMap, origin: Origin, path: &Path) -> bool {
    let file = Path::new(sources.name(origin.source));
    file.ancestors()
        .skip(1)
        .any(|folder| folder.ends_with(path))
}
