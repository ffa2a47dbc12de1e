//! Secrets and parameters.

mod arn_without_random_suffix;
mod parameter_arn_double_slash;
mod parameter_arn_malformed;
mod partial_arn_reference;
mod secret_being_deleted;
mod secret_lacks_abac_tag;
mod secret_name_looks_suffixed;
mod secret_policy_grants_management_to_reader;
mod secret_policy_not_principal;
mod secret_policy_public;
mod secret_policy_resource_mismatch;
mod secret_policy_session_principal;
mod secret_policy_unknown_principal;
mod secret_tag_value_malformed;
mod secret_tagged_for_other_tenant;
mod secret_tags_collide_by_case;
mod secret_unknown;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "SCT",
    theme: "secrets and parameters",
    rules: &[
        &secret_lacks_abac_tag::ENTRY,
        &secret_tags_collide_by_case::ENTRY,
        &secret_tag_value_malformed::ENTRY,
        &secret_tagged_for_other_tenant::ENTRY,
        &arn_without_random_suffix::ENTRY,
        &partial_arn_reference::ENTRY,
        &secret_name_looks_suffixed::ENTRY,
        &secret_unknown::ENTRY,
        &parameter_arn_double_slash::ENTRY,
        &parameter_arn_malformed::ENTRY,
        &secret_policy_public::ENTRY,
        &secret_policy_not_principal::ENTRY,
        &secret_policy_unknown_principal::ENTRY,
        &secret_policy_resource_mismatch::ENTRY,
        &secret_policy_session_principal::ENTRY,
        &secret_policy_grants_management_to_reader::ENTRY,
        &secret_being_deleted::ENTRY,
    ],
};
