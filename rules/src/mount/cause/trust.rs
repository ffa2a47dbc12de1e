//! A trust policy that does not allow the service which assumes the role for a pod.

use super::{
    case::{Case, describe, first_miss, statement_name},
    policies::add_action,
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
            nearest: set.and_then(|set| first_miss(set.nearest()?)),
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

    /// The reason in words, at the place to change.
    pub(super) fn draft(&self, case: &Case<'_>) -> Draft {
        let Some((nearest, miss)) = self.nearest else {
            return case.at(
                self.document(case),
                "no statement allows it",
                self.message(case),
            );
        };
        let draft = match miss.element {
            Element::Action => add_action(case, self.call, nearest, miss, self.message(case)),
            Element::Principal => self.principal(case, miss),
            Element::Condition(_) | Element::Resource => case
                .at(miss.origin, describe(miss), self.message(case))
                .help(format!(
                    "change the condition of {} so that it matches this pod",
                    statement_name(nearest)
                )),
        };
        let draft = match case.stage.by {
            Some(_) => draft.mounted(case.mount.name.origin),
            None => draft,
        };
        draft.evidence(miss)
    }

    fn principal(&self, case: &Case<'_>, miss: &Miss) -> Draft {
        let wanted = self.call.request.principal.display();
        let kind = if self.is_irsa { "Federated" } else { "Service" };
        let draft = case
            .at(miss.origin, format!("not {wanted}"), self.message(case))
            .help(format!("\"{kind}\": \"{wanted}\""));
        if miss.wanted.len() != 1 {
            return draft;
        }
        draft.fix(Fix {
            grade: Grade::Unsafe,
            edits: vec![(miss.origin, format!("\"{wanted}\""))],
        })
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
