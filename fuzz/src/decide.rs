//! The ways of deciding a request agree: silent and tracing, once and again, with facts unknown and with facts filled in.

use policy_engine::{
    evaluator::{Decision, Outcome, Policies, assumed, evaluate, explain::Explanation},
    policy::statement::Effect,
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
///
/// The text is what the request was read from, for the message of a finding.
pub fn agree(
    request: &Request,
    policies: &Policies<'_>,
    other: Uncertainties,
    text: &str,
) -> (Outcome, Explanation) {
    let outcome = evaluate(request, policies, other);
    assert_eq!(
        outcome,
        evaluate(request, policies, other),
        "a decision is stable: {text}"
    );
    let (traced, explanation) = policy_engine::evaluator::explain(request, policies, other);
    // Tracing evaluates more, and so may touch more uncertainties.
    let touched = traced.touched.union(outcome.touched);
    assert_eq!(
        touched, traced.touched,
        "tracing touches what is touched: {text}"
    );
    let bare = Outcome {
        touched: traced.touched,
        ..outcome
    };
    assert_eq!(
        bare, traced,
        "an explanation decides as an evaluation does: {text}"
    );
    assert_eq!(
        assumed(request, policies, other, &outcome),
        assumed(request, policies, other, &traced),
        "what is assumed does not depend on tracing: {text}"
    );
    assert_eq!(
        assumed(request, policies, other, &outcome),
        all_assumed(request, policies, other, &outcome),
        "a rule that was not touched changes nothing: {text}"
    );
    explained(&outcome, &explanation, text);
    filled(request, policies, other, outcome.decision, text);
    (outcome, explanation)
}

/// Every uncertainty whose other branch changes the decision, touched or not.
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
fn explained(outcome: &Outcome, explanation: &Explanation, text: &str) {
    let denied = explanation.sets.iter().any(|set| {
        set.deciding()
            .is_some_and(|statement| statement.effect == Effect::Deny)
    });
    let decided = outcome.decided_by().is_some();
    match outcome.decision {
        Decision::ExplicitDeny => {
            assert!(denied, "a denial has a statement: {text}");
            assert!(decided, "a denial names its policy type: {text}");
        }
        Decision::ImplicitDeny => assert!(!denied, "a Deny that matched denies: {text}"),
        Decision::Unknown => {
            assert!(!denied, "a Deny that matched denies: {text}");
            assert!(decided, "an open decision names its policy type: {text}");
        }
        Decision::Allow => {}
    }
}

/// A definite decision stays what it is when an unknown key becomes known.
fn filled(
    request: &Request,
    policies: &Policies<'_>,
    other: Uncertainties,
    decision: Decision,
    text: &str,
) {
    if decision == Decision::Unknown {
        return;
    }
    let unknown = request
        .context
        .iter()
        .filter(|(_, value)| matches!(value, ContextValue::Unknown(_)));
    for key in unknown.take(4).map(|(key, _)| key) {
        let singles = FILLINGS.map(|text| ContextValue::Single(Text::from(text)));
        let mut many = vec![ContextValue::Absent];
        if key.is_multivalued() {
            many.push(ContextValue::Multi(Vec::new()));
            many.push(ContextValue::Multi(vec![Text::from("a"), Text::from("b")]));
        }
        for value in singles.into_iter().chain(many) {
            let mut known = request.clone();
            known.context.set(key.name().to_owned(), value.clone());
            let now = evaluate(&known, policies, other).decision;
            // Not allowed in any way is `refuse`, also where a Deny may turn out to match (docs/semantics.md#four-decisions).
            let same = now == decision
                || (decision, now) == (Decision::ImplicitDeny, Decision::ExplicitDeny);
            assert!(
                same,
                "{decision:?} while `{}` is unknown, {now:?} when it is {value:?}; {other:?} {text}",
                key.name()
            );
        }
    }
}
