//! Redundancy and style.

mod always_true_key;
mod cidr_host_bits;
mod covered_action;
mod covered_number;
mod covered_resource;
mod duplicate_statement;
mod empty_condition;
mod empty_principal;
mod empty_sid;
mod never_true_key;
mod no_actions;
mod no_condition_values;
mod no_principals;
mod no_resources;
mod no_values_for_all;
mod no_values_for_any;
mod no_values_if_exists;
mod say_null_false;
mod say_null_true;
mod session_covered_by_role;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &no_actions::RULE,
    &no_condition_values::RULE,
    &no_values_for_all::RULE,
    &no_values_for_any::RULE,
    &no_values_if_exists::RULE,
    &no_principals::RULE,
    &no_resources::RULE,
    &empty_condition::RULE,
    &empty_principal::RULE,
    &empty_sid::RULE,
    &say_null_false::RULE,
    &say_null_true::RULE,
    &cidr_host_bits::RULE,
    &covered_action::RULE,
    &covered_number::RULE,
    &covered_resource::RULE,
    &duplicate_statement::RULE,
    &always_true_key::RULE,
    &session_covered_by_role::RULE,
    &never_true_key::RULE,
];
