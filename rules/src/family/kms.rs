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

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "KMS",
    theme: "keys",
    rules: &[
        &key_policy_refuses_reader::ENTRY,
        &missing_kms_decrypt::ENTRY,
        &via_service_region_mismatch::ENTRY,
        &via_service_wrong_service::ENTRY,
        &encryption_context_mismatch::ENTRY,
        &aws_managed_key_across_accounts::ENTRY,
        &key_unusable::ENTRY,
        &alias_in_resource::ENTRY,
        &key_in_other_region::ENTRY,
        &key_policy_wildcard_principal::ENTRY,
        &decrypt_not_bound_to_service::ENTRY,
        &replica_key_policy_gap::ENTRY,
    ],
};
