//! The change by which a condition matches a request, without harm for other pods.

use super::case::{Case, carried, statement_name};
use crate::finding::Change;
use crate::text::{
    globs::{includes, includes_any_case},
    session_tags,
    tag_keys::strip,
};
use policy_engine::{
    evaluator::explain::{Miss, StatementTrace},
    inventory::{Association, Cluster, Pod},
    policy::statement::{ListElement, PrincipalKind, Written},
    request::Principal,
    simulator::Call,
    source::Origin,
};

/// The place of a condition that does not match the request of a call, and the change by which it matches.
pub(super) fn mismatch(
    case: &Case<'_>,
    call: &Call,
    nearest: &StatementTrace,
    miss: &Miss,
) -> (Origin, Change) {
    let reversed = reversed(case, call, nearest, miss);
    // Of a key that the request does not contain no value can be right.
    let is_absent = miss.actual.is_empty() && miss.key_origin.is_somewhere();
    let place = if is_absent {
        miss.key_origin
    } else {
        miss.origin
    };
    reversed.unwrap_or_else(|| (place, matching(case, call, nearest, miss)))
}

/// The change of a negated operator whose only value every pod with the role has: the operator is the mistake, not the value.
fn reversed(
    case: &Case<'_>,
    call: &Call,
    nearest: &StatementTrace,
    miss: &Miss,
) -> Option<(Origin, Change)> {
    let conditions = nearest.written()?.conditions.as_slice();
    let mut own = conditions.iter();
    let condition = own.find(|own| own.key.origin == miss.key_origin)?;
    let is_negated = condition.parsed.is_some_and(|own| own.negated);
    let [value] = miss.actual.as_slice() else {
        return None;
    };
    let is_only = condition.values.len() == 1 && is_negated;
    if !is_only || !is_of_all(case, call, value) {
        return None;
    }
    let operator = &condition.operator;
    let positive = operator.value.replacen("Not", "", 1);
    let help = format!("write {positive} instead of {}", operator.value);
    let mut beside = conditions.iter();
    let is_shared = beside
        .any(|own| own.operator.origin == operator.origin && own.key.origin != miss.key_origin);
    let change = if is_shared {
        let key = miss.key.as_deref().unwrap_or(&miss.path);
        Change::words(format!("{help} for {key}"))
    } else {
        Change::write(help, operator.origin, &[positive])
    };
    Some((operator.origin, change))
}

/// Whether every pod that has a role by an association has a value in its session tags or source keys.
fn is_of_all(case: &Case<'_>, call: &Call, value: &String) -> bool {
    let role = call.request.resource.text().to_string();
    let associations = case.inventory.associations.iter();
    let mut own = associations.filter(|own| own.roles().any(|own| own.value == role));
    own.all(|own| tags_of(case, own).contains(value))
}

/// The change by which a condition of a statement matches the request of a call.
fn matching(case: &Case<'_>, call: &Call, nearest: &StatementTrace, miss: &Miss) -> Change {
    let name = statement_name(nearest);
    let key = miss.key.as_deref().unwrap_or(&miss.path);
    let operator = miss.operator.as_deref().unwrap_or("");
    let values = miss.actual.iter().map(|value| format!("\"{value}\""));
    let values = values.collect::<Vec<_>>().join(", ");
    let is_negated = operator.contains("Not");
    let (place, present) = values_of(nearest, miss);
    match (miss.actual.as_slice(), miss.wanted.len()) {
        ([], _) => Change::words(absent(case, call, nearest, key, operator)),
        (actual, _) if is_negated => {
            let rest: Vec<_> = present
                .into_iter()
                .filter(|own| !actual.contains(own))
                .collect();
            let help = format!("remove {values} from {operator} {key} of {name}");
            Change::write(help, place, &rest)
        }
        (actual @ [_], 1) if !is_needed(case, call, &miss.wanted) => {
            let help = format!("write \"{key}\": {values} under {operator} of {name}");
            Change::write(help, place, actual)
        }
        (actual, _) => {
            let all = [&present, actual].concat();
            let all = if present.is_empty() { Vec::new() } else { all };
            let help = format!("add {values} to {operator} {key} of {name}");
            Change::write(help, place, &all)
        }
    }
}

/// The place of the values of a condition that does not match, with the values as they are written; none if a value is not known.
fn values_of(nearest: &StatementTrace, miss: &Miss) -> (Origin, Vec<String>) {
    let conditions = nearest.written().map(|own| own.conditions.as_slice());
    let mut conditions = conditions.unwrap_or_default().iter();
    let own = conditions.find(|own| own.key.origin == miss.key_origin);
    own.map_or((Origin::NOWHERE, Vec::new()), |own| {
        (own.origin, texts(&own.values))
    })
}

/// Texts as they are written; none if a text is not known.
pub(super) fn texts(values: &[Written]) -> Vec<String> {
    let texts = values.iter().map(|value| value.text.known());
    let texts = texts.map(|text| text.map(str::to_owned));
    texts.collect::<Option<_>>().unwrap_or_default()
}

/// The change by which an element also has some texts.
pub(super) fn added(help: String, element: Option<&ListElement>, more: &[&str]) -> Change {
    let Some(element) = element.filter(|element| !element.negated) else {
        return Change::words(help);
    };
    let mut all = texts(&element.values);
    if !all.is_empty() {
        all.extend(more.iter().map(|own| (*own).to_owned()));
    }
    Change::write(help, element.origin, &all)
}

