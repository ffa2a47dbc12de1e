//! The objects and pods of a world by name, so that the search for one of them does not read all.

use super::{
    Inventory, Pod,
    find::{Object, is_named, resolve_arn},
};
use crate::{
    service::{PARAMETER_STORE, ServiceProfile},
    text::{HoleKind, Text},
};
use std::collections::HashMap;

/// Secrets, parameters and keys by name.
#[derive(Debug)]
pub(crate) struct ObjectNames<'a> {
    inventory: &'a Inventory,
    /// Secrets and parameters, in the order of the inventory.
    objects: HashMap<&'a str, Vec<Object<'a>>>,
    keys: HashMap<&'a str, Vec<Object<'a>>>,
    /// The secrets with an unknown part in the ARN, which the search by name would miss.
    open: Vec<Object<'a>>,
}

impl<'a> ObjectNames<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> Self {
        Self {
            inventory,
            objects: by_name(inventory.objects()),
            keys: by_name(inventory.keys.iter().map(Object::Key)),
            open: inventory
                .secrets
                .iter()
                .filter(|own| is_open(&own.arn))
                .map(Object::Secret)
                .collect(),
        }
    }

    /// As [`Inventory::find_objects`].
    pub(crate) fn find(&self, reference: &str) -> Vec<Object<'a>> {
        if reference.starts_with("arn:") || reference.contains(['*', '?']) {
            return self.inventory.find_objects(reference);
        }
        let name = match reference.split_once(':') {
            Some((account, name)) if !account.contains('/') => name,
            _ => reference,
        };
        let named = |objects: &HashMap<&'a str, Vec<Object<'a>>>| -> Vec<Object<'a>> {
            let objects = objects.get(name).map(Vec::as_slice).unwrap_or_default();
            let objects = objects.iter().copied();
            objects
                .filter(|object| is_named(self.inventory, *object, reference))
                .collect()
        };
        let objects = named(&self.objects);
        if objects.is_empty() {
            named(&self.keys)
        } else {
            objects
        }
    }

    /// As [`Inventory::resolve`].
    pub(crate) fn resolve(
        &self,
        name: &str,
        service: &ServiceProfile,
        account: &str,
        region: &str,
    ) -> Option<Object<'a>> {
        if name.starts_with("arn:") {
            return self.resolve_arn(name, region);
        }
        if *service == PARAMETER_STORE {
            // AWS Systems Manager User Guide, "Creating Parameter Store parameters", "Requirements and constraints for
            // parameter names": a call names a hierarchy with its first slash; a name without hierarchy may go without.
            let bare = name.strip_prefix('/').unwrap_or(name);
            if bare.contains('/') && bare == name {
                return None;
            }
            let spelt = [bare.to_owned(), format!("/{bare}")];
            let mut named = spelt.iter().flat_map(|name| self.named(name));
            return named.find(|object| match object {
                Object::Parameter(own) => own.account == account && own.region == region,
                Object::Secret(_) | Object::Key(_) => false,
            });
        }
        let mut named = self.named(name);
        named.find(|object| match object {
            Object::Secret(secret) => secret.account == account && secret.is_in(region),
            Object::Parameter(_) | Object::Key(_) => false,
        })
    }

    fn resolve_arn(&self, arn: &str, region: &str) -> Option<Object<'a>> {
        let mut kinds = [":secret:", ":parameter/"].into_iter();
        let name = kinds.find_map(|kind| Some(arn.split_once(kind)?.1));
        let Some(name) = name else {
            return resolve_arn(self.inventory.objects(), arn, region);
        };
        // Behind the name of a secret are a hyphen and six characters, or a part of them; the name of a parameter may begin with the slash.
        let shorter = name.char_indices().rev().take(7);
        let starts = shorter.filter_map(|(at, _)| name.get(..at));
        let slash = format!("/{name}");
        let candidates: Vec<_> = [name, &slash]
            .into_iter()
            .chain(starts)
            .flat_map(|name| self.named(name))
            .chain(self.open.iter().copied())
            .collect();
        resolve_arn(candidates.into_iter(), arn, region)
    }

    fn named(&self, name: &str) -> impl Iterator<Item = Object<'a>> {
        let objects = self.objects.get(name).map(Vec::as_slice);
        objects.unwrap_or_default().iter().copied()
    }
}

