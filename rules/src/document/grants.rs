//! Statements that give away one sensitive action, by how they name it and what it may be done to.

use crate::{
    document::{Document, covers, is_allow, speaks_of},
    finding::Draft,
    text::globs::has_wildcard,
};
use policy_engine::policy::{PolicyType, statement::Statement};

/// How a statement names an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActionForm {
    /// In full.
    Named,
    /// By a pattern.
    Pattern,
    /// By not leaving it out.
    NotAction,
}

/// What an action may be done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResourceForm {
    /// A pattern over every role, or over everything.
    Star,
    /// Everything but some.
    NotResource,
}

/// Drafts for the statements of an identity policy or SCP that allow an action in these forms.
///
/// The full access that a service control policy gives by default is not meant as a grant.
pub(crate) fn broad(
    document: &Document<'_>,
    action: &str,
    wanted: (ActionForm, ResourceForm),
    is_limited: fn(&Statement) -> bool,
) -> Vec<Draft> {
    if document.kind != PolicyType::Identity {
        return Vec::new();
    }
    let statements = document.statements().iter().filter(|one| is_allow(one));
    let shaped = statements.filter(|statement| {
        form(statement, action) == Some(wanted.0)
            && resource(statement) == Some(wanted.1)
            && !is_limited(statement)
    });
    let drafts = shaped.filter_map(|statement| {
        let element = statement.action.as_ref()?;
        let value = element.values.iter().find(|one| covers(one, action));
        let place = value.map_or(element.origin, |value| value.origin);
        let what = match wanted.1 {
            ResourceForm::Star => "on everything",
            ResourceForm::NotResource => "on everything but what is listed",
        };
        let message = format!("{action} is allowed {what}");
        let resource = statement.resource.as_ref()?;
        Some(
            document
                .in_statement(statement, place, "allowed here", message)
                .related(resource.origin, what)
                .help("name the roles in `Resource`"),
        )
    });
    drafts.collect()
}

fn form(statement: &Statement, action: &str) -> Option<ActionForm> {
    let element = statement.action.as_ref()?;
    if !speaks_of(statement, action) {
        return None;
    }
    if element.negated {
        return Some(ActionForm::NotAction);
    }
    let plain = |one: &policy_engine::policy::statement::Written| {
        covers(one, action) && !has_wildcard(one.text.literal())
    };
    Some(if element.values.iter().any(plain) {
        ActionForm::Named
    } else {
        ActionForm::Pattern
    })
}

fn resource(statement: &Statement) -> Option<ResourceForm> {
    let element = statement.resource.as_ref()?;
    if element.negated {
        return Some(ResourceForm::NotResource);
    }
    let wide = |text: &str| {
        let name = text.rsplit(":role/").next().unwrap_or(text);
        text == "*" || name == "*" || name == text && text.ends_with(":*")
    };
    let values = element.values.iter();
    values
        .map(|value| value.text.literal())
        .any(wide)
        .then_some(ResourceForm::Star)
}

/// Whether a statement names every action, or every action of IAM: what that means is said by rules of their own.
pub(crate) fn is_administrator(statement: &Statement) -> bool {
    let names = statement.action.iter().flat_map(|one| &one.values);
    let wide = names
        .map(|one| one.text.literal())
        .any(|text| matches!(text, "*" | "*:*"));
    wide && resource(statement) == Some(ResourceForm::Star)
}
