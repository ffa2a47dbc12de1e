//! Roles.

use super::{
    attribute::{Open, OrOpen, first, items, member, of, shown_text},
    batch::Batch,
    spelling::{ATTACHED, BOUNDARY, INLINE, POLICY, POLICY_ARN, POLICY_NAME, TRUST, UNIQUE_ID},
    tags,
};
use crate::{
    arns::is_open,
    resource::{Exists, Resource},
};
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
    let trust = match (&resource.exists, trust(batch, resource)) {
        (Exists::Unknown(hole), _) => Attribute::Unknown(hole.clone()),
        (Exists::Yes, trust) => trust,
    };
    let role = Role {
        arn: arn.clone(),
        trust,
        inline: inline(batch, resource),
        attached: attached(resource),
        boundary: boundary(resource),
        tags: tags::of_resource(resource),
        unique_id: unique_id(resource),
        origin: resource.name.origin,
    };
    batch.identify("roles", resource, &arn);
    batch.add_role(resource, role);
}

/// The trust policy; every role has one, so that one that is not stated is not known.
fn trust(batch: &mut Batch<'_>, resource: &Resource<'_>) -> Attribute<Arc<PolicyDocument>> {
    match batch.policy(resource, TRUST, PolicyType::Trust, "trust policy") {
        Attribute::Absent => Attribute::unstated(),
        stated => stated,
    }
}

/// The inline policies that a role contains.
pub(super) fn inline(
    batch: &mut Batch<'_>,
    resource: &Resource<'_>,
) -> Listed<Arc<PolicyDocument>> {
    let stated = resource.stated(INLINE);
    let mut open = Open::of(&resource.exists);
    let mut documents = Vec::new();
    for block in items(of(stated.as_deref()), &mut open) {
        let name = member(block, POLICY_NAME).and_then(shown_text);
        let name = name.map_or_else(String::new, |name| name.value);
        if let Some(document) = member(block, POLICY) {
            documents.extend(batch.document(resource, document, PolicyType::Identity, &name));
        }
    }
    open.listed(documents, resource.states(INLINE))
}

/// The ARNs of the managed policies that are attached, or blocks that hold them.
fn attached(resource: &Resource<'_>) -> Listed<Spanned<String>> {
    let stated = resource.stated(ATTACHED);
    let mut open = Open::of(&resource.exists);
    let mut arns = Vec::new();
    for item in items(of(stated.as_deref()), &mut open) {
        let arn = member(item, POLICY_ARN).unwrap_or(item);
        if let Some(arn) = of(Some(arn)).or_open(&mut open) {
            arns.extend(shown_text(arn));
        }
    }
    open.listed(arns, resource.states(ATTACHED))
}

/// The ARN of the boundary.
fn boundary(resource: &Resource<'_>) -> Attribute<Spanned<String>> {
    let stated = resource.stated(BOUNDARY);
    let inner = stated
        .as_deref()
        .map(|node| member(node, BOUNDARY_ARN).unwrap_or(first(node)));
    match of(inner) {
        Attribute::Known(node) => Attribute::or_absent(shown_text(node)),
        Attribute::Unknown(hole) => Attribute::Unknown(hole),
        Attribute::Absent if resource.states(BOUNDARY) => Attribute::Absent,
        Attribute::Absent => Attribute::unstated(),
    }
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
        trust: Attribute::unstated(),
        inline: Listed::unstated(Vec::new()),
        attached: Listed::unstated(Vec::new()),
        boundary: Attribute::unstated(),
        tags: Tags::unstated(origin),
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

    /// Whether a name is that of one role, described in this file or not.
    pub(super) fn knows_role(&self, resource: &Resource<'_>, name: &Spanned<String>) -> bool {
        let account = resource.home.account.clone().unwrap_or_default();
        !is_open(&name.value) || self.roles.contains_key(&(account, name.value.clone()))
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
