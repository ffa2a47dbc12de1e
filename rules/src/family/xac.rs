//! Accounts, organization, regions.

mod boundary_blocks_path;
mod cross_account_identity_side_missing;
mod cross_account_needs_arn;
mod cross_account_without_resource_policy;
mod failover_target_missing;
mod foreign_tags_trusted_blindly;
mod parameter_not_shareable;
mod rcp_blocks_path;
mod scp_blocks_path;
mod secret_policy_org_wide;
mod secret_policy_trusts_account_root;
mod vpc_endpoint_condition_excludes_nodes;

use crate::check::Family;

pub(super) static FAMILY: Family = Family {
    prefix: "XAC",
    theme: "accounts, organization, regions",
    rules: &[
        &cross_account_without_resource_policy::ENTRY,
        &cross_account_identity_side_missing::ENTRY,
        &cross_account_needs_arn::ENTRY,
        &secret_policy_trusts_account_root::ENTRY,
        &secret_policy_org_wide::ENTRY,
        &foreign_tags_trusted_blindly::ENTRY,
        &scp_blocks_path::ENTRY,
        &rcp_blocks_path::ENTRY,
        &boundary_blocks_path::ENTRY,
        &parameter_not_shareable::ENTRY,
        &failover_target_missing::ENTRY,
        &vpc_endpoint_condition_excludes_nodes::ENTRY,
    ],
};
