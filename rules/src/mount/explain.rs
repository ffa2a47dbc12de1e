//! The reason why a walk is not allowed, as a sentence.

use crate::{
    input::Settings,
    mount::{
        cause::{Case, Cause, Causes},
        names::{Access, Names},
        stages::first_refusal,
    },
    rule::Rule,
    text::tag_keys::resource_tag,
    world::index::Index,
};
use policy_engine::{
    disarm::disarmed,
    evaluator::explain::{Element, Miss, SetTrace},
    inventory::find::Object,
    policy::PolicyType,
    request::Principal,
    service::ServiceProfile,
    simulator::{Call, Question, Simulator, Target, Walk, mounts::MountPoint},
    source::{Origin, Spanned},
    syntax::arn::Arn,
};

/// The most characters of a value in a sentence, and the most values.
const LONGEST: usize = 128;
const MOST: usize = 3;

/// The reason why a walk is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule that reports it.
    pub rule: &'static Rule,
    /// The sentence: a line without control or invisible characters, with values in double quotes.
    pub sentence: String,
    /// The place of the element that does not match, if a source contains it.
    pub place: Option<Origin>,
}

/// Gives the reason why a walk is not allowed; see [`crate::explain::explain`].
pub(crate) fn explain(
    simulator: &Simulator<'_>,
    causes: &Causes,
    question: &Question<'_>,
    walk: &Walk,
) -> Option<Reason> {
    let stage = first_refusal(walk)?;
    let name;
    let unwritten;
    let mount = match question.target {
        Target::Mount(mount) => mount,
        Target::Object(object) => match simulator.mount_of(question.pod, object) {
            Some(mount) => mount,
            None => {
                name = Spanned::new(object.name().to_owned(), Origin::NOWHERE);
                unwritten = asked(question, object, &name);
                &unwritten
            }
        },
    };
    let names = Names::new(simulator, mount, Access::Read);
    let case = Case {
        inventory: simulator.inventory(),
        index: &Index::new(simulator.inventory()),
        mount,
        walk,
        stage,
        names: &names,
        settings: &Settings::default(),
    };
    let Cause { rule, draft } = causes.find(&case);
    let described = draft
        .miss
        .as_ref()
        .and_then(|miss| Some((miss, sentence(&case, miss)?)));
    let (place, sentence) = match described {
        Some((miss, sentence)) => (miss.origin, sentence),
        None => {
            let headline = format!("{}: ", case.headline());
            let message = &draft.message;
            // In a reason, `it` and `its` refer to the object of the headline.
            let reason = message.strip_prefix(&headline);
            let reason = reason.filter(|reason| !reason.starts_with("it"));
            (draft.primary.origin, reason.unwrap_or(message).to_owned())
        }
    };
    let places = [place, draft.primary.origin];
    Some(Reason {
        rule,
        sentence: disarmed(&sentence),
        place: places.into_iter().find(|place| place.is_somewhere()),
    })
}

/// A mount that no source contains.
fn asked<'a>(
    question: &Question<'a>,
    object: Object<'a>,
    name: &'a Spanned<String>,
) -> MountPoint<'a> {
    MountPoint {
        via: question.via,
        ..MountPoint::of_object(question.pod.clone(), object, name)
    }
}

/// What the nearest statement requires and what the request has; `None` if a variable has no value, because the cause explains that better.
fn sentence(case: &Case<'_>, miss: &Miss) -> Option<String> {
    let literal = miss.wanted.iter().any(|wanted| wanted.contains("${"));
    if literal || !miss.unresolved.is_empty() {
        return None;
    }
    let (call, set) = call_of(case, miss)?;
    let who = subject(case, call, set.kind);
    let action = call.request.action.name();
    let object = match ServiceProfile::of_action(action) {
        Some(service) => service.noun,
        None => "role",
    };
    let wanted = listed(&miss.wanted);
    let negated = miss.path.contains(".Not");
    let covers = if negated { "leaves out" } else { "covers" };
    let sentence = match miss.element {
        Element::Action => format!("{who} does not allow {action}"),
        Element::Resource => {
            let arn = listed(&[call.request.resource.text().to_string()]);
            format!("{who} {covers} {wanted} and the {object} is {arn}")
        }
        Element::Principal => {
            let caller = match &call.request.principal {
                Principal::Session { role, .. } => role.to_string(),
                other => other.display(),
            };
            format!(
                "{who} names {wanted}, and the caller is {}",
                listed(&[caller])
            )
        }
        Element::Condition(_) => {
            let key = miss.key.as_deref()?;
            let tag = resource_tag(key);
            let carrier = tag.map_or("request", |_| object);
            let what = match tag {
                Some(tag) => format!("tag {}", cut(tag)),
                None => cut(key),
            };
            let test = test(miss, &what, &wanted);
            match miss.actual.as_slice() {
                [] => format!("{who} {test} and the {carrier} does not carry it"),
                values => format!("{who} {test} and the {carrier} carries {}", listed(values)),
            }
        }
    };
    Some(match &case.stage.region {
        Some(region) => format!("in {region}, {sentence}"),
        None => sentence,
    })
}

