//! Account, region and partition of each provider configuration of a plan.

use super::plan::{Plan, Resource, constant, list};
use crate::{
    arns::partition,
    loading::{Loading, is_account_id},
    resource::Home,
    setting::Setting,
};
use policy_engine::syntax::{arn::Arn, node::Node};
use std::collections::{BTreeMap, BTreeSet};

/// The homes of all provider configurations.
#[derive(Clone, Debug, Default)]
pub(super) struct Accounts {
    pub(super) providers: BTreeMap<String, Home>,
    /// Providers that work in an account of their own that is unknown.
    pub(super) foreign: BTreeSet<String>,
    /// Tags that the providers of source without a plan add.
    pub(super) tags: BTreeMap<String, Node>,
    setting: Home,
    /// What the user calls accounts.
    names: BTreeMap<String, String>,
}

impl Accounts {
    /// What whoever names the files states.
    pub(super) fn outside(loading: &Loading, setting: &Setting) -> Self {
        let named = loading.accounts.iter();
        let names = named.filter_map(|account| Some((account.id.clone()?, account.name.clone())));
        Self {
            setting: setting.home(),
            names: names.collect(),
            ..Self::default()
        }
    }

    pub(super) fn new(plan: &Plan<'_>, loading: &Loading, setting: &Setting) -> Self {
        let mut accounts = Self::outside(loading, setting);
        for (key, configuration) in plan.providers.and_then(Node::as_map).unwrap_or_default() {
            if let Some(key) = key.as_str() {
                let home = accounts.providers.entry(key.to_owned()).or_default();
                configured(home, configuration, plan);
                if home.account.is_none() && assumes_role(configuration) {
                    accounts.foreign.insert(key.to_owned());
                }
            }
        }
        for resource in &plan.resources {
            let home = accounts
                .providers
                .entry(resource.provider.clone())
                .or_default();
            learn(home, resource);
        }
        accounts
    }

    /// Whether the provider of a resource works in an account of its own that is unknown.
    pub(super) fn is_unplaced(&self, resource: &Resource<'_>) -> bool {
        self.foreign.contains(&resource.provider) && self.home(resource).account.is_none()
    }

    /// The accounts of all providers and of whoever names the files.
    pub(super) fn known(&self) -> BTreeSet<String> {
        let providers = self.providers.values().chain([&self.setting]);
        providers.filter_map(|home| home.account.clone()).collect()
    }

    /// The same homes, as if every unknown account was this one.
    pub(super) fn in_account(&self, account: &str) -> Self {
        let mut accounts = self.clone();
        for key in std::mem::take(&mut accounts.foreign) {
            let home = accounts.providers.entry(key).or_default();
            home.account.get_or_insert_with(|| account.to_owned());
        }
        accounts
    }

    /// Where the resources of a provider live.
    pub(super) fn home_of(&self, provider: &str) -> Home {
        self.placed(provider, None, None)
    }

    /// Where a resource lives.
    pub(super) fn home(&self, resource: &Resource<'_>) -> Home {
        let text = |name: &str| resource.values.get(name).and_then(Node::as_str);
        let arn = text("arn").and_then(Arn::parse);
        let region = resource.region.as_deref().or_else(|| text("region"));
        self.placed(&resource.provider, arn, region)
    }

    fn placed(&self, key: &str, arn: Option<Arn<'_>>, region: Option<&str>) -> Home {
        let provider = self.providers.get(key);
        let first = |of_arn: Option<&str>, of: fn(&Home) -> Option<&String>, setting: &Home| {
            of_arn
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .or_else(|| provider.and_then(of).cloned())
                .or_else(|| of(setting).cloned())
        };
        let region = first(
            arn.map(|arn| arn.region).or(region),
            |home| home.region.as_ref(),
            &self.setting,
        );
        let stated = provider
            .map(|home| home.partition.as_str())
            .filter(|partition| !partition.is_empty());
        let stated = stated.unwrap_or(&self.setting.partition);
        let nowhere = Home::default();
        let setting = if self.foreign.contains(key) {
            &nowhere
        } else {
            &self.setting
        };
        Home {
            account: first(
                arn.map(|arn| arn.account),
                |home| home.account.as_ref(),
                setting,
            ),
            partition: match arn {
                Some(arn) => arn.partition.to_owned(),
                None => partition(region.as_deref(), Some(stated)),
            },
            region,
        }
    }

