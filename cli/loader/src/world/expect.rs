//! The promises of a world (docs/guide/world-file.md). `finish` checks whether their names exist, when every file is read.

use super::decoder::Decoder;
use crate::loading::did_you_mean;
use policy_engine::{
    inventory::promise::{Ask, Promise, Promises, Readers},
    source::{Origin, Span, Spanned},
    syntax::node::{Node, Value},
};

/// The stages that can refuse (docs/guide/world-file.md).
const STAGES: [&str; 12] = [
    "association",
    "trust",
    "chain",
    "session",
    "identity",
    "boundary",
    "scp",
    "rcp",
    "endpoint",
    "resource",
    "key",
    "class",
];
const ASK_KEYS: [&str; 7] = ["read", "rotate", "call", "on", "because", "given", "via"];
const ASK_HELP: &str = "`read NAME`, `rotate NAME` or `service:Action NAME`";

impl Decoder<'_> {
    pub(super) fn promises(&mut self) -> Promises {
        let mut promises = Promises::default();
        let Some(expect) = self.world.node.get("expect") else {
            return promises;
        };
        self.loading
            .fields(expect, "`expect`", &["pods", "readers"]);
        if let Some(pods) = expect.get("pods") {
            for (pod, body) in self.loading.named(pods, "`expect.pods`") {
                self.pod_reference(&pod);
                self.loading.fields(body, "a pod", &["can", "cannot"]);
                for (key, can) in [("can", true), ("cannot", false)] {
                    let Some(list) = body.get(key) else { continue };
                    for ask in self.loading.list(list, &format!("`{key}`")) {
                        promises.pods.extend(self.promise(&pod, ask, can));
                    }
                }
            }
        }
        if let Some(readers) = expect.get("readers") {
            for (object, body) in self.loading.named(readers, "`expect.readers`") {
                let pods = self.loading.texts(body, "a list of readers");
                for pod in &pods {
                    self.pod_reference(pod);
                }
                promises.readers.push(Readers { object, pods });
            }
        }
        promises
    }

    fn pod_reference(&mut self, pod: &Spanned<String>) {
        let rest = pod
            .value
            .split_once(':')
            .map_or(pod.value.as_str(), |(_, rest)| rest);
        let parts: Vec<_> = rest.split('/').collect();
        if parts.len() != 2 || parts.iter().any(|part| part.is_empty()) {
            let help = Some(
                "write cluster:namespace/service-account, or namespace/service-account with one cluster",
            );
            self.loading.problem(
                format!("`{}` does not name a pod", pod.value),
                help,
                pod.origin,
            );
        }
    }

    fn promise(&mut self, pod: &Spanned<String>, node: &Node, can: bool) -> Option<Promise> {
        if !matches!(node.value, Value::Map(_)) {
            let text = self.loading.text(node, "an ask")?;
            let (ask, object) = self.short(node, &text)?;
            return Some(Promise {
                pod: pod.clone(),
                ask,
                object,
                can,
                because: None,
                given: Vec::new(),
                via: None,
            });
        }
        self.loading.fields(node, "an ask", &ASK_KEYS);
        let (ask, object) = self.long(node)?;
        let because = node
            .get("because")
            .and_then(|node| self.loading.word(node, "a stage", &STAGES));
        if let (Some(_), true) = (&because, can) {
            let message = "`because` names the cause of a denial, and a `can` is not denied";
            self.loading.problem(
                message,
                Some("move the question under `cannot`"),
                super::parsed::key_origin(node, "because"),
            );
        }
        let given = node
            .get("given")
            .map(|node| self.context(node, "`given`"))
            .unwrap_or_default();
        let via = node.get("via").and_then(|node| self.via(node));
        Some(Promise {
            pod: pod.clone(),
            ask,
            object,
            can,
            because,
            given,
            via,
        })
    }

    /// `read X`
    fn short(&mut self, node: &Node, text: &Spanned<String>) -> Option<(Ask, Spanned<String>)> {
        let split = text
            .value
            .split_once(' ')
            .map(|(verb, rest)| (verb, rest.trim()));
        let Some((verb, object)) = split.filter(|(_, object)| !object.is_empty()) else {
            let message = format!("`{}` is not a question", text.value);
            self.loading.problem(message, Some(ASK_HELP), text.origin);
            return None;
        };
        let start = text.value.len() - text.value.trim_end().len();
        let end = text.value.len() - start;
        let place = node.inner(Span::new(end - object.len(), end));
        let ask = self.ask(verb, node.inner(Span::new(0, verb.len())))?;
        Some((ask, Spanned::new(object.to_owned(), place)))
    }

    fn ask(&mut self, verb: &str, origin: Origin) -> Option<Ask> {
        match Ask::parse(verb) {
            Ok(ask) => Some(ask),
            Err(error) => {
                let near = error.near.map(|near| format!("did you mean `{near}`?"));
                let near = near.or_else(|| did_you_mean(verb, ["read", "rotate"]));
                let help = near.unwrap_or_else(|| ASK_HELP.to_owned());
                self.loading.problem(error.to_string(), Some(&help), origin);
                None
            }
        }
    }

    /// `{read: X}`, `{rotate: X}` or `{call: service:Action, on: X}`
    fn long(&mut self, node: &Node) -> Option<(Ask, Spanned<String>)> {
        let asks: Vec<_> = ["read", "rotate", "call"]
            .into_iter()
            .filter_map(|name| node.entry(name))
            .collect();
        let [(key, value)] = asks.as_slice() else {
            self.loading.problem(
                "a question has exactly one of `read`, `rotate` and `call`",
                None,
                node.origin,
            );
            return None;
        };
        let text = self.loading.text(value, "an object")?;
        if key.as_str() != Some("call") {
            if let Some((on, _)) = node.entry("on") {
                self.loading
                    .problem("`on` belongs to `call`", Some("remove it"), on.origin);
            }
            return Some((self.ask(key.as_str()?, key.origin)?, text));
        }
        let Some(on) = node.get("on") else {
            let message = "a `call` needs `on`: what is called";
            self.loading.problem(
                message,
                Some("{call: secretsmanager:PutSecretValue, on: dev/db}"),
                node.origin,
            );
            return None;
        };
        let ask = self.ask(&text.value, text.origin)?;
        let object = self.loading.text(on, "an object")?;
        Some((ask, object))
    }
}
