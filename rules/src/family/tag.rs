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

pub(super) use misspelt_session_tag::most_letters;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "TAG",
    theme: "conditions on tags",
    rules: &[
        &misspelt_session_tag::ENTRY,
        &principal_tag_nobody_sets::ENTRY,
        &request_tag_in_read_permission::ENTRY,
        &resource_tag_nobody_has::ENTRY,
        &abac_if_exists::ENTRY,
        &abac_for_all_values::ENTRY,
        &abac_negated_allow::ENTRY,
        &abac_null_opens_untagged::ENTRY,
        &abac_any_value::ENTRY,
        &abac_prefix_collision::ENTRY,
        &path_abac_without_delimiter::ENTRY,
        &abac_literal_star::ENTRY,
        &abac_variable_in_old_version::ENTRY,
        &abac_variable_default::ENTRY,
        &template_escape_survived::ENTRY,
        &abac_ignore_case::ENTRY,
        &namespace_without_cluster::ENTRY,
        &pod_name_or_uid_condition::ENTRY,
        &service_account_without_namespace::ENTRY,
        &tag_condition_on_list_action::ENTRY,
        &path_read_bypasses_tags::ENTRY,
        &abac_bypassed_by_other_statement::ENTRY,
        &abac_bypassed_by_resource_policy::ENTRY,
        &write_outside_abac::ENTRY,
        &service_tag_key_mixed::ENTRY,
        &tag_condition_spans_kms::ENTRY,
        &deny_guard_fails_open::ENTRY,
        &shared_role_without_isolation::ENTRY,
        &role_tag_shadows_session_tag::ENTRY,
        &list_in_tag_value::ENTRY,
        &principal_arn_session_form::ENTRY,
        &variable_as_condition_key::ENTRY,
    ],
};
