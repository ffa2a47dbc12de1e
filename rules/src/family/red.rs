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

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "RED",
    theme: "redundancy and style",
    rules: &[
        &no_actions::ENTRY,
        &no_condition_values::ENTRY,
        &no_values_for_all::ENTRY,
        &no_values_for_any::ENTRY,
        &no_values_if_exists::ENTRY,
        &no_principals::ENTRY,
        &no_resources::ENTRY,
        &empty_condition::ENTRY,
        &empty_principal::ENTRY,
        &empty_sid::ENTRY,
        &say_null_false::ENTRY,
        &say_null_true::ENTRY,
        &cidr_host_bits::ENTRY,
        &covered_action::ENTRY,
        &covered_number::ENTRY,
        &covered_resource::ENTRY,
        &duplicate_statement::ENTRY,
        &always_true_key::ENTRY,
        &session_covered_by_role::ENTRY,
        &never_true_key::ENTRY,
    ],
};
