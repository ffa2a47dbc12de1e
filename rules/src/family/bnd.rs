//! The bundle: what was read, taken together.

mod conflicting_definitions;
mod encoded_policy_broken;
mod secret_value_in_bundle;
mod unresolved_template;
mod yaml_implicit_type;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "BND",
    theme: "facts of the bundle that contradict each other or are unsafe",
    rules: &[
        &unresolved_template::ENTRY,
        &conflicting_definitions::ENTRY,
        &yaml_implicit_type::ENTRY,
        &encoded_policy_broken::ENTRY,
        &secret_value_in_bundle::ENTRY,
    ],
};
