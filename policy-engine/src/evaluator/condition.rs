//! Whether a condition test matches: qualifiers, `IfExists`, absent keys (docs/semantics.md#conditions).

use super::{
    context::{Lookup, View},
    operators::{self, Parsed, date, decimal, ip},
};
use crate::{
    policy::{
        condition::{Comparison, Relation, SetQualifier},
        set::{ConditionTest, Patterns, Values},
    },
    syntax::{
        arn::{ArnMatch, ArnPattern},
        glob::{Case, Match, Pattern},
    },
    text::{HoleKind, Text},
    truth::Truth,
    uncertainty::Uncertainty,
};
use std::cmp::Ordering;

/// How the values of a policy matched one value of a request.
#[derive(Clone, Copy, PartialEq)]
enum Hit {
    /// Whether some value of the policy matched.
    Is { truth: Truth, unresolved: Truth },
    /// The request's value is not of the operator's family.
    Unreadable,
}

impl Hit {
    /// Whether a further value of the policy may match, because it contains a hole.
    fn or_open<T>(self, values: &[Parsed<T>]) -> Self {
        match self {
            Self::Is { truth, unresolved } if values.iter().any(Parsed::is_open) => Self::Is {
                truth: truth.or(Truth::Unknown),
                unresolved,
            },
            other => other,
        }
    }
}

impl From<Match> for Hit {
    fn from(Match { truth, unresolved }: Match) -> Self {
        Self::Is { truth, unresolved }
    }
}

/// Whether a test matches.
pub(super) fn holds(test: &ConditionTest, view: &View<'_>) -> Truth {
    if test.operator.comparison == Comparison::Null {
        return null(test, view);
    }
    let Some(lookup) = view.tested(test) else {
        return Truth::Unknown;
    };
    let values = match lookup {
        Lookup::Absent => return test.operator.holds_when_absent().into(),
        Lookup::Unknown(_) => {
            // It may be absent, or have any value.
            let anything = Text::hole("a value", HoleKind::Any);
            let present = match test.operator.qualifier {
                None if test.key.is_multivalued() => {
                    unqualified(test, std::slice::from_ref(&anything), view)
                }
                _ => single(test, &anything, view),
            };
            let absent = Truth::from(test.operator.holds_when_absent());
            return if present == absent {
                present
            } else {
                Truth::Unknown
            };
        }
        Lookup::Single(value) => match test.operator.qualifier {
            None | Some(SetQualifier::ForAnyValue) => return with_path(test, value, view),
            Some(SetQualifier::ForAllValues) if view.role_with_path(&test.key, value).is_some() => {
                return with_path(test, value, view);
            }
            Some(SetQualifier::ForAllValues) => std::slice::from_ref(value),
        },
        Lookup::Multi(values) => values,
    };
    match test.operator.qualifier {
        None => unqualified(test, values, view),
        Some(SetQualifier::ForAllValues) => for_all(test, values, view),
        Some(SetQualifier::ForAnyValue) => values
            .iter()
            .map(|value| single(test, value, view))
            .fold(Truth::False, Truth::or),
    }
}

/// One value of the request; the ARN of the caller's role may have a path that the request does not state.
fn with_path(test: &ConditionTest, value: &Text, view: &View<'_>) -> Truth {
    let plain = single(test, value, view);
    // With any path the ARN is no number, date, address or truth value.
    let is_text = matches!(test.values, Values::Patterns(_) | Values::Arns(_))
        && test.operator.comparison != Comparison::Bool;
    match view.role_with_path(&test.key, value) {
        // A name that matches without a path belongs to this role: an account has no two roles of one name.
        Some(role) if is_text && plain == Truth::from(test.operator.negated) => {
            let other = single(test, role, view);
            if other == plain {
                plain
            } else {
                Truth::Unknown
            }
        }
        _ => plain,
    }
}

/// A multivalued key without a set qualifier (docs/semantics.md#multivalued-keys-without-a-set-operator).
fn unqualified(test: &ConditionTest, values: &[Text], view: &View<'_>) -> Truth {
    // AWS declares this key single and its examples treat it as a set (U-25).
    if test.key.is("secretsmanager:VersionStage") {
        return values
            .iter()
            .map(|value| single(test, value, view))
            .fold(Truth::False, Truth::or);
    }
    if !test.operator.negated {
        return Truth::False;
    }
    let none = values
        .iter()
        .map(|value| single(test, value, view))
        .fold(Truth::True, Truth::and);
    view.choose(Uncertainty::NEGATED_MULTIVALUED, Truth::False, none)
}

