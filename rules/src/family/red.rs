//! Redundancy and style.

mod empty_condition;
mod empty_principal;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[&empty_condition::RULE, &empty_principal::RULE];
