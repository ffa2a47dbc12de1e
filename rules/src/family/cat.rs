//! Actions, resource types and keys of services.

mod action_of_other_service;
mod action_without_service;
mod allow_not_action_tag_key;
mod allow_tag_key_unsupported;
mod deny_not_action_tag_key;
mod deny_tag_key_unsupported;
mod deprecated_global_key;
mod foreign_resource_arn;
mod key_irrelevant_here;
mod key_needs_companion_action;
mod key_not_evaluated_for_action;
mod key_of_few_services;
mod unknown_action;
mod unknown_global_key;
mod unknown_service;
mod unknown_service_in_action;
mod unknown_service_key;
mod unsupported_global_key;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &unknown_action::RULE,
    &unknown_global_key::RULE,
    &unknown_service::RULE,
    &unknown_service_key::RULE,
    &unknown_service_in_action::RULE,
    &action_of_other_service::RULE,
    &unsupported_global_key::RULE,
    &foreign_resource_arn::RULE,
    &key_not_evaluated_for_action::RULE,
    &key_needs_companion_action::RULE,
    &deprecated_global_key::RULE,
    &key_of_few_services::RULE,
    &deny_tag_key_unsupported::RULE,
    &deny_not_action_tag_key::RULE,
    &allow_tag_key_unsupported::RULE,
    &allow_not_action_tag_key::RULE,
    &key_irrelevant_here::RULE,
    &action_without_service::RULE,
];
