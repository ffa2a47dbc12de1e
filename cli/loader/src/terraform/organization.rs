//! The organization: its root, units and accounts, and the SCPs and RCPs that are attached to them.

use super::{Facts, plan::Resource};
use crate::loading::{AttachedPolicy, is_account_id};
use policy_engine::{
    inventory::{Organization, Unit},
    policy::{PolicyDocument, PolicyType},
    source::Origin,
    syntax::node::Node,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// AWS allows five levels of units below the root.
const MAX_DEPTH: usize = 10;

/// The policies of the plan by their ids.
type Policies<'p> = HashMap<String, &'p Resource<'p>>;

impl<'p> Facts<'_, 'p> {
    /// The tree, when the plan or state knows the organization, and what is attached to it.
    pub(super) fn organization(&mut self) {
        if self.loading.inventory.organization.is_none() {
            self.loading.inventory.organization = self.tree();
        }
        let policies: Policies<'p> = self
            .of("aws_organizations_policy")
            .map(|one| (self.id(one), one))
            .collect();
        let attachments: Vec<_> = self.of("aws_organizations_policy_attachment").collect();
        for attachment in attachments {
            if let Some((target, kind, document)) = self.attached(attachment, &policies) {
                self.loading.attached_policies.push(AttachedPolicy {
                    target,
                    kind,
                    document,
                    address: attachment.address.clone(),
                    origin: self.resolver.place(attachment),
                });
            }
        }
    }

    /// The resources of a kind that Terraform manages.
    fn of(&self, kind: &'static str) -> impl Iterator<Item = &'p Resource<'p>> + use<'p> {
        let all = self.resolver.plan.resources.iter();
        all.filter(move |one| !one.data && one.kind == kind)
    }

    fn tree(&mut self) -> Option<Organization> {
        let mut all = self.resolver.plan.resources.iter();
        let whole = all.find(|one| one.kind == "aws_organizations_organization")?;
        let id = self.resolver.known(whole, "id")?.value;
        let roots = self.resolver.field(whole, "roots")?;
        let root = roots.as_list()?.first()?.get("id")?.as_str()?.to_owned();
        let management = self.resolver.known(whole, "master_account_id");
        let origin = self.resolver.place(whole);
        let mut units: HashMap<String, Vec<Unit>> = HashMap::new();
        for one in self.of("aws_organizations_organizational_unit") {
            let Some(parent) = self.named(one, "parent_id") else {
                continue;
            };
            let unit = unit(self.id(one), self.resolver.place(one));
            units.entry(parent.value).or_default().push(unit);
        }
        let mut accounts: HashMap<String, Vec<String>> = HashMap::new();
        let mut placed: HashSet<String> = HashSet::new();
        for one in self.of("aws_organizations_account") {
            let (Some(id), Some(parent)) =
                (self.resolver.known(one, "id"), self.named(one, "parent_id"))
            else {
                continue;
            };
            if placed.insert(id.value.clone()) {
                accounts.entry(parent.value).or_default().push(id.value);
            }
        }
        let mut top = unit(root, origin);
        grow(&mut top, &mut units, &mut accounts, MAX_DEPTH);
        // Units of which nobody says what they lie in, and members that nobody places.
        for id in accounts.values().flatten() {
            placed.remove(id);
        }
        let members = self.resolver.field(whole, "accounts");
        let members = members.as_ref().and_then(Node::as_list).unwrap_or_default();
        let members = members
            .iter()
            .filter_map(|member| member.get("id")?.as_str())
            .chain(accounts.values().flatten().map(String::as_str))
            .chain(management.as_ref().map(|id| id.value.as_str()));
        let mut unplaced = Vec::new();
        for id in members {
            if is_account_id(id) && placed.insert(id.to_owned()) {
                unplaced.push(id.to_owned());
            }
        }
        let mut homeless = unplaced
            .iter()
            .filter(|id| management.as_ref().is_none_or(|own| own.value != **id));
        if let Some(first) = homeless.next() {
            let more = match homeless.count() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let message = format!(
                "accounts whose unit in organization `{id}` nothing tells are taken to be right below the root: {first}{more}; write `organization` in a world if that is not so"
            );
            self.loading.note(message, Some(origin));
        }
        top.accounts.append(&mut unplaced);
        Some(Organization {
            id,
            management: management.map(|id| id.value),
            root: top,
        })
    }

    /// The id of a resource, or what stands for it until it exists.
    fn id(&self, resource: &Resource<'_>) -> String {
        self.resolver
            .known(resource, "id")
            .map_or_else(|| format!("<{}.id>", resource.address), |id| id.value)
    }

    /// What an attachment attaches to which target.
    fn attached(
        &mut self,
        resource: &Resource<'_>,
        policies: &Policies<'p>,
    ) -> Option<(String, PolicyType, Arc<PolicyDocument>)> {
        let target = self.named(resource, "target_id")?.value;
        let wanted = self.named(resource, "policy_id")?.value;
        let Some(policy) = policies.get(&wanted) else {
            // AWS's own policies allow everything, and stand in the tree already.
            if !matches!(wanted.as_str(), "p-FullAWSAccess" | "p-RCPFullAWSAccess") {
                let message = format!(
                    "`{}` attaches the policy `{wanted}`, which is not in this plan or state; write the organization in a world so that it counts",
                    resource.address
                );
                self.loading
                    .note(message, Some(self.resolver.place(resource)));
            }
            return None;
        };
        let kind = match self.resolver.known(policy, "type") {
            Some(kind) if kind.value == "RESOURCE_CONTROL_POLICY" => PolicyType::Rcp,
            Some(kind) if kind.value != "SERVICE_CONTROL_POLICY" => return None,
            _ => PolicyType::Scp,
        };
        let name = self.resolver.name(policy);
        let document = self.policy(policy, "content", kind, &name).document()?;
        Some((target, kind, document))
    }
}

fn unit(id: String, origin: Origin) -> Unit {
    Unit {
        id,
        scps: Vec::new(),
        rcps: Vec::new(),
        full_access: true,
        accounts: Vec::new(),
        units: Vec::new(),
        origin,
    }
}

/// Hangs what lies in a unit below it, level by level. Units in a circle lie in nothing.
fn grow(
    unit: &mut Unit,
    units: &mut HashMap<String, Vec<Unit>>,
    accounts: &mut HashMap<String, Vec<String>>,
    depth: usize,
) {
    unit.accounts = accounts.remove(&unit.id).unwrap_or_default();
    if depth == 0 {
        return;
    }
    unit.units = units.remove(&unit.id).unwrap_or_default();
    for below in &mut unit.units {
        grow(below, units, accounts, depth - 1);
    }
}
