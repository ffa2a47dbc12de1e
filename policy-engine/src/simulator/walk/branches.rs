//! An unknown fact with two values: the walk is made for both, and the differences are unknown.

use super::super::{Walk, stages};
use crate::evaluator::{Decision, Verdict};

/// Joins the answers for the two values of a fact; `missing` names the fact.
pub(super) fn join(mut walk: Walk, other: Walk, missing: &str) -> Walk {
    let decision = decision(walk.decision, other.decision);
    for stage in &mut walk.stages {
        let rival = other
            .stages
            .iter()
            .find(|rival| rival.name == stage.name && rival.region == stage.region);
        match rival.map(|rival| rival.result) {
            Some(result) if result == stage.result => {}
            // Both let it pass, or neither does.
            Some(Verdict::Allow | Verdict::NotNeeded)
                if matches!(stage.result, Verdict::Allow | Verdict::NotNeeded) => {}
            Some(result) if result.blocks() && stage.result.blocks() => {
                stage.result = Verdict::Refuse;
            }
            _ => stages::leave_open(stage, missing),
        }
    }
    let first_open = || {
        let mut stages = walk.stages.iter();
        stages.position(|stage| stage.result == Verdict::Unknown)
    };
    match decision {
        Decision::Allow => walk.decided_by = None,
        Decision::ImplicitDeny | Decision::ExplicitDeny => {}
        Decision::Unknown => walk.decided_by = first_open(),
    }
    if decision == Decision::Unknown {
        for name in other.unknown.into_iter().chain([missing.to_owned()]) {
            if !walk.unknown.contains(&name) {
                walk.unknown.push(name);
            }
        }
    }
    if let (Some(own), Some(rival)) = (&mut walk.session, &other.session) {
        own.tags.retain(|tag| rival.tags.contains(tag));
    }
    walk.decision = decision;
    // The uncertainties that the other value touched count as well.
    walk.calls.extend(other.calls);
    walk
}

/// The common part of both values.
fn decision(own: Decision, other: Decision) -> Decision {
    let refuses = |decision| matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny);
    if own == other {
        own
    } else if refuses(own) && refuses(other) {
        Decision::ImplicitDeny
    } else {
        Decision::Unknown
    }
}
