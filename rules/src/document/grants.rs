//! Statements that allow a sensitive action on too much, by the form in which they name the action and the resource.

use crate::{
    document::{
        Document,
        conditions::{is_positive, key},
        covers, is_allow, matches_action,
    },
    finding::Draft,
    text::globs::{has_wildcard, includes},
};
use policy_engine::{
    policy::{
        PolicyType,
        condition::Comparison,
        statement::{Statement, Written},
    },
    service::{KMS, PARAMETER_STORE, SECRETS_MANAGER},
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
            && resource(statement, &[&EXAMPLES[0]]) == Some(wanted.1)
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
    if !matches_action(statement, action) {
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

/// The resources of a role, a secret, a parameter and a key, behind the partition and account.
const EXAMPLES: [(&str, &str); 4] = [
    ("iam", "role/other"),
    ("secretsmanager", SECRETS_MANAGER.example),
    ("ssm", PARAMETER_STORE.example),
    ("kms", KMS.example),
];

fn resource(statement: &Statement, examples: &[&(&str, &str)]) -> Option<ResourceForm> {
    let element = statement.resource.as_ref()?;
    if element.negated {
        return Some(ResourceForm::NotResource);
    }
    let mut values = element.values.iter().map(|value| value.text.literal());
    let is_wide = |text: &str| examples.iter().all(|example| matches_all(text, example));
    values.any(is_wide).then_some(ResourceForm::Star)
}

/// Whether a pattern matches the resources of a service in a whole account: it matches an invented resource.
fn matches_all(pattern: &str, (service, rest): &(&str, &str)) -> bool {
    let fields: Vec<&str> = pattern.splitn(6, ':').collect();
    let plain = |at: usize, usual| {
        let field = fields.get(at).copied();
        field.filter(|text| !has_wildcard(text)).unwrap_or(usual)
    };
    let (partition, account) = (plain(1, "aws"), plain(4, "111122223333"));
    let region = if *service == "iam" {
        ""
    } else {
        plain(3, "us-east-1")
    };
    includes(
        pattern,
        &format!("arn:{partition}:{service}:{region}:{account}:{rest}"),
    )
}

/// Whether a statement allows every action on every resource: other rules report that.
pub(crate) fn is_administrator(statement: &Statement) -> bool {
    let names = statement.action.iter().flat_map(|list| &list.values);
    let wide = names
        .map(|name| name.text.literal())
        .any(|text| matches!(text, "*" | "*:*"));
    wide && resource(statement, &EXAMPLES.each_ref()) == Some(ResourceForm::Star)
}

/// Whether a statement creates service-linked roles of the services that it names only: IAM User Guide, "Create a service-linked role".
pub(crate) fn names_service(statement: &Statement) -> bool {
    lists_services(statement, SERVICE_NAME) || requires(statement, PASSED_TO)
}

/// Whether a statement passes roles only to the services that it names: IAM User Guide, "Grant a user permissions to pass a role to an AWS
/// service".
pub(crate) fn names_receiver(statement: &Statement) -> bool {
    lists_services(statement, PASSED_TO) || requires(statement, SERVICE_NAME)
}

const SERVICE_NAME: &str = "iam:AWSServiceName";
const PASSED_TO: &str = "iam:PassedToService";

/// Whether a condition requires a key, so that requests of actions which do not contain it do not match:
/// docs/semantics.md#keys-that-an-action-does-not-supply.
fn requires(statement: &Statement, name: &str) -> bool {
    let mut conditions = statement.conditions.iter();
    conditions.any(|own| own.parsed.is_some_and(is_positive) && key(own).eq_ignore_ascii_case(name))
}

/// Whether a condition requires one of some services. Every request of the action contains the key, so that `IfExists` changes nothing.
fn lists_services(statement: &Statement, name: &str) -> bool {
    let mut conditions = statement.conditions.iter();
    conditions.any(|own| {
        let is_positive = own
            .parsed
            .is_some_and(|parsed| !parsed.negated && parsed.comparison != Comparison::Null);
        let is_pattern = own
            .parsed
            .is_some_and(|parsed| parsed.comparison == Comparison::StringLike);
        let mut values = own.values.iter().map(|value| value.text.literal());
        is_positive
            && key(own).eq_ignore_ascii_case(name)
            && !values.any(|text| is_pattern && includes(text, ANY_SERVICE))
    })
}

/// A service that no condition names.
const ANY_SERVICE: &str = "any-service.amazonaws.com";
