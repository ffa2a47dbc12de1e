//! Compiles statements: keys hashed, patterns split, values parsed.

use super::{
    compiled::{
        ActionPattern, ActionTest, CompiledStatement, ConditionTest, PrincipalPattern,
        PrincipalTest, ResourceTest, Values,
    },
    patterns::Patterns,
};
use crate::{
    evaluator::operators::{self, date, decimal, ip, parsed},
    key::{Key, hash},
    policy::{
        PolicyDocument, PolicyType,
        condition::{Comparison, Operator},
        statement::{
            Condition, Effect, Form, ListElement, PrincipalElement, PrincipalEntry, PrincipalKind,
            Statement, Written,
        },
    },
    syntax::{
        arn::{Arn, ArnPattern, Segmented},
        glob::{Case, Pattern, Syntax},
    },
    text::{Hole, Part, Text},
};
use std::sync::Arc;

/// The missing fact of an unknown part of a statement.
pub(super) fn reason(hole: &Hole, document: &PolicyDocument, number: usize) -> Arc<str> {
    let name = || format!("statement {} of {}", number + 1, document.name);
    hole.reason(name).into()
}

/// The effects that a statement may have; a statement with an unreadable effect has none.
pub(super) fn effects(written: &Statement) -> &'static [Effect] {
    match written.effect.as_ref().map(|effect| effect.value) {
        Some(Effect::Allow) => &[Effect::Allow],
        Some(Effect::Deny) => &[Effect::Deny],
        None if written.open.is_empty() => &[],
        None => &[Effect::Allow, Effect::Deny],
    }
}

pub(super) fn compile(
    kind: PolicyType,
    variables: bool,
    effect: Effect,
    written: &Statement,
    at: (usize, usize),
) -> CompiledStatement {
    // Of a statement that is one hole, nothing is known.
    let is_hole = written.effect.is_none() && written.action.is_none();
    let principal = kind.has_principal().then(|| {
        if is_hole {
            PrincipalTest {
                negated: false,
                patterns: Box::new([PrincipalPattern::Unknown]),
            }
        } else {
            principal(written.principal.as_ref())
        }
    });
    CompiledStatement {
        document: at.0,
        statement: at.1,
        effect,
        open: !written.open.is_empty(),
        principal,
        action: if is_hole {
            ActionTest {
                negated: false,
                patterns: Box::new([ActionPattern::Any]),
            }
        } else {
            action(written.action.as_ref())
        },
        resource: if is_hole {
            ResourceTest::Implied
        } else {
            resource(kind, variables, written.resource.as_ref())
        },
        conditions: written
            .conditions
            .iter()
            .filter_map(|test| condition(variables, test))
            .collect(),
    }
}

fn action(element: Option<&ListElement>) -> ActionTest {
    let Some(element) = element else {
        return ActionTest {
            negated: false,
            patterns: Box::default(),
        };
    };
    ActionTest {
        negated: element.negated,
        patterns: element.values.iter().map(action_pattern).collect(),
    }
}

fn action_pattern(value: &Written) -> ActionPattern {
    let Some(text) = value.text.known() else {
        let syntax = Syntax {
            wildcards: true,
            variables: false,
        };
        return ActionPattern::Open(Pattern::new(&value.text, syntax).0);
    };
    let lower = text.to_ascii_lowercase();
    if lower == "*" || lower == "*:*" {
        return ActionPattern::Any;
    }
    let Some((service, name)) = lower.split_once(':') else {
        return ActionPattern::Never;
    };
    if service.contains(['*', '?']) {
        return ActionPattern::Never;
    }
    if !name.contains(['*', '?']) {
        return ActionPattern::Exact {
            hash: hash(&lower),
            lower: lower.into(),
        };
    }
    let syntax = Syntax {
        wildcards: true,
        variables: false,
    };
    let (name, _) = Pattern::new(&Text::from(name), syntax);
    ActionPattern::Service {
        hash: hash(service),
        service: service.into(),
        name,
    }
}

fn resource(kind: PolicyType, variables: bool, element: Option<&ListElement>) -> ResourceTest {
    match element {
        _ if kind == PolicyType::Trust => ResourceTest::Implied,
        None => ResourceTest::Missing,
        Some(element) => ResourceTest::Patterns {
            negated: element.negated,
            patterns: element
                .values
                .iter()
                .map(|value| ArnPattern::new(&value.text, variables).0)
                .collect(),
        },
    }
}

