//! Refusals of the forwarded `kms:Decrypt`.

use super::{
    case::{Case, by_weight, describe, statement_name},
    policy,
};
use crate::finding::Draft;
use policy_engine::{
    evaluator::{Decision, Side, Verdict, explain::Element},
    inventory::{KeyRef, find::Object},
    simulator::Step,
    source::Origin,
    truth::Truth,
};

pub(super) fn cause(case: &Case<'_>) -> Draft {
    let Some(call) = case.call() else {
        return policy::cause(case);
    };
    let foreign = call.request.principal.account() != call.request.resource_account.as_ref();
    if let (true, true, Some(place)) = (call.request.traits.aws_managed_key, foreign, managed(case))
    {
        let message = format!(
            "{}: it is encrypted with the AWS managed key, which never decrypts for another account",
            case.headline()
        );
        return case
            .at("KMS106", place, "encrypted with the AWS managed key", message)
            .related(case.mount.name.origin, "mounted by a pod of another account")
            .help("encrypt it with a customer managed key (KmsKeyId) whose key policy allows the pod's role");
    }
    let decided = call.outcome.decided_by().unwrap_or(Side::Resource);
    let key_refuses = call.outcome.resource == Some(Verdict::Refuse);
    match decided {
        Side::Identity if !key_refuses => side(case, call, Side::Identity),
        Side::Identity | Side::Resource => key_policy(case, call),
        other => {
            let verdict = call.outcome.side(other);
            policy::side(case, call, other, verdict.unwrap_or(Verdict::Refuse))
        }
    }
}

fn managed(case: &Case<'_>) -> Option<Origin> {
    let region = case.mount.region.as_deref().unwrap_or("");
    let key = match case.mount.object? {
        Object::Secret(secret) => secret.key_in(region),
        Object::Parameter(parameter) => &parameter.key,
        Object::Key(_) => return None,
    };
    match key {
        KeyRef::AwsManaged(origin) => Some(*origin),
        KeyRef::Named(_) | KeyRef::Unknown => None,
    }
}

fn side(case: &Case<'_>, call: &policy_engine::simulator::Call, name: Side) -> Draft {
    let verdict = call.outcome.side(name);
    policy::side(case, call, name, verdict.unwrap_or(Verdict::Refuse))
}

fn key_policy(case: &Case<'_>, call: &policy_engine::simulator::Call) -> Draft {
    if call.outcome.resource == Some(Verdict::Deny) {
        return policy::side(case, call, Side::Resource, Verdict::Deny);
    }
    let role = case
        .walk
        .session
        .as_ref()
        .map_or("", |session| session.role.as_str());
    let name = case.inventory.role_name(role);
    let key = call.request.resource.text().to_string();
    let message = format!(
        "{}: the key policy does not let `{name}` decrypt",
        case.headline()
    );
    let set = call.explanation.of(Side::Resource).next();
    // The failover region has a key of its own; that of the first region says what was meant.
    let first = first_region(case);
    let code = if first.is_some() { "KMS113" } else { "KMS101" };
    // The account's own delegation is no near miss for a caller of another account.
    let nearest = set.and_then(|set| {
        let allows = set
            .statements
            .iter()
            .filter(|one| one.effect == policy_engine::policy::statement::Effect::Allow);
        allows
            .filter(|one| {
                !one.missed
                    .iter()
                    .any(|miss| miss.element == Element::Action)
            })
            .min_by_key(|one| (one.missed.len(), is_delegation(one)))
    });
    let found = nearest.and_then(|nearest| {
        let miss = by_weight(&nearest.missed)
            .into_iter()
            .find(|miss| miss.truth == Truth::False)?;
        Some((nearest, miss))
    });
    let Some((nearest, miss)) = found else {
        let origin = set
            .and_then(|set| set.documents.first())
            .map_or(case.mount.name.origin, |one| one.origin);
        return case
            .at(code, origin, "nothing here allows kms:Decrypt", message)
            .related(case.mount.name.origin, "mounted here")
            .related(first.unwrap_or(origin), BESIDE)
            .help(format!("allow kms:Decrypt on {key} to {role}"));
    };
    let cause = match miss.element {
        Element::Principal => policy::principal(case, code, miss, message),
        Element::Condition(_) => {
            let code = policy::condition_code(miss.key.as_deref(), &miss.wanted).unwrap_or(code);
            case.at(code, miss.origin, describe(miss), message)
                .help(format!(
                    "{} must hold for this request",
                    statement_name(nearest)
                ))
        }
        Element::Action | Element::Resource => case
            .at(code, miss.origin, "does not cover this request", message)
            .help(format!("allow kms:Decrypt on {key} to {role}")),
    };
    let cause = match first {
        Some(place) => cause.related(place, BESIDE),
        None => cause,
    };
    cause
        .related(case.mount.name.origin, "mounted here")
        .evidence(miss)
}

const BESIDE: &str = "the key of the first region allows it here";

/// Where the key of the first region lets the pod decrypt, for a refusal in the failover region.
fn first_region(case: &Case<'_>) -> Option<Origin> {
    case.stage.region.as_ref()?;
    let mut calls = case.walk.calls.iter();
    let first = calls.find(|call| call.step == Step::Key)?;
    let set = first.explanation.of(Side::Resource).next();
    let deciding = set
        .and_then(|set| set.deciding())
        .filter(|_| first.outcome.decision == Decision::Allow)?;
    Some(deciding.written()?.origin)
}

fn is_delegation(one: &policy_engine::evaluator::explain::StatementTrace) -> bool {
    let principal = one
        .written()
        .and_then(|statement| statement.principal.as_ref());
    principal.is_some_and(|principal| {
        principal
            .entries
            .iter()
            .all(|entry| entry.value.text.literal().ends_with(":root"))
    })
}
