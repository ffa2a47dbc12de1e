//! The second reading of a world: references are resolved, and facts are taken.

use super::{names::Names, parsed::Parsed};
use crate::{
    keep::keep,
    kind::Kind,
    loading::{Loading, did_you_mean},
    open,
    opened::Wanted,
    path, policy,
    root::{Refusal, Root},
};
use policy_engine::{
    inventory::{AccountId, Region},
    policy::{PolicyDocument, PolicyType},
    request::ContextValue,
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
};
use std::sync::Arc;

const CLOSED_KINDS: [&str; 12] = [
    "accounts",
    "clusters",
    "namespaces",
    "serviceAccounts",
    "associations",
    "roles",
    "policies",
    "secrets",
    "parameters",
    "keys",
    "organization",
    "mounts",
];
/// The largest policy that is read from a file of its own; AWS takes far smaller ones.
const MAX_POLICY: usize = 1024 * 1024;
/// The most of all policies that are read from files of their own, one that is named twice counted twice.
const MAX_POLICIES: usize = 32 * 1024 * 1024;
const EXTERNAL_KINDS: [&str; 8] = [
    "accounts",
    "namespaces",
    "serviceAccounts",
    "roles",
    "secrets",
    "parameters",
    "keys",
    "sessionTags",
];

/// One world on its second reading.
pub(super) struct Decoder<'a> {
    pub(super) loading: &'a mut Loading,
    pub(super) names: &'a Names,
    pub(super) world: &'a Parsed,
    root: &'a Root,
}

/// The account in which something is written.
pub(super) struct Here {
    pub(super) name: String,
    pub(super) id: AccountId,
    pub(super) region: Option<String>,
    pub(super) partition: String,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(
        loading: &'a mut Loading,
        names: &'a Names,
        root: &'a Root,
        world: &'a Parsed,
    ) -> Self {
        Self {
            loading,
            names,
            world,
            root,
        }
    }

    pub(super) fn facts(&mut self) {
        let node = &self.world.node;
        if let Some(organization) = node.get("organization") {
            self.organization(organization);
        }
        if let Some(accounts) = node.get("accounts") {
            self.accounts(accounts);
        }
        self.closed();
        if let Some(externals) = node.get("externals") {
            self.externals(externals);
        }
        if let Some(given) = node.get("given") {
            let given = self.context(given, "`given`");
            self.loading.inventory.given.extend(given);
        }
    }

    /// Without `include` and without a word, everything is here.
    fn closed(&mut self) {
        let node = &self.world.node;
        let Some(closed) = node.get("closed") else {
            let includes = node.get("include").is_some() || self.loading.options.live.is_some();
            self.loading.inventory.closed.all |= self.world.is_top && !includes;
            return;
        };
        if closed.as_str() == Some("all") {
            self.loading.inventory.closed.all |= self.world.is_top;
            return;
        }
        if closed.as_list().is_none() {
            self.loading
                .problem("`closed` is `all` or a list of kinds", None, closed.origin);
            return;
        }
        for entry in self.loading.texts(closed, "`closed`") {
            let (kind, account) = match entry.value.split_once('@') {
                Some((kind, account)) => (kind, Some(account)),
                None => (entry.value.as_str(), None),
            };
            if !CLOSED_KINDS.contains(&kind) {
                let help = did_you_mean(kind, CLOSED_KINDS);
                let help =
                    help.unwrap_or_else(|| format!("the kinds are {}", CLOSED_KINDS.join(", ")));
                self.loading.problem(
                    format!("`{kind}` is not a kind of fact"),
                    Some(&help),
                    entry.origin,
                );
                continue;
            }
            let account = match account {
                Some(account) => match self.account_id(account, entry.origin) {
                    Some(id) => Some(id),
                    None => continue,
                },
                None => None,
            };
            self.loading
                .inventory
                .closed
                .kinds
                .push((kind.to_owned(), account));
        }
    }

    fn externals(&mut self, node: &Node) {
        for (kind, patterns) in self.loading.fields(node, "`externals`", &EXTERNAL_KINDS) {
            let Some(kind) = kind.as_str().filter(|kind| EXTERNAL_KINDS.contains(kind)) else {
                continue;
            };
            let patterns = self.loading.texts(patterns, &format!("`externals.{kind}`"));
            let patterns = patterns
                .into_iter()
                .map(|pattern| (kind.to_owned(), pattern));
            self.loading.inventory.externals.patterns.extend(patterns);
        }
    }