fn principal(element: Option<&PrincipalElement>) -> PrincipalTest {
    let Some(element) = element else {
        return PrincipalTest {
            negated: false,
            patterns: Box::default(),
        };
    };
    PrincipalTest {
        negated: element.negated,
        patterns: element.entries.iter().map(principal_pattern).collect(),
    }
}

fn principal_pattern(entry: &PrincipalEntry) -> PrincipalPattern {
    let text = &entry.value.text;
    match (entry.kind, text.known()) {
        (PrincipalKind::Everyone, _) => PrincipalPattern::Everyone,
        (PrincipalKind::CanonicalUser, _) => PrincipalPattern::Never,
        (PrincipalKind::Service, _) => PrincipalPattern::Service(text.clone()),
        (PrincipalKind::Federated, _) => PrincipalPattern::Provider(text.clone()),
        (PrincipalKind::Aws, Some(known)) => aws_principal(known),
        // The form of an ARN with holes still distinguishes a role from an account.
        (PrincipalKind::Aws, None) if is_root(text) => {
            let account = Segmented::new(text.clone()).segment(4);
            account.map_or(PrincipalPattern::Unknown, |account| {
                PrincipalPattern::Account(account, None)
            })
        }
        (PrincipalKind::Aws, None) if states(text, ":role/") => {
            PrincipalPattern::Role(text.clone())
        }
        (PrincipalKind::Aws, None) if states(text, ":user/") => {
            PrincipalPattern::User(text.clone())
        }
        (PrincipalKind::Aws, None) => PrincipalPattern::Unknown,
    }
}

/// Whether a word stands in a text with no hole inside of it.
fn states(text: &Text, word: &str) -> bool {
    let mut parts = text.parts();
    parts.any(|part| matches!(part, Part::Literal(known) if known.contains(word)))
}

/// Whether a text with holes is the root of an account, whatever fills them: `arn:aws:iam::<account>:root`.
///
/// A hole before the account may make it the ARN of something else.
fn is_root(text: &Text) -> bool {
    let literal = text.literal();
    let ends_so = |part| matches!(part, Part::Literal(known) if known.ends_with(":root"));
    let is_end = text.parts().last().is_some_and(ends_so);
    let first = text.holes().first().map_or(0, |(at, _)| *at as usize);
    let before = literal.get(..first).unwrap_or("");
    let is_iam = before.starts_with("arn:") && before.matches(':').count() == 4;
    is_iam && before.contains(":iam::") && is_end && literal.matches(':').count() == 5
}

fn aws_principal(known: &str) -> PrincipalPattern {
    let text = Text::from(known);
    if known.len() == 12 && known.bytes().all(|byte| byte.is_ascii_digit()) {
        return PrincipalPattern::Account(text, None);
    }
    let Some(arn) = Arn::parse(known) else {
        let id = ["AROA", "AIDA"]
            .iter()
            .any(|prefix| known.starts_with(prefix));
        return if id {
            PrincipalPattern::UniqueId(known.into())
        } else {
            PrincipalPattern::Never
        };
    };
    let kind = arn.resource.split('/').next().unwrap_or("");
    match (arn.service, kind) {
        ("iam", "root") => {
            PrincipalPattern::Account(Text::from(arn.account), Some(arn.partition.into()))
        }
        ("iam", "role") => PrincipalPattern::Role(text),
        ("iam", "user") => PrincipalPattern::User(text),
        ("sts", "assumed-role") => PrincipalPattern::Session(text),
        ("sts", "federated-user") => PrincipalPattern::FederatedUser(text),
        _ => PrincipalPattern::Never,
    }
}

