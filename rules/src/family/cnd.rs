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

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &condition_key_repeated_in_other_case::RULE,
    &condition_value_types_mixed::RULE,
    &condition_key_without_prefix::RULE,
    &several_booleans::RULE,
    &unknown_condition_operator::RULE,
    &condition_region_unknown::RULE,
    &multivalued_key_without_set_operator::RULE,
    &null_if_exists::RULE,
    &source_ip_private::RULE,
    &not_source_ip_private::RULE,
    &tag_key_missing::RULE,
    &vpc_id_malformed::RULE,
    &vpce_id_malformed::RULE,
    &ip_range_malformed::RULE,
    &kms_key_value_not_arn::RULE,
    &wildcard_in_sensitive_key::RULE,
    &date_as_epoch::RULE,
    &wildcard_in_exact_operator::RULE,
    &operator_type_mismatch::RULE,
    &boolean_value_malformed::RULE,
    &date_value_malformed::RULE,
    &number_value_malformed::RULE,
    &binary_value_malformed::RULE,
    &for_all_values_on_single_key::RULE,
    &unpaired_key::RULE,
    &string_like_on_arn_key::RULE,
    &for_any_value_on_audience::RULE,
    &null_with_set_operator::RULE,
    &source_ip_partly_private::RULE,
    &not_source_ip_partly_private::RULE,
    &audience_set_operator::RULE,
    &set_operator_on_encryption_context::RULE,
    &mfa_test_passes_when_absent::RULE,
    &null_value_malformed::RULE,
    &same_key_two_operators::RULE,
    &or_where_and_was_meant::RULE,
];
