//! Principals.

mod allow_not_principal;
mod assume_action_mismatch;
mod federated_malformed;
mod federated_outside_trust;
mod github_sub_missing;
mod github_sub_wildcard;
mod key_unusable_with_service_principal;
mod missing_principal;
mod oidc_unconditioned;
mod partial_principal_wildcard;
mod principal_in_identity_policy;
mod principal_not_a_map;
mod principal_role_id;
mod principal_unknown_shape;
mod principal_user_id;
mod roles_anywhere_actions;
mod service_principal_malformed;
mod service_principal_unrestricted;
mod trust_any_principal;
mod trust_not_principal;
mod trust_star_principal;
mod unknown_principal_type;
mod weak_source_key;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &principal_not_a_map::RULE,
    &unknown_principal_type::RULE,
    &missing_principal::RULE,
    &principal_in_identity_policy::RULE,
    &partial_principal_wildcard::RULE,
    &service_principal_malformed::RULE,
    &federated_outside_trust::RULE,
    &key_unusable_with_service_principal::RULE,
    &trust_not_principal::RULE,
    &trust_star_principal::RULE,
    &federated_malformed::RULE,
    &assume_action_mismatch::RULE,
    &roles_anywhere_actions::RULE,
    &principal_role_id::RULE,
    &principal_user_id::RULE,
    &github_sub_wildcard::RULE,
    &allow_not_principal::RULE,
    &service_principal_unrestricted::RULE,
    &oidc_unconditioned::RULE,
    &github_sub_missing::RULE,
    &weak_source_key::RULE,
    &principal_unknown_shape::RULE,
    &trust_any_principal::RULE,
];
