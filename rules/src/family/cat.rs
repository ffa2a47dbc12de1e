//! Actions, resource types and keys of services.

mod action_of_other_service;
mod action_without_service;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &action_of_other_service::RULE,
    &action_without_service::RULE,
];
