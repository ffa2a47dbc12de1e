//! Refusals while the role, or the target role, is assumed.

use super::{
    case::{Case, by_weight, describe, statement_name},
    policy,
};
use crate::finding::{Draft, Fix, Grade};
use policy_engine::{
    evaluator::{
        Side, Verdict,
        explain::{Element, Miss, StatementTrace},
    },
    inventory::Via,
    simulator::Call,
    truth::Truth,
};

pub(super) fn cause(case: &Case<'_>) -> Draft {
    let Some(call) = refused(case) else {
        return policy::cause(case);
    };
    if call.outcome.rcp == Some(Verdict::Deny) {
        return policy::side(case, call, Side::Rcp, Verdict::Deny);
    }
    let role = case
        .inventory
        .role_name(&call.request.resource.text().to_string());
    let irsa = case.walk.via == Some(Via::Irsa);
    let who = if irsa {
        "the cluster's web identity"
    } else {
        "EKS"
    };
    let action = call.request.action.name();
    let message = format!(
        "{}: the trust policy of `{role}` does not let {who} {}",
        case.headline(),
        verb(action)
    );
    trust(case, call, irsa, message)
}

/// The refused step in words.
fn verb(action: &str) -> &'static str {
    if action == "sts:TagSession" {
        "set session tags"
    } else {
        "assume it"
    }
}

fn refused<'a>(case: &Case<'a>) -> Option<&'a Call> {
    let mut calls = case
        .stage
        .calls
        .iter()
        .filter_map(|number| case.walk.calls.get(*number));
    calls.find(|call| call.outcome.decision != policy_engine::evaluator::Decision::Allow)
}

fn trust(case: &Case<'_>, call: &Call, irsa: bool, message: String) -> Draft {
    let set = call.explanation.of(Side::Resource).next();
    if call.outcome.resource == Some(Verdict::Deny) {
        return policy::side(case, call, Side::Resource, Verdict::Deny);
    }
    let fallback = if irsa { "IRS107" } else { "POD101" };
    let Some((nearest, miss)) = set
        .and_then(|set| set.nearest())
        .and_then(|one| Some((one, first(one)?)))
    else {
        let origin = set
            .and_then(|set| set.documents.first())
            .map_or(case.mount.name.origin, |one| one.origin);
        return case.at(fallback, origin, "nothing here lets it in", message);
    };
    let cause = match miss.element {
        Element::Action => action(
            case,
            call,
            nearest,
            miss,
            message,
            if irsa { "POD112" } else { "POD102" },
        ),
        Element::Principal => {
            let wanted = call.request.principal.display();
            let help = if irsa {
                format!("\"Federated\": \"{wanted}\"")
            } else {
                format!("\"Service\": \"{wanted}\"")
            };
            let label = format!("not {wanted}");
            let fix = Fix {
                grade: Grade::Unsafe,
                edits: vec![(miss.origin, format!("\"{wanted}\""))],
            };
            let cause = case.at(fallback, miss.origin, label, message).help(help);
            if miss.wanted.len() == 1 {
                cause.fix(fix)
            } else {
                cause
            }
        }
        Element::Condition(_) | Element::Resource => {
            let code = condition_code(miss, irsa, association_tags_off(case));
            case.at(code, miss.origin, describe(miss), message)
                .help(format!(
                    "{} must hold for this pod",
                    statement_name(nearest)
                ))
        }
    };
    let cause = match case.stage.by.as_ref() {
        Some(_) => cause.related(case.mount.name.origin, "mounted here"),
        None => cause,
    };
    cause.evidence(miss)
}

fn first(nearest: &StatementTrace) -> Option<&Miss> {
    by_weight(&nearest.missed)
        .into_iter()
        .find(|miss| miss.truth == Truth::False)
}

