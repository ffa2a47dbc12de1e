//! The bundle: what was read, taken together.

mod conflicting_definitions;
mod encoded_policy_broken;
mod secret_value_in_bundle;
mod unresolved_template;
mod yaml_implicit_type;

use crate::check::Entry;

pub(super) static RULES: &[&Entry] = &[
    &unresolved_template::ENTRY,
    &conflicting_definitions::ENTRY,
    &yaml_implicit_type::ENTRY,
    &encoded_policy_broken::ENTRY,
    &secret_value_in_bundle::ENTRY,
];
