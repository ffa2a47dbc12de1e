//! Two tests of a key that no value meets together.

use crate::{
    document::{addresses::range, conditions::key},
    text::globs::{has_wildcard, includes, overlap},
};
use policy_engine::{
    evaluator::operators::{date, decimal},
    policy::{
        condition::{Comparison, Operator, Relation},
        statement::{Condition, Statement},
    },
};
use std::{cmp::Ordering, net::IpAddr};

/// The first two tests of a statement that exclude each other; the first requires a value.
///
/// A key that occurs twice under one operator has a rule of its own, because IAM keeps only one of the two.
pub(crate) fn find(statement: &Statement) -> Option<(&Condition, &Condition)> {
    let tests = &statement.conditions;
    tests.iter().enumerate().find_map(|(at, test)| {
        let rest = tests.get(at + 1..).unwrap_or_default().iter();
        let same = |other: &&Condition| {
            let is_key = key(other).eq_ignore_ascii_case(key(test));
            is_key && other.operator.value != test.operator.value
        };
        rest.filter(same).find_map(|other| {
            let pair = exclude(test, other).then_some((test, other));
            pair.or_else(|| exclude(other, test).then_some((other, test)))
        })
    })
}

/// Whether no value of a key meets both tests; the first must require a value.
///
/// Decides only tests without set operator, `IfExists`, variables and holes.
fn exclude(test: &Condition, other: &Condition) -> bool {
    let (Some(first), Some(second)) = (test.parsed, other.parsed) else {
        return false;
    };
    let plain = |operator: Operator| operator.qualifier.is_none() && !operator.if_exists;
    if !plain(first) || !plain(second) || first.negated || first.comparison == Comparison::Null {
        return false;
    }
    if second.comparison == Comparison::Null {
        let values = other.values.iter();
        let absent = values.map(|value| value.text.known());
        return !other.values.is_empty() && absent.into_iter().all(|value| value == Some("true"));
    }
    let (Some(mine), Some(theirs)) = (texts(test), texts(other)) else {
        return false;
    };
    let pairs = |test: &dyn Fn(&str, &str) -> bool| {
        mine.iter()
            .all(|own| theirs.iter().all(|text| test(own, text)))
    };
    let each = |test: &dyn Fn(&str, &str) -> bool| {
        mine.iter()
            .all(|own| theirs.iter().any(|text| test(own, text)))
    };
    match (first.comparison, second.comparison) {
        (Comparison::Bool, Comparison::Bool) if !second.negated => {
            pairs(&|own, text| !own.eq_ignore_ascii_case(text))
        }
        (Comparison::IpAddress, Comparison::IpAddress) if second.negated => {
            each(&|own, text| contains(text, own) == Some(true))
        }
        (Comparison::IpAddress, Comparison::IpAddress) => pairs(&|own, text| {
            contains(text, own) == Some(false) && contains(own, text) == Some(false)
        }),
        (Comparison::Numeric(a), Comparison::Numeric(b)) if !second.negated => {
            pairs(&|own, text| apart(a, b, decimal::compare(own, text)))
        }
        (Comparison::Date(a), Comparison::Date(b)) if !second.negated => pairs(&|own, text| {
            let both = date::parse(own).zip(date::parse(text));
            apart(a, b, both.map(|(own, text)| own.cmp(&text)))
        }),
        (a, b) if is_text(a) && is_text(b) => {
            let fold = [a, b].contains(&Comparison::StringEqualsIgnoreCase);
            let fitting = |own: &str, text: &str| {
                let (own, text) = (folded(own, fold), folded(text, fold));
                // Where a comparison takes no patterns, `*` is a letter.
                let odd = |comparison, text: &str| {
                    has_wildcard(text) && comparison != Comparison::StringLike
                };
                match second.negated {
                    _ if odd(a, &own) || odd(b, &text) => None,
                    // A text that differs from a pattern without regard to case can still match it with regard to case.
                    true if fold && a != b => None,
                    true => Some(includes(&text, &own)),
                    false => Some(!overlap(&own, &text)),
                }
            };
            if second.negated {
                each(&|own, text| fitting(own, text) == Some(true))
            } else {
                pairs(&|own, text| fitting(own, text) == Some(true))
            }
        }
        _ => false,
    }
}

/// The values of a test, if it has some and all of them are known.
fn texts(condition: &Condition) -> Option<Vec<&str>> {
    let values = condition.values.iter().map(|value| value.text.known());
    let values: Vec<_> = values
        .map(|text| text.filter(|text| !text.contains("${")))
        .collect::<Option<_>>()?;
    (!values.is_empty()).then_some(values)
}

fn is_text(comparison: Comparison) -> bool {
    matches!(
        comparison,
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike
    )
}

fn folded(text: &str, fold: bool) -> String {
    if fold {
        text.to_lowercase()
    } else {
        text.to_owned()
    }
}

