//! From the stage that refuses to the line to change.

mod decrypt;
mod policy;
mod trust;
mod workload;

use crate::{
    broken_mount::Names,
    finding::{Fix, Label},
};
use policy_engine::{
    evaluator::explain::{Element, Miss, StatementTrace},
    inventory::Inventory,
    simulator::{Call, Simulator, Stage, StageName, Walk, mounts::MountPoint},
    source::Origin,
};

/// Why a mount does not work.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) object: String,
    pub(crate) primary: Label,
    pub(crate) related: Vec<Label>,
    pub(crate) notes: Vec<String>,
    pub(crate) help: Option<String>,
    pub(crate) fix: Option<Fix>,
    /// What decides, for the fingerprint.
    pub(crate) evidence: Vec<String>,
}

/// All that the search for a cause looks at.
pub(crate) struct Case<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) mount: &'a MountPoint<'a>,
    pub(crate) walk: &'a Walk,
    pub(crate) stage: &'a Stage,
    pub(crate) names: &'a Names,
}

/// The cause behind a stage that refuses.
pub(crate) fn find<'a>(
    simulator: &'a Simulator<'a>,
    mount: &'a MountPoint<'a>,
    walk: &'a Walk,
    stage: &'a Stage,
    names: &'a Names,
) -> Cause {
    let case = Case {
        inventory: simulator.inventory(),
        mount,
        walk,
        stage,
        names,
    };
    if let Some(fault) = &stage.fault {
        return workload::cause(&case, fault);
    }
    match stage.name {
        StageName::Trust => trust::cause(&case),
        StageName::Chain => trust::chain(&case),
        StageName::Key => decrypt::cause(&case),
        StageName::Class
        | StageName::Association
        | StageName::Session
        | StageName::Identity
        | StageName::Boundary
        | StageName::Scp
        | StageName::Rcp
        | StageName::Endpoint
        | StageName::Resource => policy::cause(&case),
    }
}

impl<'a> Case<'a> {
    /// The call of the stage that was refused.
    pub(crate) fn call(&self) -> Option<&'a Call> {
        let mut calls = self
            .stage
            .calls
            .iter()
            .filter_map(|number| self.walk.calls.get(*number));
        let side = self.stage.name.word();
        let blocked = |call: &&Call| {
            let own = call
                .outcome
                .sides()
                .find(|(name, _)| *name == side)
                .map(|(_, verdict)| verdict.blocks());
            own.unwrap_or(!matches!(
                call.outcome.decision,
                policy_engine::evaluator::Decision::Allow
            ))
        };
        calls.clone().find(blocked).or_else(|| calls.next())
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
    ) -> Cause {
        let origin = if origin.is_somewhere() {
            origin
        } else {
            self.mount.name.origin
        };
        Cause {
            code,
            message: message.into(),
            object: self.names.object.clone(),
            primary: Label::new(origin, label),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            evidence: vec![self.names.pod.clone()],
        }
    }
}

impl Cause {
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn related(mut self, origin: Origin, text: impl Into<String>) -> Self {
        if origin != self.primary.origin {
            self.related.push(Label::new(origin, text));
        }
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(crate) fn evidence(mut self, path: &Miss) -> Self {
        self.evidence.push(path.path.clone());
        self.evidence.extend(path.key.clone());
        self.evidence.extend(path.wanted.iter().cloned());
        self.evidence.extend(path.found.iter().cloned());
        self
    }

    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
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
