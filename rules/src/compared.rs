//! Access that a world allows and the one before it did not.

use crate::{
    context::Context,
    finding::{Draft, Findings},
    promised::{proof, way_in},
    rule::Severity,
};
use policy_engine::{
    evaluator::Decision,
    inventory::{Inventory, Pod, find::Object, promise::Ask},
    simulator::{Question, Simulator, Target, Walk},
    source::Origin,
};
use std::collections::BTreeMap;

/// The most questions that a comparison asks.
const MOST: usize = 500_000;
/// How many pairs a finding names.
const NAMED: usize = 5;

/// One way to an object that is new.
struct Way {
    pod: String,
    object: String,
    word: &'static str,
    walk: Walk,
}

/// Finds what is allowed now and was refused before; what one statement allows is one finding.
pub(crate) fn grown(context: &Context<'_>, findings: &mut Findings) {
    let Some(before) = context.against else {
        return;
    };
    let (now, inventory) = (context.simulator, context.inventory);
    let pods = inventory.pods();
    let objects: Vec<_> = inventory.objects().collect();
    let count = pods.len().saturating_mul(objects.len()).saturating_mul(2);
    if count > MOST {
        let message = format!("access was not compared: {count} questions are more than {MOST}");
        let draft = Draft::new("bundle", Origin::NOWHERE, "", message);
        findings.add(
            draft
                .severity(Severity::Medium)
                .help("compare one cluster or account at a time"),
        );
        return;
    }
    let known: BTreeMap<_, _> = before
        .inventory()
        .objects()
        .map(|one| (key(one, before.inventory()), one))
        .collect();
    let mut ways: BTreeMap<Origin, Vec<Way>> = BTreeMap::new();
    for object in objects {
        let old = known.get(&key(object, inventory)).copied();
        for pod in &pods {
            for (word, ask) in asks(object) {
                let is_allowed = |simulator: &Simulator<'_>, object| {
                    simulator.decide(&question(context, pod, object, &ask))
                };
                // A new object that a pod mounts is what the change is for.
                let meant = old.is_none() && now.mount_of(pod, object).is_some();
                if meant || is_allowed(now, object) != Decision::Allow {
                    continue;
                }
                let was = old.map(|old| is_allowed(before, old));
                if matches!(was, Some(Decision::Allow | Decision::Unknown)) {
                    continue;
                }
                let walk = now.walk(&question(context, pod, object, &ask));
                ways.entry(way_in(&walk)).or_default().push(Way {
                    pod: inventory.pod_name(pod),
                    object: object.display(inventory),
                    word,
                    walk,
                });
            }
        }
    }
    findings.extend(
        ways.into_iter()
            .filter_map(|(origin, ways)| draft(origin, &ways)),
    );
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

/// What is asked of an object: whether it is read, and whether its value can be replaced.
fn asks(object: Object<'_>) -> [(&'static str, Ask); 2] {
    let write = match object {
        Object::Parameter(_) => "ssm:PutParameter",
        Object::Secret(_) | Object::Key(_) => "secretsmanager:PutSecretValue",
    };
    [("read", Ask::Read), ("write", Ask::Call(write.to_owned()))]
}

/// What makes an object the same in two worlds: the end of a secret's ARN may be known in one of them only.
fn key<'k>(object: Object<'k>, inventory: &Inventory) -> (bool, &'k str, String) {
    let is_parameter = matches!(object, Object::Parameter(_));
    (is_parameter, object.region(), object.display(inventory))
}

fn draft(origin: Origin, ways: &[Way]) -> Option<Draft> {
    let way = ways.first()?;
    let more = match ways.len() - 1 {
        0 => String::new(),
        1 => ", and 1 other way is new".to_owned(),
        more => format!(", and {more} other ways are new"),
    };
    let Way {
        pod,
        object,
        word,
        walk,
    } = way;
    let message = format!("{pod} can {word} `{object}`, and could not before{more}");
    let draft = Draft::new(object.as_str(), origin, "allows it now", message)
        .help("narrow what allows it; when it is meant, accept the finding with a reason")
        .request(proof(walk));
    let named = ways.iter().skip(1).take(NAMED);
    let draft = named.fold(draft, |draft, way| {
        draft.note(format!(
            "new, too: {} can {} `{}`",
            way.pod, way.word, way.object
        ))
    });
    // Another way through the same statement is another finding for those who accepted this one.
    Some(ways.iter().fold(draft, |draft, way| {
        draft.because(format!("{} {} {}", way.pod, way.word, way.object))
    }))
}
