//! Conditions on tags: the causes that nobody sees in the policy itself.

use super::case::{Case, describe, quoted};
use crate::{
    finding::{Draft, Fix, Grade},
    text::{
        session_tags,
        tag_keys::{resource_tag, strip},
    },
};
use policy_engine::{
    evaluator::explain::{Element, Miss, StatementTrace},
    inventory::{Tag, Via, find::Object},
    source::{Origin, Span, Spanned},
    truth::Truth,
};

/// The cause in the tags that the nearest statement tests, when it fails by them alone.
pub(super) fn cause(case: &Case<'_>, nearest: &StatementTrace) -> Option<Draft> {
    let near = nearest
        .missed
        .iter()
        .filter(|miss| miss.truth == Truth::False);
    let on_tags = |miss: &&Miss| {
        let variables = miss.wanted.iter().any(|wanted| wanted.contains("${"));
        match miss.element {
            Element::Condition(_) => true,
            Element::Resource => variables || !miss.unresolved.is_empty(),
            Element::Action | Element::Principal => false,
        }
    };
    if !near.clone().all(|miss| on_tags(&miss)) {
        return None;
    }
    let misses: Vec<_> = near.collect();
    let first = misses.first()?;
    if let Some(cause) = old_version(case, nearest, first) {
        return Some(cause.evidence(first));
    }
    if let Some((miss, variable)) = misses
        .iter()
        .find_map(|miss| Some((miss, miss.unresolved.first()?)))
    {
        return Some(unresolved(case, miss, variable).evidence(miss));
    }
    let (miss, tag) = misses
        .iter()
        .find_map(|miss| Some((*miss, resource_tag(miss.key.as_deref()?)?)))?;
    Some(object_tag(case, miss, tag, &misses).evidence(miss))
}

fn old_version(case: &Case<'_>, nearest: &StatementTrace, miss: &Miss) -> Option<Draft> {
    let literal = miss.wanted.iter().any(|wanted| wanted.contains("${"));
    if nearest.document.has_variables() || !literal {
        return None;
    }
    let place = nearest
        .document
        .version
        .as_ref()
        .map_or(nearest.document.origin, |version| version.origin);
    let message = format!(
        "{}: `${{…}}` is literal text in policies before version 2012-10-17",
        case.headline()
    );
    let mut cause = case
        .at(
            "TAG115",
            place,
            "variables do not exist in this version",
            message,
        )
        .related(miss.origin, "compared letter by letter")
        .help("\"Version\": \"2012-10-17\"");
    if nearest.document.version.is_some() {
        cause = cause.fix(Fix {
            grade: Grade::Repair,
            edits: vec![(place, "\"2012-10-17\"".into())],
        });
    }
    Some(cause)
}

fn unresolved(case: &Case<'_>, miss: &Miss, (variable, place): &(String, Origin)) -> Draft {
    let Some(tag) = strip(variable, "aws:PrincipalTag/") else {
        let message = format!("{}: no request carries `{variable}`", case.headline());
        return case
            .at("TAG102", *place, "never has a value here", message)
            .help("use a key that the request carries");
    };
    // The tag is the last part of the variable, and no part of a tag is ever escaped.
    let place = &tail(*place, tag.len());
    let headline = case.headline();
    let known = session_tags::KEYS
        .iter()
        .find(|known| known.eq_ignore_ascii_case(tag));
    if known.is_none()
        && let Some(near) = session_tags::near(tag, case.most_letters())
    {
        let message = format!("{headline}: no session carries the tag `{tag}`");
        let fix = Fix {
            grade: Grade::Repair,
            edits: vec![(*place, near.to_owned())],
        };
        return case
            .at("TAG101", *place, "no such session tag", message)
            .related(case.mount.name.origin, "mounted here")
            .note("the variable stays empty, so the condition never holds")
            .help(format!("did you mean `{near}`?"))
            .fix(fix);
    }
    if known.is_some() && case.walk.via == Some(Via::Irsa) {
        let message = format!("{headline}: an IRSA session carries no tag `{tag}`");
        return case
            .at("IRS101", *place, "IRSA sets no session tags", message)
            .related(case.mount.name.origin, "mounted here")
            .help("use Pod Identity, or name the secret's ARN instead of testing tags");
    }
    let association = case.inventory.associations.iter().find(|one| {
        one.cluster == case.mount.pod.cluster
            && one.namespace.value == case.mount.pod.namespace
            && one.service_account.value == case.mount.pod.service_account
    });
    if let (Some(_), Some(association)) = (known, association.filter(|one| !one.session_tags.value))
    {
        let message = format!(
            "{headline}: its association turns session tags off, and a policy tests `{tag}`"
        );
        return case
            .at(
                "POD210",
                association.session_tags.origin,
                "session tags are off",
                message,
            )
            .related(*place, "this variable stays empty")
            .help("\"disableSessionTags\": false");
    }
    let message = format!("{headline}: neither the session nor the role has a tag `{tag}`");
    let role = case
        .walk
        .session
        .as_ref()
        .and_then(|session| case.inventory.role(&session.role));
    let cause = case.at("TAG102", *place, "nobody sets this tag", message);
    let cause = match role {
        Some(role) => cause.related(role.origin, "the role"),
        None => cause,
    };
    cause
        .help(format!(
            "tag the role with `{tag}`, or test one of the six tags that EKS sets"
        ))
        .note(describe(miss))
}

