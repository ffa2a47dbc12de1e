//! The CSI volumes of a pod template as written, with the containers that mount them and their users.

use crate::fields::{member, spelt};
use policy_engine::{
    inventory::{CsiVolume, RunAs, VolumeMount},
    source::Spanned,
    syntax::node::{Node, Value},
};

/// The driver of the Secrets Store.
pub(crate) const DRIVER: &str = "secrets-store.csi.k8s.io";
/// The members of a pod template that hold containers.
pub(super) const CONTAINERS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// The volumes of the driver, and those that name a class with another driver.
pub(super) fn read(template: &Node) -> Vec<CsiVolume> {
    list(template, "volumes")
        .iter()
        .filter_map(|volume| {
            let (key, csi) = volume.entry("csi")?;
            let name = member(volume, "name");
            let mut attributes = texts(csi.get("volumeAttributes"));
            // Those of other drivers may be anything, also values of secrets.
            attributes.retain(|(key, _)| key.value == "secretProviderClass");
            let names_class = attributes
                .iter()
                .any(|(key, _)| key.value == "secretProviderClass");
            let driver = member(csi, "driver");
            let driver = driver.unwrap_or_else(|| Spanned::new(String::new(), key.origin));
            if driver.value != DRIVER && !names_class {
                return None;
            }
            Some(CsiVolume {
                mounts: name
                    .as_ref()
                    .map(|name| mounts(template, &name.value))
                    .unwrap_or_default(),
                name: name.unwrap_or_else(|| Spanned::new(String::new(), key.origin)),
                driver,
                read_only: boolean(csi, "readOnly"),
                attributes,
                publish_secret: csi
                    .get("nodePublishSecretRef")
                    .and_then(|secret| member(secret, "name")),
                origin: key.origin,
            })
        })
        .collect()
}

fn mounts(template: &Node, volume: &str) -> Vec<VolumeMount> {
    let containers = CONTAINERS.iter().flat_map(|kind| list(template, kind));
    let mut mounts = Vec::new();
    for container in containers {
        let of_volume = list(container, "volumeMounts")
            .iter()
            .filter(|mount| mount.get("name").and_then(Node::as_str) == Some(volume));
        for mount in of_volume {
            mounts.push(VolumeMount {
                container: member(container, "name")
                    .map(|name| name.value)
                    .unwrap_or_default(),
                path: member(mount, "mountPath")
                    .unwrap_or_else(|| Spanned::new(String::new(), mount.origin)),
                sub_path: member(mount, "subPath").or_else(|| member(mount, "subPathExpr")),
                run_as: Security::of(container).run_as,
                origin: mount.origin,
            });
        }
    }
    mounts
}

/// The `securityContext` of a pod or a container.
#[derive(Default)]
pub(super) struct Security {
    pub(super) run_as: RunAs,
    pub(super) fs_group: Option<Spanned<String>>,
    pub(super) groups: Vec<Spanned<String>>,
}

impl Security {
    pub(super) fn of(node: &Node) -> Self {
        let Some(context) = node.get("securityContext") else {
            return Self::default();
        };
        Self {
            run_as: RunAs {
                user: member(context, "runAsUser"),
                group: member(context, "runAsGroup"),
                non_root: boolean(context, "runAsNonRoot"),
            },
            fs_group: member(context, "fsGroup"),
            groups: list(context, "supplementalGroups")
                .iter()
                .filter_map(spelt)
                .collect(),
        }
    }
}

/// The members of a map of texts.
pub(super) fn texts(node: Option<&Node>) -> Vec<(Spanned<String>, Spanned<String>)> {
    let members = node.and_then(Node::as_map).unwrap_or_default().iter();
    members
        .filter_map(|(key, value)| Some((spelt(key)?, spelt(value)?)))
        .collect()
}

pub(super) fn list<'a>(node: &'a Node, name: &str) -> &'a [Node] {
    node.get(name).and_then(Node::as_list).unwrap_or_default()
}

pub(super) fn boolean(node: &Node, name: &str) -> Option<Spanned<bool>> {
    let node = node.get(name)?;
    match node.value {
        Value::Bool(value) => Some(Spanned::new(value, node.origin)),
        _ => None,
    }
}
