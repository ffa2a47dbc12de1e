//! A key policy that does not allow `kms:Decrypt`.

use super::{
    case::{Case, describe, first_miss, statement_name},
    change::{added, mismatch},
    repair::principal,
};
use crate::finding::{Change, Draft};
use policy_engine::{
    evaluator::{
        Decision, Side,
        explain::{Element, Miss, SetTrace, StatementTrace},
    },
    inventory::KmsKey,
    policy::statement::Effect,
    simulator::{Call, Step},
    source::Origin,
};

/// A key policy that does not allow `kms:Decrypt`.
pub(crate) struct KeyPolicy<'a> {
    call: &'a Call,
    /// For the failover region, which has a key of its own: where the key policy of the first region allows it.
    pub(crate) first_region: Option<Origin>,
    nearest: Option<(&'a StatementTrace, &'a Miss)>,
}

impl<'a> KeyPolicy<'a> {
    pub(super) fn new(case: &Case<'a>, call: &'a Call) -> Self {
        let set = call.explanation.of(Side::Resource).next();
        Self {
            call,
            first_region: first_region(case),
            nearest: set.and_then(|set| first_miss(nearest(set)?)),
        }
    }

    /// The element of the nearest statement that does not match.
    pub(super) fn miss(&self) -> Option<&'a Miss> {
        self.nearest.map(|(_, miss)| miss)
    }

    /// The statement that is nearest to allowing the request.
    pub(super) fn place_of_statement(&self) -> Option<Origin> {
        let (nearest, _) = self.nearest?;
        Some(nearest.written()?.origin)
    }

    /// The reason in words, at the place to change.
    pub(super) fn draft(&self, case: &Case<'_>) -> Draft {
        let role = case.walk.session.as_ref();
        let role = role.map_or("", |session| session.role.as_str());
        let name = case.inventory.role_name(role);
        let message = case.message(&format!(
            "the key policy does not allow `{name}` to decrypt"
        ));
        let allow = format!(
            r#"add the statement {{"Effect": "Allow", "Principal": {{"AWS": "{role}"}}, "Action": "kms:Decrypt", "Resource": "*"}}"#
        );
        let Some((nearest, miss)) = self.nearest else {
            let place = self.document(case);
            return case
                .at(place, "no statement allows kms:Decrypt", message)
                .mounted(case.mount.name.origin)
                .related(self.first_region.unwrap_or(place), BESIDE)
                .help(allow);
        };
        if !nearest.document.origin.is_somewhere()
            && let Some(key) = self.own_key(case)
        {
            let label = "no key policy: the default policy allows the account of the key only";
            return case
                .at(key.origin, label, message)
                .mounted(case.mount.name.origin)
                .help(allow)
                .evidence(miss);
        }
        let draft = match miss.element {
            Element::Principal => principal(case, self.call, nearest, miss, message),
            Element::Condition(_) => {
                let (place, change) = mismatch(case, self.call, nearest, miss);
                case.at(place, describe(miss), message).change(change)
            }
            Element::Action | Element::Resource => case
                .at(miss.origin, "does not match this request", message)
                .change(self.change(nearest, miss)),
        };
        let draft = match self.first_region {
            Some(place) => draft.related(place, BESIDE),
            None => draft,
        };
        draft.mounted(case.mount.name.origin).evidence(miss)
    }

    /// The change of a statement for the reader. In a key policy `*` is the key itself (docs/semantics.md#kms-keys).
    fn change(&self, nearest: &StatementTrace, miss: &Miss) -> Change {
        let name = statement_name(nearest);
        let statement = nearest.written();
        if miss.element == Element::Resource {
            let element = statement.and_then(|own| own.resource.as_ref());
            let place = element.map_or(miss.origin, |own| own.origin);
            let help = format!("write \"Resource\": \"*\" in {name}");
            return Change::write(help, place, &["*".to_owned()]);
        }
        let action = self.call.request.action.name();
        let element = statement.and_then(|own| own.action.as_ref());
        added(
            format!("add \"{action}\" to Action of {name}"),
            element,
            &[action],
        )
    }

    /// The key that decrypts, if a source describes it.
    fn own_key<'c>(&self, case: &Case<'c>) -> Option<&'c KmsKey> {
        let arn = self.call.request.resource.text();
        let mut keys = case.inventory.keys.iter();
        keys.find(|key| key.arn == *arn && key.origin.is_somewhere())
    }

    /// The place of the key policy.
    fn document(&self, case: &Case<'_>) -> Origin {
        let set = self.call.explanation.of(Side::Resource).next();
        let document = set.and_then(|set| set.documents.first());
        document.map_or(case.mount.name.origin, |document| document.origin)
    }
}

const BESIDE: &str = "the key of the first region allows it here";

/// The nearest Allow, a delegation to the account last: it does not allow callers of other accounts (docs/semantics.md#kms-keys).
fn nearest(set: &SetTrace) -> Option<&StatementTrace> {
    let misses = |trace: &StatementTrace, element| {
        let mut missed = trace.missed.iter();
        missed.any(|miss| miss.element == element)
    };
    // A statement with other actions is the reader's if it names the reader.
    let allows = set.statements.iter().filter(|trace| {
        let is_of_others = misses(trace, Element::Principal) || is_delegation(trace);
        trace.effect == Effect::Allow && !(misses(trace, Element::Action) && is_of_others)
    });
    allows.min_by_key(|trace| {
        let is_of_others = misses(trace, Element::Principal);
        (is_of_others, trace.missed.len(), is_delegation(trace))
    })
}

/// Where the key policy of the first region allows the pod's role to decrypt, for a refusal in the failover region.
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

fn is_delegation(trace: &StatementTrace) -> bool {
    let principal = trace
        .written()
        .and_then(|statement| statement.principal.as_ref());
    principal.is_some_and(|principal| {
        let mut entries = principal.entries.iter();
        entries.all(|entry| entry.value.text.literal().ends_with(":root"))
    })
}
