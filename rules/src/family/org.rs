//! Service and resource control policies.

mod rcp_action_service;
mod rcp_allow;
mod rcp_not_action;
mod rcp_principal;
mod rcp_principal_key_hits_services;
mod rcp_source_key_hits_principals;
mod rcp_source_key_null_check;
mod scp_action_inner_wildcard;
mod scp_allow_condition;
mod scp_allow_not_action;
mod scp_allow_resource;
mod scp_not_resource;
mod scp_principal;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "ORG",
    theme: "service and resource control policies",
    rules: &[
        &scp_action_inner_wildcard::ENTRY,
        &scp_principal::ENTRY,
        &rcp_principal::ENTRY,
        &rcp_allow::ENTRY,
        &rcp_not_action::ENTRY,
        &rcp_action_service::ENTRY,
        &rcp_principal_key_hits_services::ENTRY,
        &rcp_source_key_hits_principals::ENTRY,
        &rcp_source_key_null_check::ENTRY,
        &scp_allow_condition::ENTRY,
        &scp_allow_not_action::ENTRY,
        &scp_allow_resource::ENTRY,
        &scp_not_resource::ENTRY,
    ],
};