fn for_all(test: &ConditionTest, values: &[Text], view: &View<'_>) -> Truth {
    if values.iter().all(|value| value.known() == Some("")) {
        return Truth::True;
    }
    // Values that are all empty count as none.
    let maybe_none = values
        .iter()
        .all(|value| value.known() == Some("") || may_be_empty(value));
    let all = values
        .iter()
        .map(|value| single(test, value, view))
        .fold(Truth::True, Truth::and);
    if maybe_none {
        all.or(Truth::Unknown)
    } else {
        all
    }
}

/// One value of the request against all values of the policy.
fn single(test: &ConditionTest, value: &Text, view: &View<'_>) -> Truth {
    if !test.operator.negated && !value.is_known() && !test.values.can_match() {
        return Truth::False;
    }
    let hit = match &test.shortened {
        None => hit(test, &test.values, value, view),
        Some(shortened) => view.choose(
            Uncertainty::NUMBER_TEXT,
            hit(test, &test.values, value, view),
            hit(test, shortened, value, view),
        ),
    };
    // What is not known may be no ARN at all, and then neither form of the test holds.
    let maybe_no_arn = test.operator.comparison == Comparison::Arn
        && !value.is_known()
        && value.literal().matches(':').count() < 5;
    if maybe_no_arn && test.operator.negated {
        return Truth::Unknown;
    }
    if !test.operator.negated {
        return match hit {
            Hit::Is { truth, .. } => truth,
            Hit::Unreadable => Truth::False,
        };
    }
    match hit {
        // Seen in the policy simulator: an Arn test on other text holds in neither form.
        Hit::Unreadable if test.operator.comparison == Comparison::Arn => Truth::False,
        Hit::Unreadable => view.choose(Uncertainty::UNPARSABLE_NEGATED, Truth::False, Truth::True),
        Hit::Is { truth, unresolved } => {
            let result = !truth;
            if !unresolved.is_false() {
                let void = result.and(!unresolved);
                return view.choose(Uncertainty::UNRESOLVED_NEGATED, result, void);
            }
            if test.values.is_empty() {
                return view.choose(Uncertainty::NEGATED_EMPTY_LIST, result, Truth::False);
            }
            result
        }
    }
}

fn hit(test: &ConditionTest, values: &Values, value: &Text, view: &View<'_>) -> Hit {
    match (values, test.operator.comparison) {
        (Values::Patterns(patterns), Comparison::Bool) => boolean(patterns.all(), value, view),
        (Values::Patterns(patterns), _) => strings(patterns, value, view),
        (Values::Arns(patterns), _) => arns(patterns, value, view),
        (Values::Numbers(numbers), Comparison::Numeric(relation)) => {
            compare_numbers(test, numbers, value, relation, view)
        }
        (Values::Dates(dates), Comparison::Date(relation)) => {
            compare_dates(test, dates, value, relation, view)
        }
        (Values::Bytes(bytes), _) => {
            let met = readable(
                value,
                |_| true,
                |known| {
                    let decoded = operators::base64(known);
                    decoded.is_some_and(|decoded| bytes.contains(&Parsed::Is(decoded)))
                },
            );
            met.or_open(bytes)
        }
        (Values::Addresses(ranges), _) => addresses(ranges, value, view),
        (Values::Numbers(_) | Values::Dates(_) | Values::Null(_), _) => Hit::Unreadable,
    }
}

/// A test that needs the whole value; for a value with holes the answer is unknown.
fn readable(value: &Text, is_readable: impl Fn(&str) -> bool, test: impl Fn(&str) -> bool) -> Hit {
    let Some(known) = value.known() else {
        return Hit::Is {
            truth: Truth::Unknown,
            unresolved: Truth::False,
        };
    };
    if !is_readable(known) {
        return Hit::Unreadable;
    }
    Hit::Is {
        truth: test(known).into(),
        unresolved: Truth::False,
    }
}

/// The hit of a value with holes if no value of the policy can be read: a test that is not negated never matches.
fn none_readable<T>(
    test: &ConditionTest,
    values: &[Parsed<T>],
    value: &Text,
    is_readable: impl Fn(&T) -> bool,
) -> Option<Hit> {
    let can_match = |own: &Parsed<T>| own.is_open() || own.known().is_some_and(&is_readable);
    let never = !test.operator.negated && !value.is_known() && !values.iter().any(can_match);
    never.then_some(Hit::Is {
        truth: Truth::False,
        unresolved: Truth::False,
    })
}

