//! Access that a world allows and the earlier world did not allow.

use crate::{
    context::Context,
    finding::{Draft, Findings, Proof},
    promise::promised::{proof, way_in},
    rule::Severity,
    share,
};
use policy_engine::{
    evaluator::Decision,
    inventory::{Pod, find::Object, promise::Ask},
    simulator::{Question, Simulator, Target},
    source::Origin,
};
use std::collections::{BTreeMap, HashMap};

/// The most questions that a comparison asks.
const MOST: usize = 1_000_000;
/// The most ways that a finding names.
const NAMED: usize = 5;

/// The ways that a statement opens.
struct Opened {
    /// The first of them, with the request that is allowed.
    first: Way,
    proof: Option<Proof>,
    /// What did not allow it before.
    before: String,
    others: Vec<Way>,
}

/// A new way to an object.
struct Way {
    pod: String,
    object: String,
    action: &'static str,
}

impl Way {
    /// `prod:dev/app can read `dev/db``
    fn sentence(&self) -> String {
        let Self {
            pod,
            object,
            action,
        } = self;
        match *action {
            READ => format!("{pod} can read `{object}`"),
            action => format!("{pod} can call {action} on `{object}`"),
        }
    }
}

/// Reports access that is allowed now and was not allowed before, in a finding per statement.
pub(crate) fn grown(context: &Context<'_>, findings: &mut Findings) {
    let Some(before) = context.against else {
        return;
    };
    let inventory = context.inventory;
    let pods = inventory.pods();
    let objects: Vec<_> = inventory.objects().collect();
    let calls = objects.iter().map(|object| asks(*object).count());
    let count = calls.fold(0, usize::saturating_add);
    let count = count.saturating_mul(pods.len());
    if count > MOST {
        let message = format!("access was not compared: {count} questions are more than {MOST}");
        let draft = Draft::new("bundle", Origin::NOWHERE, "", message);
        let help = "compare one cluster or account at a time";
        findings.add(draft.severity(Severity::Medium).help(help));
        return;
    }
    let known = before
        .inventory()
        .objects()
        .map(|object| (key(object), object));
    let known: HashMap<_, _> = known.collect();
    let ways = share::map(&objects, |object| {
        opened(
            context,
            before,
            &pods,
            *object,
            known.get(&key(*object)).copied(),
        )
    });
    let open: usize = ways.iter().map(|(_, open)| open).sum();
    if open > 0 {
        let message =
            format!("it is unknown whether {open} access paths are new: facts are missing");
        let draft = Draft::new("bundle", Origin::NOWHERE, "", message);
        let help = "run `ascp-policy simulate POD OBJECT` to list the missing facts, or set `closed` in the world file if its facts are complete";
        findings.add(draft.severity(Severity::Info).help(help));
    }
    let mut all: BTreeMap<Origin, Opened> = BTreeMap::new();
    for (origin, opened) in ways.into_iter().flat_map(|(opened, _)| opened) {
        match all.get_mut(&origin) {
            Some(known) => {
                known.others.push(opened.first);
                known.others.extend(opened.others);
            }
            None => {
                all.insert(origin, opened);
            }
        }
    }
    findings.extend(
        all.into_iter()
            .map(|(origin, opened)| draft(origin, opened)),
    );
}

/// The new ways to an object by the statements that open them, and the number of ways that are not decided.
fn opened(
    context: &Context<'_>,
    before: &Simulator<'_>,
    pods: &[Pod],
    object: Object<'_>,
    old: Option<Object<'_>>,
) -> (BTreeMap<Origin, Opened>, usize) {
    let now = context.simulator;
    let mut opened: BTreeMap<Origin, Opened> = BTreeMap::new();
    let mut open = 0;
    for pod in pods {
        // A pod that mounts a new object is the purpose of the change.
        if old.is_none() && now.mount_of(pod, object).is_some() {
            continue;
        }
        let mut reads = false;
        for (action, ask) in asks(object) {
            let decide = |simulator: &Simulator<'_>, object| {
                simulator.decide(&question(context, pod, object, &ask))
            };
            // A second call that reads adds nothing to new read access.
            if reads && !is_write(action) {
                continue;
            }
            let is = decide(now, object);
            if !matches!(is, Decision::Allow | Decision::Unknown) {
                continue;
            }
            let was = old.map(|old| decide(before, old));
            if matches!(was, Some(Decision::Allow | Decision::Unknown)) {
                continue;
            }
            if is == Decision::Unknown {
                open += 1;
                continue;
            }
            reads |= !is_write(action);
            let walk = now.walk(&question(context, pod, object, &ask));
            let way = Way {
                pod: context.inventory.pod_name(pod),
                object: object.display(context.inventory),
                action,
            };
            match opened.get_mut(&way_in(&walk)) {
                Some(known) => known.others.push(way),
                None => {
                    let was = old.map(|old| before.walk(&question(context, pod, old, &ask)));
                    let stage = was.as_ref().and_then(|was| was.deciding());
                    let first = Opened {
                        first: way,
                        proof: proof(&walk),
                        before: match stage {
                            Some(stage) => format!("before, `{}` did not allow it", stage.name),
                            None => "before, the object did not exist".to_owned(),
                        },
                        others: Vec::new(),
                    };
                    opened.insert(way_in(&walk), first);
                }
            }
        }
    }
    (opened, open)
}

fn question<'q>(
    context: &Context<'_>,
    pod: &'q Pod,
    object: Object<'q>,
    ask: &'q Ask,
) -> Question<'q> {
    Question {
        pod,
        target: Target::Object(object),
        ask,
        via: None,
        given: &[],
        other: context.other,
    }
}

/// The calls of a mount.
const READ: &str = "read";

/// A mount, and the other calls that return or replace the value of an object.
fn asks(object: Object<'_>) -> impl Iterator<Item = (&'static str, Ask)> {
    let service = object.profile();
    let others = service.values.iter().chain(service.replaces);
    let others = others.filter(|action| !service.read.contains(action));
    let calls = others.map(|action| (*action, Ask::Call((*action).to_owned())));
    std::iter::once((READ, Ask::Read)).chain(calls)
}

fn is_write(action: &str) -> bool {
    action.contains(":Put") || action.contains(":Update")
}

/// The identity of an object in two worlds: the suffix of a secret's ARN can be known in one world only, and the worlds can have different
/// names for the account.
fn key(object: Object<'_>) -> (&str, &str, &str, &str) {
    (
        object.profile().service,
        object.account(),
        object.region(),
        object.name(),
    )
}

fn draft(origin: Origin, opened: Opened) -> Draft {
    let Opened {
        first,
        proof,
        before,
        others,
    } = opened;
    let more = match others.len() {
        0 => String::new(),
        1 => ", and 1 other access path is new".to_owned(),
        more => format!(", and {more} other access paths are new"),
    };
    let message = format!("{} and could not before{more}", first.sentence());
    let draft = Draft::new(first.object.as_str(), origin, "allows it now", message)
        .help("narrow this statement; if the access is intended, accept the finding with a reason")
        .note(before)
        .request(proof)
        .because(first.sentence());
    // With another way through the same statement the fingerprint differs, so that an accepted finding does not hide it.
    others
        .iter()
        .enumerate()
        .fold(draft, |draft, (number, way)| {
            let draft = draft.because(way.sentence());
            match number {
                0..NAMED => draft.note(format!("also new: {}", way.sentence())),
                _ => draft,
            }
        })
}
