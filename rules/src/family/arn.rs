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

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &arn_account_not_allowed::RULE,
    &arn_region_not_allowed::RULE,
    &arn_account_malformed::RULE,
    &arn_prefix_missing::RULE,
    &arn_region_unknown::RULE,
    &arn_resource_malformed::RULE,
    &arn_service_uppercase::RULE,
    &arn_partition_unknown::RULE,
    &arn_too_few_fields::RULE,
    &arn_region_empty::RULE,
    &arn_account_empty::RULE,
];