/// Compiles a test; `None` for an operator that AWS does not know, which AWS accepts only without keys.
fn condition(variables: bool, written: &Condition) -> Option<ConditionTest> {
    let operator = written.parsed?;
    let texts: Vec<_> = written.values.iter().map(|value| &value.text).collect();
    let short: Vec<_> = written.values.iter().map(shortened).collect();
    let differs = written
        .values
        .iter()
        .zip(&short)
        .any(|(value, short)| value.text != *short);
    Some(ConditionTest {
        operator,
        key: Key::new(written.key.text.to_string()),
        holed_key: Some(&written.key.text)
            .filter(|key| !key.is_known())
            .cloned(),
        values: values(operator, &texts, variables),
        shortened: (differs && is_text(operator.comparison))
            .then(|| values(operator, &short.iter().collect::<Vec<_>>(), variables)),
    })
}

fn is_text(comparison: Comparison) -> bool {
    matches!(
        comparison,
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike
    )
}

/// A JSON number in its shortest form; any other text unchanged.
fn shortened(value: &Written) -> Text {
    if value.form != Form::Number {
        return value.text.clone();
    }
    let long = |text: &&str| text.contains(['.', 'e', 'E']);
    let number = value.text.known().filter(long);
    match number.and_then(operators::decimal::lenient) {
        Some(number) => Text::from(number.to_string()),
        None => value.text.clone(),
    }
}

fn values(operator: Operator, texts: &[&Text], variables: bool) -> Values {
    match operator.comparison {
        Comparison::StringEquals
        | Comparison::StringEqualsIgnoreCase
        | Comparison::StringLike
        | Comparison::Bool => {
            let syntax = Syntax {
                wildcards: operator.comparison == Comparison::StringLike,
                variables,
            };
            let case = match operator.comparison {
                Comparison::StringEqualsIgnoreCase => Case::Ignored,
                _ => Case::Sensitive,
            };
            let patterns = texts.iter().map(|text| Pattern::new(text, syntax).0);
            Values::Patterns(Patterns::new(patterns, case))
        }
        Comparison::Arn => Values::Arns(
            texts
                .iter()
                .map(|text| ArnPattern::new(text, variables).0)
                .collect(),
        ),
        Comparison::Numeric(_) => {
            Values::Numbers(parsed(texts, decimal::is_letter, |text| Some(text.into())))
        }
        Comparison::Date(_) => Values::Dates(parsed(texts, date::is_letter, |text| {
            Some((date::parse(text)?, !date::lacks_offset(text)))
        })),
        Comparison::Binary => Values::Bytes(parsed(
            texts,
            operators::is_base64_letter,
            operators::base64,
        )),
        Comparison::IpAddress => Values::Addresses(parsed(texts, ip::is_letter, ip::Range::parse)),
        Comparison::Null => Values::Null(parsed(
            texts,
            operators::is_boolean_letter,
            operators::boolean,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_an_arn_counts_where_no_hole_is_inside_of_it() {
        for (text, is_role, is_root_of_account) in [
            ("arn:aws:iam::<account>:role/app", true, false),
            ("arn:aws:iam::111122223333:role/<name>", true, false),
            ("<prefix>:role/app", true, false),
            // The hole may be `aws:sts::111122223333:assumed-`.
            ("arn:<rest>role/app", false, false),
            ("arn:aws:iam::<account>:root", false, true),
            ("arn:aws:iam::111122223333:<kind>root", false, false),
            ("arn:aws:iam::111122223333:root<more>", false, false),
        ] {
            let text = Text::shown(text);
            assert_eq!(states(&text, ":role/"), is_role, "{text}");
            assert_eq!(is_root(&text), is_root_of_account, "{text}");
        }
    }
    use crate::text::HoleKind;

    #[test]
    fn a_root_with_a_hole_before_its_account_may_be_anything() {
        let text = |before: &str, after: &str| {
            Text::from(before)
                .then(&Text::hole("h", HoleKind::Any))
                .then(&Text::from(after))
        };
        let rows = [
            ("arn:aws:iam::", ":root", true),
            ("arn:aws:iam::1111", ":root", true),
            ("arn:aws:iam::111111111111:ro", "ot", false),
            ("arn:aws:iam::111111111111:", "root", false),
            ("arn:", ":iam::111111111111:root", false),
            ("arn:aw", "s:iam::111111111111:root", false),
            ("arn:aws:", "::111111111111:root", false),
            ("", ":root", false),
        ];
        for (before, after, expected) in rows {
            assert_eq!(
                is_root(&text(before, after)),
                expected,
                "{before}<h>{after}"
            );
        }
    }
}
