//! Policy variables.

mod variable_as_wildcard;
mod variable_default_unquoted;
mod variable_empty;
mod variable_in_old_version;
mod variable_in_wrong_element;
mod variable_name_space;
mod variable_unclosed;
mod variable_with_wrong_operator;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &variable_with_wrong_operator::RULE,
    &variable_unclosed::RULE,
    &variable_default_unquoted::RULE,
    &variable_name_space::RULE,
    &variable_empty::RULE,
    &variable_in_wrong_element::RULE,
    &variable_in_old_version::RULE,
    &variable_as_wildcard::RULE,
];
