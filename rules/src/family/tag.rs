//! Conditions on tags.

mod abac_for_all_values;
mod abac_if_exists;
mod abac_variable_in_old_version;
mod misspelt_session_tag;
mod principal_tag_nobody_sets;
mod resource_tag_nobody_has;
mod role_tag_shadows_session_tag;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &misspelt_session_tag::RULE,
    &principal_tag_nobody_sets::RULE,
    &resource_tag_nobody_has::RULE,
    &abac_if_exists::RULE,
    &abac_for_all_values::RULE,
    &abac_variable_in_old_version::RULE,
    &role_tag_shadows_session_tag::RULE,
];
