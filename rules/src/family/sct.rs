//! Secrets and parameters.

mod arn_without_random_suffix;
mod secret_lacks_abac_tag;
mod secret_policy_public;
mod secret_policy_resource_mismatch;
mod secret_policy_unknown_principal;
mod secret_tagged_for_other_tenant;
mod secret_unknown;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &secret_lacks_abac_tag::RULE,
    &secret_tagged_for_other_tenant::RULE,
    &arn_without_random_suffix::RULE,
    &secret_unknown::RULE,
    &secret_policy_public::RULE,
    &secret_policy_unknown_principal::RULE,
    &secret_policy_resource_mismatch::RULE,
];
