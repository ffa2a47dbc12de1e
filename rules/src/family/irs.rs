//! IAM roles for service accounts.

mod irsa_aud_missing;
mod irsa_issuer_mismatch;
mod irsa_provider_other_account;
mod irsa_sub_literal_star;
mod irsa_sub_mismatch;
mod irsa_sub_missing;
mod irsa_sub_wildcard;
mod irsa_with_session_tag_condition;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "IRS",
    theme: "IAM roles for service accounts",
    rules: &[
        &irsa_with_session_tag_condition::ENTRY,
        &irsa_sub_missing::ENTRY,
        &irsa_sub_wildcard::ENTRY,
        &irsa_sub_literal_star::ENTRY,
        &irsa_sub_mismatch::ENTRY,
        &irsa_aud_missing::ENTRY,
        &irsa_issuer_mismatch::ENTRY,
        &irsa_provider_other_account::ENTRY,
    ],
};
