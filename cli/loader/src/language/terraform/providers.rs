//! The `provider` blocks of source without a plan: their resources, and the tags that they add.
//!
//! Terraform documentation, "Provider Configuration"; Terraform AWS provider documentation, "Authentication and Configuration".

use super::{
    accounts::Accounts, order::first_hole, plan::bare, references::plain, resolve::Resolver,
    source::Declaration,
};
use crate::{loading::is_account_id, resource::Home};
use policy_engine::{syntax::node::Node, text::Text};

/// The homes of the providers that source without a plan configures.
pub(super) fn accounts(resolver: &Resolver<'_>, outside: &Accounts) -> Accounts {
    let mut accounts = outside.clone();
    let modules = std::iter::once("").chain(
        resolver
            .plan
            .declared
            .iter()
            .flat_map(|declared| &declared.modules)
            .map(String::as_str),
    );
    let mut main_profile = None;
    let mut profiles: Vec<(String, Option<String>)> = Vec::new();
    for module in modules {
        let path = bare(module);
        for declaration in resolver.sources.blocks(&path) {
            if declaration.block.ident.as_str() != "provider" {
                continue;
            }
            let Some(label) = declaration.block.labels.first() else {
                continue;
            };
            let written = Written::read(resolver, module, &declaration);
            let mut key = label.as_str().to_owned();
            if let Some(alias) = &written.alias {
                key = format!("{key}.{alias}");
            } else if path.is_empty() && key == "aws" {
                main_profile.clone_from(&written.profile);
            }
            if !path.is_empty() {
                key = format!("{path}:{key}");
            }
            if written.home.account.is_none() {
                // The account that whoever names the files states is that of the provider without an alias.
                if written.assumes && written.alias.is_some() {
                    accounts.foreign.insert(key.clone());
                } else if written.alias.is_some() {
                    profiles.push((key.clone(), written.profile));
                }
            }
            if let Some(tags) = written.tags {
                accounts.tags.insert(key.clone(), tags);
            }
            accounts.providers.insert(key, written.home);
        }
    }
    let is_other = |profile: &Option<String>| profile.is_some() && *profile != main_profile;
    let other = profiles
        .into_iter()
        .filter(|(_, profile)| is_other(profile));
    accounts.foreign.extend(other.map(|(key, _)| key));
    accounts
}

/// A `provider` block of source without a plan.
struct Written {
    home: Home,
    alias: Option<String>,
    profile: Option<String>,
    /// Whether it assumes a role, which decides the account.
    assumes: bool,
    tags: Option<Node>,
}

impl Written {
    fn read(resolver: &Resolver<'_>, module: &str, declaration: &Declaration<'_>) -> Self {
        let scope = plain(module, declaration.file);
        let block = resolver.body(
            &declaration.block.body,
            &scope,
            declaration.file.head(declaration.block),
        );
        let known = |node: &Node| node.scalar_text()?.known().map(str::to_owned);
        let text = |name: &str| block.get(name).and_then(known);
        let first = |name: &str| block.get(name)?.as_list()?.first();
        let only = |name: &str| match block.get(name)?.as_list()? {
            [only] => known(only),
            _ => None,
        };
        let role = first("assume_role").or_else(|| first("assume_role_with_web_identity"));
        let assumed = role
            .and_then(|role| role.get("role_arn")?.scalar_text())
            .and_then(|arn| account_of(&arn));
        let account = only("allowed_account_ids").or(assumed);
        let region = text("region");
        Self {
            home: Home {
                account: account.filter(|id| is_account_id(id)),
                region,
                partition: String::new(),
            },
            alias: text("alias"),
            profile: text("profile"),
            assumes: role.is_some(),
            tags: first("default_tags").and_then(|block| block.get("tags").cloned()),
        }
    }
}

/// The account of an ARN whose name may have holes.
fn account_of(arn: &Text) -> Option<String> {
    let literal = arn.literal();
    let account = literal.split(':').nth(4)?;
    let end = literal.len() - literal.splitn(6, ':').nth(5).map_or(0, str::len);
    (first_hole(arn) >= end).then(|| account.to_owned())
}