fn association_tags_off(case: &Case<'_>) -> bool {
    let pod = &case.mount.pod;
    case.inventory.associations.iter().any(|one| {
        one.namespace.value == pod.namespace
            && one.service_account.value == pod.service_account
            && one.cluster == pod.cluster
            && !one.session_tags.value
    })
}

fn condition_code(miss: &Miss, irsa: bool, tags_off: bool) -> &'static str {
    let key = miss.key.as_deref().unwrap_or("").to_ascii_lowercase();
    match key.as_str() {
        _ if irsa => "IRS105",
        "aws:sourcearn" => "POD105",
        "aws:sourceaccount" | "aws:sourceorgid" => "POD106",
        key if key.starts_with("aws:principaltag/") => "POD111",
        key if key.starts_with("aws:requesttag/") && tags_off => "POD110",
        _ => "POD108",
    }
}

/// A statement that would let the call in if it named the action.
fn action(
    case: &Case<'_>,
    call: &Call,
    nearest: &StatementTrace,
    miss: &Miss,
    message: String,
    code: &'static str,
) -> Draft {
    let action = call.request.action.name();
    let mut actions: Vec<String> = miss.wanted.clone();
    actions.push(action.to_owned());
    let list = actions
        .iter()
        .map(|one| format!("\"{one}\""))
        .collect::<Vec<_>>()
        .join(", ");
    let place = nearest
        .written()
        .and_then(|statement| statement.action.as_ref())
        .map_or(miss.origin, |one| one.origin);
    case.at(code, place, format!("{action} is missing"), message)
        .help(format!("\"Action\": [{list}]"))
        .fix(Fix {
            grade: Grade::Repair,
            edits: vec![(place, format!("[{list}]"))],
        })
}

/// The step from the role to the target role: both sides must allow.
pub(super) fn chain(case: &Case<'_>) -> Draft {
    let Some(call) = refused(case) else {
        return policy::cause(case);
    };
    let action_name = call.request.action.name();
    let target = case
        .inventory
        .role_name(&call.request.resource.text().to_string());
    let tagging = action_name == "sts:TagSession";
    let code = if tagging { "POD302" } else { "POD301" };
    let decided = call.outcome.decided_by().unwrap_or(Side::Resource);
    if matches!(decided, Side::Scp | Side::Rcp | Side::Boundary) {
        let verdict = call.outcome.side(decided);
        return policy::side(case, call, decided, verdict.unwrap_or(Verdict::Refuse));
    }
    let message = format!(
        "{}: {action_name} on the target role `{target}` is refused",
        case.headline()
    );
    let set = call.explanation.of(decided).next();
    let Some((nearest, miss)) = set
        .and_then(|set| set.nearest())
        .and_then(|one| Some((one, first(one)?)))
    else {
        let caller = case
            .inventory
            .associations
            .iter()
            .find_map(|one| one.target_role.as_ref());
        let origin = set
            .and_then(|set| set.documents.first())
            .map(|one| one.origin);
        let origin = origin
            .or_else(|| caller.map(|one| one.origin))
            .unwrap_or(case.mount.name.origin);
        return case
            .at(code, origin, "nothing here allows it", message)
            .help(format!("allow {action_name} on {target}"));
    };
    let cause = match miss.element {
        Element::Action => action(case, call, nearest, miss, message, code),
        Element::Principal => policy::principal(case, code, miss, message),
        Element::Resource => {
            let arn = call.request.resource.text();
            case.at(code, miss.origin, format!("does not match {arn}"), message)
                .help(format!("name {arn}"))
        }
        Element::Condition(_) => {
            let external = miss
                .key
                .as_deref()
                .is_some_and(|key| key.eq_ignore_ascii_case("sts:ExternalId"));
            let code = if external { "POD304" } else { code };
            case.at(code, miss.origin, describe(miss), message)
                .help(format!(
                    "{} must hold for this pod",
                    statement_name(nearest)
                ))
        }
    };
    cause
        .related(case.mount.name.origin, "mounted here")
        .evidence(miss)
}
