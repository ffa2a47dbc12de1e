//! The conditions of a document.

use crate::{
    catalog::{Catalog, ValueType},
    document::Document,
    finding::Draft,
    rule::Severity,
    text::globs::has_wildcard,
};
use policy_engine::policy::{
    condition::{Comparison, Operator},
    statement::{Condition, Statement},
};

/// Every condition of a document with its statement.
pub(crate) fn each<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (&'d Statement, &'d Condition)> {
    document.statements().iter().flat_map(|statement| {
        let conditions = statement.conditions.iter();
        conditions.map(move |condition| (statement, condition))
    })
}

/// The key of a condition.
pub(crate) fn key(condition: &Condition) -> &str {
    condition.key.text.literal()
}

/// The values that a key is compared with, without those that have holes or variables.
pub(crate) fn literal_values(
    condition: &Condition,
) -> impl Iterator<Item = (&str, policy_engine::source::Origin)> {
    // The values of `Null` are no values of the key: docs/semantics.md#null.
    let null = condition
        .parsed
        .is_some_and(|operator| operator.comparison == Comparison::Null);
    let values = condition.values.iter().filter(move |_| !null);
    values.filter_map(|value| {
        let text = value.text.known()?;
        (!text.contains("${")).then_some((text, value.origin))
    })
}

/// The values of a key that are not ids with a prefix.
pub(crate) fn malformed_ids(
    document: &Document<'_>,
    severity: Severity,
    (name, prefix, what): (&str, &str, &str),
) -> Vec<Draft> {
    let conditions =
        each(document).filter(|(_, condition)| key(condition).eq_ignore_ascii_case(name));
    let values = conditions.flat_map(|(statement, condition)| {
        literal_values(condition).map(move |(value, place)| (statement, value, place))
    });
    let wrong = values.filter(|(_, value, _)| !is_id(value, prefix));
    wrong
        .map(|(statement, value, place)| {
            let message = format!("`{value}` is not the id of a {what}");
            document
                .dead(statement, severity, place, "not a valid id", message)
                .because(value)
                .help(format!("write {prefix} and 8 or 17 hexadecimal digits"))
        })
        .collect()
}

/// Whether the key has many values in a request, if that is known: docs/semantics.md#multivalued-keys.
pub(crate) fn many(catalog: &Catalog, condition: &Condition) -> Option<bool> {
    let name = key(condition);
    if let Some(known) = catalog.key(name) {
        return Some(known.many);
    }
    policy_engine::key::Key::new(name.to_owned())
        .is_multivalued()
        .then_some(true)
}

/// The type of the values of the key, if it is known.
pub(crate) fn value_type(catalog: &Catalog, condition: &Condition) -> Option<ValueType> {
    catalog.key(key(condition)).map(|known| known.value)
}

/// Whether an operator requires that the request carries the key: docs/semantics.md#absent-keys.
pub(crate) fn is_positive(operator: Operator) -> bool {
    let asks = !operator.negated && !operator.holds_when_absent();
    asks && operator.comparison != Comparison::Null
}

/// Whether a text is an id of EC2: a prefix and 8 to 17 hexadecimal digits; patterns pass.
///
/// Ids have 8 or 17 digits (Amazon EC2 User Guide, "Resource IDs"), and invented ids in examples of AWS a number between.
pub(crate) fn is_id(text: &str, prefix: &str) -> bool {
    if has_wildcard(text) {
        return true;
    }
    let digits = text.strip_prefix(prefix).unwrap_or("");
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hexadecimal && (8..=17).contains(&digits.len())
}

/// Whether a key holds the resource or account for which a service makes a request: docs/semantics.md#global-keys.
pub(crate) fn is_source(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
    ]
    .contains(&name.as_str())
}

/// The conditions without a value: docs/semantics.md#empty-value-lists.
pub(crate) fn valueless<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (&'d Statement, &'d Condition)> {
    each(document).filter(|(_, condition)| condition.values.is_empty())
}

/// Whether an operator compares text for equality or by pattern.
pub(crate) fn is_text(operator: Operator) -> bool {
    matches!(
        operator.comparison,
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike
    )
}

/// Whether a condition on the ARN of the caller leaves out some role of an account.
pub(crate) fn names_role(condition: &Condition) -> bool {
    let is_of_caller = key(condition).eq_ignore_ascii_case("aws:PrincipalArn");
    let mut values = condition.values.iter().map(|value| value.text.literal());
    let is_every = |text: &str| match text.split_once(":role/") {
        Some((_, name)) => name.trim_matches('*').is_empty(),
        None => text.ends_with('*') && !text.contains('/'),
    };
    is_of_caller && values.all(|text| !is_every(text))
}
