//! The objects that each pod mounts: from workloads and their classes, and from the mounts of a world file.

use super::context::account_of;
use crate::{
    inventory::{
        AccountId, Association, Attribute, CsiVolume, Descriptor, Inventory, Mount, Pod,
        SecretProviderClass, Via, Workload, find::Object, names::ObjectNames,
    },
    service::{SECRETS_MANAGER, ServiceProfile, behind, referenced_secret},
    source::{Origin, Spanned},
};
use std::collections::{HashMap, HashSet};

/// The CSI driver that mounts classes.
const DRIVER: &str = "secrets-store.csi.k8s.io";

/// An object as a pod mounts it.
#[derive(Clone, Debug)]
pub struct MountPoint<'a> {
    /// The pod.
    pub pod: Pod,
    /// The requested name or ARN.
    pub name: &'a Spanned<String>,
    /// The service of the object.
    pub service: &'static ServiceProfile,
    /// Whether Parameter Store returns a secret: the name is a reference, and `service` is Secrets Manager.
    pub by_reference: bool,
    /// The object, if it is known in the region of the request.
    pub object: Option<Object<'a>>,
    /// The account in which a name is looked up; empty if no source states it.
    pub account: &'a str,
    /// The region of the request; `None` if no source states it.
    pub region: Option<String>,
    /// The place of the region.
    pub region_origin: Option<Origin>,
    /// The failover region.
    pub failover: Option<Failover<'a>>,
    /// A fixed version.
    pub version: Option<&'a str>,
    /// A staging label.
    pub label: Option<&'a str>,
    /// How the pod gets its credentials, if the mount states it.
    pub via: Option<Via>,
    /// The class and its entry, if the mount is from a class.
    pub class: Option<(&'a SecretProviderClass, Option<&'a Descriptor>)>,
    /// The workload, if it is known.
    pub workload: Option<&'a Workload>,
    /// Whether the name is the name of a class that no source describes.
    pub missing_class: bool,
    /// The volume, if the driver rejects it.
    pub rejected: Option<&'a CsiVolume>,
}

/// The request in the failover region.
#[derive(Clone, Debug)]
pub struct Failover<'a> {
    /// The region.
    pub region: &'a str,
    /// The name or ARN.
    pub name: &'a str,
    /// The object, if it is known in that region.
    pub object: Option<Object<'a>>,
}

impl<'a> MountPoint<'a> {
    /// A mount of which only the pod, the service and the name are known.
    pub fn new(pod: Pod, service: &'static ServiceProfile, name: &'a Spanned<String>) -> Self {
        Self {
            pod,
            name,
            service,
            by_reference: false,
            object: None,
            account: "",
            region: None,
            region_origin: None,
            failover: None,
            version: None,
            label: None,
            via: None,
            class: None,
            workload: None,
            missing_class: false,
            rejected: None,
        }
    }

    /// A mount of an object, in the region of the object.
    pub fn of_object(pod: Pod, object: Object<'a>, name: &'a Spanned<String>) -> Self {
        Self {
            object: Some(object),
            region: Some(object.region().to_owned()),
            ..Self::new(pod, object.profile(), name)
        }
    }

    /// Whether the mount names an object, in any account and region.
    pub fn names_object(&self, object: Object<'_>) -> bool {
        if self.missing_class {
            return false;
        }
        let bare = |name: &str| name.strip_prefix('/').unwrap_or(name).to_owned();
        let name = self.object_name(&self.name.value);
        if let Some(arn) = self.name.value.strip_prefix("arn:") {
            return arn.ends_with(&format!(":secret:{}", object.name()))
                || object.arn().known() == Some(&self.name.value);
        }
        *object.profile() == *self.service && bare(name) == bare(object.name())
    }

    /// The name of the object that a mount with a name requests: for a reference, the name of the secret.
    pub fn object_name<'n>(&self, name: &'n str) -> &'n str {
        let referenced = self.by_reference.then(|| referenced_secret(name));
        referenced.flatten().unwrap_or(name)
    }
}

/// The most mounts that [`find`] reads before it merges those with the same question.
pub(crate) fn count(inventory: &Inventory) -> usize {
    let mut objects: HashMap<(&str, &str, &str), usize> = HashMap::new();
    for class in &inventory.classes {
        objects
            .entry((&class.cluster, &class.namespace, &class.name.value))
            .or_insert(class.objects.len().max(1));
    }
    let of_workload = |workload: &Workload| {
        let names = workload.classes.iter();
        let counts = names.map(|name| {
            let class = (
                workload.cluster.as_str(),
                workload.namespace.as_str(),
                name.value.as_str(),
            );
            objects.get(&class).copied().unwrap_or(1)
        });
        counts.fold(0, usize::saturating_add)
    };
    let workloads = inventory.workloads.iter().map(of_workload);
    workloads.fold(inventory.mounts.len(), usize::saturating_add)
}

