//! Turns decided calls into the stages of an answer.

use super::{By, Call, Fault, Stage, StageName, Walk};
use crate::{
    evaluator::{
        Decision, Side, Verdict,
        explain::{SetTrace, StatementTrace},
    },
    source::Origin,
    truth::Truth,
    uncertainty::Uncertainties,
};

/// A stage that no call decides.
pub(super) fn plain(name: StageName, result: Verdict, asked: String, by: Option<By>) -> Stage {
    Stage {
        name,
        region: None,
        result,
        asked: vec![asked],
        by,
        missed: Vec::new(),
        note: None,
        unknown: Vec::new(),
        calls: Vec::new(),
        fault: None,
    }
}

/// A stage that refuses without a policy.
pub(super) fn fault(
    name: StageName,
    asked: String,
    origin: Option<Origin>,
    fault: Fault,
    note: String,
) -> Stage {
    let by = origin.map(written);
    Stage {
        note: Some(note),
        fault: Some(fault),
        ..plain(name, Verdict::Refuse, asked, by)
    }
}

/// A stage that depends on a fact that no source states.
pub(super) fn open(name: StageName, asked: String, missing: String) -> Stage {
    Stage {
        unknown: vec![missing],
        ..plain(name, Verdict::Unknown, asked, None)
    }
}

impl Walk {
    /// The walk to an object of which it is unknown whether it exists, with the missing fact.
    pub fn undecided(asked: String, missing: String) -> Self {
        Self {
            decision: Decision::Unknown,
            unknown: vec![missing.clone()],
            stages: vec![open(StageName::Class, asked, missing)],
            decided_by: Some(0),
            calls: Vec::new(),
            session: None,
            via: None,
            assumed: Uncertainties::NONE,
            assumed_at: None,
        }
    }
}

/// Makes the verdict of a stage unknown, because of a missing fact.
pub(super) fn leave_open(stage: &mut Stage, missing: &str) {
    stage.result = Verdict::Unknown;
    stage.fault = None;
    if !stage.unknown.iter().any(|known| known == missing) {
        stage.unknown.push(missing.to_owned());
    }
}

/// A fact in a source that is not a policy.
pub(super) fn written(origin: Origin) -> By {
    By {
        origin,
        kind: None,
        policy: None,
        statement: None,
        sid: None,
    }
}

/// A step with a single stage, whatever policy type decides within it.
pub(super) fn step(name: StageName, calls: &[(usize, &Call)]) -> Stage {
    let worst = calls.iter().max_by_key(|(_, call)| rank(verdict_of(call)));
    let mut stage = plain(name, Verdict::Allow, String::new(), None);
    stage.asked = calls
        .iter()
        .map(|(_, call)| call.request.action.name().to_owned())
        .collect();
    stage.calls = calls.iter().map(|(number, _)| *number).collect();
    let Some((_, call)) = worst else { return stage };
    stage.result = verdict_of(call);
    let side = match call.outcome.decided_by() {
        // A key policy that neither grants nor delegates silences the identity side.
        Some(Side::Identity)
            if name == StageName::Key && call.outcome.resource == Some(Verdict::Refuse) =>
        {
            Side::Resource
        }
        Some(side) => side,
        None => Side::Resource,
    };
    describe(&mut stage, call, side);
    stage
}

/// The stages of the data calls of a region, one per policy type.
pub(super) fn data(region: Option<&str>, calls: &[(usize, &Call)]) -> Vec<Stage> {
    let mut stages = Vec::new();
    for (name, side) in StageName::ALL
        .into_iter()
        .filter_map(|name| Some((name, name.side()?)))
    {
        let speaking: Vec<_> = calls
            .iter()
            .filter_map(|(number, call)| Some((*number, *call, call.outcome.side(side)?)))
            .collect();
        let Some((_, call, verdict)) = speaking.iter().max_by_key(|(_, _, verdict)| rank(*verdict))
        else {
            continue;
        };
        let mut stage = plain(name, *verdict, String::new(), None);
        stage.region = region.map(str::to_owned);
        stage.asked = speaking
            .iter()
            .map(|(_, call, _)| call.request.action.name().to_owned())
            .collect();
        stage.calls = speaking.iter().map(|(number, ..)| *number).collect();
        describe(&mut stage, call, side);
        stages.push(stage);
    }
    stages
}

/// Adds the statement that decided a side of a call, and the misses of its nearest statement.
fn describe(stage: &mut Stage, call: &Call, side: Side) {
    let sets: Vec<_> = call.explanation.of(side).collect();
    match stage.result {
        Verdict::Allow => {
            stage.by = sets
                .iter()
                .rev()
                .find_map(|set| Some(by(set, set.deciding()?)));
        }
        Verdict::Deny => {
            let denied = sets.iter().find_map(|set| {
                Some((set, set.deciding().filter(|statement| is_deny(statement))?))
            });
            stage.by = denied.map(|(set, statement)| by(set, statement));
        }
        Verdict::Unknown => {
            stage.by = sets.iter().find_map(|set| Some(by(set, set.open()?)));
            stage.unknown = call.explanation.unknown();
            // A grant is no statement.
            let grants = call.request.traits.grants.iter();
            let open = grants.flat_map(|grant| grant.grantee.holes());
            stage
                .unknown
                .extend(open.map(|(_, hole)| hole.name.to_string()));
            stage
                .unknown
                .extend(call.request.traits.open_grants.clone());
            stage.missed = sets
                .iter()
                .filter_map(|set| set.open())
                .flat_map(|statement| statement.missed.clone())
                .collect();
        }
        Verdict::Refuse | Verdict::NotNeeded => {
            let silent = sets.iter().find(|set| {
                !set.statements
                    .iter()
                    .any(|statement| !is_deny(statement) && statement.truth.is_true())
            });
            let Some(set) = silent else { return };
            match set.nearest() {
                Some(nearest) => {
                    stage.by = Some(by(set, nearest));
                    stage.missed = nearest
                        .missed
                        .iter()
                        .filter(|miss| miss.truth != Truth::True)
                        .cloned()
                        .collect();
                }
                None => stage.by = set.documents.first().map(|document| whole(set, document)),
            }
        }
    }
}

fn is_deny(statement: &StatementTrace) -> bool {
    statement.effect == crate::policy::statement::Effect::Deny
}

fn by(set: &SetTrace, statement: &StatementTrace) -> By {
    let written = statement.written();
    By {
        origin: written.map_or(statement.document.origin, |statement| statement.origin),
        kind: Some(set.kind),
        policy: Some(statement.document.name.clone()),
        statement: Some(statement.statement),
        sid: written
            .and_then(|statement| statement.sid.as_ref())
            .map(|sid| sid.value.clone()),
    }
}

fn whole(set: &SetTrace, document: &crate::policy::PolicyDocument) -> By {
    By {
        origin: document.origin,
        kind: Some(set.kind),
        policy: Some(document.name.clone()),
        statement: None,
        sid: None,
    }
}

/// The verdict of a call as a whole, for its stage.
fn verdict_of(call: &Call) -> Verdict {
    match call.outcome.decision {
        Decision::Allow => Verdict::Allow,
        Decision::ExplicitDeny => Verdict::Deny,
        Decision::ImplicitDeny => Verdict::Refuse,
        Decision::Unknown => Verdict::Unknown,
    }
}

/// The answer of two for one stage that is reported.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotNeeded => 0,
        Verdict::Allow => 1,
        Verdict::Unknown => 2,
        Verdict::Refuse => 3,
        Verdict::Deny => 4,
    }
}
