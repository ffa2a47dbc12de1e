//! Conditions.

mod audience_set_operator;
mod binary_value_malformed;
mod boolean_value_malformed;
mod condition_key_repeated_in_other_case;
mod condition_key_without_prefix;
mod condition_region_unknown;
mod condition_value_types_mixed;
mod date_as_epoch;
mod date_value_malformed;
mod for_all_values_on_single_key;
mod for_any_value_on_audience;
mod ip_range_malformed;
mod kms_key_value_not_arn;
mod mfa_test_passes_when_absent;
mod multivalued_key_without_set_operator;
mod not_source_ip_partly_private;
mod not_source_ip_private;
mod null_if_exists;
mod null_value_malformed;
mod null_with_set_operator;
mod number_value_malformed;
mod operator_type_mismatch;
mod or_where_and_was_meant;
mod same_key_two_operators;
mod set_operator_on_encryption_context;
mod several_booleans;
mod source_ip_partly_private;
mod source_ip_private;
mod string_like_on_arn_key;
mod tag_key_missing;
mod unknown_condition_operator;
mod unpaired_key;
mod vpc_id_malformed;
mod vpce_id_malformed;
mod wildcard_in_exact_operator;
mod wildcard_in_sensitive_key;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "CND",
    theme: "conditions",
    rules: &[
        &condition_key_repeated_in_other_case::ENTRY,
        &condition_value_types_mixed::ENTRY,
        &condition_key_without_prefix::ENTRY,
        &several_booleans::ENTRY,
        &unknown_condition_operator::ENTRY,
        &condition_region_unknown::ENTRY,
        &multivalued_key_without_set_operator::ENTRY,
        &null_if_exists::ENTRY,
        &source_ip_private::ENTRY,
        &not_source_ip_private::ENTRY,
        &tag_key_missing::ENTRY,
        &vpc_id_malformed::ENTRY,
        &vpce_id_malformed::ENTRY,
        &ip_range_malformed::ENTRY,
        &kms_key_value_not_arn::ENTRY,
        &wildcard_in_sensitive_key::ENTRY,
        &date_as_epoch::ENTRY,
        &wildcard_in_exact_operator::ENTRY,
        &operator_type_mismatch::ENTRY,
        &boolean_value_malformed::ENTRY,
        &date_value_malformed::ENTRY,
        &number_value_malformed::ENTRY,
        &binary_value_malformed::ENTRY,
        &for_all_values_on_single_key::ENTRY,
        &unpaired_key::ENTRY,
        &string_like_on_arn_key::ENTRY,
        &for_any_value_on_audience::ENTRY,
        &null_with_set_operator::ENTRY,
        &source_ip_partly_private::ENTRY,
        &not_source_ip_partly_private::ENTRY,
        &audience_set_operator::ENTRY,
        &set_operator_on_encryption_context::ENTRY,
        &mfa_test_passes_when_absent::ENTRY,
        &null_value_malformed::ENTRY,
        &same_key_two_operators::ENTRY,
        &or_where_and_was_meant::ENTRY,
    ],
};
