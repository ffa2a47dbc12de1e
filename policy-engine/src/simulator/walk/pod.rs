//! The walk, first part: the mounted object, and the role of the pod.

use super::{POD_IDENTITY, STS, Walker};
use crate::evaluator::Verdict;
use crate::inventory::{
    Association, Attribute, ServiceAccount, Via, class::Mounting, find::Object, promise::Ask,
};
use crate::service::SECRETS_MANAGER;
use crate::simulator::context::account_of;
use crate::simulator::{Fault, Stage, StageName, Target, stages};
use crate::source::Origin;
use crate::syntax::glob::{Case, NoVariables, Pattern, Syntax};
use crate::text::Text;

impl<'a> Walker<'a, '_> {
    pub(super) fn class(&mut self) {
        let Some(mount) = self.mount else { return };
        if let Some(volume) = mount.rejected {
            let name = volume.name.value.clone();
            let note = format!("the volume {name} is not read-only, and the driver rejects it");
            let written = volume.read_only.as_ref();
            let origin = written.map_or(volume.origin, |written| written.origin);
            let fault = Fault::Volume(name);
            let asked = mount.class.map_or(mount.name, |(class, _)| &class.name);
            let (class, asked) = (StageName::Class, asked.value.clone());
            self.stages
                .push(stages::fault(class, asked, Some(origin), fault, note));
            return;
        }
        if self.missing_service_account() {
            return;
        }
        if let Some((class, descriptor)) = mount.class {
            let home = self.cluster.map_or("", |cluster| cluster.region.as_str());
            let asked = class.name.value.clone();
            let region = if home.is_empty() {
                mount.region.as_deref().unwrap_or("")
            } else {
                home
            };
            let mounting = Mounting {
                dialect: self.simulator.inventory.dialect(&class.cluster),
                region,
                driver_writes: false,
            };
            if let Some(fault) = self.simulator.faults.first(class, &mounting) {
                let note = fault.value.to_string();
                self.stages.push(stages::fault(
                    StageName::Class,
                    asked,
                    Some(fault.origin),
                    Fault::Class(fault.value),
                    note,
                ));
                return;
            }
            if self.missing_object(&asked) || descriptor.is_none() {
                return;
            }
            let by = Some(stages::written(class.name.origin));
            self.stages
                .push(stages::plain(StageName::Class, Verdict::Allow, asked, by));
            return;
        }
        let name = mount.name.value.clone();
        if mount.missing_class {
            self.missing_class(name, mount.name.origin);
        } else {
            self.missing_object(&name);
        }
    }

    /// Reports a service account that a pod template names and that does not exist.
    ///
    /// Kubernetes documentation, "Configure Service Accounts for Pods": a pod is made only if its service account exists; each namespace
    /// has `default`.
    fn missing_service_account(&mut self) -> bool {
        let Some(workload) = self.mount.and_then(|mount| mount.workload) else {
            return false;
        };
        let pod = &self.question.pod;
        let written = &workload.service_account;
        let inventory = self.simulator.inventory;
        let name = format!("{}/{}", pod.namespace, written.value);
        if written.value == "default"
            || !pod.is_known()
            || !inventory.is_absent("serviceAccounts", self.home_account(), &name)
            || self.has_service_account() != Some(false)
        {
            return false;
        }
        let note = format!("there is no service account `{name}`");
        let fault = Fault::NoServiceAccount(written.value.clone());
        let origin = Some(written.origin);
        self.stages
            .push(stages::fault(StageName::Class, name, origin, fault, note));
        true
    }

    /// Whether a source describes the service account of the pod, or one that may be it; nothing where no source describes any of the
    /// cluster.
    fn has_service_account(&self) -> Option<bool> {
        let pod = &self.question.pod;
        let accounts = self.simulator.inventory.service_accounts.iter();
        let of_cluster = accounts.filter(|account| account.pod.cluster == pod.cluster);
        let is_own = |account: &ServiceAccount| {
            let own = &account.pod;
            may_equal(&own.namespace, &pod.namespace)
                && may_equal(&own.service_account, &pod.service_account)
        };
        of_cluster.map(is_own).reduce(|some, own| some || own)
    }

    /// Reports a secret that is marked for deletion, if the question needs its value.
    ///
    /// AWS: Secrets Manager User Guide, "Delete an AWS Secrets Manager secret".
    pub(super) fn deletion(&mut self) {
        let object = match self.question.target {
            Target::Object(object) => Some(object),
            Target::Mount(mount) => mount.object,
        };
        let Some(Object::Secret(secret)) = object else {
            return;
        };
        let is_value = |action: &str| {
            let mut reading = SECRETS_MANAGER.read.iter().chain(&SECRETS_MANAGER.batch);
            reading.any(|read| read.eq_ignore_ascii_case(action))
        };
        if let Ask::Call(action) = self.question.ask
            && !is_value(action)
        {
            return;
        }
        let name = Object::Secret(secret).display(self.simulator.inventory);
        let stage = match &secret.deleted {
            Attribute::Absent => return,
            Attribute::Known(since) => {
                let note = format!("the secret {name} is marked for deletion");
                let fault = Fault::Deleted(since.value.clone());
                stages::fault(StageName::Class, name, Some(since.origin), fault, note)
            }
            Attribute::Unknown(hole) => {
                let missing = hole.reason(|| format!("whether {name} is marked for deletion"));
                stages::open(StageName::Class, name, missing)
            }
        };
        self.stages.push(stage);
    }

    /// Reports a class that a volume names and no source describes, or of which a part is unknown.
    fn missing_class(&mut self, name: String, origin: Origin) {
        let pod = &self.question.pod;
        let namespace = &pod.namespace;
        let mut open = self.simulator.inventory.open_classes.iter();
        let open = open.find(|class| {
            class.cluster == pod.cluster
                && may_equal(&class.namespace, namespace)
                && may_equal(&class.name.value, &name)
        });
        let is_named = Text::shown(namespace).is_known() && Text::shown(&name).is_known();
        if let Some(class) = open {
            let class_name = format!("SecretProviderClass {name} of namespace {namespace}");
            let missing = class.part.reason(|| "a part".to_owned());
            let missing = format!("{missing} in the {class_name}");
            self.stages
                .push(stages::open(StageName::Class, name, missing));
            return;
        }
        let stage = if is_named
            && self
                .simulator
                .inventory
                .is_absent("mounts", self.home_account(), &name)
        {
            let note = format!("there is no SecretProviderClass `{name}` in namespace {namespace}");
            stages::fault(
                StageName::Class,
                name.clone(),
                Some(origin),
                Fault::NoClass(name),
                note,
            )
        } else {
            let missing = format!("SecretProviderClass {name} of namespace {namespace}");
            stages::open(StageName::Class, name, missing)
        };
        self.stages.push(stage);
    }

    /// Reports an object that does not exist in the account and region of the mount.
    pub(super) fn missing_object(&mut self, asked: &str) -> bool {
        let Some(mount) = self.mount else {
            return false;
        };
        let failover = mount
            .failover
            .as_ref()
            .filter(|failover| failover.object.is_none());
        let (name, region) = match (mount.object, failover) {
            (None, _) => (
                mount.name.value.as_str(),
                mount.region.as_deref().unwrap_or("?"),
            ),
            (Some(_), Some(failover)) => (failover.name, failover.region),
            (Some(_), None) => return false,
        };
        let name = mount.object_name(name);
        let (kind, what) = (mount.service.kind, mount.service.noun);
        let owner = if name.starts_with("arn:") {
            account_of(name)
        } else {
            mount.account
        };
        let inventory = self.simulator.inventory;
        let is_absent = inventory.is_absent(kind, owner, name)
            && (kind != SECRETS_MANAGER.kind || !inventory.may_have_replica(name, owner, region));
        if is_absent && (mount.object.is_some() || mount.region.is_some()) {
            let origin = mount.region_origin.unwrap_or(mount.name.origin);
            let note = format!("there is no {what} `{name}` in {region}");
            let fault = Fault::NoObject {
                name: name.to_owned(),
                region: region.to_owned(),
            };
            self.stages.push(stages::fault(
                StageName::Class,
                asked.to_owned(),
                Some(origin),
                fault,
                note,
            ));
        } else {
            self.stages.push(stages::open(
                StageName::Class,
                asked.to_owned(),
                format!("{what} {name} in {region}"),
            ));
        }
        true
    }

    pub(super) fn home_account(&self) -> &str {
        self.cluster.map_or("", |cluster| cluster.account.as_str())
    }

    pub(super) fn via(&mut self) -> Option<Via> {
        let stated = self
            .question
            .via
            .or_else(|| self.mount.and_then(|mount| mount.via));
        let via = stated.or_else(|| {
            if self.own_association().is_some() {
                return Some(Via::PodIdentity);
            }
            let own = self.own_account();
            own.and_then(|account| account.irsa.as_ref())
                .map(|_| Via::Irsa)
        });
        self.via = via;
        via
    }

    pub(super) fn own_association(&self) -> Option<&'a Association> {
        self.simulator.association_of(self.question.pod)
    }

    fn own_account(&self) -> Option<&'a ServiceAccount> {
        self.simulator.service_account_of(self.question.pod)
    }

    /// The role's ARN, and its association.
    pub(super) fn association(
        &mut self,
        via: Option<Via>,
    ) -> Option<(String, Option<&'a Association>)> {
        let asked = self.simulator.inventory.pod_name(self.question.pod);
        let audience = if via == Some(Via::Irsa) {
            STS
        } else {
            POD_IDENTITY
        };
        let audiences = self.cluster.and_then(|cluster| cluster.audiences.as_ref());
        if let (Some(audiences), Some(_), Some((..))) =
            (audiences, via, self.mount.and_then(|mount| mount.class))
            && !audiences.value.iter().any(|listed| listed == audience)
        {
            let note =
                format!("the CSIDriver object requests no token for the audience {audience}");
            let origin = Some(audiences.origin);
            self.stages.push(stages::fault(
                StageName::Association,
                asked.clone(),
                origin,
                Fault::NoAudience(audience),
                note,
            ));
        }
        if via == Some(Via::Irsa) {
            self.annotation(asked)
        } else {
            self.pod_identity(asked)
        }
    }

    pub(super) fn annotation(
        &mut self,
        asked: String,
    ) -> Option<(String, Option<&'a Association>)> {
        let inventory = self.simulator.inventory;
        let own = self.own_account();
        if let Some(role) = own.and_then(|account| account.irsa.as_ref()) {
            self.take_role(asked, role.origin, &role.value);
            return Some((role.value.clone(), None));
        }
        if own.is_none()
            && (!inventory
                .closed
                .contains("serviceAccounts", self.home_account())
                || inventory.is_external("serviceAccounts", self.home_account(), &asked)
                || inventory.is_external(
                    "serviceAccounts",
                    self.home_account(),
                    &self.pod_reference(),
                ))
        {
            self.stages.push(stages::open(
                StageName::Association,
                asked.clone(),
                format!("service account {asked}"),
            ));
            return None;
        }
        if let Some(name) = self.account_with_open_name() {
            let missing = format!("whether {name} is the service account {asked}");
            self.stages
                .push(stages::open(StageName::Association, asked, missing));
            return None;
        }
        let note = format!("{asked} has no annotation eks.amazonaws.com/role-arn");
        let origin = own.map(|account| account.origin);
        self.stages.push(stages::fault(
            StageName::Association,
            asked,
            origin,
            Fault::NoAnnotation,
            note,
        ));
        None
    }

    /// The name of an annotated service account that may be that of the pod: the name or its namespace has an unknown part.
    fn account_with_open_name(&self) -> Option<String> {
        let pod = self.question.pod;
        let mut accounts = self.simulator.inventory.service_accounts.iter();
        let open = accounts.find(|account| {
            let own = &account.pod;
            account.irsa.is_some()
                && own != pod
                && own.cluster == pod.cluster
                && may_equal(&own.namespace, &pod.namespace)
                && may_equal(&own.service_account, &pod.service_account)
        });
        let own = &open?.pod;
        Some(format!("{}/{}", own.namespace, own.service_account))
    }

    /// The name of a cluster that may be that of the pod: no source describes the pod's, and the name has an unknown part.
    fn cluster_with_open_name(&self) -> Option<String> {
        let mut clusters = self.simulator.inventory.clusters.iter();
        let open = clusters.find(|cluster| !Text::shown(&cluster.name).is_known());
        let name = open.filter(|_| self.cluster.is_none())?.name.clone();
        Some(name.trim_matches(['<', '>']).to_owned())
    }

    pub(super) fn pod_identity(
        &mut self,
        asked: String,
    ) -> Option<(String, Option<&'a Association>)> {
        let inventory = self.simulator.inventory;
        let Some(association) = self.own_association() else {
            let elsewhere = inventory.is_external("serviceAccounts", self.home_account(), &asked)
                || inventory.is_external(
                    "serviceAccounts",
                    self.home_account(),
                    &self.pod_reference(),
                );
            let open = self
                .cluster_with_open_name()
                .map(|name| format!("whether {name} is the cluster of {asked}"));
            // Without an association the role of an annotation counts.
            let annotated = self
                .account_with_open_name()
                .filter(|_| self.via.is_none())
                .map(|name| format!("whether {name} is the service account {asked}"));
            let open = open.or(annotated);
            if elsewhere
                || open.is_some()
                || !inventory
                    .closed
                    .contains("associations", self.home_account())
            {
                let missing = open.unwrap_or_else(|| format!("association of {asked}"));
                self.stages
                    .push(stages::open(StageName::Association, asked, missing));
                return None;
            }
            let own = self.own_account();
            let note = format!("{asked} has no association");
            let origin = own.map(|account| account.origin);
            self.stages.push(stages::fault(
                StageName::Association,
                asked,
                origin,
                Fault::NoAssociation,
                note,
            ));
            return None;
        };
        let name = || format!("role of the association of {asked}");
        // Every association has a role, so that one that is not stated is not known.
        let role = match &association.role {
            Attribute::Known(role) => role,
            Attribute::Absent => return self.open_association(asked.clone(), name()),
            Attribute::Unknown(hole) => {
                return self.open_association(asked.clone(), hole.reason(name));
            }
        };
        let home = self.home_account();
        if !home.is_empty() && account_of(&role.value) != home {
            let note = format!(
                "{} is not in the cluster's account",
                inventory.role_name(&role.value)
            );
            self.stages.push(stages::fault(
                StageName::Association,
                asked,
                Some(role.origin),
                Fault::ForeignRole,
                note,
            ));
        } else {
            self.take_role(asked, association.origin, &role.value);
        }
        Some((role.value.clone(), Some(association)))
    }

    /// An association with a missing fact on which all later stages depend.
    fn open_association(
        &mut self,
        asked: String,
        missing: String,
    ) -> Option<(String, Option<&'a Association>)> {
        self.stages
            .push(stages::open(StageName::Association, asked, missing));
        None
    }

    /// `dev/app`
    fn pod_reference(&self) -> String {
        format!(
            "{}/{}",
            self.question.pod.namespace, self.question.pod.service_account
        )
    }

    pub(super) fn take_role(&mut self, asked: String, origin: Origin, role: &str) {
        let name = role.rsplit('/').next().unwrap_or(role).to_owned();
        let by = Some(stages::written(origin));
        let stage = Stage {
            note: Some(name),
            ..stages::plain(StageName::Association, Verdict::Allow, asked, by)
        };
        self.stages.push(stage);
    }
}

/// Whether two names with their unknown parts between angle brackets may be one name.
fn may_equal(left: &str, right: &str) -> bool {
    if !left.contains('<') && !right.contains('<') {
        return left == right;
    }
    let syntax = Syntax {
        wildcards: false,
        variables: false,
    };
    let (pattern, _) = Pattern::new(&Text::shown(left), syntax);
    let met = pattern.matches(&Text::shown(right), &NoVariables, Case::Sensitive);
    !met.truth.is_false()
}

#[cfg(test)]
mod tests {
    use super::may_equal;

    #[test]
    fn the_known_parts_of_names_are_compared() {
        for (left, right, expected) in [
            ("app", "app", true),
            ("app", "web", false),
            ("<variable>", "app", true),
            ("<${ENV}>-worker", "app", false),
            ("<${ENV}>-worker", "prod-worker", true),
            ("app-<x>", "<y>-app", true),
        ] {
            assert_eq!(may_equal(left, right), expected, "{left} {right}");
            assert_eq!(may_equal(right, left), expected, "{right} {left}");
        }
    }
}
