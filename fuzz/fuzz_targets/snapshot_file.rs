//! Any bytes as a snapshot: what is read is written and read again to the same, and can be walked, judged and asked for
//! its promises, whatever its places and names are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use policy_engine::{
    inventory::promise::Ask,
    simulator::{
        Question, Simulator, Target,
        promises::{self, Kept, Terms},
    },
    snapshot::Snapshot,
    source::{Origin, SourceMap},
    uncertainty::Uncertainties,
};
use rules::lint;

/// Pairs and mounts beyond these only repeat what the first ones show.
const MOST: usize = 20;

fuzz_target!(|bytes: &[u8]| {
    let snapshot = match Snapshot::read(bytes) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.help().is_empty());
            return;
        }
    };
    let written = snapshot.to_json().expect("what was read can be written");
    let again = Snapshot::read(written.as_bytes()).expect("what was written can be read");
    assert_eq!(format!("{snapshot:?}"), format!("{again:?}"));

    let simulator = Simulator::new(&snapshot.inventory);
    let terms = Terms::default();
    if let Ok(stated) = promises::stated(&simulator, &snapshot.promises, terms) {
        stated.take(MOST).for_each(|kept| shown(&snapshot, &kept));
    }
    let implied = promises::implied(&simulator, terms);
    implied.take(MOST).for_each(|kept| shown(&snapshot, &kept));
    for pod in snapshot.inventory.pods().iter().take(3) {
        for object in snapshot.inventory.objects().take(3) {
            let question = Question {
                pod,
                target: Target::Object(object),
                ask: &Ask::Rotate,
                via: None,
                given: &[],
                other: Uncertainties::NONE,
            };
            let walk = simulator.walk(&question);
            assert_eq!(walk.decision, simulator.decide(&question));
        }
    }
    let report = lint::lint(&simulator, &snapshot.sources, &lint::Options::default());
    for finding in &report.findings {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        labels.for_each(|label| place(&snapshot.sources, label.origin));
    }
});

fn shown(snapshot: &Snapshot, kept: &Kept<'_>) {
    place(&snapshot.sources, kept.origin());
    assert_eq!(
        kept.held.is_none(),
        kept.decision == policy_engine::evaluator::Decision::Unknown
    );
    assert!(!kept.object_name(&snapshot.inventory).is_empty() || kept.object.is_some());
}

/// A place has a line, and contains no text.
fn place(sources: &SourceMap, origin: Origin) {
    assert!(!sources.is_shown(origin.source));
    let Some(place) = sources.place(origin) else {
        assert!(sources.get(origin.source).is_none());
        return;
    };
    assert!(place.line > 0 && !place.to_string().is_empty());
    let position = sources.position(origin).expect("the source is there");
    assert!((position.line, position.column) <= (position.end_line, position.end_column));
}
