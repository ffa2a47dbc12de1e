//! Promises of a world file.

use super::{Piece, Writer, context};
use policy_engine::inventory::promise::{Ask, Promise, Promises};
use serde_json::{Value, json};

impl Writer<'_> {
    pub(super) fn expect(&self, promises: &Promises) -> Option<(String, Piece)> {
        let kept = |object: &str| !self.omitted.objects.contains(object);
        let asks = || {
            promises
                .pods
                .iter()
                .filter(|promise| kept(&promise.object.value))
        };
        let readers = || {
            promises
                .readers
                .iter()
                .filter(|readers| kept(&readers.object.value))
        };
        if asks().next().is_none() && readers().next().is_none() {
            return None;
        }
        let mut pods: Vec<(String, [Vec<Piece>; 2])> = Vec::new();
        for promise in asks() {
            let place = match pods
                .iter_mut()
                .position(|(pod, _)| *pod == promise.pod.value)
            {
                Some(at) => at,
                None => {
                    pods.push((promise.pod.value.clone(), [Vec::new(), Vec::new()]));
                    pods.len() - 1
                }
            };
            if let Some((_, lists)) = pods.get_mut(place) {
                let [can, cannot] = lists;
                if promise.can {
                    can.push(asked(promise));
                } else {
                    cannot.push(asked(promise));
                }
            }
        }
        let pods = pods.into_iter().map(|(pod, [can, cannot])| {
            let lists = [("can", can), ("cannot", cannot)]
                .into_iter()
                .filter(|(_, list)| !list.is_empty());
            (
                pod,
                Piece::Map(
                    lists
                        .map(|(word, list)| (word.to_owned(), Piece::List(list)))
                        .collect(),
                ),
            )
        });
        let mut members = Vec::new();
        let pods: Vec<_> = pods.collect();
        if !pods.is_empty() {
            members.push(("pods".to_owned(), Piece::Map(pods)));
        }
        if readers().next().is_some() {
            let readers = readers().map(|readers| {
                let names: Vec<_> = readers.pods.iter().map(|pod| &pod.value).collect();
                (readers.object.value.clone(), Piece::Inline(json!(names)))
            });
            members.push(("readers".into(), Piece::Map(readers.collect())));
        }
        Some(("expect".into(), Piece::Map(members)))
    }
}

fn asked(promise: &Promise) -> Piece {
    let mut members = serde_json::Map::new();
    match &promise.ask {
        Ask::Read | Ask::Rotate => {
            members.insert(promise.ask.to_string(), json!(promise.object.value));
        }
        Ask::Call(action) => {
            members.insert("call".into(), json!(action));
            members.insert("on".into(), json!(promise.object.value));
        }
    }
    if let Some(because) = &promise.because {
        members.insert("because".into(), json!(because.value));
    }
    if !promise.given.is_empty() {
        let given = promise
            .given
            .iter()
            .map(|(key, value)| (key.value.clone(), context(value)));
        members.insert("given".into(), Value::Object(given.collect()));
    }
    if let Some(via) = promise.via {
        members.insert("via".into(), json!(via.to_string()));
    }
    Piece::Inline(Value::Object(members))
}
