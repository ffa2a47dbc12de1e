//! Checks promises: each promise applies to every pod and object that it names.
//!
//! Answers come one at a time, because each may hold a whole walk. The caller chooses the words.

use super::{Question, Simulator, StageName, Target, Walk, mounts::MountPoint};
use crate::{
    evaluator::Decision,
    inventory::{
        Inventory, Pod, Via,
        find::Object,
        names::{ObjectNames, PodNames},
        promise::{Ask, Promise, Promises, Readers},
    },
    request::ContextValue,
    source::{Origin, Spanned},
    uncertainty::Uncertainties,
};
use std::{collections::HashSet, sync::Arc};

/// The most pairs of pod and object that the promises of one world may cover.
pub const MAX_PAIRS: usize = 250_000;

/// The context of the checks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms<'a> {
    /// Request context; takes precedence over the world's, and a promise's own over it.
    pub given: &'a [(String, ContextValue)],
    /// The uncertainties for which the other branch applies.
    pub other: Uncertainties,
    /// Whether an answer that depends on an uncertainty is undecided.
    pub report_uncertain: bool,
}

/// The content of a promise.
#[derive(Clone, Copy, Debug)]
pub enum Promised<'a> {
    /// The access that a pod must or must not have.
    Pod(&'a Promise),
    /// The readers of an object, and how many pods break the promise.
    Readers(&'a Readers, Readership),
    /// A mount works, now and at rotation; this promise is implied.
    Mount(&'a MountPoint<'a>),
}

/// The differences between actual and promised readers of an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readership {
    /// The number of pods that read and are not promised.
    pub extra: usize,
    /// The number of pods that are promised and do not read.
    pub missing: usize,
    /// The number of pods of which it is unknown whether they read.
    pub open: usize,
}

/// One promise, and its result for one pod and object.
#[derive(Clone, Debug)]
pub struct Kept<'a> {
    /// The promise.
    pub promised: Promised<'a>,
    /// The access.
    pub ask: Ask,
    /// The pod; for the readers of an object, the first pod that breaks the promise.
    pub pod: Option<Pod>,
    /// For the readers of an object, the other pods that read and are not promised.
    pub others: Vec<Pod>,
    /// For the readers of an object, the first promised pod that does not read, with its walk.
    pub refused: Option<(Pod, Walk)>,
    /// The object, if it is known.
    pub object: Option<Object<'a>>,
    /// Whether the promise holds; `None` is undecided.
    pub held: Option<bool>,
    /// The decision for the pod; for the readers of an object, `Allow` if the promise holds.
    pub decision: Decision,
    /// The walk of the pod.
    pub walk: Option<Walk>,
    /// The stage that must refuse by itself and does not.
    pub unmet: Option<StageName>,
}

/// Too many pairs of pod and object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the promises of this world cover more than {MAX_PAIRS} pairs of pod and object")]
pub struct TooMany {
    /// The object of the promise with which there are too many pairs.
    pub origin: Origin,
}

impl TooMany {
    /// The change to make.
    pub fn help(&self) -> &'static str {
        "name fewer pods or objects in one pattern, or split the world"
    }
}

/// Checks every promise of a world, those about pods first, in the order in which they are written.
pub fn stated<'s>(
    simulator: &'s Simulator<'s>,
    promises: &'s Promises,
    terms: Terms<'s>,
) -> Result<impl Iterator<Item = Kept<'s>>, TooMany> {
    let inventory = simulator.inventory();
    let names = Names {
        objects: ObjectNames::new(inventory),
        pods: PodNames::new(inventory),
    };
    if let Some(origin) = too_many(&names, promises) {
        return Err(TooMany { origin });
    }
    let names = Arc::new(names);
    let shared = Arc::clone(&names);
    let pods = promises.pods.iter().flat_map(move |promise| {
        let objects = names.objects.find(&promise.object.value);
        let missing = missing(inventory, &objects, &promise.object.value);
        let pods = names.pods.find(&promise.pod.value);
        pods.into_iter().flat_map(move |pod| {
            let promised = Promised::Pod(promise);
            let (ask, who) = (promise.ask.clone(), Some(pod.clone()));
            let open = missing
                .clone()
                .map(|missing| open(promised, ask, who, missing));
            let pairs = objects.clone().into_iter();
            let pairs =
                pairs.map(move |object| promise_of(simulator, promise, pod.clone(), object, terms));
            pairs.chain(open)
        })
    });
    let readers = promises.readers.iter().flat_map(move |readers| {
        let names = Arc::clone(&shared);
        let objects = names.objects.find(&readers.object.value);
        let missing = missing(inventory, &objects, &readers.object.value);
        let promised = Promised::Readers(readers, Readership::default());
        let open = missing.map(|missing| open(promised, Ask::Read, None, missing));
        let objects = objects.into_iter();
        let known =
            objects.map(move |object| readers_of(simulator, &names.pods, readers, object, terms));
        known.chain(open)
    });
    Ok(pods.chain(readers))
}

