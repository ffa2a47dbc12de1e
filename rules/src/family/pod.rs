//! Pod Identity: association and trust.

mod association_duplicate;
mod association_role_in_other_account;
mod association_role_unknown;
mod association_service_account_unknown;
mod session_policy_blocks_path;
mod session_policy_needs_tags_off;
mod tags_off_but_abac_used;
mod target_external_id_mismatch;
mod target_role_missing_tag_session;
mod target_role_not_permitted;
mod target_trust_whole_account;
mod trust_missing_pods_principal;
mod trust_missing_tag_session;
mod trust_no_source_guard;
mod trust_principal_tag_for_service_caller;
mod trust_request_tag_but_tags_disabled;
mod trust_request_tag_excludes_association;
mod trust_source_arn_not_cluster;
mod trust_source_mismatch;
mod trust_tagsession_statement_narrower;
mod trust_web_identity_action;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "POD",
    theme: "Pod Identity: association and trust",
    rules: &[
        &trust_missing_pods_principal::ENTRY,
        &trust_missing_tag_session::ENTRY,
        &trust_tagsession_statement_narrower::ENTRY,
        &trust_no_source_guard::ENTRY,
        &trust_source_arn_not_cluster::ENTRY,
        &trust_source_mismatch::ENTRY,
        &trust_request_tag_excludes_association::ENTRY,
        &trust_request_tag_but_tags_disabled::ENTRY,
        &trust_principal_tag_for_service_caller::ENTRY,
        &trust_web_identity_action::ENTRY,
        &association_role_in_other_account::ENTRY,
        &association_role_unknown::ENTRY,
        &association_service_account_unknown::ENTRY,
        &session_policy_needs_tags_off::ENTRY,
        &tags_off_but_abac_used::ENTRY,
        &session_policy_blocks_path::ENTRY,
        &target_role_not_permitted::ENTRY,
        &target_role_missing_tag_session::ENTRY,
        &target_trust_whole_account::ENTRY,
        &target_external_id_mismatch::ENTRY,
        &association_duplicate::ENTRY,
    ],
};
