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

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "GRM",
    theme: "grammar of a policy document",
    rules: &[
        &wrong_json_type::ENTRY,
        &invalid_effect::ENTRY,
        &unknown_element::ENTRY,
        &invalid_version::ENTRY,
        &missing_action::ENTRY,
        &missing_effect::ENTRY,
        &missing_resource::ENTRY,
        &missing_statement::ENTRY,
        &duplicate_sid::ENTRY,
        &exclusive_elements::ENTRY,
        &invalid_sid_characters::ENTRY,
        &trust_resource::ENTRY,
        &missing_version::ENTRY,
        &sid_reused::ENTRY,
        &duplicate_json_key::ENTRY,
        &invisible_character::ENTRY,
        &trailing_space::ENTRY,
    ],
};
