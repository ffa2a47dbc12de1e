//! Changes of a statement that names another principal, or lacks an action.

use super::case::{Case, statement_name};
use super::change::allowing;
use crate::finding::{Change, Draft, Fix, Grade};
use crate::text::globs::includes_any_case;
use policy_engine::{
    evaluator::explain::{Miss, StatementTrace},
    policy::statement::{PrincipalEntry, PrincipalKind},
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
    let draft = match case.index.role(role) {
        Some(own) => draft.related(own.origin, "the pod's role"),
        None => draft,
    };
    // The statement is for the present principal, and can allow it more than this request.
    let needed = needed(call);
    let is_exact = nearest.written().is_some_and(|statement| {
        let element = statement.action.as_ref();
        element.is_some_and(|list| {
            let mut values = list.values.iter();
            let is_of_reader = |text: &str| needed.contains(&text) || text == DESCRIBE;
            !list.negated && values.all(|value| is_of_reader(value.text.literal()))
        })
    });
    let is_near = |wanted: &String| {
        let letters = role
            .rsplit('/')
            .next()
            .map_or(0, |name| name.chars().count());
        strsim::levenshtein(wanted, role) <= (letters / 3).clamp(1, 3)
    };
    if is_unknown && is_exact && miss.wanted.iter().any(is_near) {
        let short = role.rsplit(':').next().unwrap_or(role);
        let help = format!("did you mean `{short}`?");
        return draft.change(instead(nearest, is_near, role, help));
    }
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
    let is_same = |wanted: &String| wanted.contains(":role/") && name(wanted) == name(role);
    if miss.wanted.iter().any(is_same) {
        let help = format!("write {role}");
        return draft.change(instead(nearest, is_same, role, help));
    }
    if is_exact {
        let name = statement_name(nearest);
        let help = format!("add \"{role}\" to Principal.AWS of {name}");
        return draft.change(beside(nearest, role, help));
    }
    let actions = needed.iter().map(|action| format!("\"{action}\""));
    let actions = actions.collect::<Vec<_>>().join(", ");
    let is_trust = call.request.action.service() == "sts";
    let resource = if is_trust { "" } else { r#", "Resource": "*""# };
    draft.help(format!(
        r#"add the statement {{"Effect": "Allow", "Principal": {{"AWS": "{role}"}}, "Action": [{actions}]{resource}}}"#
    ))
}

/// A reader of a key can also see the properties of the key.
const DESCRIBE: &str = "kms:DescribeKey";

/// The change that writes a role instead of the only principal of a statement that was intended to be the role.
fn instead(
    nearest: &StatementTrace,
    is_meant: impl Fn(&String) -> bool,
    role: &str,
    help: String,
) -> Change {
    let entries = entries(nearest).iter();
    let mut meant = entries.filter(|entry| is_meant(&entry.value.text.to_string()));
    match (meant.next(), meant.next()) {
        (Some(entry), None) => Change::write(help, entry.value.origin, &[role.to_owned()]),
        _ => Change::words(help),
    }
}

/// The change that adds a role to the principals of a statement.
fn beside(nearest: &StatementTrace, role: &str, help: String) -> Change {
    let mut entries = entries(nearest).iter().rev();
    let last = entries.find(|entry| entry.kind == PrincipalKind::Aws);
    match last.and_then(|entry| Some((entry, entry.value.text.known()?))) {
        Some((entry, present)) => {
            let both = [present.to_owned(), role.to_owned()];
            Change::write(help, entry.value.origin, &both)
        }
        None => Change::words(help),
    }
}

fn entries(nearest: &StatementTrace) -> &[PrincipalEntry] {
    let principal = nearest.written().and_then(|own| own.principal.as_ref());
    principal.map_or(&[], |principal| &principal.entries)
}

/// The actions that the policy of a resource must allow for the walk of a call.
fn needed(call: &Call) -> Vec<&'static str> {
    match ServiceProfile::of_action(call.request.action.name()) {
        Some(service) => service.rotate.to_vec(),
        None => vec!["sts:AssumeRole", "sts:TagSession"],
    }
}

/// The action of a web identity.
const WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

/// The actions that the statement of a trust policy must have for the caller, or the action of another call.
fn assuming(call: &Call) -> Vec<&str> {
    let action = call.request.action.name();
    match &call.request.principal {
        Principal::Service(_) => vec!["sts:AssumeRole", "sts:TagSession"],
        _ => vec![action],
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
    let needed = assuming(call);
    let element = nearest.written().and_then(|own| own.action.as_ref());
    if let Some(element) = element.filter(|element| element.negated) {
        let label = format!("excludes {action}");
        let draft = case.at(element.origin, label, message);
        return draft.change(allowing(element, &needed));
    }
    let is_web = needed.contains(&WEB_IDENTITY);
    // A web identity and another caller assume a role by different actions.
    let is_right = |own: &&str| own.eq_ignore_ascii_case(WEB_IDENTITY) == is_web;
    let present = miss.wanted.iter().map(String::as_str);
    let present = present.filter(|own| !own.starts_with("sts:Assume") || is_right(own));
    let mut actions: Vec<_> = present.collect();
    let missing = needed
        .iter()
        .filter(|own| !actions.iter().any(|text| includes_any_case(text, own)));
    let missing: Vec<_> = missing.copied().collect();
    actions.extend(missing);
    let actions: Vec<_> = actions
        .iter()
        .map(|action| format!("\"{action}\""))
        .collect();
    let list = format!("[{}]", actions.join(", "));
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
            && case.index.role(wanted).is_none()
    })
}
