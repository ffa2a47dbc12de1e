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

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "PRM",
    theme: "permissions that are too broad",
    rules: &[
        &create_slr_not_resource::ENTRY,
        &create_slr_star_not_resource::ENTRY,
        &create_slr_not_action_not_resource::ENTRY,
        &create_slr_star_resource::ENTRY,
        &create_slr_star_star::ENTRY,
        &create_slr_not_action_star::ENTRY,
        &spoofable_key::ENTRY,
        &pass_role_not_resource::ENTRY,
        &pass_role_star_not_resource::ENTRY,
        &pass_role_not_action_not_resource::ENTRY,
        &pass_role_star_resource::ENTRY,
        &pass_role_star_star::ENTRY,
        &pass_role_not_action_star::ENTRY,
        &dynamodb_attributes_without_select::ENTRY,
        &s3_prefix_negated::ENTRY,
        &wildcard_in_service::ENTRY,
        &administrator_access::ENTRY,
        &deny_shadowed::ENTRY,
        &deny_without_effect::ENTRY,
    ],
};
