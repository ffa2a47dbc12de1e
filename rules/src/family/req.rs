//! Permissions that a path requires.

mod account_or_partition_not_covered;
mod batch_get_needs_star;
mod denied_by_statement;
mod missing_describe_secret;
mod missing_get_parameters;
mod missing_get_secret_value;
mod region_not_covered;

use crate::{check::Family, mount::cause::LastCause};

pub(super) static FAMILY: Family = Family {
    prefix: "REQ",
    theme: "permissions that a path requires",
    rules: &[
        &missing_get_secret_value::ENTRY,
        &denied_by_statement::ENTRY,
        &missing_describe_secret::ENTRY,
        &missing_get_parameters::ENTRY,
        &batch_get_needs_star::ENTRY,
        &region_not_covered::ENTRY,
        &account_or_partition_not_covered::ENTRY,
    ],
};

/// Reports every mount that is not allowed and that no other rule reports.
pub(crate) static LAST_CAUSE: &LastCause = &missing_get_secret_value::LAST;
