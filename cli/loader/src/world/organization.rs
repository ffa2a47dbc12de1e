//! The organization of a world: its root, its units and what is attached to them.

use super::decoder::Decoder;
use crate::fields::spelt;
use policy_engine::{
    inventory::{AccountId, Organization, Unit},
    policy::PolicyType,
    source::Origin,
    syntax::node::Node,
};

const UNIT_KEYS: [&str; 6] = ["id", "scps", "rcps", "fullAccess", "accounts", "units"];

impl Decoder<'_> {
    pub(super) fn organization(&mut self, node: &Node) {
        let known: Vec<_> = UNIT_KEYS
            .into_iter()
            .chain(["root", "management"])
            .collect();
        self.loading.fields(node, "`organization`", &known);
        let origin = super::parsed::key_origin(&self.world.node, "organization");
        let id = match node.get("id") {
            Some(node) => self.loading.text(node, "an organization's id"),
            None => {
                self.loading.problem(
                    "the organization needs an `id`",
                    Some("o-a1b2c3d4e5"),
                    origin,
                );
                None
            }
        };
        if let Some(id) = id.as_ref().filter(|id| !is_organization_id(&id.value)) {
            let help = Some("it is `o-` and 10 to 32 lower-case letters or digits");
            self.loading.problem(
                format!("`{}` is not an organization's id", id.value),
                help,
                id.origin,
            );
        }
        let management = node
            .get("management")
            .and_then(|node| self.loading.text(node, "an account's name"));
        let management = management.and_then(|name| self.account_id(&name.value, name.origin));
        let root = node
            .get("root")
            .and_then(spelt)
            .map_or_else(|| "root".to_owned(), |root| root.value);
        let root = self.unit(node, root, origin);
        if let Some(id) = id {
            if let Some(before) = self
                .loading
                .inventory
                .organization
                .as_ref()
                .filter(|before| before.id != id.value)
            {
                let labels = vec![
                    (id.origin, String::new()),
                    (before.root.origin, "another organization".to_owned()),
                ];
                self.loading
                    .labelled("the inputs contain two organizations", None, labels);
            }
            self.loading.inventory.organization = Some(Organization {
                id: id.value,
                management: management.as_deref().and_then(AccountId::parse),
                root,
            });
        }
    }

    fn unit(&mut self, node: &Node, id: String, origin: Origin) -> Unit {
        let scps = node
            .get("scps")
            .map(|node| self.policies(node, PolicyType::Scp, "`scps`"))
            .unwrap_or_default();
        let rcps = node
            .get("rcps")
            .map(|node| self.policies(node, PolicyType::Rcp, "`rcps`"))
            .unwrap_or_default();
        let full_access = node
            .get("fullAccess")
            .and_then(|node| self.loading.boolean(node, "`fullAccess`"));
        let accounts = self.optional_texts(node, "accounts");
        let accounts = accounts
            .into_iter()
            .filter_map(|name| AccountId::parse(&self.account_id(&name.value, name.origin)?))
            .collect();
        let mut units = Vec::new();
        if let Some(children) = node.get("units") {
            for (name, body) in self.loading.named(children, "`units`") {
                self.loading.fields(body, "a unit", &UNIT_KEYS);
                let id = body
                    .get("id")
                    .and_then(spelt)
                    .map_or_else(|| name.value.clone(), |id| id.value);
                units.push(self.unit(body, id, name.origin));
            }
        }
        let full_access = full_access.is_none_or(|full_access| full_access.value);
        Unit {
            id,
            scps,
            rcps,
            full_access,
            accounts,
            units,
            origin,
        }
    }
}

fn is_organization_id(text: &str) -> bool {
    let body = text.strip_prefix("o-").unwrap_or("");
    (10..=32).contains(&body.len())
        && body
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}
