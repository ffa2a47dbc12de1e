//! The request that is not allowed because of a mistake, for the findings of all rules about documents.

use crate::{
    ask::probe::{Probe, SOME_ROLE, filled, without_wildcards},
    context::Context,
    document::{Document, READS, actions, is_allow, named, resources},
    finding::{Draft, Proof, holds},
    rule::{Class, Rule},
    text::globs::has_wildcard,
};
use policy_engine::{
    policy::{
        PolicyType,
        statement::{Condition, PrincipalKind, Statement, Written},
    },
    request::{Action, Principal},
    service::{KMS, SECRETS_MANAGER},
    source::Origin,
};

/// The most actions of a statement that are requested.
const TRIED: usize = 4;

/// A request that meets more conditions does not show the mistake.
const MOST_TESTS: usize = 32;

/// Adds a request that is not allowed to drafts of class `Break`, if the statement was intended to allow it.
///
/// SCPs and RCPs allow nothing by themselves (docs/semantics.md#service-control-policies).
pub(crate) fn attach(
    context: &Context<'_>,
    document: &Document<'_>,
    rule: &Rule,
    drafts: &mut [Draft],
) {
    if matches!(document.kind, PolicyType::Scp | PolicyType::Rcp) {
        return;
    }
    for draft in drafts {
        let breaks = draft.class.unwrap_or(rule.class) == Class::Break;
        if !breaks || draft.request.is_some() {
            continue;
        }
        let mut statements = document.statements().iter();
        let own = statements.find(|own| Some(own.origin) == draft.statement && is_allow(own));
        let own = own.filter(|own| own.conditions.len() <= MOST_TESTS);
        draft.request = own.and_then(|statement| refused(context, document, statement, draft));
    }
}

/// The first request that the statement was intended to allow and does not allow.
fn refused(
    context: &Context<'_>,
    document: &Document<'_>,
    statement: &Statement,
    draft: &Draft,
) -> Option<Proof> {
    let place = draft.primary.origin;
    let replacement = replacement(draft);
    let within = |test: &Condition| {
        let parts = [test.operator.origin, test.key.origin, test.origin];
        parts.into_iter().any(|part| holds(part, place))
    };
    let at_key = |test: &&Condition| holds(test.key.origin, place);
    let condition = statement.conditions.iter().find(|test| within(test));
    let mut places = resources(statement).iter().map(|value| value.origin);
    let at_resource = places.any(|own| holds(own, place));
    // A malformed resource only names its service.
    let named: &[Written] = if at_resource {
        &[]
    } else {
        resources(statement)
    };
    let caller = caller(document, statement);
    candidates(statement, place, replacement.as_deref())
        .into_iter()
        .find_map(|action| {
            Action::new(action.as_str())?;
            let mut probe = Probe::meeting_on(document, (statement, named), &action, within)?;
            if let Some(condition) = condition {
                // The request does not contain the unknown key, but the intended key.
                let is_key = at_key(&condition);
                let value = condition.values.first()?.text.literal();
                let value = filled(value, &probe.carried);
                let key = condition.key.text.literal();
                let carried = match &replacement {
                    Some(key) if is_key => Some((key.as_str(), value)),
                    Some(text) if text.starts_with(['[', '{']) => None,
                    Some(text) if condition.values.iter().any(|value| value.origin == place) => {
                        Some((key, filled(text, &probe.carried)))
                    }
                    _ if is_key => None,
                    _ => Some((key, usual(key).unwrap_or(value))),
                };
                probe = match carried {
                    Some((key, value)) => probe.with(key, &without_wildcards(&value)),
                    None => probe.without(key),
                };
            }
            if let Some(caller) = &caller {
                probe = probe.by(caller.clone());
            }
            let arn = replacement.as_ref().filter(|text| text.starts_with("arn:"));
            if let Some(arn) = arn.filter(|_| at_resource) {
                let arn = example(&filled(arn, &probe.carried));
                probe = probe.on(arn);
            }
            probe.side_refuses(context, document)
        })
}

