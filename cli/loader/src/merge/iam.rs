//! Accounts, roles and managed policies.

use super::{Differences, fold, same_policy};
use policy_engine::{
    inventory::{Account, Inventory, Role},
    syntax::arn::Arn,
};

impl Differences<'_> {
    pub(super) fn iam(&mut self, inventory: &mut Inventory) {
        let accounts = std::mem::take(&mut inventory.accounts);
        inventory.accounts = fold(accounts, |account| account.id.clone(), account);
        let roles = std::mem::take(&mut inventory.roles);
        // A name is unique in its account, whatever the path: some answers do not tell the path.
        inventory.roles = fold(
            roles,
            |role| identity(&role.arn),
            |old, new| self.role(old, new),
        );
        let policies = std::mem::take(&mut inventory.policies);
        inventory.policies = fold(
            policies,
            |policy| identity(&policy.arn),
            |old, new| {
                if !same_policy(&old.document, &new.document) {
                    let what = format!("the managed policy `{}`", new.document.name);
                    self.differ(&what, old.document.origin, new.document.origin);
                }
                if new.arn.len() > old.arn.len() {
                    old.arn = new.arn;
                }
                old.document = new.document;
            },
        );
    }

    fn role(&mut self, old: &mut Role, new: Role) {
        let name = new.arn.rsplit('/').next().unwrap_or(&new.arn).to_owned();
        let what = |fact: &str| format!("the {fact} of role `{name}`");
        let is_complete = |role: &Role| role.inline.open.is_none() && role.attached.open.is_none();
        let (was_complete, is_complete) = (is_complete(old), is_complete(&new));
        self.policy(&what("trust policy"), &mut old.trust, new.trust);
        self.attribute(&what("boundary"), &mut old.boundary, new.boundary);
        if is_complete {
            if was_complete && !same_documents(&old.inline.list, &new.inline.list) {
                self.differ(&what("inline policies"), old.origin, new.origin);
            }
            let names = |attached: &[policy_engine::source::Spanned<String>]| {
                let mut names: Vec<_> = attached.iter().map(|arn| arn.value.clone()).collect();
                names.sort();
                names
            };
            if was_complete && names(&old.attached.list) != names(&new.attached.list) {
                self.differ(&what("attached policies"), old.origin, new.origin);
            }
            old.inline = new.inline;
            old.attached = new.attached;
        } else {
            for document in new.inline.list {
                match old
                    .inline
                    .list
                    .iter_mut()
                    .find(|other| other.name == document.name)
                {
                    Some(other) => {
                        if !same_policy(other, &document) {
                            let what = format!("the policy `{}` of role `{name}`", document.name);
                            self.differ(&what, other.origin, document.origin);
                        }
                        *other = document;
                    }
                    None => old.inline.list.push(document),
                }
            }
            for arn in new.attached.list {
                if old
                    .attached
                    .list
                    .iter()
                    .all(|other| other.value != arn.value)
                {
                    old.attached.list.push(arn);
                }
            }
        }
        if !new.tags.list.is_empty() {
            old.tags = new.tags;
        }
        if new.unique_id.is_some() || old.unique_id.is_none() {
            old.origin = new.origin;
        }
        old.unique_id = new.unique_id.or(old.unique_id.take());
        if new.arn.len() > old.arn.len() {
            old.arn = new.arn;
        }
    }
}

fn account(old: &mut Account, new: Account) {
    old.name = new.name.or(old.name.take());
    old.region = new.region.or(old.region.take());
    if !new.scps.is_empty() {
        old.scps = new.scps;
    }
    if !new.rcps.is_empty() {
        old.rcps = new.rcps;
    }
    old.full_access &= new.full_access;
    if new.origin.is_somewhere() {
        old.origin = new.origin;
    }
}

/// Account and name, without the path; AWS's own policies are told apart by their path.
fn identity(arn: &str) -> (String, String) {
    let Some(parsed) = Arn::parse(arn) else {
        return (String::new(), arn.to_owned());
    };
    let name = if parsed.account == "aws" {
        parsed.resource
    } else {
        parsed
            .resource
            .rsplit('/')
            .next()
            .unwrap_or(parsed.resource)
    };
    (parsed.account.to_owned(), name.to_owned())
}

fn same_documents(
    left: &[std::sync::Arc<policy_engine::policy::PolicyDocument>],
    right: &[std::sync::Arc<policy_engine::policy::PolicyDocument>],
) -> bool {
    left.len() == right.len()
        && left.iter().all(|one| {
            right
                .iter()
                .any(|other| one.name == other.name && same_policy(one, other))
        })
}