/// Checks the implied promises: every mount works, now and, if the driver rotates, at rotation.
pub fn implied<'s>(
    simulator: &'s Simulator<'s>,
    terms: Terms<'s>,
) -> impl Iterator<Item = Kept<'s>> {
    simulator.mounts().iter().map(move |mount| {
        let cluster = simulator.inventory().cluster(&mount.pod.cluster);
        let rotates = cluster.is_none_or(|cluster| cluster.rotation);
        let ask = if rotates { Ask::Rotate } else { Ask::Read };
        let target = Target::Mount(mount);
        let walk = asked(simulator, &mount.pod, target, (&ask, None), &[], terms);
        Kept {
            promised: Promised::Mount(mount),
            ask,
            pod: Some(mount.pod.clone()),
            object: mount.object,
            held: held(true, walk.decision),
            decision: walk.decision,
            walk: Some(walk),
            unmet: None,
            others: Vec::new(),
            refused: None,
        }
    })
}

impl Kept<'_> {
    /// The place of the promise; for an implied promise, the place of the mount.
    pub fn origin(&self) -> Origin {
        match self.promised {
            Promised::Pod(promise) => promise.object.origin,
            Promised::Readers(readers, _) => readers.object.origin,
            Promised::Mount(mount) => mount.name.origin,
        }
    }

    /// The stage that decided.
    pub fn stage(&self) -> Option<StageName> {
        self.walk.as_ref()?.deciding().map(|stage| stage.name)
    }

    /// The object for display; an unknown object, by its name in the mount.
    pub fn object_name(&self, inventory: &Inventory) -> String {
        match (self.object, self.promised) {
            (Some(object), _) => object.display(inventory),
            (None, Promised::Mount(mount)) => mount.name.value.clone(),
            (
                None,
                Promised::Pod(Promise { object, .. })
                | Promised::Readers(Readers { object, .. }, _),
            ) => object.value.clone(),
        }
    }
}

/// The missing fact about an object that a promise names, if no known object has the name.
fn missing(inventory: &Inventory, objects: &[Object<'_>], reference: &str) -> Option<String> {
    if objects.is_empty() {
        inventory.perhaps_named(reference)
    } else {
        None
    }
}

/// A promise about an object of which it is unknown whether it exists.
fn open(promised: Promised<'_>, ask: Ask, pod: Option<Pod>, missing: String) -> Kept<'_> {
    let asked = match promised {
        Promised::Pod(promise) => promise.object.value.clone(),
        Promised::Readers(readers, _) => readers.object.value.clone(),
        Promised::Mount(mount) => mount.name.value.clone(),
    };
    Kept {
        promised,
        ask,
        pod,
        object: None,
        held: None,
        decision: Decision::Unknown,
        walk: Some(Walk::undecided(asked, missing)),
        unmet: None,
        others: Vec::new(),
        refused: None,
    }
}

/// The objects and pods of a world by name.
struct Names<'a> {
    objects: ObjectNames<'a>,
    pods: PodNames<'a>,
}

/// The promise with which there are too many pairs.
fn too_many(names: &Names<'_>, promises: &Promises) -> Option<Origin> {
    let stated = promises.pods.iter().map(|promise| {
        let pods = names.pods.find(&promise.pod.value).len();
        (pods, &promise.object)
    });
    let all = names.pods.all().len();
    let readers = promises
        .readers
        .iter()
        .map(|readers| (all, &readers.object));
    let mut pairs: usize = 0;
    let mut exceeds = |(pods, object): &(usize, &Spanned<String>)| {
        let objects = names.objects.find(&object.value).len();
        pairs = pairs.saturating_add(pods.saturating_mul(objects));
        pairs > MAX_PAIRS
    };
    stated
        .chain(readers)
        .find(|pair| exceeds(pair))
        .map(|(_, object)| object.origin)
}

fn promise_of<'s>(
    simulator: &Simulator<'_>,
    promise: &'s Promise,
    pod: Pod,
    object: Object<'s>,
    terms: Terms<'_>,
) -> Kept<'s> {
    let own = promise.given.iter();
    let own: Vec<_> = own
        .map(|(key, value)| (key.value.clone(), value.clone()))
        .collect();
    let how = (&promise.ask, promise.via);
    let walk = asked(simulator, &pod, Target::Object(object), how, &own, terms);
    let unmet = unmet(promise, &walk);
    Kept {
        promised: Promised::Pod(promise),
        ask: promise.ask.clone(),
        pod: Some(pod),
        object: Some(object),
        held: match unmet {
            Some(_) => Some(false),
            None => held(promise.can, walk.decision),
        },
        decision: walk.decision,
        walk: Some(walk),
        unmet,
        others: Vec::new(),
        refused: None,
    }
}

