//! IAM roles for service accounts.

mod irsa_aud_missing;
mod irsa_issuer_mismatch;
mod irsa_provider_other_account;
mod irsa_sub_literal_star;
mod irsa_sub_mismatch;
mod irsa_sub_missing;
mod irsa_sub_wildcard;
mod irsa_with_session_tag_condition;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &irsa_with_session_tag_condition::RULE,
    &irsa_sub_missing::RULE,
    &irsa_sub_wildcard::RULE,
    &irsa_sub_literal_star::RULE,
    &irsa_sub_mismatch::RULE,
    &irsa_aud_missing::RULE,
    &irsa_issuer_mismatch::RULE,
    &irsa_provider_other_account::RULE,
];
