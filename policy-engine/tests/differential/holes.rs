//! A hole in a policy or in the context never leaves the engine definite where a filling contradicts it.

#![expect(clippy::unwrap_used, reason = "used by tests only")]

use super::generate;
use policy_engine::{
    evaluator::{Decision, evaluate},
    request::file,
    source::SourceId,
    syntax::{
        json as text,
        node::{Node, Scalar, Value},
    },
    text::{HoleKind, Text},
    uncertainty::Uncertainties,
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use serde_json::json;

/// A complete question, and where one or two holes are cut into it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    request: serde_json::Value,
    cuts: Vec<Cut>,
}

/// A part of a string that becomes a hole.
#[derive(Clone, Debug)]
struct Cut {
    /// Which of the strings.
    string: Index,
    /// Whether the whole string becomes the hole, and else from where to where.
    whole: bool,
    ends: [Index; 2],
    /// Strings of the question that fill the hole as well.
    others: [Index; 3],
}

/// How a case came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The question cannot be read, or has no string to cut.
    Unreadable,
    /// The engine is definite, and every filling agrees.
    Definite,
    /// It does not know, and fillings differ.
    Unknown,
    /// It does not know, and yet every filling that was tried agrees.
    Imprecise,
}

pub(crate) fn case() -> impl Strategy<Value = Case> {
    let cut = (
        any::<Index>(),
        any::<bool>(),
        any::<[Index; 2]>(),
        any::<[Index; 3]>(),
    );
    let cut = cut.prop_map(|(string, whole, ends, others)| Cut {
        string,
        whole,
        ends,
        others,
    });
    let request = prop_oneof![1 => generate::request(), 3 => one_test()];
    (request, vec(cut, 1..=2)).prop_map(|(mut request, cuts)| {
        // What is unknown otherwise is another test's business.
        request.as_object_mut().unwrap().remove("unknown");
        Case { request, cuts }
    })
}

/// The operators of a family, a key that it compares, and values.
type Tests = (
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

const TESTS: &[Tests] = &[
    (
        &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericGreaterThanEquals",
        ],
        "aws:MultiFactorAuthAge",
        &["3600", "10", "1e3", "-1.50", "x"],
    ),
    (
        &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThanEquals",
            "DateGreaterThan",
        ],
        "aws:CurrentTime",
        &["2026-01-01T00:00:00Z", "2026-06", "1767225600", "soon"],
    ),
    (
        &["IpAddress", "NotIpAddress"],
        "aws:SourceIp",
        &[
            "203.0.113.9",
            "203.0.113.0/24",
            "2001:db8::1",
            "::/0",
            "any",
        ],
    ),
    (
        &["BinaryEquals"],
        "aws:PrincipalTag/blob",
        &["QmluYXJ5", "QQ==", "!"],
    ),
    (&["Null"], "aws:PrincipalTag/team", &["true", "false", "no"]),
    (&["Bool"], "aws:SecureTransport", &["true", "false", "no"]),
    (
        &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
        ],
        "aws:PrincipalTag/team",
        &[
            "a",
            "A",
            "ab",
            "a*",
            "?",
            "${aws:PrincipalTag/team}",
            "${aws:PrincipalTag/x, 'a'}",
        ],
    ),
    (
        &["ArnLike", "ArnNotLike"],
        "aws:PrincipalArn",
        &[
            "arn:aws:iam::111111111111:role/app",
            "arn:aws:iam::*:role/*",
            "arn:aws:iam:*",
            "app",
        ],
    ),
];

