//! Refusals of the data call: identity, boundary, session, organization, endpoint, the object's own policy.

use super::{Case, by_weight, decrypt, quoted, statement_name};
use crate::{
    finding::{Draft, Fix, Grade},
    session_tags,
};
use policy_engine::{
    evaluator::{
        Verdict,
        explain::{Element, Miss, StatementTrace},
    },
    inventory::{ResourcePolicy, Tag, Via, find::Object},
    simulator::Call,
    source::{Origin, Span, Spanned},
    truth::Truth,
};

pub(super) fn cause(case: &Case<'_>) -> Draft {
    let Some(call) = case.call() else {
        return case.at("REQ101", case.mount.name.origin, "refused", case.headline());
    };
    side(case, call, case.stage.name.word(), case.stage.result)
}

/// The cause within one side of a call.
pub(super) fn side(case: &Case<'_>, call: &Call, side: &str, verdict: Verdict) -> Draft {
    if verdict == Verdict::Deny {
        return denied(case, call, side);
    }
    let sets: Vec<_> = call.explanation.of(side).collect();
    let silent = sets.iter().find(|set| {
        !set.statements
            .iter()
            .any(|one| is_allow(one) && one.truth.is_true())
    });
    let nearest = silent.and_then(|set| set.nearest());
    let Some(nearest) = nearest else {
        return nothing(case, call, side);
    };
    if let Some(cause) = abac(case, nearest) {
        return cause;
    }
    let Some(miss) = by_weight(&nearest.missed)
        .into_iter()
        .find(|miss| miss.truth == Truth::False)
    else {
        return nothing(case, call, side);
    };
    let cause = element(case, call, side, nearest, miss);
    cause.evidence(miss)
}

fn is_allow(one: &StatementTrace) -> bool {
    one.effect == policy_engine::policy::statement::Effect::Allow
}

