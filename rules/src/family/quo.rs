//! Quotas.

mod identity_policy_too_large;
mod rcp_too_large;
mod resource_policy_too_large;
mod scp_too_large;
mod trust_policy_too_large;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &scp_too_large::RULE,
    &rcp_too_large::RULE,
    &identity_policy_too_large::RULE,
    &resource_policy_too_large::RULE,
    &trust_policy_too_large::RULE,
];