/// Every mount of a world.
pub(super) fn find(inventory: &Inventory) -> Vec<MountPoint<'_>> {
    let names = &ObjectNames::new(inventory);
    let stated = inventory
        .mounts
        .iter()
        .map(|mount| stated(inventory, names, mount));
    let mut named: HashMap<(&str, &str, &str), &SecretProviderClass> = HashMap::new();
    for class in &inventory.classes {
        named
            .entry((&class.cluster, &class.namespace, &class.name.value))
            .or_insert(class);
    }
    let callers = Callers::new(inventory);
    let classes = inventory.workloads.iter().flat_map(|workload| {
        let (named, callers) = (&named, &callers);
        workload.classes.iter().flat_map(move |name| {
            let class = named.get(&(
                workload.cluster.as_str(),
                workload.namespace.as_str(),
                name.value.as_str(),
            ));
            let mut mounts = match class {
                Some(class) if class.provider == "aws" => {
                    of_class(inventory, names, callers, workload, class)
                }
                // Another provider's.
                Some(_) => Vec::new(),
                None => vec![without_class(workload, name)],
            };
            let rejected = rejected(workload, &name.value);
            for mount in &mut mounts {
                mount.rejected = rejected;
            }
            mounts
        })
    });
    // Several workloads of one service account that share a class ask the same question. Classes and entries are distinguished by
    // address, since two may have the same place, for example through a YAML alias.
    let mut seen = HashSet::new();
    let classes = classes.filter(|mount| match mount.class {
        Some((class, descriptor)) => seen.insert((
            mount.pod.clone(),
            std::ptr::from_ref(class),
            descriptor.map(std::ptr::from_ref),
            mount.rejected.map(std::ptr::from_ref),
        )),
        None => true,
    });
    stated.chain(classes).collect()
}

/// The volume of a class that the driver rejects: it is not read-only.
///
/// Secrets Store CSI Driver, `pkg/secrets-store/nodeserver.go`, `NodePublishVolume`: "Readonly is not true in request".
fn rejected<'a>(workload: &'a Workload, class: &str) -> Option<&'a CsiVolume> {
    let mut of_class = workload.volumes.iter().filter(|volume| {
        let own = volume.class();
        volume.driver.value == DRIVER && own.is_some_and(|own| own.value == class)
    });
    of_class.find(|volume| {
        let written = volume.read_only.as_ref();
        !written.is_some_and(|written| written.value)
    })
}

/// A volume with a class that no source describes.
fn without_class<'a>(workload: &'a Workload, name: &'a Spanned<String>) -> MountPoint<'a> {
    MountPoint {
        workload: Some(workload),
        missing_class: true,
        ..MountPoint::new(workload.pod(), &SECRETS_MANAGER, name)
    }
}

/// The accounts of the roles of all pods.
struct Callers<'a> {
    associations: HashMap<(&'a str, &'a str, &'a str), &'a Association>,
    annotations: HashMap<&'a Pod, &'a str>,
}

impl<'a> Callers<'a> {
    fn new(inventory: &'a Inventory) -> Self {
        // Of two that claim a pod the first applies, as in the walk.
        let associations = inventory.associations.iter().rev().map(|association| {
            let namespace = association.namespace.value.as_str();
            let service_account = association.service_account.value.as_str();
            let pod = (association.cluster.as_str(), namespace, service_account);
            (pod, association)
        });
        let annotations = inventory
            .service_accounts
            .iter()
            .rev()
            .filter_map(|account| {
                let role = account.irsa.as_ref()?;
                Some((&account.pod, role.value.as_str()))
            });
        Self {
            associations: associations.collect(),
            annotations: annotations.collect(),
        }
    }