    /// Condition keys with their values.
    pub(super) fn context(
        &mut self,
        node: &Node,
        what: &str,
    ) -> Vec<(Spanned<String>, ContextValue)> {
        let mut context = Vec::new();
        for (key, value) in self.loading.named(node, what) {
            let value = match &value.value {
                Value::List(items) => {
                    let texts = items.iter().map(|item| match item.scalar_text() {
                        Some(text) => Some(text),
                        None => {
                            let message = format!(
                                "a value of `{}` is a text, not {}",
                                key.value,
                                item.kind()
                            );
                            self.loading.problem(message, None, item.origin);
                            None
                        }
                    });
                    ContextValue::Multi(texts.collect::<Vec<_>>().into_iter().flatten().collect())
                }
                Value::Null => ContextValue::Absent,
                _ => match value.scalar_text() {
                    Some(text) => ContextValue::Single(text),
                    None => {
                        let message = format!(
                            "the value of `{}` is a text or a list, not {}",
                            key.value,
                            value.kind()
                        );
                        self.loading.problem(message, None, value.origin);
                        continue;
                    }
                },
            };
            if !key.value.contains(':') {
                let help = Some("write it with its service: aws:SourceVpce");
                self.loading.problem(
                    format!("`{}` is not a condition key", key.value),
                    help,
                    key.origin,
                );
                continue;
            }
            context.push((key, value));
        }
        context
    }

    /// A policy in one of its three forms.
    pub(super) fn policy(
        &mut self,
        node: &Node,
        kind: PolicyType,
        name: &str,
    ) -> Option<Arc<PolicyDocument>> {
        match &node.value {
            Value::Map(_) if node.get("file").is_some() => {
                self.loading.fields(node, "a policy in a file", &["file"]);
                let path = self.loading.text(node.get("file")?, "a path")?;
                self.policy_file(&path, kind, name)
            }
            Value::Map(_) | Value::List(_) => policy::statements(self.loading, node, kind, name),
            _ => {
                let message = "a policy is a list of statements, a document, or `{file: path}`";
                self.loading.problem(message, None, node.origin);
                None
            }
        }
    }

    fn policy_file(
        &mut self,
        path: &Spanned<String>,
        kind: PolicyType,
        name: &str,
    ) -> Option<Arc<PolicyDocument>> {
        if self.loading.policy_bytes > MAX_POLICIES {
            return None;
        }
        let file = self.world.directory.join(&path.value);
        if let Err(refusal) = self.root.check(&file) {
            refused(self.loading, &refusal, path);
            return None;
        }
        let display = path::display(&file);
        let because = Some(path.origin);
        let wanted = Wanted {
            path: file,
            name: display,
            named: true,
            because,
            kind: None,
        };
        let opened = open::open(self.loading, &wanted)?;
        if opened.text.len() > MAX_POLICY {
            self.loading.problem(
                format!("`{}` is too large for a policy", opened.name),
                None,
                path.origin,
            );
            return None;
        }
        self.loading.policy_bytes += opened.text.len();
        if self.loading.policy_bytes > MAX_POLICIES {
            let message = format!(
                "more than {} MiB of policies in files of their own",
                MAX_POLICIES / 1024 / 1024
            );
            self.loading.problem(
                message,
                Some("name a file once and repeat it with an alias"),
                path.origin,
            );
            return None;
        }
        keep(self.loading, &opened);
        self.loading.read_file(&opened.name, Kind::POLICY);
        let Some(document) = opened.documents.first() else {
            self.loading
                .problem(format!("`{}` is empty", opened.name), None, path.origin);
            return None;
        };
        policy::statements(self.loading, document, kind, name)
    }

    /// Policies by name.
    pub(super) fn policies(
        &mut self,
        node: &Node,
        kind: PolicyType,
        what: &str,
    ) -> Vec<Arc<PolicyDocument>> {
        let mut policies = Vec::new();
        for (name, body) in self.loading.named(node, what) {
            policies.extend(self.policy(body, kind, &name.value));
        }
        policies
    }

    /// The region of something, its own or the account's.
    pub(super) fn region(
        &mut self,
        node: &Node,
        here: &Here,
        origin: Origin,
        what: &str,
    ) -> Option<Region> {
        if let Some(own) = node.get("region") {
            let own = self.loading.region(own)?;
            return Region::parse(&own.value);
        }
        if here.region.is_none() {
            let help = format!(
                "give `{}` a `region`, or the world `defaults: {{ region: … }}`",
                here.name
            );
            self.loading.problem(
                format!("the region of {what} is unknown"),
                Some(&help),
                origin,
            );
        }
        Region::parse(here.region.as_deref()?)
    }
}

/// Reports a path that is not read.
pub(super) fn refused(loading: &mut Loading, refusal: &Refusal, path: &Spanned<String>) {
    let (message, help) = refusal.text(&path.value);
    loading.problem(message, Some(help), path.origin);
}
