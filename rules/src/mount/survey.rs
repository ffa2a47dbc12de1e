//! The implied promise: every mount works, now and at rotation. A mount that does not work is a finding with its first cause.

use crate::{
    finding::group::{Group, Part},
    input::{Options, Settings},
    mount::{
        cause::{Case, Cause, Causes},
        names::{Access, Names},
        stages::{first_refusal, later},
        unmounted,
    },
    share,
    world::index::Index,
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
    pub(crate) findings: Vec<Group>,
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
    index: &Index<'_>,
    options: &Options<'_>,
    settings: &Settings,
    causes: &Causes,
) -> Mounts {
    let answers = share::map(simulator.mounts(), |mount| {
        answer(simulator, index, mount, options, settings, causes)
    });
    let mut report = Mounts {
        count: answers.len(),
        ..Mounts::default()
    };
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
                let mount = format!("{} with {}", names.pod, names.object);
                add(
                    &mut report.findings,
                    &mut places,
                    *cause,
                    Part::Mount(mount),
                );
            }
        }
    }
    let idle = unmounted::check(simulator, index, options, settings, causes);
    let (known, new): (Vec<_>, Vec<_>) = idle.into_iter().partition(|cause| {
        let place = cause.draft.primary.origin;
        places.contains_key(&(cause.rule.code, place))
    });
    for cause in known {
        add(&mut report.findings, &mut places, cause, Part::Same);
    }
    let new = new.into_iter().map(finding);
    report.findings.extend(new);
    report
}

/// Adds a cause; one with the rule and the place of another becomes a part of that.
fn add(
    groups: &mut Vec<Group>,
    places: &mut HashMap<(&str, Origin), usize>,
    cause: Cause,
    part: Part,
) {
    let (next, place) = (groups.len(), cause.draft.primary.origin);
    let first = if place.is_somewhere() {
        *places.entry((cause.rule.code, place)).or_insert(next)
    } else {
        next
    };
    let group = finding(cause);
    match groups.get_mut(first) {
        Some(first) => first.add(group, part),
        None => groups.push(group),
    }
}

fn finding(cause: Cause) -> Group {
    Group::new(cause.draft.finish(cause.rule))
}

/// The answer for a mount.
enum Answer {
    Undecided(Undecided),
    Works(Uncertainties),
    Broken(Uncertainties, Box<Cause>, Names),
}

fn answer(
    simulator: &Simulator<'_>,
    index: &Index<'_>,
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
        index,
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
