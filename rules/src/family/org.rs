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

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &scp_action_inner_wildcard::RULE,
    &scp_principal::RULE,
    &rcp_principal::RULE,
    &rcp_allow::RULE,
    &rcp_not_action::RULE,
    &rcp_action_service::RULE,
    &rcp_principal_key_hits_services::RULE,
    &rcp_source_key_hits_principals::RULE,
    &rcp_source_key_null_check::RULE,
    &scp_allow_condition::RULE,
    &scp_allow_not_action::RULE,
    &scp_allow_resource::RULE,
    &scp_not_resource::RULE,
];
