//! Roles.

use super::{
    attribute::{Open, first, items, member, of, shown_text},
    batch::Batch,
    spelling::{ATTACHED, BOUNDARY, INLINE, POLICY, POLICY_ARN, POLICY_NAME, TRUST, UNIQUE_ID},
    tags,
};
use crate::resource::{Exists, Resource};
use policy_engine::{
    inventory::{Attribute, Listed, Role, RoleArn, Tags},
    policy::{PolicyDocument, PolicyType},
    source::{Origin, Spanned},
};
use std::sync::Arc;

/// The member of a boundary in answers of AWS.
const BOUNDARY_ARN: &[&str] = &["PermissionsBoundaryArn"];

pub(super) fn take(batch: &mut Batch<'_>, resource: &Resource<'_>) {
    let Some(arn) = resource.arn.as_ref().and_then(RoleArn::of) else {
        return;
    };
    let trust = batch.policy(resource, TRUST, PolicyType::Trust, "trust policy");
    let mut open = Open::of(&resource.exists);
    let inline = inline(batch, resource, &mut open);
    let mut attached = attached(resource, &mut open);
    attached.extend(open.shown(resource.origin));
    let is_made = matches!(resource.exists, Exists::Yes);
    let mut other_tags = Open::default();
    let tags = tags::of_resource(resource, &mut other_tags);
    let is_complete = resource.tells(INLINE) && resource.tells(ATTACHED);
    let role = Role {
        arn,
        trust: match trust {
            Attribute::Known(document) if is_made => Attribute::Known(document),
            Attribute::Known(_) | Attribute::Absent | Attribute::Unknown(_) => Attribute::untold(),
        },
        inline: if is_complete {
            Listed::all(inline)
        } else {
            Listed::untold(inline)
        },
        attached: if is_complete {
            Listed::all(attached)
        } else {
            Listed::untold(attached)
        },
        boundary: Attribute::or_absent(boundary(resource)),
        tags: Tags::all(tags.value, tags.origin),
        unique_id: unique_id(resource),
        origin: resource.name.origin,
    };
    batch.add_role(resource, role);
}

/// The inline policies that stand in a role.
pub(super) fn inline(
    batch: &mut Batch<'_>,
    resource: &Resource<'_>,
    open: &mut Open,
) -> Vec<Arc<PolicyDocument>> {
    let stated = resource.stated(INLINE);
    let mut found = Vec::new();
    for block in items(of(stated.as_deref()), open) {
        let name = member(block, POLICY_NAME).and_then(shown_text);
        let name = name.map_or_else(String::new, |name| name.value);
        if let Some(document) = member(block, POLICY) {
            found.extend(batch.document(resource, document, PolicyType::Identity, &name));
        }
    }
    found
}

/// The ARNs of the managed policies that are attached, or blocks that hold them.
fn attached(resource: &Resource<'_>, open: &mut Open) -> Vec<Spanned<String>> {
    let stated = resource.stated(ATTACHED);
    let mut found = Vec::new();
    for item in items(of(stated.as_deref()), open) {
        found.extend(shown_text(member(item, POLICY_ARN).unwrap_or(item)));
    }
    found
}

/// The ARN of the boundary; one that is not known stands between angle brackets.
fn boundary(resource: &Resource<'_>) -> Option<Spanned<String>> {
    let stated = resource.stated(BOUNDARY)?;
    shown_text(member(&stated, BOUNDARY_ARN).unwrap_or(first(&stated)))
}

fn unique_id(resource: &Resource<'_>) -> Option<String> {
    match resource.exact(UNIQUE_ID) {
        Attribute::Known(id) => Some(id.value),
        Attribute::Absent | Attribute::Unknown(_) => None,
    }
}

/// A role of which only its ARN is known.
pub(super) fn begun(arn: RoleArn, origin: Origin) -> Role {
    Role {
        arn,
        trust: Attribute::untold(),
        inline: Listed::untold(Vec::new()),
        attached: Listed::untold(Vec::new()),
        boundary: Attribute::Absent,
        tags: Tags::all(Vec::new(), origin),
        unique_id: None,
        origin,
    }
}

impl Batch<'_> {
    fn add_role(&mut self, resource: &Resource<'_>, role: Role) {
        if let Some(account) = &resource.home.account {
            let key = (account.clone(), resource.name.value.clone());
            self.roles.insert(key, self.loading.inventory.roles.len());
        }
        self.loading.inventory.roles.push(role);
    }

    /// The role of that name in the account of a resource; one that this file does not describe is begun.
    pub(super) fn role_of(
        &mut self,
        resource: &Resource<'_>,
        name: &Spanned<String>,
    ) -> Option<&mut Role> {
        let account = resource.home.account.clone()?;
        let known = self.roles.get(&(account.clone(), name.value.clone()));
        let known = known.copied().or_else(|| {
            let bare = name.value.rsplit('/').next()?.to_owned();
            self.roles.get(&(account.clone(), bare)).copied()
        });
        let roles = &mut self.loading.inventory.roles;
        if let Some(at) = known {
            return roles.get_mut(at);
        }
        let bare = if name.value.contains('<') {
            name.value.as_str()
        } else {
            name.value.rsplit('/').next().unwrap_or(&name.value)
        };
        let arn = format!("arn:{}:iam::{account}:role/{bare}", resource.home.partition);
        let role = begun(RoleArn::parse(&arn)?, name.origin);
        self.roles.insert((account, bare.to_owned()), roles.len());
        roles.push(role);
        roles.last_mut()
    }
}