/// Whether a part of an ARN is unknown, beside the six characters at the end.
fn is_open(arn: &Text) -> bool {
    let mut holes = arn.holes().iter();
    holes.any(|(_, hole)| hole.kind != HoleKind::SecretSuffix)
}

fn by_name<'a>(objects: impl Iterator<Item = Object<'a>>) -> HashMap<&'a str, Vec<Object<'a>>> {
    let mut names: HashMap<&'a str, Vec<Object<'a>>> = HashMap::new();
    for object in objects {
        names.entry(object.name()).or_default().push(object);
    }
    names
}

/// Pods by namespace and service account.
#[derive(Debug)]
pub(crate) struct PodNames<'a> {
    inventory: &'a Inventory,
    all: Vec<Pod>,
    pods: HashMap<String, Vec<usize>>,
}

impl<'a> PodNames<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> Self {
        let all = inventory.pods();
        let mut pods: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, pod) in all.iter().enumerate() {
            let name = format!("{}/{}", pod.namespace, pod.service_account);
            pods.entry(name).or_default().push(number);
        }
        Self {
            inventory,
            all,
            pods,
        }
    }

    /// Every pod once, in order.
    pub(crate) fn all(&self) -> &[Pod] {
        &self.all
    }

    /// As [`Inventory::find_pods`].
    pub(crate) fn find(&self, reference: &str) -> Vec<Pod> {
        if reference.contains(['*', '?']) {
            return self.inventory.find_pods(reference);
        }
        let (cluster, name) = match reference.split_once(':') {
            Some((cluster, name)) => (Some(cluster), name),
            None => (None, reference),
        };
        let numbers = self.pods.get(name).map(Vec::as_slice).unwrap_or_default();
        let pods = numbers.iter().filter_map(|number| self.all.get(*number));
        let is_wanted = |pod: &&Pod| {
            let known = self.inventory.cluster(&pod.cluster);
            let known = known.map_or(pod.cluster.as_str(), |cluster| &cluster.name);
            cluster.is_none_or(|wanted| wanted == known)
        };
        pods.filter(is_wanted).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Snapshot;

    #[test]
    fn an_index_finds_what_the_search_finds() {
        let snapshot = include_bytes!("../../../fixtures/snapshots/blog-single-account.json");
        let inventory = Snapshot::read(snapshot).unwrap().inventory;
        let (objects, pods) = (ObjectNames::new(&inventory), PodNames::new(&inventory));
        let arns = |objects: Vec<Object<'_>>| -> Vec<String> {
            objects
                .iter()
                .map(|object| object.arn().to_string())
                .collect()
        };
        let mut references = vec!["*".to_owned(), "x:y".to_owned(), "dev/*".to_owned()];
        for object in inventory.objects() {
            let shown = object.display(&inventory);
            references.extend([object.name().to_owned(), shown, object.arn().to_string()]);
            for region in ["us-east-1", "eu-west-1"] {
                let (service, account) = (object.profile(), object.account());
                let arn = object.arn();
                for name in [
                    object.name(),
                    arn.literal(),
                    &format!("{}AbCdEf", arn.literal()),
                ] {
                    let own = objects.resolve(name, service, account, region);
                    let other = inventory.resolve(name, service, account, region);
                    assert_eq!(own.map(Object::arn), other.map(Object::arn), "{name}");
                }
            }
        }
        assert!(references.len() > 6, "{references:?}");
        for reference in references {
            let (own, other) = (objects.find(&reference), inventory.find_objects(&reference));
            assert_eq!(arns(own), arns(other), "{reference}");
        }
        let mut references = vec!["*:*/*".to_owned(), "dev/*".to_owned(), "x".to_owned()];
        for pod in inventory.pods() {
            references.push(inventory.pod_name(&pod));
            references.push(format!("{}/{}", pod.namespace, pod.service_account));
        }
        for reference in references {
            assert_eq!(
                pods.find(&reference),
                inventory.find_pods(&reference),
                "{reference}"
            );
        }
    }
}
