//! IAM roles for service accounts.

mod irsa_issuer_mismatch;
mod irsa_sub_mismatch;
mod irsa_with_session_tag_condition;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &irsa_with_session_tag_condition::RULE,
    &irsa_sub_mismatch::RULE,
    &irsa_issuer_mismatch::RULE,
];
