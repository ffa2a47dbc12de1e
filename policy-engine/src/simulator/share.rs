//! Parameters that AWS RAM shares with other accounts.

use super::Simulator;
use crate::{
    inventory::Parameter,
    policy::{PolicyType, parse, set::PolicySet},
    source::Origin,
    syntax::json,
};
use std::sync::Arc;

impl Simulator<'_> {
    /// The policy that AWS RAM puts on a shared parameter, for the caller's account.
    pub(super) fn share(&self, parameter: &Parameter, account: &str) -> Option<PolicySet> {
        // A share gives the owner nothing new.
        if !parameter.advanced || parameter.account == account {
            return None;
        }
        let has = |with: &str| parameter.shares.iter().any(|share| share.value == with);
        let organization = self.inventory.organization.as_ref();
        if !has(account) && has("organization") && organization.is_none() {
            // Whether both accounts are in it is known to nobody.
            let closed = self.inventory.closed.contains("organization", account);
            let open = PolicySet::new(PolicyType::Resource, []).with_unknown("organization");
            return (!closed).then_some(open);
        }
        let both_inside = organization.is_some()
            && self.compiled.membership(account).is_some()
            && self.compiled.membership(&parameter.account).is_some();
        let is_shared = has(account) || (has("organization") && both_inside);
        if !is_shared {
            return None;
        }
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},
                "Action":["ssm:DescribeParameters","ssm:GetParameter","ssm:GetParameters"],"Resource":"*"}}]}}"#
        );
        let node = json::parse(Origin::NOWHERE.source, &text).ok()?;
        let (document, _) = parse::document(&node, PolicyType::Resource, "share by AWS RAM");
        Some(PolicySet::new(PolicyType::Resource, [Arc::new(document)]))
    }
}