fn readers_of<'s>(
    simulator: &Simulator<'_>,
    pods: &PodNames<'_>,
    readers: &'s Readers,
    object: Object<'s>,
    terms: Terms<'_>,
) -> Kept<'s> {
    let inventory = simulator.inventory();
    let patterns = readers.pods.iter();
    let promised: HashSet<Pod> = patterns.flat_map(|pod| pods.find(&pod.value)).collect();
    let mut readership = Readership::default();
    let (mut extra, mut missing, mut open) = (None, None, None);
    let mut others = Vec::new();
    for pod in pods.all() {
        let how = (&Ask::Read, None);
        let walk = || asked(simulator, pod, Target::Object(object), how, &[], terms);
        // Most pods keep the promise, and need no explanation.
        let decision = if terms.report_uncertain {
            walk().decision
        } else {
            decided(simulator, pod, Target::Object(object), how, terms)
        };
        let before = readership.extra;
        let (count, first) = match (decision, promised.contains(pod)) {
            (Decision::Allow, true) => continue,
            // The pod may be one of the promised pods.
            (Decision::Allow, false) if may_be_promised(inventory, readers, pod) => {
                (&mut readership.open, &mut open)
            }
            (Decision::Allow, false) => (&mut readership.extra, &mut extra),
            (Decision::Unknown, _) => (&mut readership.open, &mut open),
            (Decision::ImplicitDeny | Decision::ExplicitDeny, true) => {
                (&mut readership.missing, &mut missing)
            }
            (Decision::ImplicitDeny | Decision::ExplicitDeny, false) => continue,
        };
        *count += 1;
        if first.is_none() {
            let walk = walk();
            *first = Some((pod.clone(), walk));
        } else if readership.extra > before {
            others.push(pod.clone());
        }
    }
    let (held, decision) = match readership {
        Readership {
            extra: 0,
            missing: 0,
            open: 0,
        } => (Some(true), Decision::Allow),
        Readership {
            extra: 0,
            missing: 0,
            ..
        } => (None, Decision::Unknown),
        Readership { .. } => (Some(false), Decision::ImplicitDeny),
    };
    let refused = missing.clone();
    let (pod, walk) = extra.or(missing).or(open).unzip();
    Kept {
        promised: Promised::Readers(readers, readership),
        ask: Ask::Read,
        pod,
        object: Some(object),
        held,
        decision,
        walk,
        unmet: None,
        others,
        refused,
    }
}

/// Whether a pod with a partly unknown name may be one of the promised readers.
fn may_be_promised(inventory: &Inventory, readers: &Readers, pod: &Pod) -> bool {
    let mut patterns = readers.pods.iter();
    patterns.any(|wanted| inventory.may_be(pod, &wanted.value))
}

fn asked(
    simulator: &Simulator<'_>,
    pod: &Pod,
    target: Target<'_>,
    (ask, via): (&Ask, Option<Via>),
    own: &[(String, ContextValue)],
    terms: Terms<'_>,
) -> Walk {
    let given = [terms.given, own].concat();
    let walk = simulator.walk(&Question {
        pod,
        target,
        ask,
        via,
        given: &given,
        other: terms.other,
    });
    if terms.report_uncertain {
        return walk.reported();
    }
    walk
}

/// The decision alone.
fn decided(
    simulator: &Simulator<'_>,
    pod: &Pod,
    target: Target<'_>,
    (ask, via): (&Ask, Option<Via>),
    terms: Terms<'_>,
) -> Decision {
    simulator.decide(&Question {
        pod,
        target,
        ask,
        via,
        given: terms.given,
        other: terms.other,
    })
}

/// Whether a promise holds, by the decision alone.
fn held(can: bool, decision: Decision) -> Option<bool> {
    match decision {
        Decision::Unknown => None,
        Decision::Allow => Some(can),
        Decision::ImplicitDeny | Decision::ExplicitDeny => Some(!can),
    }
}

/// The stage that must refuse by itself and does not, although the decision is as promised.
fn unmet(promise: &Promise, walk: &Walk) -> Option<StageName> {
    let refused = matches!(
        walk.decision,
        Decision::ImplicitDeny | Decision::ExplicitDeny
    );
    if promise.can || !refused {
        return None;
    }
    let stage = StageName::parse(&promise.because.as_ref()?.value)?;
    (!walk.refuses_at(stage)).then_some(stage)
}

#[cfg(test)]
mod tests;