/// The last bytes of a place.
fn tail(origin: Origin, length: usize) -> Origin {
    let length = u32::try_from(length).unwrap_or(0);
    let start = origin
        .span
        .end
        .saturating_sub(length)
        .max(origin.span.start);
    Origin {
        source: origin.source,
        span: Span {
            start,
            end: origin.span.end,
        },
    }
}

/// The object lacks a tag that a condition tests, or carries another value.
fn object_tag(case: &Case<'_>, miss: &Miss, tag: &str, misses: &[&Miss]) -> Draft {
    let headline = case.headline();
    let tags = object_tags(case);
    let own = tags.and_then(|tags| {
        tags.value
            .iter()
            .find(|one| one.key.value.eq_ignore_ascii_case(tag))
    });
    let wanted = quoted(&miss.wanted);
    if let Some(own) = own {
        let found = &own.value.value;
        let message =
            format!("{headline}: it is tagged `{tag}` = `{found}`, and the policy wants {wanted}");
        let cause = case
            .at(
                "SCT106",
                own.value.origin,
                format!("the policy wants {wanted}"),
                message,
            )
            .related(miss.origin, "tested here")
            .related(case.mount.name.origin, "mounted here");
        return match miss.wanted.as_slice() {
            [one] => cause.help(format!(
                "\"Value\": \"{one}\", if the object belongs to this pod"
            )),
            _ => cause.help("give the tag one of the values that the policy wants"),
        };
    }
    let names = tags.map(|tags| tags.value.as_slice()).unwrap_or_default();
    let similar = session_tags::nearest(
        tag,
        names.iter().map(|one| one.key.value.as_str()),
        case.most_letters(),
    );
    if let (Some(near), false) = (similar, session_tags::KEYS.contains(&tag)) {
        let message = format!("{headline}: it has no tag `{tag}`");
        return case
            .at("TAG104", miss.key_origin, "no object has this tag", message)
            .related(case.mount.name.origin, "mounted here")
            .help(format!("did you mean `{near}`?"));
    }
    let place = tags
        .map(|tags| tags.origin)
        .or_else(|| case.mount.object.map(object_origin));
    let message = format!("{headline}: it has no tag `{tag}`");
    let absent = misses.iter().filter(|miss| miss.found.is_empty());
    let missing = absent.filter_map(|miss| {
        let value = miss.wanted.first().map_or("…", String::as_str);
        Some(format!("{} = {value}", resource_tag(miss.key.as_deref()?)?))
    });
    let missing: Vec<_> = missing.collect();
    case.at(
        "SCT101",
        place.unwrap_or(case.mount.name.origin),
        format!("no tag `{tag}`"),
        message,
    )
    .related(miss.origin, "tested here")
    .related(case.mount.name.origin, "mounted here")
    .help(match similar {
        Some(near) => format!("rename its tag `{near}` to `{tag}`"),
        None if missing.len() > 1 => format!("add the tags {}", missing.join(", ")),
        None => format!("add the tag {}", missing.join(", ")),
    })
}

fn object_tags<'a>(case: &Case<'a>) -> Option<&'a Spanned<Vec<Tag>>> {
    match case.mount.object? {
        Object::Secret(secret) => secret.tags.as_ref(),
        Object::Parameter(parameter) => parameter.tags.as_ref(),
        Object::Key(key) => key.tags.as_ref(),
    }
}

fn object_origin(object: Object<'_>) -> Origin {
    match object {
        Object::Secret(secret) => secret.origin,
        Object::Parameter(parameter) => parameter.origin,
        Object::Key(key) => key.origin,
    }
}
