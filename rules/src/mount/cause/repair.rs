//! Changes of a statement that names another principal, or lacks an action.

use super::case::{Case, statement_name};
use crate::finding::{Draft, Fix, Grade};
use policy_engine::{
    evaluator::explain::{Miss, StatementTrace},
    request::Principal,
    service::ServiceProfile,
    simulator::Call,
};

/// A principal that is not the pod's role; a role that does not exist is a slip of the pen.
pub(super) fn principal(
    case: &Case<'_>,
    call: &Call,
    nearest: &StatementTrace,
    miss: &Miss,
    message: String,
) -> Draft {
    let role = match &call.request.principal {
        Principal::Session { role, .. } => role.to_string(),
        other => other.display(),
    };
    let role = role.as_str();
    let is_unknown = names_unknown_role(case, miss);
    let label = if is_unknown {
        "no such role"
    } else {
        "another principal"
    };
    let draft = case.at(miss.origin, label, message);
    let draft = match case.inventory.role(role) {
        Some(own) => draft.related(own.origin, "the pod's role"),
        None => draft,
    };
    let is_near = |wanted: &String| strsim::levenshtein(wanted, role) <= 3;
    if is_unknown && miss.wanted.iter().any(is_near) {
        let short = role.rsplit(':').next().unwrap_or(role);
        return draft.help(format!("did you mean `{short}`?"));
    }
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
    let is_same = |wanted: &String| wanted.contains(":role/") && name(wanted) == name(role);
    if miss.wanted.iter().any(is_same) {
        return draft.help(format!("write {role}"));
    }
    // The statement is for the present principal, and can allow it more than this request.
    let needed = needed(call);
    let is_exact = nearest.written().is_some_and(|statement| {
        let element = statement.action.as_ref();
        element.is_some_and(|list| {
            let mut values = list.values.iter();
            !list.negated && values.all(|value| needed.contains(&value.text.literal()))
        })
    });
    if is_exact {
        let name = statement_name(nearest);
        return draft.help(format!("add \"{role}\" to Principal.AWS of {name}"));
    }
    let actions = needed.iter().map(|action| format!("\"{action}\""));
    let actions = actions.collect::<Vec<_>>().join(", ");
    let is_trust = call.request.action.service() == "sts";
    let resource = if is_trust { "" } else { r#", "Resource": "*""# };
    draft.help(format!(
        r#"add the statement {{"Effect": "Allow", "Principal": {{"AWS": "{role}"}}, "Action": [{actions}]{resource}}}"#
    ))
}

/// The actions that the policy of a resource must allow for the walk of a call.
fn needed(call: &Call) -> Vec<&'static str> {
    match ServiceProfile::of_action(call.request.action.name()) {
        Some(service) => service.rotate.to_vec(),
        None => vec!["sts:AssumeRole", "sts:TagSession"],
    }
}

/// A statement that would match if it named the action.
pub(super) fn add_action(
    case: &Case<'_>,
    call: &Call,
    nearest: &StatementTrace,
    miss: &Miss,
    message: String,
) -> Draft {
    let action = call.request.action.name();
    let actions = miss.wanted.iter().map(String::as_str).chain([action]);
    let actions: Vec<_> = actions.map(|action| format!("\"{action}\"")).collect();
    let list = format!("[{}]", actions.join(", "));
    let element = nearest
        .written()
        .and_then(|statement| statement.action.as_ref());
    let place = element.map_or(miss.origin, |element| element.origin);
    case.at(place, format!("{action} is missing"), message)
        .help(format!("\"Action\": {list}"))
        .fix(Fix {
            grade: Grade::Repair,
            edits: vec![(place, list)],
        })
}

/// Whether an element names a role that does not exist, in an account all of whose roles are known.
pub(crate) fn names_unknown_role(case: &Case<'_>, miss: &Miss) -> bool {
    miss.wanted.iter().any(|wanted| {
        let account = wanted.split(':').nth(4).unwrap_or("");
        wanted.contains(":role/")
            && case.inventory.closed.contains("roles", account)
            && case.inventory.role(wanted).is_none()
    })
}
