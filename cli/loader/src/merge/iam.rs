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
        self.policy(&what("trust policy"), &mut old.trust, new.trust);
        self.value(&what("boundary"), &mut old.boundary, new.boundary);
        if new.complete {
            if old.complete && !same_documents(&old.inline, &new.inline) {
                self.differ(&what("inline policies"), old.origin, new.origin);
            }
            let names = |attached: &[policy_engine::source::Spanned<String>]| {
                let mut names: Vec<_> = attached.iter().map(|arn| arn.value.clone()).collect();
                names.sort();
                names
            };
            if old.complete && names(&old.attached) != names(&new.attached) {
                self.differ(&what("attached policies"), old.origin, new.origin);
            }
            old.inline = new.inline;
            old.attached = new.attached;
            old.complete = true;
        } else {
            for document in new.inline {
                match old
                    .inline
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
                    None => old.inline.push(document),
                }
            }
            for arn in new.attached {
                if old.attached.iter().all(|other| other.value != arn.value) {
                    old.attached.push(arn);
                }
            }
        }
        if !new.tags.is_empty() {
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