fn compare_numbers(
    test: &ConditionTest,
    numbers: &[Parsed<Box<str>>],
    value: &Text,
    relation: Relation,
    view: &View<'_>,
) -> Hit {
    let any = |compare: fn(&str, &str) -> Option<Ordering>| {
        move |known: &str| {
            let mut numbers = numbers.iter().filter_map(Parsed::known);
            numbers.any(|number| compare(known, number).is_some_and(|order| fits(order, relation)))
        }
    };
    let strict = none_readable(test, numbers, value, |number| decimal::is_decimal(number))
        .unwrap_or_else(|| readable(value, decimal::is_decimal, any(decimal::compare)));
    let plain = value.known().is_none_or(decimal::is_decimal)
        && numbers
            .iter()
            .filter_map(Parsed::known)
            .all(|number| decimal::is_decimal(number));
    let strict = strict.or_open(numbers);
    if plain {
        return strict;
    }
    let is_number = |known: &str| decimal::lenient(known).is_some();
    let lenient = none_readable(test, numbers, value, |number| is_number(number))
        .unwrap_or_else(|| readable(value, is_number, any(decimal::compare_leniently)))
        .or_open(numbers);
    view.choose(Uncertainty::NUMBER_SYNTAX, strict, lenient)
}

fn compare_dates(
    test: &ConditionTest,
    dates: &[Parsed<(date::Instant, bool)>],
    value: &Text,
    relation: Relation,
    view: &View<'_>,
) -> Hit {
    let compare = |needs_offset: bool| {
        let taken = move |known: &str| !(needs_offset && date::lacks_offset(known));
        let is_taken = |(_, offset): &(date::Instant, bool)| *offset || !needs_offset;
        if let Some(never) = none_readable(test, dates, value, is_taken) {
            return never;
        }
        readable(
            value,
            move |known| date::parse(known).is_some() && taken(known),
            move |known| {
                let moment = date::parse(known);
                dates
                    .iter()
                    .filter_map(Parsed::known)
                    .any(|(date, offset)| {
                        (*offset || !needs_offset)
                            && moment.is_some_and(|moment| fits(moment.cmp(date), relation))
                    })
            },
        )
        .or_open(dates)
    };
    let known = || dates.iter().filter_map(Parsed::known);
    let all_have_offsets =
        known().all(|(_, offset)| *offset) && !value.known().is_some_and(date::lacks_offset);
    if all_have_offsets {
        return compare(false);
    }
    view.choose(Uncertainty::DATE_OFFSET, compare(false), compare(true))
}

fn fits(order: Ordering, relation: Relation) -> bool {
    match relation {
        Relation::Equals => order == Ordering::Equal,
        Relation::LessThan => order == Ordering::Less,
        Relation::LessThanEquals => order != Ordering::Greater,
        Relation::GreaterThan => order == Ordering::Greater,
        Relation::GreaterThanEquals => order != Ordering::Less,
    }
}

fn strings(patterns: &Patterns, value: &Text, view: &View<'_>) -> Hit {
    let (matches_literal, others) = match value.known() {
        Some(known) => patterns.find(known),
        None => (false, patterns.all()),
    };
    let mut met = Match::is(matches_literal.into());
    for pattern in others {
        if met.truth.is_true() {
            break;
        }
        met = met.or(pattern.matches(value, view, patterns.case()));
    }
    met.into()
}

fn arns(patterns: &[ArnPattern], value: &Text, view: &View<'_>) -> Hit {
    let mut met = Match::NO;
    for pattern in patterns {
        let outcome = match pattern.matches_value(value, view) {
            None => return Hit::Unreadable,
            Some(ArnMatch::Is(outcome) | ArnMatch::EarlyVariable(outcome)) => outcome,
            Some(ArnMatch::Padded(outcome)) => {
                view.choose(Uncertainty::SHORT_ARN_VALUE, Match::NO, outcome)
            }
        };
        met = met.or(outcome);
    }
    met.into()
}

