//! Refusals of the data call: identity, boundary, session, organization, endpoint, the object's own policy.

use super::{
    abac,
    case::{Case, by_weight, describe, statement_name},
};
use crate::finding::{Draft, Fix, Grade};
use policy_engine::{
    evaluator::{
        Side, Verdict,
        explain::{Element, Miss, StatementTrace},
    },
    inventory::{ResourcePolicy, find::Object},
    simulator::Call,
    truth::Truth,
};

pub(super) fn cause(case: &Case<'_>) -> Draft {
    let (Some(call), Some(own)) = (case.call(), case.stage.name.side()) else {
        return case.at("REQ101", case.mount.name.origin, "refused", case.headline());
    };
    side(case, call, own, case.stage.result)
}

/// The cause within one side of a call.
pub(super) fn side(case: &Case<'_>, call: &Call, side: Side, verdict: Verdict) -> Draft {
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
    if let Some(cause) = abac::cause(case, nearest) {
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
fn code(case: &Case<'_>, call: &Call, side: Side) -> &'static str {
    match (side, call.request.action.name()) {
        (Side::Boundary, _) => "XAC110",
        (Side::Scp, _) => "XAC108",
        (Side::Rcp, _) => "XAC109",
        (Side::Session, _) => "POD211",
        (Side::Endpoint, _) => "XAC114",
        (Side::Resource, "kms:Decrypt") => "KMS101",
        // Within one account the caller's own side would do: what is missing is a permission, not a policy.
        (Side::Resource, _) if same_account(call) && case.mount.parameter => "REQ103",
        (Side::Resource, _) if same_account(call) => "REQ101",
        (Side::Resource, _) if case.mount.parameter => "XAC111",
        (Side::Resource, _) => "XAC101",
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
fn refuser(case: &Case<'_>, side: Side) -> String {
    let role = case
        .walk
        .session
        .as_ref()
        .map_or_else(String::new, |session| {
            case.inventory.role_name(&session.role)
        });
    match side {
        Side::Identity => format!("no identity policy of `{role}` allows"),
        Side::Boundary => format!("the permissions boundary of `{role}` does not allow"),
        Side::Session => "the session policy of its association does not allow".to_owned(),
        Side::Scp => "a service control policy level does not allow".to_owned(),
        Side::Rcp => "a resource control policy does not allow".to_owned(),
        Side::Endpoint => "the VPC endpoint policy does not allow".to_owned(),
        _ => format!("the policy of `{}` does not allow", case.names.object),
    }
}

fn denied(case: &Case<'_>, call: &Call, side: Side) -> Draft {
    let action = call.request.action.name();
    let deny = call
        .explanation
        .of(side)
        .find_map(|set| set.deciding().filter(|one| !is_allow(one)));
    let who = match side {
        Side::Scp => "a service control policy",
        Side::Rcp => "a resource control policy",
        Side::Boundary => "the permissions boundary",
        Side::Identity => "an identity policy",
        Side::Session => "the session policy",
        Side::Endpoint => "the VPC endpoint policy",
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
fn nothing(case: &Case<'_>, call: &Call, side: Side) -> Draft {
    let action = call.request.action.name();
    let code = code(case, call, side);
    let message = format!("{}: {} {action}", case.headline(), refuser(case, side));
    if side == Side::Resource {
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

fn element(
    case: &Case<'_>,
    call: &Call,
    side: Side,
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
                "kms:Decrypt" => condition_code(miss.key.as_deref(), &miss.wanted),
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

/// The code of a condition on decryption that does not hold, where there is one of its own.
pub(super) fn condition_code(key: Option<&str>, wanted: &[String]) -> Option<&'static str> {
    let key = key?.to_ascii_lowercase();
    let services = ["secretsmanager.", "ssm."];
    match key.as_str() {
        "kms:viaservice"
            if wanted
                .iter()
                .any(|one| services.iter().any(|service| one.starts_with(service))) =>
        {
            Some("KMS103")
        }
        "kms:viaservice" => Some("KMS104"),
        key if key.starts_with("kms:encryptioncontext") => Some("KMS105"),
        _ => None,
    }
}
