//! Conditions on tags.

mod abac_any_value;
mod abac_bypassed_by_other_statement;
mod abac_bypassed_by_resource_policy;
mod abac_for_all_values;
mod abac_if_exists;
mod abac_ignore_case;
mod abac_literal_star;
mod abac_negated_allow;
mod abac_null_opens_untagged;
mod abac_prefix_collision;
mod abac_variable_default;
mod abac_variable_in_old_version;
mod deny_guard_fails_open;
mod list_in_tag_value;
mod misspelt_session_tag;
mod namespace_without_cluster;
mod path_abac_without_delimiter;
mod path_read_bypasses_tags;
mod pod_name_or_uid_condition;
mod principal_arn_session_form;
mod principal_tag_nobody_sets;
mod request_tag_in_read_permission;
mod resource_tag_nobody_has;
mod role_tag_shadows_session_tag;
mod service_account_without_namespace;
mod service_tag_key_mixed;
mod shared_role_without_isolation;
mod tag_condition_on_list_action;
mod tag_condition_spans_kms;
mod template_escape_survived;
mod variable_as_condition_key;
mod write_outside_abac;

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &misspelt_session_tag::RULE,
    &principal_tag_nobody_sets::RULE,
    &request_tag_in_read_permission::RULE,
    &resource_tag_nobody_has::RULE,
    &abac_if_exists::RULE,
    &abac_for_all_values::RULE,
    &abac_negated_allow::RULE,
    &abac_null_opens_untagged::RULE,
    &abac_any_value::RULE,
    &abac_prefix_collision::RULE,
    &path_abac_without_delimiter::RULE,
    &abac_literal_star::RULE,
    &abac_variable_in_old_version::RULE,
    &abac_variable_default::RULE,
    &template_escape_survived::RULE,
    &abac_ignore_case::RULE,
    &namespace_without_cluster::RULE,
    &pod_name_or_uid_condition::RULE,
    &service_account_without_namespace::RULE,
    &tag_condition_on_list_action::RULE,
    &path_read_bypasses_tags::RULE,
    &abac_bypassed_by_other_statement::RULE,
    &abac_bypassed_by_resource_policy::RULE,
    &write_outside_abac::RULE,
    &service_tag_key_mixed::RULE,
    &tag_condition_spans_kms::RULE,
    &deny_guard_fails_open::RULE,
    &shared_role_without_isolation::RULE,
    &role_tag_shadows_session_tag::RULE,
    &list_in_tag_value::RULE,
    &principal_arn_session_form::RULE,
    &variable_as_condition_key::RULE,
];
