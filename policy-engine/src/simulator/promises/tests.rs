//! Pods without an association: if everything is known, they read nothing; otherwise the answer is unknown.

use super::*;
use crate::{
    inventory::{
        AccountId, Attribute, Closed, KeyRef, Listed, Parameter, Region, ServiceAccount, Tags,
    },
    source::{SourceId, Span},
    text::Hole,
};

fn somewhere<T>(value: T) -> Spanned<T> {
    let span = Span::new(7, 9);
    let source = SourceId(0);
    Spanned::new(value, Origin { source, span })
}

fn world(pods: usize, objects: usize, all: bool) -> Inventory {
    let account = |number| ServiceAccount {
        pod: Pod {
            cluster: "prod".into(),
            namespace: "dev".into(),
            service_account: format!("app-{number}"),
        },
        irsa: None,
        origin: Origin::NOWHERE,
    };
    let parameter = |number| Parameter {
        arn: format!("arn:aws:ssm:us-east-1:111122223333:parameter/db-{number}"),
        name: format!("/db-{number}"),
        account: AccountId::parse("111122223333").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        secure: Attribute::Known(false),
        advanced: false,
        key: KeyRef::Unknown(Hole::unstated()),
        tags: Tags::unstated(Origin::NOWHERE),
        shares: Listed::default(),
        origin: Origin::NOWHERE,
    };
    Inventory {
        service_accounts: (0..pods).map(account).collect(),
        parameters: (0..objects).map(parameter).collect(),
        closed: Closed {
            all,
            kinds: Vec::new(),
            ..Closed::default()
        },
        ..Inventory::default()
    }
}

fn promise(pod: &str, can: bool, because: Option<&str>) -> Promises {
    let promise = Promise {
        pod: somewhere(pod.into()),
        ask: Ask::Read,
        object: somewhere("/db-*".into()),
        can,
        because: because.map(|stage| somewhere(stage.into())),
        given: Vec::new(),
        via: Some(Via::PodIdentity),
    };
    Promises {
        pods: vec![promise],
        readers: Vec::new(),
    }
}

fn readers(pods: &[&str]) -> Promises {
    let pods = pods.iter().map(|pod| somewhere((*pod).to_owned()));
    let readers = Readers {
        object: somewhere("/db-0".into()),
        pods: pods.collect(),
    };
    Promises {
        pods: Vec::new(),
        readers: vec![readers],
    }
}

/// Whether each promise holds, and the stage that does not refuse.
fn outcome(world: &Inventory, promises: &Promises) -> Vec<(Option<bool>, Option<StageName>)> {
    let simulator = Simulator::new(world);
    let kept = stated(&simulator, promises, Terms::default()).unwrap();
    kept.map(|promise| (promise.held, promise.unmet)).collect()
}

#[test]
fn a_promise_is_asked_for_every_pair_and_kept_or_broken() {
    let closed = world(2, 3, true);
    let can = outcome(&closed, &promise("dev/*", true, None));
    assert_eq!(can, vec![(Some(false), None); 6]);
    let cannot = outcome(&closed, &promise("dev/app-1", false, None));
    assert_eq!(cannot, vec![(Some(true), None); 3]);
    let open = world(1, 1, false);
    for can in [true, false] {
        let outcome = outcome(&open, &promise("dev/*", can, Some("identity")));
        assert_eq!(outcome, [(None, None)]);
    }
}

#[test]
fn the_stage_that_is_promised_must_refuse_by_itself() {
    let closed = world(1, 1, true);
    let right = outcome(&closed, &promise("dev/*", false, Some("association")));
    assert_eq!(right, [(Some(true), None)]);
    let wrong = outcome(&closed, &promise("dev/*", false, Some("key")));
    assert_eq!(wrong, [(Some(false), Some(StageName::Key))]);
}

#[test]
fn readers_are_counted_and_the_first_is_shown() {
    let closed = world(3, 1, true);
    let simulator = Simulator::new(&closed);
    let promises = readers(&["dev/app-1", "dev/app-2"]);
    let kept: Vec<_> = stated(&simulator, &promises, Terms::default())
        .unwrap()
        .collect();
    let [answer] = kept.as_slice() else {
        panic!("{kept:?}")
    };
    let Promised::Readers(_, readership) = answer.promised else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (readership.extra, readership.missing, readership.open),
        (0, 2, 0)
    );
    assert_eq!(answer.pod.as_ref().unwrap().service_account, "app-1");
    assert_eq!(
        (answer.held, answer.stage()),
        (Some(false), Some(StageName::Association))
    );
    assert_eq!(outcome(&closed, &readers(&[])), [(Some(true), None)]);
    assert_eq!(outcome(&world(1, 1, false), &readers(&[])), [(None, None)]);
}

#[test]
fn more_pairs_than_anybody_waits_for_are_refused() {
    let large = world(501, 500, true);
    let simulator = Simulator::new(&large);
    let every = promise("dev/*", true, None);
    let error = stated(&simulator, &every, Terms::default()).err().unwrap();
    assert_eq!(error.origin, every.pods[0].object.origin);
    let promise = promise("dev/app-1", true, None);
    assert!(stated(&simulator, &promise, Terms::default()).is_ok());
}
