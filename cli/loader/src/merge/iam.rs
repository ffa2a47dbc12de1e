//! Accounts, roles and managed policies.

use super::{Differences, fold, rivalry, same_policy};
use policy_engine::{
    inventory::{Account, Inventory, Listed, Role},
    policy::PolicyDocument,
    source::{Origin, Spanned},
    syntax::arn::Arn,
    text::Hole,
};
use std::sync::Arc;

impl Differences<'_> {
    pub(super) fn iam(&mut self, inventory: &mut Inventory) {
        let accounts = std::mem::take(&mut inventory.accounts);
        inventory.accounts = fold(accounts, |account| account.id.clone(), account);
        let roles = std::mem::take(&mut inventory.roles);
        // A name is unique in its account, whatever the path: some answers do not contain the path.
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
                    let (before, after) = (old.document.origin, new.document.origin);
                    self.differ(&what, before, after);
                    if self.are_rivals(before, after) {
                        let name = new.document.name.to_string();
                        self.rivals.push((old.arn.clone(), name, after));
                    }
                }
                if new.arn.len() > old.arn.len() {
                    old.arn = new.arn;
                }
                old.document = new.document;
            },
        );
    }

    fn inline(
        &mut self,
        role: &str,
        old: &mut Listed<Arc<PolicyDocument>>,
        new: Listed<Arc<PolicyDocument>>,
        places: (Origin, Origin),
    ) {
        if is_stated(&new) {
            if is_stated(old) && !same_documents(&old.list, &new.list) {
                let what = format!("the inline policies of role `{role}`");
                self.differ(&what, places.0, places.1);
                if self.are_rivals(places.0, places.1) {
                    *old = unknown(&what);
                    return;
                }
            }
            let before = std::mem::replace(old, new);
            if self.is_present(places.0) && !self.is_present(places.1) {
                stays(role, old, before);
                return;
            }
            if is_stated(&before) || self.is_answer(places.1) {
                return;
            }
            // Another file puts these on the role.
            for document in before.list {
                if old.list.iter().all(|other| other.name != document.name) {
                    old.list.push(document);
                }
            }
            return;
        }
        for document in new.list {
            let mut known = old.list.iter_mut();
            match known.find(|other| other.name == document.name) {
                Some(other) => {
                    if !same_policy(other, &document) {
                        let what = format!("the policy `{}` of role `{role}`", document.name);
                        self.differ(&what, other.origin, document.origin);
                    }
                    *other = document;
                }
                None => old.list.push(document),
            }
        }
    }

    fn role(&mut self, old: &mut Role, mut new: Role) {
        let name = new.arn.rsplit('/').next().unwrap_or(&new.arn).to_owned();
        let what = |fact: &str| format!("the {fact} of role `{name}`");
        self.policy(&what("trust policy"), &mut old.trust, new.trust);
        self.attribute(&what("boundary"), &mut old.boundary, new.boundary);
        let places = (old.origin, new.origin);
        self.inline(&name, &mut old.inline, new.inline, places);
        if is_stated(&new.attached) {
            let is_same = |left: &Listed<Spanned<String>>, right: &Listed<Spanned<String>>| {
                names(&left.list) == names(&right.list)
            };
            if is_stated(&old.attached) && !is_same(&old.attached, &new.attached) {
                self.differ(&what("attached policies"), places.0, places.1);
                if self.are_rivals(places.0, places.1) {
                    new.attached = unknown(&what("attached policies"));
                }
            }
            let before = std::mem::replace(&mut old.attached, new.attached);
            let is_lost = |arn: &Spanned<String>| {
                let mut kept = old.attached.list.iter();
                kept.all(|other| other.value != arn.value)
            };
            if is_stated(&before)
                && self.is_present(places.0)
                && !self.is_present(places.1)
                && before.list.iter().any(is_lost)
            {
                let what = format!("whether role `{name}` keeps what is attached to it in AWS");
                old.attached.open.get_or_insert_with(|| Hole::any(what));
            }
            // Another file attaches these to the role; an answer of AWS lists all that are attached.
            if !is_stated(&before) && !self.is_answer(places.1) {
                add(&mut old.attached.list, before.list);
            }
        } else {
            add(&mut old.attached.list, new.attached.list);
        }
        let is_open = new
            .tags
            .open
            .as_ref()
            .is_some_and(|hole| !hole.is_unstated());
        let was_unstated = old.tags.open.as_ref().is_some_and(Hole::is_unstated);
        if !new.tags.list.is_empty() || is_open || (was_unstated && old.tags.list.is_empty()) {
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

/// Adds the policies that AWS has and a source does not state: whether the source takes them away is unknown.
///
/// Terraform AWS provider, "aws_iam_role_policy": the resource is not exclusive.
fn stays(role: &str, old: &mut Listed<Arc<PolicyDocument>>, before: Listed<Arc<PolicyDocument>>) {
    let hole = Hole::any(format!("whether role `{role}` keeps what it has in AWS"));
    for document in before.list {
        if old.list.iter().any(|other| other.name == document.name) {
            continue;
        }
        let mut perhaps = (*document).clone();
        for statement in &mut perhaps.statements {
            statement.open.push(hole.clone());
        }
        old.list.push(Arc::new(perhaps));
    }
}

/// A list of which nothing is known: two root modules have different ones.
fn unknown<T>(what: &str) -> Listed<T> {
    Listed {
        list: Vec::new(),
        open: Some(rivalry(what)),
    }
}

/// Adds the policies that are not in a list.
fn add(list: &mut Vec<Spanned<String>>, arns: Vec<Spanned<String>>) {
    for arn in arns {
        if list.iter().all(|other| other.value != arn.value) {
            list.push(arn);
        }
    }
}

/// Whether a source states all of a list, or why it does not.
fn is_stated<T>(listed: &Listed<T>) -> bool {
    listed.open.as_ref().is_none_or(|hole| !hole.is_unstated())
}

fn names(attached: &[Spanned<String>]) -> Vec<String> {
    let mut names: Vec<_> = attached.iter().map(|arn| arn.value.clone()).collect();
    names.sort();
    names
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

/// Account and name, without the path; AWS's own policies are distinguished by their path.
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

fn same_documents(left: &[Arc<PolicyDocument>], right: &[Arc<PolicyDocument>]) -> bool {
    left.len() == right.len()
        && left.iter().all(|policy| {
            right
                .iter()
                .any(|other| policy.name == other.name && same_policy(policy, other))
        })
}
