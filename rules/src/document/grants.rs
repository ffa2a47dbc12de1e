//! Statements that allow a sensitive action on too much, by the form in which they name the action and the resource.

use crate::{
    document::{
        Document,
        conditions::{is_positive, key},
        covers, is_allow, speaks_of,
    },
    finding::Draft,
    text::globs::has_wildcard,
};
use policy_engine::policy::{
    PolicyType,
    statement::{Statement, Written},
};

/// The form in which a statement names an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActionForm {
    /// By its name.
    Named,
    /// By a pattern.
    Pattern,
    /// By a `NotAction` that does not exclude it.
    NotAction,
}

/// The form in which a statement names resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResourceForm {
    /// A pattern over every role, or over everything.
    Star,
    /// Everything except some resources.
    NotResource,
}

/// Drafts for the statements of an identity policy that allow an action in these forms.
pub(crate) fn broad(
    document: &Document<'_>,
    action: &str,
    wanted: (ActionForm, ResourceForm),
    is_limited: fn(&Statement) -> bool,
) -> Vec<Draft> {
    if document.kind != PolicyType::Identity {
        return Vec::new();
    }
    let statements = document.statements().iter();
    let statements = statements.filter(|statement| is_allow(statement));
    let shaped = statements.filter(|statement| {
        form(statement, action) == Some(wanted.0)
            && resource(statement) == Some(wanted.1)
            && !is_limited(statement)
    });
    let drafts = shaped.filter_map(|statement| {
        let element = statement.action.as_ref()?;
        let value = element.values.iter().find(|value| covers(value, action));
        let place = value.map_or(element.origin, |value| value.origin);
        let what = match wanted.1 {
            ResourceForm::Star => "on everything",
            ResourceForm::NotResource => "on everything except the listed resources",
        };
        let message = format!("{action} is allowed {what}");
        let resource = statement.resource.as_ref()?;
        Some(
            document
                .in_statement(statement, place, "allowed here", message)
                .related(resource.origin, what)
                .help("list the roles in `Resource`"),
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
    let plain = |value: &Written| covers(value, action) && !has_wildcard(value.text.literal());
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

/// Whether a statement allows every action on every resource: other rules report that.
pub(crate) fn is_administrator(statement: &Statement) -> bool {
    let names = statement.action.iter().flat_map(|list| &list.values);
    let wide = names
        .map(|name| name.text.literal())
        .any(|text| matches!(text, "*" | "*:*"));
    wide && resource(statement) == Some(ResourceForm::Star)
}

/// Whether a statement creates service-linked roles of the services that it names only: IAM User Guide, "Create a service-linked role".
pub(crate) fn names_service(statement: &Statement) -> bool {
    let mut conditions = statement.conditions.iter();
    conditions.any(|own| {
        let is_positive = own.parsed.is_some_and(is_positive);
        is_positive && key(own).eq_ignore_ascii_case("iam:AWSServiceName")
    })
}
