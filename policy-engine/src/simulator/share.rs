//! Parameters that AWS RAM shares with other accounts.

use super::Simulator;
use crate::{
    inventory::{Parameter, find::Object},
    policy::{PolicyType, parse, set::PolicySet},
    source::Origin,
    syntax::{arn::Arn, json},
};
use std::sync::Arc;

impl Simulator<'_> {
    /// The policy that AWS RAM puts on a shared parameter, for the caller's account.
    pub(super) fn share(&self, parameter: &Parameter, account: &str) -> Option<PolicySet> {
        // A share gives the owner nothing new.
        if !parameter.advanced || parameter.account == account {
            return None;
        }
        let shares = || {
            parameter
                .shares
                .list
                .iter()
                .map(|share| share.value.as_str())
        };
        let is_named = shares().any(|share| share == account);
        // A share may also be with single roles and users.
        let named: Vec<&str> = shares()
            .filter(|share| Arn::parse(share).is_some_and(|arn| arn.account == account))
            .collect();
        let open = shares().find(|share| !is_settled(share)).map(str::to_owned);
        let open = open.or_else(|| {
            let hole = parameter.shares.open.as_ref()?;
            let object = Object::Parameter(parameter);
            Some(hole.reason(|| format!("shares of {}", object.display(self.inventory))))
        });
        if let Some(open) = open.filter(|_| !is_named) {
            return Some(PolicySet::perhaps(PolicyType::Resource, open));
        }
        let is_within = |share: &str| share == "organization" || share.starts_with("ou-");
        let is_homeless = |account: &str| {
            let place = self.compiled.membership(account);
            place.is_some_and(|place| place.path.is_none())
        };
        let is_open = self.inventory.organization.is_none()
            || is_homeless(account)
            || is_homeless(&parameter.account);
        if !is_named && is_open && shares().any(is_within) {
            // It is unknown whether it contains the account.
            let closed = self.inventory.closed.contains("organization", account);
            let open = PolicySet::new(PolicyType::Resource, []).with_unknown("organization");
            return (!closed).then_some(open);
        }
        // RAM shares within the organization of the owner.
        let owner = self.compiled.membership(&parameter.account);
        let place = self
            .compiled
            .membership(account)
            .filter(|_| owner.is_some());
        let is_inside = |share: &str| {
            place.is_some_and(|place| {
                let mut units = place.path.iter().flat_map(|path| path.split('/'));
                share == "organization" || units.any(|unit| unit == share)
            })
        };
        let is_shared = is_named || shares().filter(|share| is_within(share)).any(is_inside);
        let principals = if is_shared { vec![account] } else { named };
        if principals.is_empty() {
            return None;
        }
        let policy = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "AWS": principals },
                "Action": ["ssm:DescribeParameters", "ssm:GetParameter", "ssm:GetParameters"],
                "Resource": "*",
            }],
        });
        let node = json::parse(Origin::NOWHERE.source, &policy.to_string()).ok()?;
        let (document, _) = parse::document(&node, PolicyType::Resource, "share by AWS RAM");
        Some(PolicySet::new(PolicyType::Resource, [Arc::new(document)]))
    }
}

/// Whether the party of a share is known: an account, a unit, the organization, a role or user.
fn is_settled(share: &str) -> bool {
    let is_account = share.len() == 12 && share.bytes().all(|byte| byte.is_ascii_digit());
    let is_known = !share.contains(['<', '>']);
    is_account
        || share == "organization"
        || (is_known && (share.starts_with("ou-") || Arn::parse(share).is_some()))
}
