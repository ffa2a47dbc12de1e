//! Secrets and parameters.

mod arn_without_random_suffix;
mod parameter_arn_double_slash;
mod parameter_arn_malformed;
mod secret_being_deleted;
mod secret_lacks_abac_tag;
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

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &secret_lacks_abac_tag::RULE,
    &secret_tags_collide_by_case::RULE,
    &secret_tag_value_malformed::RULE,
    &secret_tagged_for_other_tenant::RULE,
    &arn_without_random_suffix::RULE,
    &secret_unknown::RULE,
    &parameter_arn_double_slash::RULE,
    &parameter_arn_malformed::RULE,
    &secret_policy_public::RULE,
    &secret_policy_not_principal::RULE,
    &secret_policy_unknown_principal::RULE,
    &secret_policy_resource_mismatch::RULE,
    &secret_policy_session_principal::RULE,
    &secret_policy_grants_management_to_reader::RULE,
    &secret_being_deleted::RULE,
];