/// A question whose answer hangs on one test: of an Allow, or of a Deny beside an Allow.
fn one_test() -> impl Strategy<Value = serde_json::Value> {
    (0..TESTS.len()).prop_flat_map(|family| {
        let (operators, key, values) = TESTS.get(family).copied().unwrap();
        let operator = (
            select(vec!["", "", "", "ForAllValues:", "ForAnyValue:"]),
            select(operators),
            select(vec!["", "", "IfExists"]),
        );
        let wanted = vec(select(values), 1..3);
        let held = proptest::option::weighted(0.85, select(values));
        let part = select(vec![
            "arn:aws:secretsmanager:us-east-1:111111111111:secret:a-AbCdEf",
            "arn:aws:secretsmanager:*:111111111111:secret:a-*",
            "arn:aws:secretsmanager:*",
            "*",
        ]);
        let action = select(vec![
            "secretsmanager:GetSecretValue",
            "secretsmanager:*",
            "ssm:*",
        ]);
        (any::<bool>(), operator, wanted, held, action, part).prop_map(
            move |(deny, (qualifier, operator, suffix), wanted, held, action, resource)| {
                let suffix = if operator == "Null" { "" } else { suffix };
                let operator = format!("{qualifier}{operator}{suffix}");
                let statement = json!({
                    "Effect": if deny { "Deny" } else { "Allow" },
                    "Action": action,
                    "Resource": resource,
                    "Condition": { operator: { key: wanted } },
                });
                let all = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
                let statements = if deny {
                    vec![all, statement]
                } else {
                    vec![statement]
                };
                let mut context = json!({ "aws:PrincipalTag/x": "a" });
                if let (Some(held), Some(context)) = (held, context.as_object_mut()) {
                    context.insert(key.to_owned(), json!(held));
                }
                json!({
                    "principal": "arn:aws:sts::111111111111:assumed-role/app/pod-1",
                    "action": "secretsmanager:GetSecretValue",
                    "resource": "arn:aws:secretsmanager:us-east-1:111111111111:secret:a-AbCdEf",
                    "context": context,
                    "policies": {
                        "identity": { "Version": "2012-10-17", "Statement": statements },
                    },
                })
            },
        )
    })
}

/// Decides the question with its holes, and with every filling of them.
pub(crate) fn check(case: &Case) -> Result<Outcome, String> {
    let complete = text::parse(SourceId(0), &case.request.to_string()).unwrap();
    let mut texts = Vec::new();
    let mut facts = Vec::new();
    visit(&mut complete.clone(), &mut |fact, scalar| {
        texts.push(scalar.text.literal().to_owned());
        facts.push(fact);
    });
    if texts.is_empty() {
        return Ok(Outcome::Unreadable);
    }
    let mut cuts: Vec<_> = case.cuts.iter().map(|cut| placed(cut, &texts)).collect();
    cuts.dedup_by_key(|(at, ..)| *at);
    let mut holes = Vec::new();
    let mut fillings: Vec<Vec<(usize, Text)>> = vec![Vec::new()];
    for (number, (at, [before, middle, after], others)) in cuts.iter().enumerate() {
        let hole = Text::hole(format!("hole {number}"), HoleKind::Any);
        let around = |middle: &Text| Text::from(*before).then(middle).then(&Text::from(*after));
        holes.push((*at, around(&hole)));
        let fixed = [
            *middle,
            others.first().map_or("", String::as_str),
            "",
            "*",
            "x",
            "a:b",
        ];
        let values = fixed.into_iter().chain(others.iter().map(String::as_str));
        // Of two holes, every pair of fillings is tried.
        let count = if cuts.len() == 1 { 8 } else { 4 };
        let values = values.take(count);
        // A hole in the ARN of a thing that exists holds a part of one segment: what is an ARN is not known otherwise.
        let is_part = facts.get(*at) == Some(&true) && !(before.is_empty() && after.is_empty());
        let values = values.filter(|value| !is_part || !value.contains(':') || *value == *middle);
        let values = values.map(|value| around(&Text::from(value)));
        let values: Vec<_> = values
            .filter(|value| !is_root_elsewhere(value.literal(), &case.request))
            .collect();
        let extended = fillings.iter().flat_map(|filling| {
            let with_value = |value: &Text| {
                let mut filling = filling.clone();
                filling.push((*at, value.clone()));
                filling
            };
            values.iter().map(with_value).collect::<Vec<_>>()
        });
        fillings = extended.collect();
    }
    let Some(open) = decide(&complete, &holes) else {
        return Ok(Outcome::Unreadable);
    };
    let mut decisions: Vec<Decision> = Vec::new();
    for filling in &fillings {
        let Some(filled) = decide(&complete, filling) else {
            continue;
        };
        let agrees = match open {
            Decision::Unknown => true,
            // What no filling allows may yet be denied by one.
            Decision::ImplicitDeny => filled != Decision::Allow,
            Decision::Allow | Decision::ExplicitDeny => filled == open,
        };
        if !agrees && filled != Decision::Unknown {
            let shown = |all: &[(usize, Text)]| {
                let texts = all.iter().map(|(_, text)| format!("`{text}`"));
                texts.collect::<Vec<_>>().join(", ")
            };
            return Err(format!(
                "with {} the engine says {open}, with {} {filled}",
                shown(&holes),
                shown(filling)
            ));
        }
        if !decisions.contains(&filled) {
            decisions.push(filled);
        }
    }
    Ok(match (open, decisions.as_slice()) {
        (Decision::Unknown, [_]) => Outcome::Imprecise,
        (Decision::Unknown, _) => Outcome::Unknown,
        _ => Outcome::Definite,
    })
}