    /// What people call an account.
    pub(super) fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }
}

/// Account and region from the provider's block.
fn configured(home: &mut Home, configuration: &Node, plan: &Plan<'_>) {
    let value = |expression: &Node| -> Option<String> {
        if let Some(constant) = constant(expression) {
            let first = constant.as_list().and_then(|items| match items {
                [only] => Some(only),
                _ => None,
            });
            return first.unwrap_or(constant).as_str().map(str::to_owned);
        }
        let reference = list(expression, "references").first()?.as_str()?;
        let written = expression.get("constant_value");
        let text = written.and_then(Node::as_list).and_then(<[Node]>::first);
        let text = text.or(written).and_then(Node::as_str);
        if text.is_some_and(|text| text != format!("${{{reference}}}")) {
            return None;
        }
        let name = reference.strip_prefix("var.")?;
        let value = plan.variables?.at(&[name, "value"])?;
        value.as_str().map(str::to_owned)
    };
    let expressions = |path: &[&str]| {
        configuration
            .get("expressions")
            .and_then(|node| node.at(path))
    };
    home.region = expressions(&["region"]).and_then(value);
    let allowed = expressions(&["allowed_account_ids"]).and_then(value);
    let role = configuration
        .get("expressions")
        .and_then(|node| list(node, "assume_role").first())
        .and_then(|role| role.get("role_arn"))
        .and_then(value);
    let assumed = role
        .as_deref()
        .and_then(Arn::parse)
        .map(|arn| arn.account.to_owned());
    home.account = allowed.or(assumed).filter(|id| is_account_id(id));
}

/// Whether an alias works with the credentials of a role, which decides its account.
///
/// The account that whoever names the files states is that of the provider without an alias.
fn assumes_role(configuration: &Node) -> bool {
    let blocks = ["assume_role", "assume_role_with_web_identity"];
    let expressions = configuration.get("expressions");
    let expressions = expressions.filter(|_| configuration.get("alias").is_some());
    expressions.is_some_and(|own| blocks.iter().any(|block| own.get(block).is_some()))
}

/// Takes the account and Region of a provider from a resource that exists, or from a data source that was read.
fn learn(home: &mut Home, resource: &Resource<'_>) {
    let text = |name: &str| resource.values.get(name).and_then(Node::as_str);
    if resource.data && resource.kind == "aws_caller_identity" {
        home.account = text("account_id")
            .map(str::to_owned)
            .or(home.account.take());
        return;
    }
    if resource.data && resource.kind == "aws_region" {
        let region = text("region")
            .or_else(|| text("name"))
            .or_else(|| text("id"));
        home.region = region.map(str::to_owned).or(home.region.take());
        return;
    }
    if resource.data && resource.kind == "aws_partition" {
        if let Some(partition) = text("partition") {
            partition.clone_into(&mut home.partition);
        }
        return;
    }
    // A data source may read another account; a resource belongs to the account of its provider.
    let Some(arn) = text("arn").and_then(Arn::parse).filter(|_| !resource.data) else {
        return;
    };
    if home.account.is_none() && is_account_id(arn.account) {
        home.account = Some(arn.account.to_owned());
    }
    if home.region.is_none() && !arn.region.is_empty() {
        home.region = Some(arn.region.to_owned());
    }
    if home.partition.is_empty() {
        arn.partition.clone_into(&mut home.partition);
    }
}
