//! Keys.

mod alias_in_resource;
mod aws_managed_key_across_accounts;
mod decrypt_not_bound_to_service;
mod encryption_context_mismatch;
mod key_in_other_region;
mod key_policy_refuses_reader;
mod key_policy_wildcard_principal;
mod key_unusable;
mod missing_kms_decrypt;
mod replica_key_policy_gap;
mod via_service_region_mismatch;
mod via_service_wrong_service;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &key_policy_refuses_reader::RULE,
    &missing_kms_decrypt::RULE,
    &via_service_region_mismatch::RULE,
    &via_service_wrong_service::RULE,
    &encryption_context_mismatch::RULE,
    &aws_managed_key_across_accounts::RULE,
    &key_unusable::RULE,
    &alias_in_resource::RULE,
    &key_in_other_region::RULE,
    &key_policy_wildcard_principal::RULE,
    &decrypt_not_bound_to_service::RULE,
    &replica_key_policy_gap::RULE,
];
