//! One mount that is refused, and how its cause is written.

use crate::{
    finding::{Draft, Proof},
    input::Settings,
    mount::names::Names,
    rule::option::MAX_DISTANCE,
};
use policy_engine::{
    evaluator::{
        Decision, Verdict,
        explain::{Element, Miss, StatementTrace},
    },
    inventory::Inventory,
    request::Principal,
    simulator::{Call, Stage, Walk, mounts::MountPoint},
    source::Origin,
};

/// All that the search for a cause looks at.
pub(crate) struct Case<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) mount: &'a MountPoint<'a>,
    pub(crate) walk: &'a Walk,
    pub(crate) stage: &'a Stage,
    pub(crate) names: &'a Names,
    pub(crate) settings: &'a Settings,
}

impl<'a> Case<'a> {
    /// The call of the stage that was refused.
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

    /// How many letters a tag may differ from the one that is meant.
    pub(crate) fn most_letters(&self) -> usize {
        self.settings.number("TAG101", &MAX_DISTANCE)
    }

    /// The request that was refused, with what it carries of the keys that were tested; `None` where no request came about.
    pub(crate) fn proof(&self) -> Option<Proof> {
        let calls = self.stage.calls.iter();
        let mut calls = calls.filter_map(|number| self.walk.calls.get(*number));
        let refused =
            |decision| matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny);
        let call = calls.find(|call| refused(call.outcome.decision))?;
        let mut context: Vec<(String, String)> = Vec::new();
        for miss in &self.stage.missed {
            let Some(key) = miss.key.as_ref().filter(|_| !miss.found.is_empty()) else {
                continue;
            };
            if context.iter().all(|(known, _)| known != key) {
                context.push((key.clone(), miss.found.join(", ")));
            }
        }
        let principal = match &call.request.principal {
            Principal::Session { role, .. } => role.to_string(),
            other => other.display(),
        };
        Some(Proof {
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
            lasting,
        } = self.names;
        match (&self.stage.region, lasting) {
            (_, true) => format!("{pod} can mount `{object}` once, not again"),
            (Some(region), false) => format!("{pod} cannot read `{object}` in {region}"),
            (None, false) => format!("{pod} cannot read `{object}`"),
        }
    }

    /// A cause at a place; the object is the one that is mounted.
    pub(crate) fn at(
        &self,
        code: &'static str,
        origin: Origin,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft {
        let origin = if origin.is_somewhere() {
            origin
        } else {
            self.mount.name.origin
        };
        let mut draft = Draft::new(self.names.object.clone(), origin, label, message);
        draft.code = code;
        draft.because(self.names.pod.clone())
    }
}

/// The misses of the nearest statement, the most telling first: conditions, then principal, resource, action.
pub(crate) fn by_weight(misses: &[Miss]) -> Vec<&Miss> {
    let mut misses: Vec<_> = misses.iter().collect();
    misses.sort_by_key(|miss| match miss.element {
        Element::Action => 0,
        Element::Resource => 1,
        Element::Principal => 2,
        Element::Condition(_) => 3,
    });
    misses
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

/// One value or several, quoted.
pub(crate) fn quoted(values: &[String]) -> String {
    match values {
        [] => "nothing".to_owned(),
        [one] => format!("`{one}`"),
        many => format!(
            "one of {}",
            many.iter()
                .map(|value| format!("`{value}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// The name closest to one that does not exist.
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
    match miss.found.as_slice() {
        [] => format!("{operator} {key} wants {wanted}, and the request does not carry the key"),
        found => format!("{operator} {key} wants {wanted}, found {}", quoted(found)),
    }
}