fn boolean(patterns: &[Pattern], value: &Text, view: &View<'_>) -> Hit {
    let Some(known) = value.known() else {
        return Hit::Is {
            truth: Truth::Unknown,
            unresolved: Truth::False,
        };
    };
    let flag = operators::boolean(known);
    let (mut truth, mut unresolved) = (Truth::False, Truth::False);
    for pattern in patterns {
        // Whether the policy asks for the request's own value; for `false`, where that is neither.
        let word = if flag == Some(true) { "true" } else { "false" };
        let met = if pattern.has_variables() && view.takes_other(Uncertainty::BOOL_VARIABLE) {
            Match::NO
        } else {
            pattern.matches(&Text::fixed(word), view, Case::Ignored)
        };
        unresolved = unresolved.or(met.unresolved);
        truth = truth.or(match flag {
            Some(_) => met.truth,
            None => view.choose(Uncertainty::BOOL_OTHER_TEXT, Truth::False, met.truth),
        });
    }
    Hit::Is { truth, unresolved }
}

fn addresses(ranges: &[Parsed<ip::Range>], value: &Text, view: &View<'_>) -> Hit {
    let Some(known) = value.known() else {
        return Hit::Is {
            truth: Truth::Unknown,
            unresolved: Truth::False,
        };
    };
    let Ok(address) = known.parse::<std::net::IpAddr>() else {
        return Hit::Unreadable;
    };
    let inside = |address| {
        let mut known = ranges.iter().filter_map(Parsed::known);
        known.any(|range| range.contains(address))
    };
    let plain = Truth::from(inside(address));
    let mapped = match address {
        std::net::IpAddr::V6(v6) => v6.to_ipv4_mapped(),
        std::net::IpAddr::V4(_) => None,
    };
    let truth = match mapped {
        Some(v4) => view.choose(
            Uncertainty::MAPPED_ADDRESS,
            plain,
            plain.or(inside(v4.into()).into()),
        ),
        None => plain,
    };
    let met = Hit::Is {
        truth,
        unresolved: Truth::False,
    };
    met.or_open(ranges)
}

/// Whether a text may be empty: no part of it is certain to be filled.
fn may_be_empty(value: &Text) -> bool {
    value.literal().is_empty()
        && value
            .holes()
            .iter()
            .all(|(_, hole)| hole.kind == HoleKind::Any)
}

/// `Null`: whether the key is absent (docs/semantics.md#null).
fn null(test: &ConditionTest, view: &View<'_>) -> Truth {
    match test.operator.qualifier {
        Some(SetQualifier::ForAllValues) => return Truth::True,
        Some(SetQualifier::ForAnyValue) => return Truth::False,
        None => {}
    }
    let Values::Null(wanted) = &test.values else {
        return Truth::False;
    };
    let is_null = match view.tested(test) {
        None | Some(Lookup::Unknown(_)) => Truth::Unknown,
        Some(Lookup::Absent) => Truth::True,
        Some(Lookup::Multi(values)) => Truth::from(values.is_empty()),
        Some(Lookup::Single(value)) if value.known() == Some("") => {
            view.choose(Uncertainty::NULL_EMPTY_VALUE, Truth::True, Truth::False)
        }
        Some(Lookup::Single(value)) if may_be_empty(value) => Truth::Unknown,
        Some(Lookup::Single(_)) => Truth::False,
    };
    let asks = |answer: bool| {
        let each = wanted.iter().map(|wanted| match wanted {
            Parsed::Is(wanted) => Truth::from(*wanted == answer),
            Parsed::Unreadable => Truth::False,
            Parsed::Open => Truth::Unknown,
        });
        each.fold(Truth::False, Truth::or)
    };
    let (absent, present) = (asks(true), asks(false));
    if absent.is_true() && present.is_true() {
        return Truth::True;
    }
    absent.and(is_null).or(present.and(!is_null))
}

impl Values {
    /// Whether some text matches one of the values.
    fn can_match(&self) -> bool {
        fn any<T>(values: &[Parsed<T>]) -> bool {
            let mut values = values.iter();
            values.any(|value| !matches!(value, Parsed::Unreadable))
        }
        match self {
            Self::Numbers(values) => any(values),
            Self::Dates(values) => any(values),
            Self::Bytes(values) => any(values),
            Self::Addresses(values) => any(values),
            Self::Patterns(_) | Self::Arns(_) | Self::Null(_) => !self.is_empty(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Patterns(values) => values.all().is_empty(),
            Self::Arns(values) => values.is_empty(),
            Self::Numbers(values) => values.is_empty(),
            Self::Dates(values) => values.is_empty(),
            Self::Bytes(values) => values.is_empty(),
            Self::Addresses(values) => values.is_empty(),
            Self::Null(values) => values.is_empty(),
        }
    }
}
