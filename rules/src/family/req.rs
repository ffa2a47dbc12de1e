//! Permissions that a path requires.

mod account_or_partition_not_covered;
mod batch_get_needs_star;
mod missing_describe_secret;
mod missing_get_parameters;
mod missing_get_secret_value;
mod region_not_covered;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &missing_get_secret_value::RULE,
    &missing_describe_secret::RULE,
    &missing_get_parameters::RULE,
    &batch_get_needs_star::RULE,
    &region_not_covered::RULE,
    &account_or_partition_not_covered::RULE,
];
