//! Policy variables.

mod variable_as_wildcard;
mod variable_default_unquoted;
mod variable_empty;
mod variable_in_old_version;
mod variable_in_wrong_element;
mod variable_name_space;
mod variable_unclosed;
mod variable_with_wrong_operator;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "VAR",
    theme: "policy variables",
    rules: &[
        &variable_with_wrong_operator::ENTRY,
        &variable_unclosed::ENTRY,
        &variable_default_unquoted::ENTRY,
        &variable_name_space::ENTRY,
        &variable_empty::ENTRY,
        &variable_in_wrong_element::ENTRY,
        &variable_in_old_version::ENTRY,
        &variable_as_wildcard::ENTRY,
    ],
};
