//! A trust policy that does not allow the service which assumes the role for a pod.

use super::{
    case::{Case, carried, describe, first_miss},
    change::{is_needed, mismatch},
    repair::add_action,
};
use crate::finding::{Draft, Fix, Grade};
use policy_engine::{
    evaluator::{
        Side,
        explain::{Element, Miss, StatementTrace},
    },
    inventory::Via,
    simulator::Call,
    source::Origin,
    truth::Truth,
};

/// A trust policy that does not allow the service which assumes the role for a pod.
pub(crate) struct Trust<'a> {
    call: &'a Call,
    /// Whether the service account is annotated with the role; else EKS Pod Identity assumes it.
    pub(crate) is_irsa: bool,
    nearest: Option<(&'a StatementTrace, &'a Miss)>,
}

impl<'a> Trust<'a> {
    pub(super) fn new(case: &Case<'a>, call: &'a Call) -> Self {
        let set = call.explanation.of(Side::Resource).next();
        Self {
            call,
            is_irsa: case.walk.via == Some(Via::Irsa),
            nearest: set.and_then(|set| first_miss(set.nearest().filter(|own| is_near(own))?)),
        }
    }

    /// Whether no statement comes near, or the nearest names another principal.
    pub(crate) fn is_about_principal(&self) -> bool {
        self.nearest
            .is_none_or(|(_, miss)| miss.element == Element::Principal)
    }

    /// Whether the nearest statement lacks the action.
    pub(crate) fn is_about_action(&self) -> bool {
        self.nearest
            .is_some_and(|(_, miss)| miss.element == Element::Action)
    }

    /// The condition key of the nearest statement that fails, in lower case; empty for an element without a key.
    pub(crate) fn key(&self) -> Option<String> {
        let (_, miss) = self.nearest?;
        let key = miss.key.as_deref().unwrap_or("").to_ascii_lowercase();
        let is_condition = matches!(miss.element, Element::Condition(_) | Element::Resource);
        is_condition.then_some(key)
    }

    /// The statement that is nearest to allowing the request.
    pub(super) fn place_of_statement(&self) -> Option<Origin> {
        let (nearest, _) = self.nearest?;
        Some(nearest.written()?.origin)
    }

    /// The reason in words, at the place to change.
    pub(super) fn draft(&self, case: &Case<'_>) -> Draft {
        let Some((nearest, miss)) = self.nearest else {
            let draft = case.at(
                self.document(case),
                "no statement allows it",
                self.message(case),
            );
            return draft.help(format!("add the statement {}", self.statement()));
        };
        let draft = match miss.element {
            Element::Action => add_action(case, self.call, nearest, miss, self.message(case)),
            Element::Principal => self.principal(case, nearest, miss),
            Element::Condition(_) | Element::Resource => {
                let (place, change) = mismatch(case, self.call, nearest, miss);
                case.at(place, describe(miss), self.message(case))
                    .change(change)
            }
        };
        let draft = match case.stage.by {
            Some(_) => draft.mounted(case.mount.name.origin),
            None => draft,
        };
        draft.evidence(miss)
    }

    /// The whole statement, for a trust policy without a similar one.
    fn statement(&self) -> String {
        let principal = self.call.request.principal.display();
        if !self.is_irsa {
            return format!(
                r#"{{"Effect": "Allow", "Principal": {{"Service": "{principal}"}}, "Action": ["sts:AssumeRole", "sts:TagSession"]}}"#
            );
        }
        let claims = self.claims().into_iter();
        let claims = claims.map(|(key, value)| format!(r#""{key}": "{value}""#));
        let claims = claims.collect::<Vec<_>>().join(", ");
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"Federated": "{principal}"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{"StringEquals": {{{claims}}}}}}}"#
        )
    }

    /// The audience and the subject of the token.
    fn claims(&self) -> Vec<(String, String)> {
        let provider = self.call.request.principal.display();
        let Some((_, issuer)) = provider.split_once(":oidc-provider/") else {
            return Vec::new();
        };
        let claims = ["aud", "sub"].map(|claim| format!("{issuer}:{claim}"));
        let claims = claims.into_iter().filter_map(|key| {
            let values = carried(self.call, &key);
            Some((key, values.into_iter().next()?))
        });
        claims.collect()
    }

    fn principal(&self, case: &Case<'_>, nearest: &StatementTrace, miss: &Miss) -> Draft {
        let wanted = self.call.request.principal.display();
        let kind = if self.is_irsa { "Federated" } else { "Service" };
        let draft = case.at(miss.origin, format!("not {wanted}"), self.message(case));
        let failed = nearest
            .missed
            .iter()
            .filter(|own| own.truth == Truth::False);
        let mut present = miss.wanted.iter();
        let is_slip = failed.count() == 1
            && !is_needed(case, self.call, &miss.wanted)
            && present.all(|own| self.is_near(own, &wanted));
        if !is_slip {
            // The statement is for others.
            return draft.help(format!("add the statement {}", self.statement()));
        }
        let draft = draft.help(format!("write \"{kind}\": \"{wanted}\""));
        let principal = nearest.written().and_then(|own| own.principal.as_ref());
        let entries = principal.map_or(&[][..], |principal| &principal.entries);
        let is_of_kind = entries.iter().all(|entry| entry.kind.name() == kind);
        if miss.wanted.len() != 1 || !is_of_kind {
            return draft;
        }
        draft.fix(Fix {
            grade: Grade::Unsafe,
            edits: vec![(miss.origin, format!("\"{wanted}\""))],
        })
    }

    /// Whether a principal was intended to be the caller: an identity provider, or a service of EKS.
    fn is_near(&self, present: &str, wanted: &str) -> bool {
        if self.is_irsa {
            return present.contains("oidc");
        }
        present.contains("eks") || strsim::levenshtein(present, wanted) <= MOST_LETTERS
    }

    fn message(&self, case: &Case<'_>) -> String {
        let role = self.call.request.resource.text().to_string();
        let role = case.inventory.role_name(&role);
        let who = if self.is_irsa {
            "the cluster's web identity"
        } else {
            "EKS"
        };
        let what = match self.call.request.action.name() {
            "sts:TagSession" => "to set session tags",
            _ => "to assume it",
        };
        case.message(&format!(
            "the trust policy of `{role}` does not allow {who} {what}"
        ))
    }

    /// The place of the trust policy.
    fn document(&self, case: &Case<'_>) -> Origin {
        let set = self.call.explanation.of(Side::Resource).next();
        let document = set.and_then(|set| set.documents.first());
        document.map_or(case.mount.name.origin, |document| document.origin)
    }
}

/// The most letters in which a misspelt service differs.
const MOST_LETTERS: usize = 4;

/// Whether a statement is about the same caller or the same action.
fn is_near(trace: &StatementTrace) -> bool {
    let missed = |element| trace.missed.iter().any(|miss| miss.element == element);
    !(missed(Element::Action) && missed(Element::Principal))
}
