//! A role that is not allowed to assume the target role.

use super::{
    case::{Case, describe, first_miss},
    change::mismatch,
    repair::{add_action, principal},
};
use crate::finding::Draft;
use policy_engine::{
    evaluator::{
        Side,
        explain::{Element, Miss, StatementTrace},
    },
    request::Principal,
    simulator::Call,
    source::Origin,
};

/// A role that is not allowed to assume the target role, by its own policies or by the trust policy of the target role.
pub(crate) struct Chain<'a> {
    call: &'a Call,
    side: Side,
    nearest: Option<(&'a StatementTrace, &'a Miss)>,
}

impl<'a> Chain<'a> {
    pub(super) fn new(call: &'a Call, side: Side) -> Self {
        let set = call.explanation.of(side).next();
        Self {
            call,
            side,
            nearest: set.and_then(|set| first_miss(set.nearest()?)),
        }
    }

    pub(crate) fn action(&self) -> &'a str {
        self.call.request.action.name()
    }

    /// The condition key of the nearest statement that fails.
    pub(crate) fn key(&self) -> Option<&'a str> {
        let (_, miss) = self.nearest?;
        miss.key
            .as_deref()
            .filter(|_| matches!(miss.element, Element::Condition(_)))
    }

    /// The statement that is nearest to allowing the request.
    pub(super) fn place_of_statement(&self) -> Option<Origin> {
        let (nearest, _) = self.nearest?;
        Some(nearest.written()?.origin)
    }

    /// The reason in words, at the place to change.
    pub(super) fn draft(&self, case: &Case<'_>) -> Draft {
        let action = self.action();
        let arn = self.call.request.resource.text();
        let target = case.inventory.role_name(&arn.to_string());
        let message = case.message(&format!(
            "{action} on the target role `{target}` is not allowed"
        ));
        let Some((nearest, miss)) = self.nearest else {
            return case
                .at(self.place(case), "no statement allows it", message)
                .mounted(case.mount.name.origin)
                .help(format!("add the statement {}", self.missing()));
        };
        let draft = match miss.element {
            Element::Action => add_action(case, self.call, nearest, miss, message),
            Element::Principal => principal(case, self.call, nearest, miss, message),
            Element::Resource => case
                .at(miss.origin, format!("does not match {arn}"), message)
                .help(format!("add {arn}")),
            Element::Condition(_) => {
                let (place, change) = mismatch(case, self.call, nearest, miss);
                case.at(place, describe(miss), message).change(change)
            }
        };
        draft.mounted(case.mount.name.origin).evidence(miss)
    }

    /// The statement that allows the call, and the tags of the session with it.
    fn missing(&self) -> String {
        let actions = r#"["sts:AssumeRole", "sts:TagSession"]"#;
        let other = match self.side {
            Side::Resource => {
                let role = match &self.call.request.principal {
                    Principal::Session { role, .. } => role.to_string(),
                    other => other.display(),
                };
                format!(r#""Principal": {{"AWS": "{role}"}}, "Action": {actions}"#)
            }
            _ => {
                let arn = self.call.request.resource.text();
                format!(r#""Action": {actions}, "Resource": "{arn}""#)
            }
        };
        format!(r#"{{"Effect": "Allow", {other}}}"#)
    }

    /// The place of the policy that lacks a statement, else of the source role, else of an association with a target role.
    fn place(&self, case: &Case<'_>) -> Origin {
        let set = self.call.explanation.of(self.side).next();
        let document = set.and_then(|set| set.documents.first());
        let mut associations = case.inventory.associations.iter();
        let target = associations.find_map(|association| association.target_role.known());
        let source = match (&self.call.request.principal, self.side) {
            (Principal::Session { role, .. }, Side::Identity) => case.index.role(&role.to_string()),
            _ => None,
        };
        document
            .map(|document| document.origin)
            .or_else(|| source.map(|role| role.origin))
            .or_else(|| target.map(|target| target.origin))
            .unwrap_or(case.mount.name.origin)
    }
}
