//! Service accounts, associations, classes, workloads and mounts.

use super::{Differences, fold, rivalry};
use policy_engine::{
    inventory::{Association, DuplicateAssociation, Inventory, SecretProviderClass},
    source::Spanned,
};

impl Differences<'_> {
    pub(super) fn workloads(&mut self, inventory: &mut Inventory) {
        let accounts = std::mem::take(&mut inventory.service_accounts);
        inventory.service_accounts = fold(
            accounts,
            |account| account.pod.clone(),
            |old, new| {
                let what = format!(
                    "the role annotation of service account `{}/{}`",
                    new.pod.namespace, new.pod.service_account
                );
                self.annotation(&what, &mut old.irsa, new.irsa);
                old.origin = new.origin;
            },
        );
        let associations = std::mem::take(&mut inventory.associations);
        let triple = |association: &Association| {
            (
                association.cluster.clone(),
                association.namespace.value.clone(),
                association.service_account.value.clone(),
            )
        };
        inventory.associations = fold(associations, triple, |old, new| self.association(old, new));
        let classes = std::mem::take(&mut inventory.classes);
        let identity = |class: &SecretProviderClass| {
            (
                class.cluster.clone(),
                class.namespace.clone(),
                class.name.value.clone(),
            )
        };
        inventory.classes = fold(classes, identity, |old, new| {
            if !same_class(old, &new) {
                let what = format!(
                    "the SecretProviderClass `{}/{}`",
                    new.namespace, new.name.value
                );
                self.differ(&what, old.name.origin, new.name.origin);
            }
            *old = new;
        });
        let workloads = std::mem::take(&mut inventory.workloads);
        inventory.workloads = fold(
            workloads,
            |workload| {
                (
                    workload.cluster.clone(),
                    workload.namespace.clone(),
                    workload.kind.clone(),
                    workload.name.clone(),
                    // What only the beginning of its name is written of is another object each time.
                    workload.name.ends_with('-').then_some(workload.origin),
                )
            },
            |old, new| {
                let classes = |names: &[policy_engine::source::Spanned<String>]| {
                    names
                        .iter()
                        .map(|name| name.value.clone())
                        .collect::<Vec<_>>()
                };
                let same = old.service_account.value == new.service_account.value
                    && old.volumes.len() == new.volumes.len()
                    && classes(&old.classes) == classes(&new.classes);
                if !same {
                    let what = format!("the {} `{}/{}`", new.kind, new.namespace, new.name);
                    self.differ(&what, old.origin, new.origin);
                }
                *old = new;
            },
        );
        let mounts = std::mem::take(&mut inventory.mounts);
        inventory.mounts = fold(
            mounts,
            |mount| {
                let region = |region: &Option<policy_engine::source::Spanned<String>>| {
                    region.as_ref().map(|region| region.value.clone())
                };
                let regions = (region(&mount.region), region(&mount.failover));
                (
                    mount.pod.clone(),
                    mount.object.value.clone(),
                    regions,
                    mount.version.clone(),
                    mount.label.clone(),
                    mount.via,
                )
            },
            |old, new| *old = new,
        );
    }

    /// Each root module has a cluster of its own, so the annotations of two are of different service accounts.
    fn annotation(
        &mut self,
        what: &str,
        old: &mut Option<Spanned<String>>,
        new: Option<Spanned<String>>,
    ) {
        let differing = old.as_mut().zip(new.as_ref()).filter(|(before, new)| {
            before.value != new.value && self.are_rivals(before.origin, new.origin)
        });
        match differing {
            Some((before, _)) => before.value = format!("<{}>", &*rivalry(what).name),
            None => self.value(what, old, new),
        }
    }

    fn association(&mut self, old: &mut Association, new: Association) {
        let pod = format!("{}/{}", new.namespace.value, new.service_account.value);
        let what = |fact: &str| format!("the {fact} of the association of `{pod}`");
        // Two resources that each make an association describe two associations: of the first only its existence is kept.
        if let (Some(first), Some(second)) = (&old.declared, &new.declared)
            && first != second
        {
            let declared = first.clone();
            let before = std::mem::replace(old, new);
            let mut role = before.role.clone();
            let known = self.conflicts.len();
            self.attribute(&what("role"), &mut role, old.role.clone());
            // POD205 reports it.
            self.conflicts.truncate(known);
            old.duplicates = before.duplicates;
            old.duplicates.push(DuplicateAssociation {
                declared,
                role: before.role,
                origin: before.origin,
            });
            return;
        }
        // The list call contains nothing but its existence.
        if new.role.known().is_none() && new.declared.is_none() {
            return;
        }
        let known = old.role.known().is_some();
        self.attribute(&what("role"), &mut old.role, new.role);
        self.attribute(&what("target role"), &mut old.target_role, new.target_role);
        if known {
            self.attribute(
                &what("session tags"),
                &mut old.session_tags,
                new.session_tags,
            );
        } else {
            old.session_tags = new.session_tags;
        }
        self.plain(
            &what("external id"),
            &mut old.external_id,
            new.external_id,
            (old.origin, new.origin),
        );
        self.policy(&what("session policy"), &mut old.policy, new.policy);
        old.declared = new.declared.or(old.declared.take());
        old.namespace = new.namespace;
        old.service_account = new.service_account;
        old.origin = new.origin;
    }
}

fn same_class(left: &SecretProviderClass, right: &SecretProviderClass) -> bool {
    let parameters = |class: &SecretProviderClass| {
        let pairs = class
            .parameters
            .iter()
            .map(|(key, value)| (key.value.clone(), value.value.clone()));
        pairs.collect::<Vec<_>>()
    };
    let objects = |class: &SecretProviderClass| {
        let keys = class.objects.iter().map(|object| {
            let text = |value: &Option<policy_engine::source::Spanned<String>>| {
                value.as_ref().map(|value| value.value.clone())
            };
            let names = (
                object.name.value.clone(),
                text(&object.kind),
                text(&object.alias),
            );
            (
                names,
                text(&object.version),
                text(&object.label),
                text(&object.permission),
            )
        });
        keys.collect::<Vec<_>>()
    };
    let synced = |class: &SecretProviderClass| {
        let keys = class.synced.iter().flat_map(|secret| &secret.data);
        let text = |value: &Option<policy_engine::source::Spanned<String>>| {
            value.as_ref().map(|value| value.value.clone())
        };
        keys.map(|key| (text(&key.object), text(&key.key)))
            .collect::<Vec<_>>()
    };
    parameters(left) == parameters(right)
        && synced(left) == synced(right)
        && objects(left) == objects(right)
        && left.unreadable.is_some() == right.unreadable.is_some()
}
