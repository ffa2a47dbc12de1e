//! Promises, and what changed since.

mod access_grew;
mod expected_access_refused;
mod unexpected_access;

use crate::check::Entry;

pub(super) static RULES: &[&Entry] = &[
    &expected_access_refused::ENTRY,
    &unexpected_access::ENTRY,
    &access_grew::ENTRY,
];