/// Whether a text resembles the root of an account, but is of another partition than the caller or of another service: AWS refuses a
/// policy with such a principal.
///
/// AWS: docs/semantics.md#callers
fn is_root_elsewhere(text: &str, request: &serde_json::Value) -> bool {
    let partition = |arn: &str| arn.split(':').nth(1).map(str::to_owned);
    let is_root =
        text.starts_with("arn:") && text.ends_with(":root") && text.split(':').count() == 6;
    let caller = request["principal"].as_str().and_then(partition);
    let is_of_iam = text.split(':').nth(2) == Some("iam");
    is_root && caller.is_some_and(|own| !is_of_iam || partition(text) != Some(own))
}

/// Which string a cut means, its three parts, and the other strings that fill it.
fn placed<'t>(cut: &Cut, texts: &'t [String]) -> (usize, [&'t str; 3], Vec<String>) {
    let at = cut.string.index(texts.len());
    let text = texts.get(at).map_or("", String::as_str);
    let borders: Vec<_> = (0..=text.len())
        .filter(|at| text.is_char_boundary(*at))
        .collect();
    let mut ends = cut.ends.map(|end| *end.get(&borders));
    if cut.whole {
        ends = [0, text.len()];
    }
    ends.sort_unstable();
    let [start, end] = ends;
    let (before, rest) = text.split_at(start);
    let (middle, after) = rest.split_at(end - start);
    let others = cut.others.iter().map(|other| other.get(texts).clone());
    (at, [before, middle, after], others.collect())
}

/// The decision on a question with other strings at some places; `None` when it cannot be read.
fn decide(complete: &Node, changes: &[(usize, Text)]) -> Option<Decision> {
    let mut node = complete.clone();
    let mut number = 0;
    visit(&mut node, &mut |_, scalar| {
        if let Some((_, text)) = changes.iter().find(|(at, _)| *at == number) {
            scalar.text = text.clone();
        }
        number += 1;
    });
    if has_role_of_another(&node) {
        return None;
    }
    let question = file::read(&node).ok()?;
    let policies = question.policies.as_policies();
    Some(evaluate(&question.request, &policies, Uncertainties::NONE).decision)
}

/// Whether `aws:PrincipalArn` is known and is not the role of the session that calls: AWS sends no such request.
fn has_role_of_another(request: &Node) -> bool {
    let context = request.get("context").and_then(Node::as_map);
    let mut members = context.into_iter().flatten();
    let is_key = |key: &Node| {
        let key = key.as_str();
        key.is_some_and(|key| key.eq_ignore_ascii_case("aws:PrincipalArn"))
    };
    let stated = members.find(|(key, _)| is_key(key));
    let role = stated.and_then(|(_, role)| role.as_str());
    let caller = request.get("principal").and_then(Node::as_str);
    let (Some(role), Some(caller)) = (role, caller) else {
        return false;
    };
    let Some((_, session)) = caller.split_once(":assumed-role/") else {
        return false;
    };
    let account = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
    account(role) != account(caller) || role.rsplit('/').next() != session.split('/').next()
}

/// Visits the strings that a source may leave open: of policies, and facts of the context.
fn visit(node: &mut Node, act: &mut impl FnMut(bool, &mut Scalar)) {
    let Value::Map(members) = &mut node.value else {
        return;
    };
    for (name, value) in members {
        match name.as_str() {
            Some("policies") => policies(value, &mut |scalar| act(false, scalar)),
            Some("context") => strings(value, false, &mut |scalar| act(true, scalar)),
            _ => {}
        }
    }
}

fn policies(node: &mut Node, act: &mut impl FnMut(&mut Scalar)) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| policies(item, act)),
        Value::Map(members) => {
            for (name, value) in members {
                match name.as_str().unwrap_or("") {
                    "Version" | "Id" | "Sid" | "name" => {}
                    "Condition" | "Principal" | "NotPrincipal" => strings(value, true, act),
                    "Effect" | "Action" | "NotAction" | "Resource" | "NotResource" => {
                        strings(value, false, act);
                    }
                    _ => policies(value, act),
                }
            }
        }
        _ => {}
    }
}

/// Every string below a node; those of keys as well, where they are no names of elements.
fn strings(node: &mut Node, keys: bool, act: &mut impl FnMut(&mut Scalar)) {
    match &mut node.value {
        Value::String(scalar) => act(scalar),
        Value::List(items) => items.iter_mut().for_each(|item| strings(item, keys, act)),
        Value::Map(members) => {
            for (name, value) in members {
                if keys {
                    strings(name, keys, act);
                }
                strings(value, keys, act);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
