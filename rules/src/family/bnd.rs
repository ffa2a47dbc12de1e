//! The bundle: what was read, taken together.

mod conflicting_definitions;
mod encoded_policy_broken;
mod secret_value_in_bundle;
mod unresolved_template;
mod yaml_implicit_type;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &unresolved_template::RULE,
    &conflicting_definitions::RULE,
    &yaml_implicit_type::RULE,
    &encoded_policy_broken::RULE,
    &secret_value_in_bundle::RULE,
];