/// The change by which a statement of a trust policy also allows some actions. A trust policy has no `NotAction`.
pub(crate) fn allowing(element: &ListElement, needed: &[&str]) -> Change {
    let own = element.values.iter().filter(|_| !element.negated);
    let mut all: Vec<_> = own.map(|value| value.text.to_string()).collect();
    let is_missing = |own: &&&str| !all.iter().any(|text| includes_any_case(text, own));
    let missing: Vec<_> = needed.iter().filter(is_missing).collect();
    let missing: Vec<_> = missing.into_iter().map(|own| (*own).to_owned()).collect();
    all.extend(missing);
    let quoted: Vec<_> = all.iter().map(|action| format!("\"{action}\"")).collect();
    let help = format!("\"Action\": [{}]", quoted.join(", "));
    if element.negated {
        return Change::words(format!("write {help} instead of NotAction"));
    }
    Change::write(help, element.origin, &all)
}

/// The change for a condition on a key that the request does not contain.
fn absent(
    case: &Case<'_>,
    call: &Call,
    nearest: &StatementTrace,
    key: &str,
    operator: &str,
) -> String {
    let name = statement_name(nearest);
    if let Some((right, value)) = intended_key(case, call, key) {
        return format!(
            "write \"{right}\": \"{value}\" instead of {key} under {operator} of {name}"
        );
    }
    if serves_others(call, nearest) {
        let caller = call.request.principal.display();
        return format!(
            "move {caller} to a statement of its own: the condition {operator} {key} of {name} is for the other principals"
        );
    }
    // STS reads the external id with sts:AssumeRole only: docs/semantics.md#sts-keys.
    if call.request.action.name() == "sts:TagSession" {
        return format!(
            "allow sts:TagSession in a statement of its own, without the condition {operator} {key} of {name}"
        );
    }
    if !matches!(call.request.principal, Principal::Service(_)) {
        return format!("test a key that the request contains instead of {key} in {name}");
    }
    format!(
        "remove the condition {operator} {key} from {name}: the request does not contain the key"
    )
}

/// The key that was meant by a key which the request does not contain, with its value in the request.
fn intended_key(case: &Case<'_>, call: &Call, key: &str) -> Option<(String, String)> {
    let value = |right: String| {
        let value = carried(call, &right).into_iter().next()?;
        Some((right, value))
    };
    match &call.request.principal {
        Principal::WebIdentity { provider } => {
            let provider = provider.to_string();
            let (_, issuer) = provider.split_once(":oidc-provider/")?;
            let lower = key.to_ascii_lowercase();
            let is_claim = !lower.starts_with("aws:") && !lower.starts_with("sts:");
            // The issuer alone, without a claim, is the subject.
            let claim = if lower.ends_with("aud") { "aud" } else { "sub" };
            value(format!("{issuer}:{claim}")).filter(|_| is_claim)
        }
        // The caller of the trust policy is EKS, and the tags are those of the new session: docs/semantics.md#pod-identity-session-tags.
        Principal::Service(_) => {
            let tag = strip(key, "aws:PrincipalTag/").or_else(|| strip(key, "aws:RequestTag/"))?;
            let keys = session_tags::KEYS.into_iter();
            let right = session_tags::nearest(tag, keys, 2).unwrap_or(tag);
            value(format!("aws:RequestTag/{right}"))
        }
        _ => {
            strip(key, "kms:EncryptionContext:")?;
            let names = case.mount.service.encryption_context.iter();
            let mut keys = names.map(|(name, _)| format!("kms:EncryptionContext:{name}"));
            keys.find_map(value)
        }
    }
}

/// Whether a statement also names principals of another kind than the caller: the condition can be theirs.
fn serves_others(call: &Call, nearest: &StatementTrace) -> bool {
    let own = match &call.request.principal {
        Principal::Service(_) => PrincipalKind::Service,
        Principal::WebIdentity { .. } => PrincipalKind::Federated,
        _ => return false,
    };
    let principal = nearest
        .written()
        .and_then(|statement| statement.principal.as_ref());
    principal.is_some_and(|principal| principal.entries.iter().any(|entry| entry.kind != own))
}

/// Whether a value of a trust policy is that of another pod which has the role.
pub(super) fn is_needed(case: &Case<'_>, call: &Call, wanted: &[String]) -> bool {
    let role = call.request.resource.text().to_string();
    let inventory = case.inventory;
    let Some(users) = case.index.users_of(&role) else {
        return false;
    };
    let is_other = |pod: &Pod| *pod != case.mount.pod;
    let associations = users.associations.iter();
    let associations = associations.filter(|own| is_other(&own.pod()));
    let tags = associations.flat_map(|own| tags_of(case, own));
    let accounts = users.accounts.iter().filter(|own| is_other(&own.pod));
    let claims = accounts.flat_map(|own| {
        let Pod {
            cluster,
            namespace,
            service_account,
            ..
        } = &own.pod;
        let issuer = inventory.cluster(cluster).and_then(issuer_of);
        let subject = format!("system:serviceaccount:{namespace}:{service_account}");
        [Some(subject), issuer].into_iter().flatten()
    });
    let mut values = tags.chain(claims);
    values.any(|value| {
        wanted.iter().any(|wanted| {
            includes(wanted, &value)
                || wanted
                    .split_once(":oidc-provider/")
                    .is_some_and(|(_, own)| own == value)
        })
    })
}

/// The values of the session tags and source keys of an association's sessions.
fn tags_of(case: &Case<'_>, association: &Association) -> Vec<String> {
    let pod = association.pod();
    let cluster = case.inventory.cluster(&pod.cluster);
    let of_cluster =
        cluster.map(|own| [own.arn.clone(), own.name.clone(), own.account.to_string()]);
    let mut values: Vec<String> = of_cluster.into_iter().flatten().collect();
    values.extend([pod.namespace, pod.service_account]);
    values
}

fn issuer_of(cluster: &Cluster) -> Option<String> {
    cluster.issuer.known().cloned()
}
