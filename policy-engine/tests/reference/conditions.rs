//! Conditions (docs/semantics.md#conditions).

use super::{
    context::{Context, Held, is_multivalued},
    patterns::{self, Substituted, Token},
    truth::{Truth, all, any},
    values,
};
use serde_json::Value;
use std::cmp::Ordering;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Qualifier {
    None,
    ForAllValues,
    ForAnyValue,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Comparison),
    Date(Comparison),
    Bool,
    BinaryEquals,
    IpAddress,
    Arn,
    Null,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

#[derive(Clone, Copy)]
struct Operator {
    qualifier: Qualifier,
    base: Base,
    negated: bool,
    if_exists: bool,
}

impl Operator {
    /// Names compare without case (U-4).
    fn read(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let (qualifier, name) = match name.split_once(':') {
            Some(("forallvalues", rest)) => (Qualifier::ForAllValues, rest),
            Some(("foranyvalue", rest)) => (Qualifier::ForAnyValue, rest),
            _ => (Qualifier::None, name.as_str()),
        };
        let (if_exists, name) = match name.strip_suffix("ifexists") {
            Some(name) => (true, name),
            None => (false, name),
        };
        let (base, negated) = match name {
            "stringequals" => (Base::StringEquals, false),
            "stringnotequals" => (Base::StringEquals, true),
            "stringequalsignorecase" => (Base::StringEqualsIgnoreCase, false),
            "stringnotequalsignorecase" => (Base::StringEqualsIgnoreCase, true),
            "stringlike" => (Base::StringLike, false),
            "stringnotlike" => (Base::StringLike, true),
            "numericequals" => (Base::Numeric(Comparison::Equals), false),
            "numericnotequals" => (Base::Numeric(Comparison::Equals), true),
            "numericlessthan" => (Base::Numeric(Comparison::LessThan), false),
            "numericlessthanequals" => (Base::Numeric(Comparison::LessThanEquals), false),
            "numericgreaterthan" => (Base::Numeric(Comparison::GreaterThan), false),
            "numericgreaterthanequals" => (Base::Numeric(Comparison::GreaterThanEquals), false),
            "dateequals" => (Base::Date(Comparison::Equals), false),
            "datenotequals" => (Base::Date(Comparison::Equals), true),
            "datelessthan" => (Base::Date(Comparison::LessThan), false),
            "datelessthanequals" => (Base::Date(Comparison::LessThanEquals), false),
            "dategreaterthan" => (Base::Date(Comparison::GreaterThan), false),
            "dategreaterthanequals" => (Base::Date(Comparison::GreaterThanEquals), false),
            "bool" => (Base::Bool, false),
            "binaryequals" => (Base::BinaryEquals, false),
            "ipaddress" => (Base::IpAddress, false),
            "notipaddress" => (Base::IpAddress, true),
            "arnequals" | "arnlike" => (Base::Arn, false),
            "arnnotequals" | "arnnotlike" => (Base::Arn, true),
            "null" => (Base::Null, false),
            other => panic!("{other} is not an operator"),
        };
        Self {
            qualifier,
            base,
            negated,
            if_exists,
        }
    }
}

/// AND over the operator blocks and over their keys ("Condition blocks").
pub(crate) fn condition(condition: &Value, variables: bool, context: &Context) -> Truth {
    all(condition
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(name, keys)| {
            keys.as_object()
                .into_iter()
                .flatten()
                .map(move |(key, values)| {
                    let operator = Operator::read(name);
                    let values = super::list(values);
                    let eval = |held: &Held| eval(operator, held, &values, variables, context);
                    let plain = match context.get(key) {
                        // Absent or one value: both hold.
                        Held::Unknown
                            if operator.if_exists
                                && operator.qualifier == Qualifier::None
                                && !is_multivalued(key)
                                && always_matches(operator, &values) =>
                        {
                            Truth::Yes
                        }
                        held => eval(held),
                    };
                    // A value that matches the role without a path means it: an account has no two roles of one name.
                    let matched = plain == Truth::from(!operator.negated);
                    let others = context.others(key);
                    let differs = |role: &String| eval(&Held::Single(role.clone())) != plain;
                    if !matched && others.iter().any(differs) {
                        Truth::Maybe
                    } else {
                        plain
                    }
                })
        }))
}

/// The one function ("Set operators").
fn eval(
    operator: Operator,
    held: &Held,
    values: &[String],
    variables: bool,
    context: &Context,
) -> Truth {
    if operator.base == Base::Null {
        return null(operator.qualifier, held, values);
    }
    let test = |value: &String| test(operator, value, values, variables, context);
    match operator.qualifier {
        Qualifier::None => match held {
            Held::Unknown if never_matches(operator, values) => Truth::No,
            Held::Unknown => Truth::Maybe,
            Held::Absent => (operator.if_exists || operator.negated).into(),
            // "Multivalued keys without a set operator", U-15.
            Held::Multi(_) => Truth::No,
            Held::Single(value) => test(value),
        },
        Qualifier::ForAllValues => match held {
            Held::Unknown if always_matches(operator, values) => Truth::Yes,
            Held::Unknown => Truth::Maybe,
            Held::Absent => Truth::Yes,
            Held::Single(value) if value.is_empty() => Truth::Yes,
            Held::Single(value) => test(value),
            Held::Multi(held) if held.iter().all(String::is_empty) => Truth::Yes,
            Held::Multi(held) => all(held.iter().map(test)),
        },
        // An absent key does not hold here, with or without `IfExists`.
        Qualifier::ForAnyValue => match held {
            Held::Unknown if never_matches(operator.if_present(), values) => Truth::No,
            Held::Unknown => Truth::Maybe,
            Held::Absent => Truth::No,
            Held::Single(value) => test(value),
            Held::Multi(held) => any(held.iter().map(test)),
        },
    }
}

