//! Conditions.

mod condition_key_repeated_in_other_case;
mod condition_value_types_mixed;
mod date_value_malformed;
mod null_if_exists;
mod set_operator_on_encryption_context;
mod unknown_condition_operator;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &condition_key_repeated_in_other_case::RULE,
    &condition_value_types_mixed::RULE,
    &unknown_condition_operator::RULE,
    &null_if_exists::RULE,
    &date_value_malformed::RULE,
    &set_operator_on_encryption_context::RULE,
];