/// Whether no value has a relation to the left value and another relation to the right value; `order` compares these two.
fn apart(relation: Relation, other: Relation, order: Option<Ordering>) -> bool {
    use Relation::{Equals, GreaterThan, GreaterThanEquals, LessThan, LessThanEquals};
    let Some(order) = order else { return false };
    match (relation, other) {
        (Equals, Equals) => order.is_ne(),
        (Equals, LessThan) => order.is_ge(),
        (Equals, LessThanEquals) => order.is_gt(),
        (Equals, GreaterThan) => order.is_le(),
        (Equals, GreaterThanEquals) => order.is_lt(),
        (LessThan, GreaterThan | GreaterThanEquals) | (LessThanEquals, GreaterThan) => {
            order.is_le()
        }
        (LessThanEquals, GreaterThanEquals) => order.is_lt(),
        (LessThan | LessThanEquals, LessThan | LessThanEquals)
        | (GreaterThan | GreaterThanEquals, GreaterThan | GreaterThanEquals) => false,
        (_, Equals) | (GreaterThan | GreaterThanEquals, _) => {
            apart(other, relation, Some(order.reverse()))
        }
    }
}

/// Whether a range contains another range.
fn contains(wide: &str, narrow: &str) -> Option<bool> {
    let ((outer, length), (inner, own)) = (range(wide)?, range(narrow)?);
    let shift = |whole: u32, length: u8| whole - u32::from(length);
    let same = match (outer, inner) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            let bits = |address| {
                u32::from(address)
                    .checked_shr(shift(32, length))
                    .unwrap_or(0)
            };
            bits(a) == bits(b)
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            let bits = |address| {
                u128::from(address)
                    .checked_shr(shift(128, length))
                    .unwrap_or(0)
            };
            bits(a) == bits(b)
        }
        _ => false,
    };
    Some(same && length <= own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::{
        policy::{PolicyType, parse},
        source::SourceId,
        syntax::json,
    };

    fn excludes(condition: &str) -> bool {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
        );
        let node = json::parse(SourceId(0), &text).unwrap();
        let document = parse::document(&node, PolicyType::Identity, "x").0;
        find(&document.statements[0]).is_some()
    }

    #[test]
    fn what_no_value_meets() {
        for condition in [
            r#"{"Null": {"k:a": "true"}, "StringEquals": {"k:a": "x"}}"#,
            r#"{"StringEquals": {"k:a": "x"}, "StringNotEquals": {"K:A": ["x", "y"]}}"#,
            r#"{"StringEquals": {"k:a": "x"}, "StringNotLike": {"k:a": "*"}}"#,
            r#"{"StringEquals": {"k:a": ["x", "y"]}, "StringLike": {"k:a": "z*"}}"#,
            r#"{"StringLike": {"k:a": "a*"}, "StringEqualsIgnoreCase": {"k:a": "B"}}"#,
            r#"{"Bool": {"k:a": "true"}, "StringEquals": {"k:b": "x"}, "Null": {"k:a": "true"}}"#,
            r#"{"NumericLessThan": {"k:a": "10"}, "NumericGreaterThan": {"k:a": "10"}}"#,
            r#"{"NumericEquals": {"k:a": "9"}, "NumericGreaterThanEquals": {"k:a": "10"}}"#,
            r#"{"DateLessThan": {"k:a": "2020-01-01"}, "DateGreaterThan": {"k:a": "2030-01-01T00:00:00Z"}}"#,
            r#"{"IpAddress": {"k:a": "10.1.0.0/16"}, "NotIpAddress": {"k:a": "10.0.0.0/8"}}"#,
        ] {
            assert!(excludes(condition), "{condition}");
        }
    }

    #[test]
    fn what_some_value_meets_or_is_not_decided() {
        for condition in [
            r#"{"StringEquals": {"k:a": "x"}, "StringNotEquals": {"k:b": "x"}}"#,
            r#"{"StringEquals": {"k:a": ["x", "y"]}, "StringNotEquals": {"k:a": "x"}}"#,
            r#"{"StringEquals": {"k:a": "X"}, "StringNotEquals": {"k:a": "x"}}"#,
            r#"{"StringEquals": {"k:a": "x"}, "StringNotEqualsIgnoreCase": {"k:a": "x"}}"#,
            r#"{"StringLike": {"k:a": "a*"}, "StringNotLike": {"k:a": "ab*"}}"#,
            r#"{"StringLike": {"k:a": "a*"}, "StringLike ": {"k:a": "*b"}}"#,
            r#"{"StringEquals": {"k:a": "x"}, "StringNotEqualsIfExists": {"k:a": "x"}}"#,
            r#"{"ForAnyValue:StringEquals": {"k:a": "x"}, "StringNotEquals": {"k:a": "x"}}"#,
            r#"{"StringEquals": {"k:a": "${k:b}"}, "StringNotEquals": {"k:a": "${k:b}"}}"#,
            r#"{"StringEquals": {"k:a": []}, "StringNotEquals": {"k:a": "x"}}"#,
            r#"{"StringEquals": {"k:a": "x"}, "Null": {"k:a": "false"}}"#,
            r#"{"NumericLessThan": {"k:a": ["5", "20"]}, "NumericGreaterThan": {"k:a": "10"}}"#,
            r#"{"NumericLessThanEquals": {"k:a": "10"}, "NumericGreaterThanEquals": {"k:a": "10"}}"#,
            r#"{"NumericLessThan": {"k:a": "x"}, "NumericGreaterThan": {"k:a": "10"}}"#,
            r#"{"IpAddress": {"k:a": "10.0.0.0/8"}, "NotIpAddress": {"k:a": "10.1.0.0/16"}}"#,
            r#"{"IpAddress": {"k:a": "0.0.0.0/0"}, "IpAddress ": {"k:a": "10.1.0.0/16"}}"#,
        ] {
            assert!(!excludes(condition), "{condition}");
        }
    }
}
