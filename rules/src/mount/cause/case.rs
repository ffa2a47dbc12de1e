//! A mount that is not allowed, and drafts about it.

use crate::{
    finding::{Draft, Proof},
    input::Settings,
    mount::names::{Access, Names},
    world::index::Index,
};
use policy_engine::{
    evaluator::{
        Decision, Verdict,
        explain::{Element, Miss, StatementTrace},
    },
    inventory::{Association, Inventory, KeyRef, Tags, find::Object},
    key::Key,
    request::{ContextValue, Principal},
    simulator::{
        Call, Stage, Walk,
        mounts::{Failover, MountPoint},
    },
    source::Origin,
    text::Text,
    truth::Truth,
};

/// A mount that is not allowed, with its walk and the stage that is not allowed.
pub(crate) struct Case<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) index: &'a Index<'a>,
    pub(crate) mount: &'a MountPoint<'a>,
    pub(crate) walk: &'a Walk,
    pub(crate) stage: &'a Stage,
    pub(crate) names: &'a Names,
    pub(crate) settings: &'a Settings,
}

impl<'a> Case<'a> {
    /// The call of the stage that its side does not allow, else its first call.
    pub(crate) fn call(&self) -> Option<&'a Call> {
        let mut calls = self
            .stage
            .calls
            .iter()
            .filter_map(|number| self.walk.calls.get(*number));
        let side = self.stage.name.side();
        let blocked = |call: &&Call| {
            let own = side.and_then(|side| call.outcome.side(side));
            let own = own.map(Verdict::blocks);
            own.unwrap_or(!matches!(call.outcome.decision, Decision::Allow))
        };
        calls.clone().find(blocked).or_else(|| calls.next())
    }

    /// The first call of the stage that is not allowed.
    pub(super) fn refused_call(&self) -> Option<&'a Call> {
        let numbers = self.stage.calls.iter();
        let mut calls = numbers.filter_map(|number| self.walk.calls.get(*number));
        calls.find(|call| call.outcome.decision != Decision::Allow)
    }

    /// Where the object of another account is encrypted with the AWS managed key.
    pub(super) fn managed_key(&self) -> Option<Origin> {
        let own = self
            .stage
            .region
            .as_deref()
            .or(self.mount.region.as_deref());
        let region = own.unwrap_or("");
        let key = match self.mount.object? {
            Object::Secret(secret) => secret.key_in(region),
            Object::Parameter(parameter) => &parameter.key,
            Object::Key(_) => return None,
        };
        match key {
            KeyRef::AwsManaged(origin) => Some(*origin),
            KeyRef::Named(_) | KeyRef::Unknown(_) => None,
        }
    }

    /// The request that is not allowed, with the tested context keys; `None` if the stage made no request.
    pub(crate) fn proof(&self) -> Option<Proof> {
        let calls = self.stage.calls.iter();
        let mut calls = calls.filter_map(|number| self.walk.calls.get(*number));
        let refused =
            |decision| matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny);
        let call = calls.find(|call| refused(call.outcome.decision))?;
        let mut context: Vec<(String, String)> = Vec::new();
        for miss in &self.stage.missed {
            let Some(key) = miss.key.as_ref().filter(|_| !miss.actual.is_empty()) else {
                continue;
            };
            if context.iter().all(|(known, _)| known != key) {
                context.push((key.clone(), miss.actual.join(", ")));
            }
        }
        let principal = match &call.request.principal {
            Principal::Session { role, .. } => role.to_string(),
            other => other.display(),
        };
        Some(Proof {
            example: false,
            allowed: false,
            denied: None,
            principal,
            action: call.request.action.name().to_owned(),
            resource: call.request.resource.text().to_string(),
            context,
        })
    }

    /// `prod:dev/app cannot read `shop:dev/db``
    pub(crate) fn headline(&self) -> String {
        let Names {
            pod,
            object,
            access,
        } = self.names;
        match (&self.stage.region, access) {
            (_, Access::Rotation) => {
                format!("{pod} can mount `{object}` once, but cannot rotate it")
            }
            (Some(region), Access::Read) => format!("{pod} cannot read `{object}` in {region}"),
            (None, Access::Read) => format!("{pod} cannot read `{object}`"),
            (_, Access::Role) => format!("{pod} cannot assume `{object}`"),
        }
    }

    /// Whether the driver of the cluster reads again after the first mount.
    pub(super) fn rotates(&self) -> bool {
        let cluster = self.inventory.cluster(&self.mount.pod.cluster);
        cluster.is_none_or(|cluster| cluster.rotation)
    }

    /// The associations of the pod's service account.
    pub(crate) fn associations(&self) -> impl Iterator<Item = &'a Association> {
        self.index.associations_of(&self.mount.pod).into_iter()
    }

    /// What is mounted, as a noun.
    pub(crate) fn noun(&self) -> &'static str {
        self.mount.service.noun
    }

    /// An object of the name that is mounted, wherever it is.
    pub(crate) fn twin(&self) -> Option<Object<'a>> {
        let mut objects = self.inventory.objects();
        objects.find(|object| self.mount.names_object(*object))
    }

    /// The tags of the object.
    pub(super) fn object_tags(&self) -> Option<&'a Tags> {
        Some(self.mount.object?.tags())
    }

    /// The place of the object's tags, else of the object, else of the mount.
    pub(crate) fn tags_place(&self) -> Origin {
        let tags = self.object_tags().map(|tags| tags.origin);
        let tags = tags.filter(|place| place.is_somewhere());
        let object = self.mount.object.map(|object| match object {
            Object::Secret(secret) => secret.origin,
            Object::Parameter(parameter) => parameter.origin,
            Object::Key(key) => key.origin,
        });
        tags.or(object).unwrap_or(self.mount.name.origin)
    }

    /// The failover object of a region, where only the object of the first region exists.
    pub(crate) fn missing_failover(&self, region: &str) -> Option<&'a Failover<'a>> {
        self.mount.object?;
        let failover = self.mount.failover.as_ref();
        failover.filter(|failover| failover.region == region)
    }

    /// The place where the workload names its service account, else of the mount.
    pub(crate) fn service_account(&self) -> Origin {
        let workload = self.mount.workload;
        workload.map_or(self.mount.name.origin, |workload| {
            workload.service_account.origin
        })
    }

    /// The headline with a reason.
    pub(crate) fn message(&self, reason: &str) -> String {
        format!("{}: {reason}", self.headline())
    }

    /// The place of what decides the stage, else of the mount.
    pub(crate) fn decided(&self) -> Origin {
        let by = self.stage.by.as_ref();
        by.map_or(self.mount.name.origin, |by| by.origin)
    }

    /// A draft at a place, about the mounted object.
    pub(crate) fn at(
        &self,
        origin: Origin,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft {
        let origin = if origin.is_somewhere() {
            origin
        } else {
            self.mount.name.origin
        };
        Draft::new(self.names.object.clone(), origin, label, message)
            .because(self.names.pod.clone())
    }
}

