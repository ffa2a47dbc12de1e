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

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "ESC",
    theme: "tampering and escalation",
    rules: &[
        &reader_can_retag::ENTRY,
        &retag_guard_half::ENTRY,
        &untag_opens::ENTRY,
        &plant_foreign_secret::ENTRY,
        &reader_can_set_policy::ENTRY,
        &reader_can_change_key::ENTRY,
        &reader_can_rotate::ENTRY,
        &reader_can_overwrite_parameter::ENTRY,
        &session_tags_can_be_forged::ENTRY,
        &tag_session_granted_widely::ENTRY,
        &role_tags_writable::ENTRY,
        &association_admin::ENTRY,
        &pass_role_to_pods::ENTRY,
        &trust_or_policy_writable::ENTRY,
        &node_role_reads_secrets::ENTRY,
        &secret_reader_is_admin::ENTRY,
        &tenant_can_create_namespaces::ENTRY,
        &tenant_can_mint_tokens::ENTRY,
        &tenant_can_run_pods_elsewhere::ENTRY,
    ],
};