    /// The account of the role with which a pod reads; that of its cluster if no source states the role, and none if the
    /// target role is unknown.
    ///
    /// Secrets Manager API Reference, "GetSecretValue", `SecretId`: the name of a secret is that of one in the account of
    /// the caller.
    fn account(&self, pod: &Pod, via: Option<Via>, home: &'a str) -> &'a str {
        let key = (
            pod.cluster.as_str(),
            pod.namespace.as_str(),
            pod.service_account.as_str(),
        );
        let association = self.associations.get(&key);
        let association = association.filter(|_| via != Some(Via::Irsa));
        let role = match association.map(|own| (&own.target_role, &own.role)) {
            Some((Attribute::Unknown(_), _)) => return "",
            Some((Attribute::Known(target), _)) => Some(target.value.as_str()),
            Some((Attribute::Absent, role)) => role.known().map(|role| role.value.as_str()),
            None => None,
        };
        let annotation = self.annotations.get(pod).copied();
        let annotation = annotation.filter(|_| via != Some(Via::PodIdentity));
        let account = role.or(annotation).map_or("", account_of);
        if AccountId::parse(account).is_some() {
            account
        } else {
            home
        }
    }
}

fn of_class<'a>(
    inventory: &'a Inventory,
    names: &ObjectNames<'a>,
    callers: &Callers<'a>,
    workload: &'a Workload,
    class: &'a SecretProviderClass,
) -> Vec<MountPoint<'a>> {
    let pod = workload.pod();
    let via = class
        .uses_pod_identity()
        .map(|yes| if yes { Via::PodIdentity } else { Via::Irsa });
    let region = class
        .parameter("region")
        .filter(|region| !region.value.is_empty());
    let failover_region = class
        .parameter("failoverRegion")
        .filter(|region| !region.value.is_empty());
    let cluster = inventory.cluster(&workload.cluster);
    let region_text = region
        .map(|region| region.value.clone())
        .or_else(|| cluster.map(|cluster| cluster.region.to_string()));
    // A cluster that no source describes leaves the account of plain names open, if the role does not state it.
    let home = cluster.map_or("", |cluster| cluster.account.as_str());
    let account = callers.account(&pod, via, home);
    let point = |descriptor: Option<&'a Descriptor>| {
        let name = descriptor.map_or(&class.name, |descriptor| &descriptor.name);
        let service = descriptor.map_or(&SECRETS_MANAGER, Descriptor::service);
        let (service, by_reference) = behind(service, &name.value);
        let resolve = |name: &str, region: &str| {
            let secret = referenced_secret(name).filter(|_| by_reference);
            names.resolve(secret.unwrap_or(name), service, account, region)
        };
        let failover = descriptor.zip(failover_region).map(|(descriptor, region)| {
            let own = descriptor
                .failover
                .as_ref()
                .and_then(|failover| failover.name.as_ref());
            let name = own
                .filter(|name| !name.value.is_empty())
                .unwrap_or(&descriptor.name);
            Failover {
                region: &region.value,
                name: &name.value,
                object: resolve(&name.value, &region.value),
            }
        });
        MountPoint {
            by_reference,
            object: descriptor
                .and(region_text.as_deref())
                .and_then(|region| resolve(&name.value, region)),
            account,
            region: region_text.clone(),
            region_origin: region.map(|region| region.origin),
            failover,
            version: descriptor
                .and_then(|descriptor| descriptor.version.as_ref())
                .map(|version| version.value.as_str()),
            label: descriptor
                .and_then(|descriptor| descriptor.label.as_ref())
                .map(|label| label.value.as_str()),
            via,
            class: Some((class, descriptor)),
            workload: Some(workload),
            ..MountPoint::new(pod.clone(), service, name)
        }
    };
    let objects = class.objects_of(inventory.dialect(&class.cluster));
    if objects.is_empty() {
        return vec![point(None)];
    }
    objects
        .iter()
        .map(|descriptor| point(Some(descriptor)))
        .collect()
}

fn stated<'a>(
    inventory: &'a Inventory,
    names: &ObjectNames<'a>,
    mount: &'a Mount,
) -> MountPoint<'a> {
    let cluster = inventory.cluster(&mount.pod.cluster);
    // A bare name is the object of the cluster's own account, if it has one with the name.
    let all = names.find(&mount.object.value);
    let is_own =
        |object: &&Object<'_>| cluster.is_some_and(|cluster| cluster.account == object.account());
    let named = all.iter().find(is_own).or_else(|| all.first()).copied();
    // Without a region of its own, a mount reads in the cluster's region, and a reference to another region in that region.
    let home = cluster.map(|cluster| cluster.region.as_str());
    let region = mount
        .region
        .as_ref()
        .map(|region| region.value.as_str())
        .or_else(|| match named {
            Some(object) if home.is_none_or(|home| !is_in(object, home)) => Some(object.region()),
            _ => home,
        });
    let object = named.filter(|object| region.is_none_or(|region| is_in(*object, region)));
    let failover = mount.failover.as_ref().map(|failover| Failover {
        region: &failover.value,
        name: &mount.object.value,
        object: named.filter(|object| is_in(*object, &failover.value)),
    });
    let service = named.map_or(&SECRETS_MANAGER, Object::profile);
    MountPoint {
        object,
        account: cluster.map_or("", |cluster| cluster.account.as_str()),
        region: region.map(str::to_owned),
        region_origin: mount.region.as_ref().map(|region| region.origin),
        failover,
        version: mount.version.as_deref(),
        label: mount.label.as_deref(),
        via: mount.via,
        ..MountPoint::new(mount.pod.clone(), service, &mount.object)
    }
}

/// Whether an object or a replica of it is in a region.
pub(super) fn is_in(object: Object<'_>, region: &str) -> bool {
    match object {
        Object::Secret(secret) => secret.is_in(region),
        Object::Parameter(parameter) => parameter.region == region,
        Object::Key(key) => key.region == region,
    }
}
