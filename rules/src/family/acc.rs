//! Promises, and what changed since.

mod access_grew;
mod expected_access_refused;
mod unexpected_access;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &expected_access_refused::RULE,
    &unexpected_access::RULE,
    &access_grew::RULE,
];
