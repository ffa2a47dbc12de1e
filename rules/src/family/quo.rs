//! Quotas.

mod resource_policy_too_large;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[&resource_policy_too_large::RULE];