/// The code of a refusal whose reason is not a special one.
fn code(case: &Case<'_>, call: &Call, side: &str) -> &'static str {
    match (side, call.request.action.name()) {
        ("boundary", _) => "XAC110",
        ("scp", _) => "XAC108",
        ("rcp", _) => "XAC109",
        ("session", _) => "POD211",
        ("endpoint", _) => "XAC114",
        ("resource", "kms:Decrypt") => "KMS101",
        // Within one account the caller's own side would do: what is missing is a permission, not a policy.
        ("resource", _) if same_account(call) && case.mount.parameter => "REQ103",
        ("resource", _) if same_account(call) => "REQ101",
        ("resource", _) if case.mount.parameter => "XAC111",
        ("resource", _) => "XAC101",
        (_, name) if name.starts_with("secretsmanager:") && is_one_sided(call) => "XAC102",
        (_, "secretsmanager:DescribeSecret") => "REQ102",
        (_, "kms:Decrypt") => "KMS102",
        _ if case.mount.parameter => "REQ103",
        _ => "REQ101",
    }
}

/// Whether the policy of an object in another account lets the caller in, and only its own side does not.
fn is_one_sided(call: &Call) -> bool {
    !same_account(call) && call.outcome.resource == Some(Verdict::Allow)
}

fn same_account(call: &Call) -> bool {
    call.request.principal.account() == call.request.resource_account.as_ref()
}

/// Who refuses, for people.
fn refuser(case: &Case<'_>, side: &str) -> String {
    let role = case
        .walk
        .session
        .as_ref()
        .map_or_else(String::new, |session| {
            case.inventory.role_name(&session.role)
        });
    match side {
        "identity" => format!("no identity policy of `{role}` allows"),
        "boundary" => format!("the permissions boundary of `{role}` does not allow"),
        "session" => "the session policy of its association does not allow".to_owned(),
        "scp" => "a service control policy level does not allow".to_owned(),
        "rcp" => "a resource control policy does not allow".to_owned(),
        "endpoint" => "the VPC endpoint policy does not allow".to_owned(),
        _ => format!("the policy of `{}` does not allow", case.names.object),
    }
}

fn denied(case: &Case<'_>, call: &Call, side: &str) -> Draft {
    let action = call.request.action.name();
    let deny = call
        .explanation
        .of(side)
        .find_map(|set| set.deciding().filter(|one| !is_allow(one)));
    let who = match side {
        "scp" => "a service control policy",
        "rcp" => "a resource control policy",
        "boundary" => "the permissions boundary",
        "identity" => "an identity policy",
        "session" => "the session policy",
        "endpoint" => "the VPC endpoint policy",
        _ if action == "kms:Decrypt" => "the key policy",
        _ => "the object's policy",
    };
    let code = code(case, call, side);
    let message = format!("{}: {who} denies {action}", case.headline());
    let Some(deny) = deny else {
        return case.at(code, case.mount.name.origin, "denied", message);
    };
    let place = deny
        .written()
        .and_then(|statement| statement.action.as_ref())
        .map(|element| {
            let matching = element.values.iter().find(|value| {
                value
                    .text
                    .known()
                    .is_some_and(|text| text.eq_ignore_ascii_case(action))
            });
            matching.map_or(element.origin, |value| value.origin)
        });
    let name = statement_name(deny);
    case.at(
        code,
        place.unwrap_or(deny.document.origin),
        "denied here",
        message,
    )
    .related(case.mount.name.origin, "mounted here")
    .help(format!(
        "exempt the role from {name}, or narrow its Action, Resource or Condition"
    ))
}

/// No statement at all comes into question.
fn nothing(case: &Case<'_>, call: &Call, side: &str) -> Draft {
    let action = call.request.action.name();
    let code = code(case, call, side);
    let message = format!("{}: {} {action}", case.headline(), refuser(case, side));
    if side == "resource" {
        return no_resource_policy(case, code, message);
    }
    let role = case
        .walk
        .session
        .as_ref()
        .and_then(|session| case.inventory.role(&session.role));
    let documents = call
        .explanation
        .of(side)
        .flat_map(|set| &set.documents)
        .map(|document| document.origin);
    let place = documents.into_iter().find(|origin| origin.is_somewhere());
    let place = place
        .or_else(|| role.map(|role| role.origin))
        .unwrap_or(case.mount.name.origin);
    case.at(
        code,
        place,
        format!("nothing here allows {action}"),
        message,
    )
    .related(case.mount.name.origin, "mounted here")
    .help(format!(
        "allow {action} on {}",
        call.request.resource.text()
    ))
}

fn no_resource_policy(case: &Case<'_>, code: &'static str, message: String) -> Draft {
    let role = case
        .walk
        .session
        .as_ref()
        .map_or("the role", |session| session.role.as_str());
    let Some(object) = case.mount.object else {
        return case.at(code, case.mount.name.origin, "refused", message);
    };
    match object {
        Object::Secret(secret) => {
            let place = match &secret.policy {
                ResourcePolicy::None(origin) => *origin,
                ResourcePolicy::Document(_) | ResourcePolicy::Unknown => secret.origin,
            };
            let message = format!(
                "{}: the secret is in another account and has no resource policy",
                case.headline()
            );
            let help = format!(
                "attach a resource policy that allows secretsmanager:GetSecretValue and secretsmanager:DescribeSecret to {role}"
            );
            case.at(code, place, "no resource policy", message)
                .related(case.mount.name.origin, "mounted here")
                .help(help)
        }
        Object::Parameter(parameter) => {
            let message = format!(
                "{}: the parameter is in another account and is not shared with it",
                case.headline()
            );
            let help = if parameter.advanced {
                "share the parameter through AWS RAM"
            } else {
                "only parameters of the advanced tier can be shared: change the tier and share it through AWS RAM"
            };
            case.at(code, parameter.origin, "not shared", message)
                .related(case.mount.name.origin, "mounted here")
                .help(help)
        }
        Object::Key(key) => case.at(code, key.origin, "refused", message),
    }
}

/// Conditions on tags: the causes that nobody sees in the policy itself.
fn abac(case: &Case<'_>, nearest: &StatementTrace) -> Option<Draft> {
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

fn element(
    case: &Case<'_>,
    call: &Call,
    side: &str,
    nearest: &StatementTrace,
    miss: &Miss,
) -> Draft {
    let action = call.request.action.name();
    let name = statement_name(nearest);
    let code = code(case, call, side);
    let message = format!("{}: {} {action}", case.headline(), refuser(case, side));
    match miss.element {
        Element::Resource => resource(case, call, code, miss, message),
        Element::Action => case
            .at(
                code,
                miss.origin,
                format!("{action} is not among these"),
                message,
            )
            .related(case.mount.name.origin, "mounted here")
            .help(format!("add \"{action}\" to {name}")),
        Element::Principal => principal(case, code, miss, message),
        Element::Condition(_) => {
            let special = match action {
                "kms:Decrypt" => decrypt::condition_code(miss.key.as_deref(), &miss.wanted),
                _ => None,
            };
            case.at(
                special.unwrap_or(code),
                miss.origin,
                describe(miss),
                message,
            )
            .related(case.mount.name.origin, "mounted here")
            .help(format!(
                "{name} must hold for this pod, or another statement must allow {action}"
            ))
        }
    }
}

fn resource(
    case: &Case<'_>,
    call: &Call,
    code: &'static str,
    miss: &Miss,
    message: String,
) -> Draft {
    let arn = call.request.resource.text().to_string();
    let suffixed = |wanted: &&String| {
        arn.strip_prefix(wanted.as_str())
            .is_some_and(|rest| rest.len() == 7 && rest.starts_with('-'))
    };
    if let Some(wanted) = miss.wanted.iter().find(suffixed) {
        let message = format!(
            "{}: the policy names the secret without the six characters of its ARN",
            case.headline()
        );
        return case
            .at("SCT109", miss.origin, "matches no secret", message)
            .related(case.mount.name.origin, "mounted here")
            .help(format!("{wanted}-??????"))
            .fix(Fix {
                grade: Grade::Repair,
                edits: vec![(miss.origin, format!("\"{wanted}-??????\""))],
            });
    }
    let segment = |text: &str, at: usize| text.split(':').nth(at).unwrap_or("").to_owned();
    let differs = |at: usize| {
        miss.wanted.iter().all(|wanted| {
            let own = segment(wanted, at);
            own != segment(&arn, at) && !own.contains(['*', '?']) && !own.is_empty()
        })
    };
    let code = match code {
        "REQ101" | "REQ102" | "REQ103" | "XAC102" if differs(3) => "REQ105",
        "REQ101" | "REQ102" | "REQ103" | "XAC102" if differs(4) || differs(1) => "REQ106",
        "KMS102" if miss.wanted.iter().any(|wanted| wanted.contains(":alias/")) => "KMS108",
        "XAC101" => "SCT122",
        other => other,
    };
    case.at(code, miss.origin, format!("does not match {arn}"), message)
        .related(case.mount.name.origin, "mounted here")
        .help(format!("name {arn}"))
}

/// A principal that is not the pod's role; a role that does not exist is a slip of the pen.
pub(super) fn principal(
    case: &Case<'_>,
    code: &'static str,
    miss: &Miss,
    message: String,
) -> Draft {
    let role = case
        .walk
        .session
        .as_ref()
        .map_or("", |session| session.role.as_str());
    let ghost = miss.wanted.iter().any(|wanted| {
        wanted.contains(":role/")
            && case
                .inventory
                .closed
                .contains("roles", wanted.split(':').nth(4).unwrap_or(""))
            && case.inventory.role(wanted).is_none()
    });
    let label = if ghost {
        "no such role"
    } else {
        "another principal"
    };
    let code = if ghost && code == "XAC101" {
        "SCT121"
    } else {
        code
    };
    let short = role.rsplit(':').next().unwrap_or(role);
    let cause = case.at(code, miss.origin, label, message);
    let cause = match case.inventory.role(role) {
        Some(own) => cause.related(own.origin, "the pod's role"),
        None => cause,
    };
    if ghost
        && miss
            .wanted
            .iter()
            .any(|wanted| strsim::levenshtein(wanted, role) <= 3)
    {
        return cause.help(format!("did you mean `{short}`?"));
    }
    cause.help(format!("name {role}"))
}

/// `kms:ViaService is `a`, wanted is `b``
pub(super) fn describe(miss: &Miss) -> String {
    let key = miss.key.as_deref().unwrap_or(&miss.path);
    let operator = miss.operator.as_deref().unwrap_or("");
    let wanted = quoted(&miss.wanted);
    match miss.found.as_slice() {
        [] => format!("{operator} {key} wants {wanted}, and the request does not carry the key"),
        found => format!("{operator} {key} wants {wanted}, found {}", quoted(found)),
    }
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

/// The tag of `aws:ResourceTag/…` in any of its spellings.
pub(crate) fn resource_tag(key: &str) -> Option<&str> {
    [
        "aws:ResourceTag/",
        "secretsmanager:ResourceTag/",
        "ssm:resourceTag/",
    ]
    .iter()
    .find_map(|prefix| strip(key, prefix))
}

fn strip<'k>(key: &'k str, prefix: &str) -> Option<&'k str> {
    let head = key.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| key.get(prefix.len()..))
        .flatten()
}
