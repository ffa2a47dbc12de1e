//! Quotas.

mod identity_policy_too_large;
mod rcp_too_large;
mod resource_policy_too_large;
mod scp_too_large;
mod trust_policy_too_large;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "QUO",
    theme: "quotas",
    rules: &[
        &scp_too_large::ENTRY,
        &rcp_too_large::ENTRY,
        &identity_policy_too_large::ENTRY,
        &resource_policy_too_large::ENTRY,
        &trust_policy_too_large::ENTRY,
    ],
};
