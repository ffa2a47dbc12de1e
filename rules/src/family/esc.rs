//! Tampering and escalation.

mod association_admin;
mod node_role_reads_secrets;
mod pass_role_to_pods;
mod plant_foreign_secret;
mod reader_can_change_key;
mod reader_can_overwrite_parameter;
mod reader_can_retag;
mod reader_can_rotate;
mod reader_can_set_policy;
mod retag_guard_half;
mod role_tags_writable;
mod secret_reader_is_admin;
mod session_tags_can_be_forged;
mod tag_session_granted_widely;
mod tenant_can_create_namespaces;
mod tenant_can_mint_tokens;
mod tenant_can_run_pods_elsewhere;
mod trust_or_policy_writable;
mod untag_opens;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &reader_can_retag::RULE,
    &retag_guard_half::RULE,
    &untag_opens::RULE,
    &plant_foreign_secret::RULE,
    &reader_can_set_policy::RULE,
    &reader_can_change_key::RULE,
    &reader_can_rotate::RULE,
    &reader_can_overwrite_parameter::RULE,
    &session_tags_can_be_forged::RULE,
    &tag_session_granted_widely::RULE,
    &role_tags_writable::RULE,
    &association_admin::RULE,
    &pass_role_to_pods::RULE,
    &trust_or_policy_writable::RULE,
    &node_role_reads_secrets::RULE,
    &secret_reader_is_admin::RULE,
    &tenant_can_create_namespaces::RULE,
    &tenant_can_mint_tokens::RULE,
    &tenant_can_run_pods_elsewhere::RULE,
];
