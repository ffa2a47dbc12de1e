//! Walks through a world that was read: every place lies inside its text, and stages and decision agree.

use crate::spans;
use loader::Loaded;
use policy_engine::{
    evaluator::{Decision, Verdict},
    inventory::{Pod, promise::Ask},
    simulator::{Call, Question, Simulator, Stage, Target, Walk},
    source::SourceMap,
    uncertainty::Uncertainties,
};
use rules::lint;

/// Mounts, pods and objects beyond these only repeat what the first ones show.
const MOUNTS: usize = 5;
const PODS: usize = 1;
const OBJECTS: usize = 3;

const BATCH: &str = "secretsmanager:BatchGetSecretValue";

/// Walks the mounts of a world, and those of every pod to every object.
pub fn walk(loaded: &Loaded, other: Uncertainties) {
    for place in loaded.notes.iter().filter_map(|note| note.origin) {
        spans::somewhere(&loaded.sources, place);
    }
    for promise in &loaded.promises.pods {
        spans::somewhere(&loaded.sources, promise.pod.origin);
        spans::somewhere(&loaded.sources, promise.object.origin);
    }
    for readers in &loaded.promises.readers {
        spans::somewhere(&loaded.sources, readers.object.origin);
    }
    let simulator = Simulator::new(&loaded.inventory);
    for mount in simulator.mounts().iter().take(MOUNTS) {
        spans::somewhere(&loaded.sources, mount.name.origin);
        for ask in [Ask::Read, Ask::Rotate] {
            question(
                loaded,
                &simulator,
                &mount.pod,
                Target::Mount(mount),
                &ask,
                other,
            );
        }
    }
    let pods = loaded.inventory.pods();
    for pod in pods.iter().take(PODS) {
        for object in loaded.inventory.objects().take(OBJECTS) {
            for ask in [Ask::Read, Ask::Call(BATCH.to_owned())] {
                question(loaded, &simulator, pod, Target::Object(object), &ask, other);
            }
        }
    }
    let options = lint::Options {
        other,
        promises: Some(&loaded.promises),
        against: Some(&simulator),
        sightings: &loaded.sightings,
        ..lint::Options::default()
    };
    let report = lint::lint(&simulator, &loaded.sources, &options);
    for finding in &report.findings {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        for label in labels {
            spans::somewhere(&loaded.sources, label.origin);
        }
        assert!(!finding.message.is_empty());
    }
}

fn question(
    loaded: &Loaded,
    simulator: &Simulator<'_>,
    pod: &Pod,
    target: Target<'_>,
    ask: &Ask,
    other: Uncertainties,
) {
    let question = Question {
        pod,
        target,
        ask,
        via: None,
        given: &[],
        other,
    };
    let walk = simulator.walk(&question);
    assert_eq!(
        walk.decision,
        simulator.decide(&question),
        "a decision is stable"
    );
    agrees(&walk);
    check(&loaded.sources, &walk);
}

/// The decision is that of the stages, and what is open is named.
fn agrees(walk: &Walk) {
    let deciding = walk.deciding().map(|stage| stage.result);
    match walk.decision {
        Decision::Allow => assert_eq!(deciding, None, "nothing decides what is allowed"),
        Decision::ExplicitDeny => assert_eq!(deciding, Some(Verdict::Deny)),
        Decision::ImplicitDeny => assert_eq!(deciding, Some(Verdict::Refuse)),
        Decision::Unknown => {
            assert_eq!(deciding, Some(Verdict::Unknown));
            assert!(
                !walk.unknown.is_empty(),
                "what is missing is named: {walk:#?}"
            );
        }
    }
    if walk.decision == Decision::Allow {
        let blocks = walk.stages.iter().find(|stage| {
            stage.result.blocks()
                && stage.region.is_none()
                && !walk.stages.iter().any(|other| other.region.is_some())
        });
        assert!(
            blocks.is_none(),
            "a stage blocks what is allowed: {blocks:#?}"
        );
    }
}

fn check(sources: &SourceMap, walk: &Walk) {
    assert!(
        walk.decided_by.is_none_or(|at| at < walk.stages.len()),
        "the stage that decided exists"
    );
    for Stage {
        by, missed, calls, ..
    } in &walk.stages
    {
        if let Some(by) = by {
            spans::somewhere(sources, by.origin);
        }
        for miss in missed {
            spans::somewhere(sources, miss.origin);
            spans::somewhere(sources, miss.key_origin);
        }
        assert!(
            calls.iter().all(|call| *call < walk.calls.len()),
            "the calls of a stage exist"
        );
    }
    for Call { explanation, .. } in &walk.calls {
        spans::explanation(sources, explanation);
    }
}
