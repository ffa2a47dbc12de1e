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

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "PRN",
    theme: "principals",
    rules: &[
        &principal_not_a_map::ENTRY,
        &unknown_principal_type::ENTRY,
        &missing_principal::ENTRY,
        &principal_in_identity_policy::ENTRY,
        &partial_principal_wildcard::ENTRY,
        &service_principal_malformed::ENTRY,
        &federated_outside_trust::ENTRY,
        &key_unusable_with_service_principal::ENTRY,
        &trust_not_principal::ENTRY,
        &trust_star_principal::ENTRY,
        &federated_malformed::ENTRY,
        &assume_action_mismatch::ENTRY,
        &roles_anywhere_actions::ENTRY,
        &principal_role_id::ENTRY,
        &principal_user_id::ENTRY,
        &github_sub_wildcard::ENTRY,
        &allow_not_principal::ENTRY,
        &service_principal_unrestricted::ENTRY,
        &oidc_unconditioned::ENTRY,
        &github_sub_missing::ENTRY,
        &weak_source_key::ENTRY,
        &principal_unknown_shape::ENTRY,
        &trust_any_principal::ENTRY,
    ],
};
