//! Names to ARNs: the name of an object in a world, and its ARN (docs/guide/world-file.md).

use super::parsed::Parsed;
use crate::{
    arns::{alias_name, key_arn, parameter_arn, role_arn},
    fields::spelt,
    loading::Loading,
};
use policy_engine::syntax::{arn::Arn, node::Node};
use std::collections::BTreeMap;

/// The kinds of objects that references name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Referent {
    Role,
    Policy,
    Secret,
    Parameter,
    Key,
}

/// Something that has a name.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The id of its account.
    pub(super) account: String,
    region: String,
    /// Its ARN as text, with its unknown parts between angle brackets.
    pub(super) arn: String,
}

/// Everything that has a name, in all sources of the run.
#[derive(Default)]
pub(super) struct Names {
    entries: BTreeMap<(Referent, String), Vec<Entry>>,
    /// Patterns of what exists although nothing describes it, by kind.
    pub(super) externals: Vec<(String, String)>,
}

impl Referent {
    /// What people call it, with its article.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Role => "a role",
            Self::Policy => "a managed policy",
            Self::Secret => "a secret",
            Self::Parameter => "a parameter",
            Self::Key => "a key",
        }
    }

    /// Its kind in `externals`.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Role => "roles",
            Self::Policy => "policies",
            Self::Secret => "secrets",
            Self::Parameter => "parameters",
            Self::Key => "keys",
        }
    }
}

impl Names {
    /// Collects the names of all worlds and of everything they include.
    pub(super) fn new(loading: &Loading, worlds: &[Parsed]) -> Self {
        let mut names = Self::default();
        for world in worlds {
            names.world(loading, &world.node);
            let externals = world
                .node
                .get("externals")
                .and_then(Node::as_map)
                .unwrap_or_default();
            for (kind, patterns) in externals {
                let Some(kind) = kind.as_str() else { continue };
                let patterns = patterns
                    .as_list()
                    .unwrap_or_default()
                    .iter()
                    .filter_map(spelt);
                names
                    .externals
                    .extend(patterns.map(|pattern| (kind.to_owned(), pattern.value)));
            }
        }
        names.included(loading);
        names
    }

    /// Everything of that name, in any account.
    pub(super) fn get(&self, referent: Referent, name: &str) -> &[Entry] {
        self.entries
            .get(&(referent, name.to_owned()))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// All names of a kind in their order, those of one account alone when it is given.
    pub(super) fn all(
        &self,
        referent: Referent,
        account: Option<&str>,
    ) -> impl Iterator<Item = &str> {
        let of_kind = self
            .entries
            .range((referent, String::new())..)
            .take_while(move |((kind, _), _)| *kind == referent);
        let of_account = of_kind.filter(move |(_, entries)| {
            account.is_none_or(|account| entries.iter().any(|entry| entry.account == account))
        });
        of_account.map(|((_, name), _)| name.as_str())
    }

    fn add(&mut self, referent: Referent, name: &str, account: &str, region: &str, arn: String) {
        let entries = self.entries.entry((referent, name.to_owned())).or_default();
        let same = entries
            .iter()
            .any(|entry| entry.account == account && entry.region == region);
        if !same {
            entries.push(Entry {
                account: account.to_owned(),
                region: region.to_owned(),
                arn,
            });
        }
    }

    fn world(&mut self, loading: &Loading, node: &Node) {
        let accounts = node
            .get("accounts")
            .and_then(Node::as_map)
            .unwrap_or_default();
        for (name, body) in accounts {
            let Some(account) = spelt(name).and_then(|name| loading.account(&name.value).cloned())
            else {
                continue;
            };
            let Some(id) = account.id else { continue };
            let partition = &account.partition;
            let members = |name: &str| {
                let members = body.get(name).and_then(Node::as_map).unwrap_or_default();
                members
                    .iter()
                    .filter_map(|(key, value)| Some((spelt(key)?.value, value)))
            };
            let region_of = |node: &Node| {
                let own = node.get("region").and_then(Node::as_str).map(str::to_owned);
                own.or_else(|| account.region.clone()).unwrap_or_default()
            };
            for (name, body) in members("roles") {
                let path = body.get("path").and_then(Node::as_str).unwrap_or("/");
                self.add(
                    Referent::Role,
                    &name,
                    &id,
                    "",
                    role_arn(partition, &id, path, &name),
                );
            }
            for (name, _) in members("policies") {
                self.add(
                    Referent::Policy,
                    &name,
                    &id,
                    "",
                    format!("arn:{partition}:iam::{id}:policy/{name}"),
                );
            }
            for (name, body) in members("secrets") {
                let region = region_of(body);
                self.add(
                    Referent::Secret,
                    &name,
                    &id,
                    &region,
                    format!("arn:{partition}:secretsmanager:{region}:{id}:secret:{name}"),
                );
            }
            for (name, body) in members("parameters") {
                let region = region_of(body);
                self.add(
                    Referent::Parameter,
                    &name,
                    &id,
                    &region,
                    parameter_arn(partition, &region, &id, &name),
                );
            }
            for (name, body) in members("keys") {
                let region = region_of(body);
                let key = body.get("id").and_then(spelt).map(|id| id.value);
                let arn = key_arn(
                    partition,
                    &region,
                    &id,
                    key.as_deref(),
                    &account.name,
                    &name,
                )
                .to_string();
                let aliases = body
                    .get("aliases")
                    .and_then(Node::as_list)
                    .unwrap_or_default();
                for alias in aliases.iter().filter_map(spelt) {
                    self.add(
                        Referent::Key,
                        &alias_name(&alias.value),
                        &id,
                        &region,
                        arn.clone(),
                    );
                }
                self.add(Referent::Key, &name, &id, &region, arn);
            }
        }
    }

    fn included(&mut self, loading: &Loading) {
        let inventory = &loading.inventory;
        for role in &inventory.roles {
            self.iam(Referent::Role, &role.arn);
        }
        for policy in &inventory.policies {
            self.iam(Referent::Policy, &policy.arn);
        }
        for secret in &inventory.secrets {
            self.add(
                Referent::Secret,
                &secret.name,
                &secret.account,
                &secret.region,
                secret.arn.to_string(),
            );
        }
        for parameter in &inventory.parameters {
            let arn = parameter.arn.clone();
            self.add(
                Referent::Parameter,
                &parameter.name,
                &parameter.account,
                &parameter.region,
                arn,
            );
        }
        for key in inventory
            .keys
            .iter()
            .filter(|key| !key.account.is_empty() && !key.region.is_empty())
        {
            let arn = key.arn.to_string();
            let id = arn.rsplit('/').next().unwrap_or(&arn).to_owned();
            for alias in &key.aliases {
                let short = alias.strip_prefix("alias/").unwrap_or(alias);
                self.add(Referent::Key, short, &key.account, &key.region, arn.clone());
                self.add(Referent::Key, alias, &key.account, &key.region, arn.clone());
            }
            self.add(Referent::Key, &id, &key.account, &key.region, arn);
        }
    }

    fn iam(&mut self, referent: Referent, arn: &str) {
        let Some(parsed) = Arn::parse(arn) else {
            return;
        };
        let name = parsed
            .resource
            .rsplit('/')
            .next()
            .unwrap_or(parsed.resource);
        self.add(referent, name, parsed.account, "", arn.to_owned());
    }
}