impl Operator {
    /// The operator without its `IfExists`.
    fn if_present(self) -> Self {
        Self {
            if_exists: false,
            ..self
        }
    }
}

/// Whether no value of a policy can be read, so that no value of a request matches ("Values that cannot be read").
fn never_matches(operator: Operator, values: &[String]) -> bool {
    let mut readable = values.iter().map(|value| match operator.base {
        Base::IpAddress => values::is_range(value),
        Base::BinaryEquals => values::base64(value).is_some(),
        base => parsable(base, value),
    });
    !operator.negated && !operator.if_exists && !readable.any(|readable| readable)
}

/// Whether every value of a request matches.
fn always_matches(operator: Operator, values: &[String]) -> bool {
    let is_star = |value: &String| !value.is_empty() && value.bytes().all(|byte| byte == b'*');
    operator.base == Base::StringLike && !operator.negated && values.iter().any(is_star)
}

/// `Null` ("Null"); an empty value is null (U-17).
fn null(qualifier: Qualifier, held: &Held, values: &[String]) -> Truth {
    let asks = |wanted: &str| {
        let mut values = values.iter();
        values.any(|value| value.eq_ignore_ascii_case(wanted))
    };
    let absent = match (qualifier, held) {
        (Qualifier::ForAllValues, _) => return Truth::Yes,
        (Qualifier::ForAnyValue, _) => return Truth::No,
        (Qualifier::None, Held::Unknown) if asks("true") == asks("false") => {
            return asks("true").into();
        }
        (Qualifier::None, Held::Unknown) => return Truth::Maybe,
        (Qualifier::None, Held::Absent) => true,
        (Qualifier::None, Held::Single(value)) => value.is_empty(),
        (Qualifier::None, Held::Multi(values)) => values.is_empty(),
    };
    asks(if absent { "true" } else { "false" }).into()
}

fn test(
    operator: Operator,
    value: &str,
    values: &[String],
    variables: bool,
    context: &Context,
) -> Truth {
    if operator.negated && !parsable(operator.base, value) {
        // U-18, and for Arn as observed ("Values that cannot be read").
        return Truth::No;
    }
    let hit = any(values
        .iter()
        .map(|pattern| positive(operator.base, value, pattern, variables, context)));
    if operator.negated { hit.not() } else { hit }
}

fn parsable(base: Base, value: &str) -> bool {
    match base {
        Base::Numeric(_) => values::decimal(value).is_some(),
        Base::Date(_) => values::instant(value).is_some(),
        Base::IpAddress => values::address(value).is_some(),
        Base::Arn => patterns::segments(value, false).len() == 6,
        Base::StringEquals
        | Base::StringEqualsIgnoreCase
        | Base::StringLike
        | Base::Bool
        | Base::BinaryEquals
        | Base::Null => true,
    }
}

/// Whether a value of the request matches a value of the policy ("Values that cannot be read").
fn positive(base: Base, value: &str, pattern: &str, variables: bool, context: &Context) -> Truth {
    let filled = || filled(pattern, variables, context);
    match base {
        Base::StringEquals => filled().map_or_else(|truth| truth, |text| (text == value).into()),
        Base::StringEqualsIgnoreCase => filled().map_or_else(
            |truth| truth,
            |text| (text.to_lowercase() == value.to_lowercase()).into(),
        ),
        Base::StringLike => patterns::like(pattern, variables, value, context),
        Base::Arn => patterns::arn(pattern, variables, value, context),
        Base::Bool => filled().map_or_else(
            |truth| truth,
            |text| {
                let text = text.to_ascii_lowercase();
                let known = text == "true" || text == "false";
                (known && text == value.to_ascii_lowercase()).into()
            },
        ),
        Base::Numeric(comparison) => match (values::decimal(value), values::decimal(pattern)) {
            (Some(value), Some(pattern)) => {
                holds(comparison, values::compare_decimals(&value, &pattern)).into()
            }
            _ => Truth::No,
        },
        Base::Date(comparison) => match (values::instant(value), values::instant(pattern)) {
            (Some(value), Some(pattern)) => holds(comparison, value.cmp(&pattern)).into(),
            _ => Truth::No,
        },
        Base::BinaryEquals => match (values::base64(value), values::base64(pattern)) {
            (Some(value), Some(pattern)) => (value == pattern).into(),
            _ => Truth::No,
        },
        Base::IpAddress => match values::address(value) {
            Some(value) => values::in_range(value, pattern).into(),
            None => Truth::No,
        },
        Base::Null => Truth::No,
    }
}

fn holds(comparison: Comparison, ordering: Ordering) -> bool {
    match comparison {
        Comparison::Equals => ordering.is_eq(),
        Comparison::LessThan => ordering.is_lt(),
        Comparison::LessThanEquals => ordering.is_le(),
        Comparison::GreaterThan => ordering.is_gt(),
        Comparison::GreaterThanEquals => ordering.is_ge(),
    }
}

/// A policy value without wildcards, its variables filled in; else what every comparison with it gives.
fn filled(pattern: &str, variables: bool, context: &Context) -> Result<String, Truth> {
    match patterns::substitute(&patterns::tokens(pattern, false, variables), context) {
        Substituted::Tokens(tokens) => Ok(tokens
            .iter()
            .map(|token| match token {
                Token::Char(character) => *character,
                Token::AnyCharacter => '?',
                Token::Many | Token::Variable { .. } => '*',
            })
            .collect()),
        Substituted::Unresolved => Err(Truth::No),
        Substituted::Unknown(_) => Err(Truth::Maybe),
    }
}
