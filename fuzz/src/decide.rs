//! The ways of deciding a request agree: silent and tracing, once and again, with facts unknown and with facts filled in.

use policy_engine::{
    evaluator::{Decision, Outcome, Policies, assumed, evaluate, explain::Explanation},
    request::{ContextValue, Request},
    text::Text,
    uncertainty::{REGISTER, Uncertainties, Uncertainty},
};

/// Values that an unknown key may have.
const FILLINGS: [&str; 6] = [
    "",
    "a",
    "team-a",
    "5",
    "true",
    "arn:aws:iam::111111111111:role/app",
];

/// Decides a request in every way and checks that they agree; answers with what was decided.
pub fn agree(
    request: &Request,
    policies: &Policies<'_>,
    other: Uncertainties,
) -> (Outcome, Explanation) {
    let outcome = evaluate(request, policies, other);
    assert_eq!(
        outcome,
        evaluate(request, policies, other),
        "a decision is stable"
    );
    let (traced, explanation) = policy_engine::evaluator::explain(request, policies, other);
    // Tracing looks at more and so may come across more rules of the register.
    let touched = traced.touched.union(outcome.touched);
    assert_eq!(touched, traced.touched, "tracing touches what is touched");
    let bare = Outcome {
        touched: traced.touched,
        ..outcome
    };
    assert_eq!(bare, traced, "an explanation decides as an evaluation does");
    assert_eq!(
        assumed(request, policies, other, &outcome),
        assumed(request, policies, other, &traced),
        "what is assumed does not depend on tracing"
    );
    assert_eq!(
        assumed(request, policies, other, &outcome),
        all_assumed(request, policies, other, &outcome),
        "a rule that was not touched changes nothing"
    );
    explained(&outcome, &explanation);
    filled(request, policies, other, outcome.decision);
    (outcome, explanation)
}

/// Every rule of the register whose other branch changes the decision, touched or not.
fn all_assumed(
    request: &Request,
    policies: &Policies<'_>,
    other: Uncertainties,
    outcome: &Outcome,
) -> Uncertainties {
    let changes = |entry: &Uncertainty| {
        evaluate(request, policies, other.toggled(*entry)).decision != outcome.decision
    };
    let entries = REGISTER.iter().map(|entry| entry.uncertainty);
    entries
        .filter(changes)
        .fold(Uncertainties::NONE, Uncertainties::with)
}

/// The trace shows why: a Deny that matched for a denial, something open for an open decision.
fn explained(outcome: &Outcome, explanation: &Explanation) {
    let denied = explanation.sets.iter().any(|set| {
        set.deciding().is_some_and(|statement| {
            statement.effect == policy_engine::policy::statement::Effect::Deny
        })
    });
    match outcome.decision {
        Decision::ExplicitDeny => assert!(denied, "a denial has a statement"),
        Decision::ImplicitDeny | Decision::Unknown => {
            assert!(!denied, "a Deny that matched denies");
            assert!(
                outcome.decision == Decision::ImplicitDeny || outcome.decided_by().is_some(),
                "an open decision names its policy type"
            );
        }
        Decision::Allow => {}
    }
}

/// A definite decision stays what it is when an unknown key becomes known.
fn filled(request: &Request, policies: &Policies<'_>, other: Uncertainties, decision: Decision) {
    if decision == Decision::Unknown {
        return;
    }
    let unknown = request
        .context
        .iter()
        .filter(|(_, value)| matches!(value, ContextValue::Unknown(_)));
    let unknown: Vec<_> = unknown
        .take(4)
        .map(|(key, _)| key.name().to_owned())
        .collect();
    for key in unknown {
        let one = FILLINGS.map(|text| ContextValue::Single(Text::from(text)));
        let many = [
            ContextValue::Absent,
            ContextValue::Multi(Vec::new()),
            ContextValue::Multi(vec![Text::from("a"), Text::from("b")]),
        ];
        for value in one.into_iter().chain(many) {
            let mut known = request.clone();
            known.context.set(key.clone(), value.clone());
            let now = evaluate(&known, policies, other).decision;
            assert_eq!(now, decision, "`{key}` is unknown, then {value:?}");
        }
    }
}
