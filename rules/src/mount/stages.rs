//! The stages of a walk that are not allowed.

use policy_engine::{
    evaluator::{Decision, Verdict},
    simulator::{Stage, Walk},
};

/// The first stage that is not allowed; a region counts also if the other region makes the mount work
/// (docs/semantics.md#mounts-of-the-csi-provider).
pub(crate) fn first_refusal(walk: &Walk) -> Option<&Stage> {
    if matches!(
        walk.decision,
        Decision::ImplicitDeny | Decision::ExplicitDeny
    ) {
        return walk.deciding();
    }
    walk.stages.iter().find(|stage| {
        let calls = stage
            .calls
            .iter()
            .filter_map(|number| walk.calls.get(*number));
        let refused =
            |decision| matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny);
        stage.result.blocks() && calls.into_iter().any(|call| refused(call.outcome.decision))
    })
}

/// The stages after the cause that are not allowed either, as notes.
pub(crate) fn later(walk: &Walk, stage: &Stage) -> Vec<String> {
    let behind = walk
        .stages
        .iter()
        .skip_while(|other| !std::ptr::eq(*other, stage))
        .skip(1);
    let blocking = behind.filter(|other| other.result.blocks());
    blocking
        .map(|other| {
            let word = if other.result == Verdict::Deny {
                "also denies it"
            } else {
                "also does not allow it"
            };
            let same = !other.missed.is_empty()
                && other.missed.iter().all(|miss| {
                    stage.missed.iter().any(|first| {
                        first.key == miss.key
                            && first.wanted == miss.wanted
                            && first.actual == miss.actual
                    })
                });
            let region = other
                .region
                .as_ref()
                .map(|region| format!(" in {region}"))
                .unwrap_or_default();
            let reason = if same { " for the same reason" } else { "" };
            format!("the later stage `{}` {word}{region}{reason}", other.name)
        })
        .collect()
}
