//! Which actions a statement names.

use super::statement::actions;
use crate::text::globs::includes_any_case;
use policy_engine::{
    policy::statement::{Statement, Written},
    service::ServiceProfile,
};
use std::sync::LazyLock;

/// Actions that return the value of a secret or parameter.
pub(crate) static READS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let values = ServiceProfile::mounted().map(|profile| profile.values);
    values.flatten().copied().collect()
});

/// Actions that set tags of secrets and parameters.
pub(crate) static TAGS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    ServiceProfile::mounted()
        .map(|profile| profile.tags)
        .collect()
});

/// Whether an entry of `Action` matches an action: docs/semantics.md#action-matching.
pub(crate) fn covers(pattern: &Written, action: &str) -> bool {
    let known = pattern.text.known();
    known.is_some_and(|pattern| includes_any_case(pattern, action))
}

/// Whether a statement certainly matches an action, whatever its unknown values are.
pub(crate) fn matches_action(statement: &Statement, action: &str) -> bool {
    let Some(element) = &statement.action else {
        return false;
    };
    let covered = element.values.iter().any(|value| covers(value, action));
    if element.negated {
        return !covered && element.values.iter().all(|value| value.text.is_known());
    }
    covered
}

/// Whether a statement can match an action, once all its values are known.
pub(crate) fn may_match_action(statement: &Statement, action: &str) -> bool {
    let Some(element) = &statement.action else {
        return false;
    };
    let covered = element.values.iter().any(|value| covers(value, action));
    if element.negated {
        return !covered;
    }
    covered || element.values.iter().any(|value| !value.text.is_known())
}

/// The first of some actions that an entry of `Action` matches; `NotAction` names no action.
pub(crate) fn named<'n>(statement: &Statement, wanted: &[&'n str]) -> Option<&'n str> {
    let is_named = |action: &&&str| {
        let mut patterns = actions(statement).iter();
        patterns.any(|pattern| covers(pattern, action))
    };
    wanted.iter().find(is_named).copied()
}
