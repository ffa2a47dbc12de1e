//! Service and resource control policies.

mod rcp_allow;
mod rcp_not_action;
mod rcp_principal;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &rcp_principal::RULE,
    &rcp_allow::RULE,
    &rcp_not_action::RULE,
];