/// `asks for tag team "a"`, or the operator if it is no simple comparison.
fn test(miss: &Miss, what: &str, wanted: &str) -> String {
    let operator = miss.operator.as_deref().unwrap_or("");
    let plain = [
        "StringEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
        "ArnEquals",
        "ArnLike",
        "Bool",
        "IpAddress",
    ];
    let bare = operator.strip_suffix("IfExists").unwrap_or(operator);
    if plain.contains(&bare) {
        format!("asks for {what} {wanted}")
    } else {
        format!("tests {what} by {operator} {wanted}")
    }
}

/// The call and the policies with an element that did not match.
fn call_of<'a>(case: &Case<'a>, miss: &Miss) -> Option<(&'a Call, &'a SetTrace)> {
    let numbers = case.stage.calls.iter();
    let mut calls = numbers.filter_map(|number| case.walk.calls.get(*number));
    calls.find_map(|call| {
        let mut sets = call.explanation.sets.iter();
        let set = sets.find(|set| {
            let mut misses = set.statements.iter().flat_map(|trace| &trace.missed);
            misses.any(|own| {
                own.origin == miss.origin && own.path == miss.path && own.key == miss.key
            })
        })?;
        Some((call, set))
    })
}

/// `identity policy of pod-reader`
fn subject(case: &Case<'_>, call: &Call, kind: PolicyType) -> String {
    let caller = match &call.request.principal {
        Principal::Session { role, .. } => short(case, &role.to_string()),
        other => other.display(),
    };
    let resource = call.request.resource.text().to_string();
    let mut keys = case.inventory.keys.iter();
    let key = keys.find(|key| key.arn.known() == Some(resource.as_str()));
    let subject = match kind {
        PolicyType::Identity => format!("identity policy of {caller}"),
        PolicyType::Boundary => format!("permissions boundary of {caller}"),
        PolicyType::Session => "session policy of the association".to_owned(),
        PolicyType::Trust => format!("trust policy of {}", short(case, &resource)),
        PolicyType::Key => match key {
            Some(key) => format!("key policy of {}", Object::Key(key).display(case.inventory)),
            None => "key policy".to_owned(),
        },
        PolicyType::Resource => format!("resource policy of {}", case.names.object),
        PolicyType::Scp => "service control policy".to_owned(),
        PolicyType::Rcp => "resource control policy".to_owned(),
        PolicyType::Endpoint => "VPC endpoint policy".to_owned(),
    };
    cut(&subject)
}

/// The name of a role, with its account if that is not the account of the cluster.
fn short(case: &Case<'_>, arn: &str) -> String {
    let home = case.inventory.cluster(&case.mount.pod.cluster);
    match (Arn::parse(arn), home) {
        (Some(parsed), Some(home)) if parsed.account == home.account => {
            let name = parsed.resource.rsplit('/').next();
            name.unwrap_or(parsed.resource).to_owned()
        }
        _ => case.inventory.role_name(arn),
    }
}

/// Values in double quotes; long values and long lists are cut.
fn listed(values: &[String]) -> String {
    let quoted = values.iter().take(MOST).map(|value| {
        let escaped = cut(value).replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\"")
    });
    let shown = quoted.collect::<Vec<_>>().join(" or ");
    match values.len().checked_sub(MOST) {
        Some(more) if more > 0 => format!("{shown} or {more} more"),
        _ if shown.is_empty() => "nothing".to_owned(),
        _ => shown,
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, listed};

    #[test]
    fn values_are_quoted_cut_and_counted() {
        let rows: [(&[&str], &str); 5] = [
            (&[], "nothing"),
            (&["QA"], r#""QA""#),
            (&["a\" or \\"], r#""a\" or \\""#),
            (&["a", "b", "c"], r#""a" or "b" or "c""#),
            (&["a", "b", "c", "d", "e"], r#""a" or "b" or "c" or 2 more"#),
        ];
        for (values, wanted) in rows {
            let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(listed(&values), wanted);
        }
        let long = "é".repeat(10_000);
        assert_eq!(listed(&[long]).chars().count(), LONGEST + 2);
    }
}
