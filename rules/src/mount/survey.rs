//! The implied promise: every mount works, now and at rotation. A mount that does not work is a finding with its first cause.

use crate::{
    finding::Finding,
    input::{Options, Settings},
    mount::{
        cause::{Case, Cause, Causes},
        names::{Access, Names},
        stages::{first_refusal, later},
        unmounted,
    },
    share,
};
use policy_engine::{
    evaluator::Decision,
    inventory::promise::Ask,
    simulator::{Question, Simulator, Target, Walk, mounts::MountPoint},
    source::Origin,
    uncertainty::Uncertainties,
};
use std::collections::HashMap;

/// The answers for the mounts of a world.
#[derive(Debug, Default)]
pub(crate) struct Mounts {
    /// The causes of mounts that do not work.
    pub(crate) findings: Vec<Finding>,
    /// The number of mounts.
    pub(crate) count: usize,
    /// The number of mounts that work.
    pub(crate) working: usize,
    /// The mounts that depend on a missing fact.
    pub(crate) undecided: Vec<Undecided>,
    /// The uncertainties on which answers depend.
    pub(crate) assumed: Uncertainties,
}

/// A mount that cannot be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// `prod:dev/app`
    pub pod: String,
    /// `vault:dev/db`
    pub object: String,
    /// The missing facts.
    pub missing: Vec<String>,
    /// The place of the mount.
    pub origin: Origin,
}

/// Decides every mount of a world.
pub(crate) fn check(
    simulator: &Simulator<'_>,
    options: &Options<'_>,
    settings: &Settings,
    causes: &Causes,
) -> Mounts {
    let answers = share::map(simulator.mounts(), |mount| {
        answer(simulator, mount, options, settings, causes)
    });
    let mut report = Mounts {
        count: answers.len(),
        ..Mounts::default()
    };
    let mut broken: Vec<(Cause, Vec<String>)> = Vec::new();
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
                let (next, place) = (broken.len(), cause.draft.primary.origin);
                let first = if place.is_somewhere() {
                    *places.entry((cause.rule.code, place)).or_insert(next)
                } else {
                    next
                };
                match broken.get_mut(first) {
                    Some((_, others)) => {
                        others.push(format!("{} with {}", names.pod, names.object));
                    }
                    None => broken.push((*cause, Vec::new())),
                }
            }
        }
    }
    let idle = unmounted::check(simulator, options, settings, causes).into_iter();
    let idle = idle.filter(|cause| {
        let place = cause.draft.primary.origin;
        let known = (cause.rule.code, place);
        !places.contains_key(&known)
    });
    broken.extend(idle.map(|cause| (cause, Vec::new())));
    let findings = broken
        .into_iter()
        .map(|(cause, others)| finding(cause, &others));
    report.findings = findings.collect();
    report
}

/// A cause as a finding, with the other mounts that it breaks.
fn finding(cause: Cause, others: &[String]) -> Finding {
    let Cause { rule, draft } = cause;
    let draft = match others {
        [] => draft,
        [other] => draft.note(format!("it also breaks {other}")),
        [other, rest @ ..] => draft.note(format!("it also breaks {other} and {} more", rest.len())),
    };
    draft.finish(rule)
}

/// The answer for a mount.
enum Answer {
    Undecided(Undecided),
    Works(Uncertainties),
    Broken(Uncertainties, Box<Cause>, Names),
}

fn answer(
    simulator: &Simulator<'_>,
    mount: &MountPoint<'_>,
    options: &Options<'_>,
    settings: &Settings,
    causes: &Causes,
) -> Answer {
    let (walk, access) = ask(simulator, mount, options.other);
    let is_uncertain = walk.assumed != Uncertainties::NONE && options.report_uncertain;
    let refusal = first_refusal(&walk).filter(|_| !is_uncertain);
    let undecided = is_uncertain || (refusal.is_none() && walk.decision == Decision::Unknown);
    if refusal.is_none() && !undecided {
        return Answer::Works(walk.assumed);
    }
    let names = Names::new(simulator, mount, access);
    let Some(stage) = refusal else {
        let uncertain = walk.assumed.iter().map(|entry| entry.to_string());
        return Answer::Undecided(Undecided {
            pod: names.pod,
            object: names.object,
            missing: if is_uncertain {
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
    let Cause { rule, draft } = causes.find(&case);
    let mut draft = draft.request(case.proof());
    draft.notes.extend(later(&walk, stage));
    let cause = Cause { rule, draft };
    Answer::Broken(walk.assumed, Box::new(cause), names)
}

/// The walk of the first read, or of the rotation if the first read works; and which of them fails.
fn ask(simulator: &Simulator<'_>, mount: &MountPoint<'_>, other: Uncertainties) -> (Walk, Access) {
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
        return (first, Access::Read);
    }
    let later = walk(&Ask::Rotate);
    let fails = first.decision == Decision::Allow && first_refusal(&later).is_some();
    let access = if fails {
        Access::Rotation
    } else {
        Access::Read
    };
    (later, access)
}

fn rotates(simulator: &Simulator<'_>, mount: &MountPoint<'_>) -> bool {
    simulator
        .inventory()
        .cluster(&mount.pod.cluster)
        .is_none_or(|cluster| cluster.rotation)
}
