//! SecretProviderClass, volumes, workloads.

mod arn_region_differs;
mod association_for_other_namespace;
mod class_region_unknown;
mod class_unknown;
mod csi_driver_token_missing;
mod csi_volume_malformed;
mod duplicate_object;
mod failover_incomplete;
mod file_name_collision;
mod file_permission_invalid;
mod file_permission_open;
mod file_unreadable_for_user;
mod identity_mode_mismatch;
mod jmes_entry_incomplete;
mod object_incomplete;
mod object_type_invalid;
mod objects_unreadable;
mod parameter_not_a_string;
mod path_invalid;
mod pod_without_identity;
mod preferred_address_type_invalid;
mod provider_not_aws;
mod service_account_unknown;
mod synced_key_unknown;
mod synced_object_unknown;
mod synced_secret_unmounted;
mod unknown_object_field;
mod unknown_parameter;
mod use_pod_identity_invalid;
mod version_and_label;

use crate::{check::Family, rule::Rule};
use policy_engine::inventory::ClassFault;

pub(super) static FAMILY: Family = Family {
    prefix: "SPC",
    theme: "SecretProviderClass, volumes, workloads",
    rules: &[
        &provider_not_aws::ENTRY,
        &parameter_not_a_string::ENTRY,
        &objects_unreadable::ENTRY,
        &object_incomplete::ENTRY,
        &object_type_invalid::ENTRY,
        &arn_region_differs::ENTRY,
        &failover_incomplete::ENTRY,
        &version_and_label::ENTRY,
        &duplicate_object::ENTRY,
        &file_name_collision::ENTRY,
        &jmes_entry_incomplete::ENTRY,
        &path_invalid::ENTRY,
        &file_permission_invalid::ENTRY,
        &file_permission_open::ENTRY,
        &use_pod_identity_invalid::ENTRY,
        &unknown_parameter::ENTRY,
        &preferred_address_type_invalid::ENTRY,
        &identity_mode_mismatch::ENTRY,
        &pod_without_identity::ENTRY,
        &association_for_other_namespace::ENTRY,
        &class_unknown::ENTRY,
        &csi_driver_token_missing::ENTRY,
        &file_unreadable_for_user::ENTRY,
        &unknown_object_field::ENTRY,
        &csi_volume_malformed::ENTRY,
        &synced_object_unknown::ENTRY,
        &synced_secret_unmounted::ENTRY,
        &synced_key_unknown::ENTRY,
        &class_region_unknown::ENTRY,
        &service_account_unknown::ENTRY,
    ],
};

/// The rule that reports what a provider refuses a class for.
pub(crate) fn rule_of_class(fault: &ClassFault) -> &'static Rule {
    match fault {
        ClassFault::ParameterNotAString { .. } => &parameter_not_a_string::RULE,
        ClassFault::UsePodIdentity { .. } => &use_pod_identity_invalid::RULE,
        ClassFault::NoObjects | ClassFault::Unreadable { .. } | ClassFault::TruthValue { .. } => {
            &objects_unreadable::RULE
        }
        ClassFault::NameMissing
        | ClassFault::TypeMissing { .. }
        | ClassFault::ArnMalformed { .. }
        | ClassFault::NothingMounted { .. } => &object_incomplete::RULE,
        ClassFault::TypeInvalid { .. }
        | ClassFault::ArnService { .. }
        | ClassFault::TypeDiffersFromArn { .. } => &object_type_invalid::RULE,
        ClassFault::ArnRegion { .. } => &arn_region_differs::RULE,
        ClassFault::FailoverIsPrimary { .. }
        | ClassFault::FailoverWithoutAlias { .. }
        | ClassFault::FailoverWithoutRegion { .. }
        | ClassFault::FailoverVersion { .. } => &failover_incomplete::RULE,
        ClassFault::VersionAndLabel { .. } => &version_and_label::RULE,
        ClassFault::Duplicate { .. } => &duplicate_object::RULE,
        ClassFault::DuplicateAlias { .. } | ClassFault::DuplicateJmesAlias { .. } => {
            &file_name_collision::RULE
        }
        ClassFault::JmesPathMissing
        | ClassFault::JmesPathInvalid { .. }
        | ClassFault::JmesAliasMissing => &jmes_entry_incomplete::RULE,
        ClassFault::PathTranslation
        | ClassFault::PathClimbs { .. }
        | ClassFault::FileName { .. } => &path_invalid::RULE,
        ClassFault::Permission { .. } | ClassFault::PermissionRetyped { .. } => {
            &file_permission_invalid::RULE
        }
    }
}
