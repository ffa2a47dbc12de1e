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

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "CAT",
    theme: "actions, resource types and keys of services",
    rules: &[
        &unknown_action::ENTRY,
        &unknown_global_key::ENTRY,
        &unknown_service::ENTRY,
        &unknown_service_key::ENTRY,
        &unknown_service_in_action::ENTRY,
        &action_of_other_service::ENTRY,
        &unsupported_global_key::ENTRY,
        &foreign_resource_arn::ENTRY,
        &key_not_evaluated_for_action::ENTRY,
        &key_needs_companion_action::ENTRY,
        &deprecated_global_key::ENTRY,
        &key_of_few_services::ENTRY,
        &deny_tag_key_unsupported::ENTRY,
        &deny_not_action_tag_key::ENTRY,
        &allow_tag_key_unsupported::ENTRY,
        &allow_not_action_tag_key::ENTRY,
        &key_irrelevant_here::ENTRY,
        &action_without_service::ENTRY,
    ],
};
