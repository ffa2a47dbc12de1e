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

use crate::rule::Rule;

pub(super) static RULES: &[&Rule] = &[
    &cross_account_without_resource_policy::RULE,
    &cross_account_identity_side_missing::RULE,
    &cross_account_needs_arn::RULE,
    &secret_policy_trusts_account_root::RULE,
    &secret_policy_org_wide::RULE,
    &foreign_tags_trusted_blindly::RULE,
    &scp_blocks_path::RULE,
    &rcp_blocks_path::RULE,
    &boundary_blocks_path::RULE,
    &parameter_not_shareable::RULE,
    &failover_target_missing::RULE,
    &vpc_endpoint_condition_excludes_nodes::RULE,
];
