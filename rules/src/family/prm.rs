//! Permissions that are too broad.

mod administrator_access;
mod create_slr_not_action_not_resource;
mod create_slr_not_action_star;
mod create_slr_not_resource;
mod create_slr_star_not_resource;
mod create_slr_star_resource;
mod create_slr_star_star;
mod deny_shadowed;
mod deny_without_effect;
mod dynamodb_attributes_without_select;
mod pass_role_not_action_not_resource;
mod pass_role_not_action_star;
mod pass_role_not_resource;
mod pass_role_star_not_resource;
mod pass_role_star_resource;
mod pass_role_star_star;
mod s3_prefix_negated;
mod spoofable_key;
mod wildcard_in_service;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &create_slr_not_resource::RULE,
    &create_slr_star_not_resource::RULE,
    &create_slr_not_action_not_resource::RULE,
    &create_slr_star_resource::RULE,
    &create_slr_star_star::RULE,
    &create_slr_not_action_star::RULE,
    &spoofable_key::RULE,
    &pass_role_not_resource::RULE,
    &pass_role_star_not_resource::RULE,
    &pass_role_not_action_not_resource::RULE,
    &pass_role_star_resource::RULE,
    &pass_role_star_star::RULE,
    &pass_role_not_action_star::RULE,
    &dynamodb_attributes_without_select::RULE,
    &s3_prefix_negated::RULE,
    &wildcard_in_service::RULE,
    &administrator_access::RULE,
    &deny_shadowed::RULE,
    &deny_without_effect::RULE,
];
