//! Principals.

mod missing_principal;
mod partial_principal_wildcard;
mod principal_in_identity_policy;
mod principal_not_a_map;
mod principal_unknown_shape;
mod trust_not_principal;
mod unknown_principal_type;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &principal_not_a_map::RULE,
    &unknown_principal_type::RULE,
    &missing_principal::RULE,
    &principal_in_identity_policy::RULE,
    &partial_principal_wildcard::RULE,
    &trust_not_principal::RULE,
    &principal_unknown_shape::RULE,
];
