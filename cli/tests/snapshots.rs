//! A world that went through a snapshot is the same world: facts, promises, walks, findings and places.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a fixture that cannot be read has failed"
)]

use loader::{Loaded, Options};
use policy_engine::{
    inventory::{Inventory, Pod, promise::Ask, rbac::ClusterAccess},
    simulator::{Question, Simulator, Target},
    snapshot::Snapshot,
    source::{Origin, SourceMap},
    uncertainty::Uncertainties,
};
use rules::lint;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn fixtures(below: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures")
        .join(below);
    let mut worlds: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() || path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    worlds.sort();
    worlds
}

fn worlds() -> Vec<(PathBuf, Loaded)> {
    let folders = [
        "worlds",
        "worlds/examples",
        "inputs/eksctl",
        "inputs/plain",
        "inputs/terraform",
    ];
    let paths = folders.into_iter().flat_map(fixtures);
    let loaded: Vec<_> = paths
        .filter(|path| !path.ends_with("examples"))
        .map(|path| {
            let options = Options {
                paths: vec![path.clone()],
                keeps_faulty_policies: true,
                ..Options::default()
            };
            let loaded = loader::load(&options)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, loaded)
        })
        .collect();
    assert!(loaded.len() > 20, "only {} worlds", loaded.len());
    loaded
}

fn through(loaded: &Loaded) -> Snapshot {
    let (inventory, promises) = (loaded.inventory.clone(), loaded.promises.clone());
    let snapshot = Snapshot::new("2026-11-20", None, inventory, promises, &loaded.sources);
    Snapshot::read(snapshot.to_json().unwrap().as_bytes()).unwrap()
}

/// Every answer of a simulator, with all its requests and explanations.
fn answers(simulator: &Simulator<'_>) -> Vec<String> {
    let inventory = simulator.inventory();
    let pods = inventory.pods();
    let objects: Vec<_> = inventory.objects().map(Target::Object).collect();
    let stated = pods
        .iter()
        .flat_map(|pod| objects.iter().map(move |object| (pod, *object)));
    let mounts = simulator
        .mounts()
        .iter()
        .map(|mount| (&mount.pod, Target::Mount(mount)));
    let ask = |(pod, target): (&Pod, Target<'_>)| {
        let walks = [Ask::Read, Ask::Rotate].map(|ask| {
            let question = Question {
                pod,
                target,
                ask: &ask,
                via: None,
                given: &[],
                other: Uncertainties::NONE,
            };
            simulator.walk(&question)
        });
        format!("{pod:?} {target:?} {walks:?}")
    };
    stated.chain(mounts).map(ask).collect()
}

#[test]
fn facts_and_promises_come_back_as_they_were() {
    for (path, loaded) in worlds() {
        let read = through(&loaded);
        let (was, is) = (
            format!("{:?}", loaded.inventory),
            format!("{:?}", read.inventory),
        );
        assert!(was == is, "{}: the inventory differs", path.display());
        let (was, is) = (
            format!("{:?}", loaded.promises),
            format!("{:?}", read.promises),
        );
        assert!(was == is, "{}: the promises differ", path.display());
    }
}

/// The kinds of fact that a world has; a new kind must be named here, and be in one of the worlds.
fn kinds(inventory: &Inventory) -> [(&'static str, bool); 20] {
    let Inventory {
        accounts,
        organization,
        clusters,
        service_accounts,
        associations,
        roles,
        policies,
        loose,
        secrets,
        parameters,
        keys,
        endpoints,
        classes,
        open_classes,
        workloads,
        mounts,
        access,
        closed,
        externals,
        given,
    } = inventory;
    let ClusterAccess {
        roles: rbac,
        bindings,
    } = access;
    [
        ("accounts", !accounts.is_empty()),
        ("organization", organization.is_some()),
        ("clusters", !clusters.is_empty()),
        ("service_accounts", !service_accounts.is_empty()),
        ("associations", !associations.is_empty()),
        ("roles", !roles.is_empty()),
        ("policies", !policies.is_empty()),
        ("loose", !loose.is_empty()),
        ("secrets", !secrets.is_empty()),
        ("parameters", !parameters.is_empty()),
        ("keys", !keys.is_empty()),
        ("endpoints", !endpoints.is_empty()),
        ("classes", !classes.is_empty()),
        ("open_classes", !open_classes.is_empty()),
        ("workloads", !workloads.is_empty()),
        ("mounts", !mounts.is_empty()),
        ("access", !rbac.is_empty() && !bindings.is_empty()),
        ("closed", !closed.kinds.is_empty()),
        ("externals", !externals.patterns.is_empty()),
        ("given", !given.is_empty()),
    ]
}

#[test]
fn every_kind_of_fact_is_in_one_of_the_worlds() {
    let worlds = worlds();
    let present = worlds
        .iter()
        .flat_map(|(_, loaded)| kinds(&loaded.inventory));
    let present: Vec<_> = present
        .filter(|(_, is_there)| *is_there)
        .map(|(kind, _)| kind)
        .collect();
    let missing = kinds(&Inventory::default()).map(|(kind, _)| kind);
    let missing: Vec<_> = missing
        .into_iter()
        .filter(|kind| !present.contains(kind))
        .collect();
    assert!(missing.is_empty(), "no world has {missing:?}");
}

#[test]
fn every_walk_survives_the_snapshot() {
    for (path, loaded) in worlds() {
        let read = through(&loaded);
        let was = answers(&Simulator::new(&loaded.inventory));
        let is = answers(&Simulator::new(&read.inventory));
        assert!(was == is, "{}: a walk differs", path.display());
    }
}

#[test]
fn every_finding_comes_back_at_its_place() {
    let place = |sources: &SourceMap, origin: Origin| {
        let position = sources
            .position(origin)
            .map(|place| (place.line, place.end_line));
        (
            sources.name(origin.source).to_owned(),
            position,
            sources.address(origin).map(str::to_owned),
        )
    };
    let mut count = 0;
    for (path, loaded) in worlds() {
        let read = through(&loaded);
        let reported = |simulator: &Simulator<'_>, sources: &SourceMap| -> Vec<String> {
            let report = lint::lint(simulator, sources, &lint::Options::default());
            let findings = report.findings.iter().map(|finding| {
                let labels = std::iter::once(&finding.primary).chain(&finding.related);
                let places: Vec<_> = labels.map(|label| place(sources, label.origin)).collect();
                // A help is in the syntax of a text, which the snapshot does not contain; JSON is the form without a text.
                let mut finding = finding.clone();
                let name = Path::new(sources.name(finding.primary.origin.source));
                if name.extension().is_none_or(|extension| extension != "json") {
                    finding.help = finding.help.map(|_| String::new());
                }
                format!("{finding:?} {places:?}")
            });
            findings.collect()
        };
        let was = reported(&Simulator::new(&loaded.inventory), &loaded.sources);
        let is = reported(&Simulator::new(&read.inventory), &read.sources);
        assert_eq!(was, is, "{}", path.display());
        count += was.len();
    }
    assert!(count > 20, "only {count} findings were compared");
}

#[test]
fn a_snapshot_holds_no_text_of_a_source() {
    for (path, loaded) in worlds() {
        let read = through(&loaded);
        assert_eq!(read.sources.iter().count(), loaded.sources.iter().count());
        for (id, source) in read.sources.iter() {
            assert!(
                source.text.is_empty() && !read.sources.is_shown(id),
                "{}",
                path.display()
            );
        }
    }
}