/// The element of a statement that does not match, with the statement; of several the most basic: action, resource, principal, condition.
pub(super) fn first_miss(trace: &StatementTrace) -> Option<(&StatementTrace, &Miss)> {
    let failed = trace
        .missed
        .iter()
        .filter(|miss| miss.truth == Truth::False);
    let miss = failed.min_by_key(|miss| match miss.element {
        Element::Action => 0,
        Element::Resource => 1,
        Element::Principal => 2,
        Element::Condition(_) => 3,
    })?;
    Some((trace, miss))
}

/// `read-own-secrets, statement 1 (Sid Read)`
pub(crate) fn statement_name(trace: &StatementTrace) -> String {
    let sid = trace
        .written()
        .and_then(|statement| statement.sid.as_ref())
        .filter(|sid| !sid.value.is_empty());
    match sid {
        Some(sid) => format!("statement `{}` of {}", sid.value, trace.document.name),
        None => format!(
            "statement {} of {}",
            trace.statement + 1,
            trace.document.name
        ),
    }
}

/// Values in backticks.
pub(crate) fn quoted(values: &[String]) -> String {
    match values {
        [] => "nothing".to_owned(),
        [value] => format!("`{value}`"),
        many => format!(
            "one of {}",
            many.iter()
                .map(|value| format!("`{value}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// The name nearest to a name that does not exist.
pub(crate) fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    names
        .map(|name| (strsim::levenshtein(name, wanted), name))
        .filter(|(distance, name)| *distance > 0 && *distance <= 3.max(name.len() / 4))
        .min()
        .map(|(_, name)| name)
}

/// `kms:ViaService is `a`, wanted is `b``
pub(crate) fn describe(miss: &Miss) -> String {
    let key = miss.key.as_deref().unwrap_or(&miss.path);
    let operator = miss.operator.as_deref().unwrap_or("");
    let wanted = quoted(&miss.wanted);
    match miss.actual.as_slice() {
        [] => {
            format!("{operator} {key} requires {wanted}, and the request does not contain the key")
        }
        values => format!(
            "{operator} {key} requires {wanted}, and the request contains {}",
            quoted(values)
        ),
    }
}

/// The known values of a key in the request of a call.
pub(crate) fn carried(call: &Call, key: &str) -> Vec<String> {
    let key = Key::new(key.to_owned());
    let known = |text: &Text| text.known().map(str::to_owned);
    match call.request.context.get(&key).0 {
        ContextValue::Single(value) => known(value).into_iter().collect(),
        ContextValue::Multi(values) => values.iter().filter_map(known).collect(),
        ContextValue::Absent | ContextValue::Unknown(_) => Vec::new(),
    }
}
