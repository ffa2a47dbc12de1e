//! Grammar of a policy document.

mod duplicate_json_key;
mod duplicate_sid;
mod exclusive_elements;
mod invalid_effect;
mod invalid_sid_characters;
mod invalid_version;
mod invisible_character;
mod missing_action;
mod missing_effect;
mod missing_resource;
mod missing_statement;
mod missing_version;
mod sid_reused;
mod trailing_space;
mod trust_resource;
mod unknown_element;
mod wrong_json_type;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &wrong_json_type::RULE,
    &invalid_effect::RULE,
    &unknown_element::RULE,
    &invalid_version::RULE,
    &missing_action::RULE,
    &missing_effect::RULE,
    &missing_resource::RULE,
    &missing_statement::RULE,
    &duplicate_sid::RULE,
    &exclusive_elements::RULE,
    &invalid_sid_characters::RULE,
    &trust_resource::RULE,
    &missing_version::RULE,
    &sid_reused::RULE,
    &duplicate_json_key::RULE,
    &invisible_character::RULE,
    &trailing_space::RULE,
];
