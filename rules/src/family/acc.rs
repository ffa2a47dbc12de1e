//! Promises, and what changed since.

mod access_grew;
mod expected_access_refused;
mod unexpected_access;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "ACC",
    theme: "promises, and access that grew",
    rules: &[
        &expected_access_refused::ENTRY,
        &unexpected_access::ENTRY,
        &access_grew::ENTRY,
    ],
};
