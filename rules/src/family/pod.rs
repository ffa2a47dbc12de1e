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

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &trust_missing_pods_principal::RULE,
    &trust_missing_tag_session::RULE,
    &trust_tagsession_statement_narrower::RULE,
    &trust_no_source_guard::RULE,
    &trust_source_arn_not_cluster::RULE,
    &trust_source_mismatch::RULE,
    &trust_request_tag_excludes_association::RULE,
    &trust_request_tag_but_tags_disabled::RULE,
    &trust_principal_tag_for_service_caller::RULE,
    &trust_web_identity_action::RULE,
    &association_role_in_other_account::RULE,
    &association_role_unknown::RULE,
    &association_service_account_unknown::RULE,
    &session_policy_needs_tags_off::RULE,
    &tags_off_but_abac_used::RULE,
    &session_policy_blocks_path::RULE,
    &target_role_not_permitted::RULE,
    &target_role_missing_tag_session::RULE,
    &target_trust_whole_account::RULE,
    &target_external_id_mismatch::RULE,
    &association_duplicate::RULE,
];