/// An ARN that a pattern matches.
fn example(pattern: &str) -> String {
    let parts = pattern.splitn(6, ':').enumerate();
    let parts = parts.map(|(at, part)| match (at, part) {
        (3, "*") => "us-east-1".to_owned(),
        (4, "*") => "111122223333".to_owned(),
        _ => without_wildcards(part),
    });
    parts.collect::<Vec<_>>().join(":")
}

/// A value of a key that AWS sets in requests: docs/semantics.md#global-keys.
fn usual(key: &str) -> Option<String> {
    let key = key.to_ascii_lowercase();
    let usual = match key.as_str() {
        "aws:sourceip" => "203.0.113.7",
        "aws:sourcevpc" => "vpc-0a1b2c3d4e5f67890",
        "aws:sourcevpce" => "vpce-0a1b2c3d4e5f67890",
        "aws:requestedregion" => "us-east-1",
        "aws:securetransport" | "aws:multifactorauthpresent" => "true",
        "aws:multifactorauthage" => "60",
        "aws:currenttime" => "2026-01-01T00:00:00Z",
        "aws:principalarn" => SOME_ROLE,
        "aws:sourcearn" => "arn:aws:eks:us-east-1:111122223333:cluster/prod",
        "aws:sourceaccount" | "aws:principalaccount" => "111122223333",
        "kms:viaservice" => return Some(SECRETS_MANAGER.via("us-east-1")),
        _ => return None,
    };
    Some(usual.to_owned())
}

/// The text that the fix writes at the place of the draft.
fn replacement(draft: &Draft) -> Option<String> {
    let edits = draft.fix.iter().flat_map(|fix| &fix.edits);
    let mut own = edits.filter(|(place, _)| *place == draft.primary.origin);
    let (_, text) = own.next()?;
    Some(text.trim_matches('"').to_owned())
}

/// Actions of a statement: the intended action of the draft, or the first actions.
fn candidates(statement: &Statement, place: Origin, replacement: Option<&str>) -> Vec<String> {
    let values = actions(statement);
    // The fix replaces the whole list: the actions that it adds were missing.
    let listed = replacement
        .filter(|text| text.starts_with('['))
        .unwrap_or("[]");
    let listed: Vec<String> = serde_json::from_str(listed).unwrap_or_default();
    let known = |action: &String| values.iter().any(|value| value.text.literal() == action);
    let element = statement.action.as_ref();
    if element.is_some_and(|list| list.origin == place) && !listed.is_empty() {
        let added = listed.into_iter().filter(|action| !known(action));
        return added.take(TRIED).collect();
    }
    if let Some(value) = values.iter().find(|value| holds(value.origin, place)) {
        let text = replacement.unwrap_or(value.text.literal());
        let plain = text.contains(':') && !has_wildcard(text);
        return plain.then(|| text.to_owned()).into_iter().collect();
    }
    let plain = values.iter().map(|value| value.text.literal());
    let plain = plain.filter(|text| !has_wildcard(text));
    let usual = || {
        let usual = READS.iter().chain(KMS.values).chain(&["sts:AssumeRole"]);
        let usual: Vec<&str> = usual.copied().collect();
        named(statement, &usual)
    };
    let all = plain.chain(std::iter::once_with(usual).flatten());
    all.take(TRIED).map(str::to_owned).collect()
}

/// The first principal that a resource policy names.
fn caller(document: &Document<'_>, statement: &Statement) -> Option<Principal> {
    if document.is_identity() {
        return None;
    }
    let first = statement.principal.as_ref()?.entries.first()?;
    let text = first.value.text.known()?;
    match first.kind {
        PrincipalKind::Service => Some(Principal::Service(text.to_owned())),
        PrincipalKind::Federated => Some(Principal::WebIdentity {
            provider: text.into(),
        }),
        _ => match Principal::parse(&without_wildcards(text)).ok()? {
            // A principal of the account, not its root user: docs/semantics.md#principal-element.
            Principal::Root { account } => {
                Principal::parse(&format!("arn:aws:iam::{account}:role/pod")).ok()
            }
            other => Some(other),
        },
    }
}
