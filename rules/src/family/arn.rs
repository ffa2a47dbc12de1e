//! Shape of ARNs.

mod arn_account_empty;
mod arn_account_malformed;
mod arn_account_not_allowed;
mod arn_partition_unknown;
mod arn_prefix_missing;
mod arn_region_empty;
mod arn_region_not_allowed;
mod arn_region_unknown;
mod arn_resource_malformed;
mod arn_service_uppercase;
mod arn_too_few_fields;
mod resource_of_other_service;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "ARN",
    theme: "shape of ARNs",
    rules: &[
        &arn_account_not_allowed::ENTRY,
        &arn_region_not_allowed::ENTRY,
        &arn_account_malformed::ENTRY,
        &arn_prefix_missing::ENTRY,
        &arn_region_unknown::ENTRY,
        &arn_resource_malformed::ENTRY,
        &arn_service_uppercase::ENTRY,
        &arn_partition_unknown::ENTRY,
        &arn_too_few_fields::ENTRY,
        &arn_region_empty::ENTRY,
        &arn_account_empty::ENTRY,
        &resource_of_other_service::ENTRY,
    ],
};
