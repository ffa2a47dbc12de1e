//! The implied promise: every mount works, now and at rotation. A mount that does not is one finding, at its first cause.

use crate::{
    cause::{self, Case},
    finding::{Draft, Finding},
    input::{Options, Settings},
    registry, share,
};
use policy_engine::{
    evaluator::{Decision, Verdict},
    inventory::promise::Ask,
    simulator::{Question, Simulator, Stage, Target, Walk, mounts::MountPoint},
    source::Origin,
    uncertainty::Uncertainties,
};
use std::collections::HashMap;

/// What became of the mounts of a world.
#[derive(Debug, Default)]
pub(crate) struct Mounts {
    /// Broken mounts by their causes.
    pub(crate) findings: Vec<Finding>,
    /// How many mounts there are.
    pub(crate) count: usize,
    /// How many of them work.
    pub(crate) working: usize,
    /// The mounts that depend on a missing fact.
    pub(crate) undecided: Vec<Undecided>,
    /// Which uncertainties the answers rest on.
    pub(crate) assumed: Uncertainties,
}

/// A mount that cannot be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// `prod:dev/app`
    pub pod: String,
    /// `vault:dev/db`
    pub object: String,
    /// What would settle it.
    pub missing: Vec<String>,
    /// Where the mount is written.
    pub origin: Origin,
}

/// Asks every mount of a world; under `report`, an answer that rests on an uncertainty is undecided.
pub(crate) fn check(
    simulator: &Simulator<'_>,
    options: &Options<'_>,
    settings: &Settings,
) -> Mounts {
    let answers = share::map(simulator.mounts(), |mount| {
        answer(simulator, mount, options, settings)
    });
    let mut report = Mounts {
        count: answers.len(),
        ..Mounts::default()
    };
    let mut causes: Vec<(Draft, Vec<String>)> = Vec::new();
    let mut places: HashMap<(&str, Origin), usize> = HashMap::new();
    for answer in answers {
        match answer {
            Answer::Undecided(undecided) => report.undecided.push(undecided),
            Answer::Works(assumed) => {
                report.assumed = report.assumed.union(assumed);
                report.working += 1;
            }
            Answer::Broken(assumed, cause, names) => {
                report.assumed = report.assumed.union(assumed);
                let (next, place) = (causes.len(), cause.primary.origin);
                let first = if place.is_somewhere() {
                    *places.entry((cause.code, place)).or_insert(next)
                } else {
                    next
                };
                match causes.get_mut(first) {
                    Some((_, others)) => {
                        others.push(format!("{} with {}", names.pod, names.object));
                    }
                    None => causes.push((*cause, Vec::new())),
                }
            }
        }
    }
    report.findings = causes
        .into_iter()
        .filter_map(|(cause, others)| finding(cause, &others))
        .collect();
    report
}

/// What became of one mount.
enum Answer {
    Undecided(Undecided),
    Works(Uncertainties),
    Broken(Uncertainties, Box<Draft>, Names),
}

fn answer(
    simulator: &Simulator<'_>,
    mount: &MountPoint<'_>,
    options: &Options<'_>,
    settings: &Settings,
) -> Answer {
    let (walk, lasting) = ask(simulator, mount, options.other);
    let rests = walk.assumed != Uncertainties::NONE && options.report_uncertain;
    let refusal = first_refusal(&walk).filter(|_| !rests);
    let undecided = rests || (refusal.is_none() && walk.decision == Decision::Unknown);
    if refusal.is_none() && !undecided {
        return Answer::Works(walk.assumed);
    }
    let names = Names::new(simulator, mount, lasting);
    let Some(stage) = refusal else {
        let uncertain = walk.assumed.iter().map(|entry| entry.to_string());
        return Answer::Undecided(Undecided {
            pod: names.pod,
            object: names.object,
            missing: if rests {
                uncertain.collect()
            } else {
                walk.unknown
            },
            origin: mount.name.origin,
        });
    };
    let case = Case {
        inventory: simulator.inventory(),
        mount,
        walk: &walk,
        stage,
        names: &names,
        settings,
    };
    let mut cause = cause::find(&case).request(case.proof());
    cause.notes.extend(later(&walk, stage));
    Answer::Broken(walk.assumed, Box::new(cause), names)
}

/// The first mount, and where that works the later polls; says whether it is the later ones that fail.
fn ask(simulator: &Simulator<'_>, mount: &MountPoint<'_>, other: Uncertainties) -> (Walk, bool) {
    let walk = |ask: &Ask| {
        simulator.walk(&Question {
            pod: &mount.pod,
            target: Target::Mount(mount),
            ask,
            via: None,
            given: &[],
            other,
        })
    };
    let first = walk(&Ask::Read);
    if first_refusal(&first).is_some() || !rotates(simulator, mount) {
        return (first, false);
    }
    let later = walk(&Ask::Rotate);
    let fails = first.decision == Decision::Allow && first_refusal(&later).is_some();
    (later, fails)
}

/// What people call a mount.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) pod: String,
    pub(crate) object: String,
    /// Whether the first mount works and only later polls fail.
    pub(crate) lasting: bool,
}

impl Names {
    pub(crate) fn new(simulator: &Simulator<'_>, mount: &MountPoint<'_>, lasting: bool) -> Self {
        let inventory = simulator.inventory();
        let object = mount.object.map_or_else(
            || mount.name.value.clone(),
            |object| object.display(inventory),
        );
        Self {
            pod: inventory.pod_name(&mount.pod),
            object,
            lasting,
        }
    }
}

fn rotates(simulator: &Simulator<'_>, mount: &MountPoint<'_>) -> bool {
    simulator
        .inventory()
        .cluster(&mount.pod.cluster)
        .is_none_or(|cluster| cluster.rotation)
}

/// The stage that refuses first; a region that is refused counts even where the other one saves the mount.
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

/// What would refuse behind the cause.
fn later(walk: &Walk, stage: &Stage) -> Vec<String> {
    let behind = walk
        .stages
        .iter()
        .skip_while(|other| !std::ptr::eq(*other, stage))
        .skip(1);
    let blocking = behind.filter(|other| other.result.blocks());
    blocking
        .map(|other| {
            let word = if other.result == Verdict::Deny {
                "denies"
            } else {
                "refuses"
            };
            let same = !other.missed.is_empty()
                && other.missed.iter().all(|miss| {
                    stage.missed.iter().any(|first| {
                        first.key == miss.key
                            && first.wanted == miss.wanted
                            && first.found == miss.found
                    })
                });
            let region = other
                .region
                .as_ref()
                .map(|region| format!(" in {region}"))
                .unwrap_or_default();
            let reason = if same {
                " for the same reason"
            } else {
                ", too"
            };
            format!("behind it, `{}` {word}{region}{reason}", other.name)
        })
        .collect()
}

/// A cause as a finding; every code of a cause is in the registry, as a test holds.
fn finding(mut cause: Draft, others: &[String]) -> Option<Finding> {
    match others {
        [] => {}
        [one] => cause.notes.push(format!("it also breaks {one}")),
        [one, rest @ ..] => cause
            .notes
            .push(format!("it also breaks {one} and {} more", rest.len())),
    }
    let rule = registry::find(cause.code);
    debug_assert!(rule.is_some(), "{} is not registered", cause.code);
    Some(cause.finish(rule?))
}
