//! The first reading of a world: its header, accounts and includes, and those of the worlds it includes.

use super::parsed::{Parsed, key_origin};
use crate::{
    arns::{PARTITIONS, partition},
    keep::keep,
    kind::Kind,
    loading::{Loading, NamedAccount, account, is_account_id},
    open,
    opened::{Wanted, report},
    root::Root,
};
use policy_engine::{
    inventory::AccountId,
    source::Spanned,
    syntax::node::{Node, Value},
};
use std::path::{Path, PathBuf};

/// How deep worlds may include worlds.
const MAX_DEPTH: usize = 8;
/// How many accounts a world describes.
const MAX_ACCOUNTS: usize = 10_000;

const KEYS: [&str; 9] = [
    "ascp-policy",
    "about",
    "include",
    "closed",
    "externals",
    "defaults",
    "organization",
    "accounts",
    "given",
];
const ACCOUNT_KEYS: [&str; 9] = [
    "id",
    "region",
    "tags",
    "clusters",
    "roles",
    "policies",
    "secrets",
    "parameters",
    "keys",
];

/// Worlds that are being read.
pub(super) struct Reading<'a> {
    pub(super) loading: &'a mut Loading,
    pub(super) root: Root,
    /// Files that lead to the one being read, for cycles.
    pub(super) chain: Vec<PathBuf>,
    pub(super) seen: Vec<PathBuf>,
    /// Included worlds precede those that include them.
    pub(super) parsed: Vec<Parsed>,
}

impl Reading<'_> {
    pub(super) fn world(&mut self, wanted: &Wanted, is_top: bool) {
        let canonical = wanted
            .path
            .canonicalize()
            .unwrap_or_else(|_| wanted.path.clone());
        if self.chain.contains(&canonical) {
            let message = format!("`{}` includes itself", wanted.name);
            report(
                self.loading,
                &wanted.name,
                wanted.because,
                message,
                Some("remove one of the includes"),
            );
            return;
        }
        if self.seen.contains(&canonical) {
            return;
        }
        if self.chain.len() >= MAX_DEPTH {
            let message = format!("worlds include worlds more than {MAX_DEPTH} levels deep");
            report(self.loading, &wanted.name, wanted.because, message, None);
            return;
        }
        let Some(opened) = open::open(self.loading, wanted) else {
            return;
        };
        if opened.kind != Some(Kind::WORLD) {
            let message = format!(
                "`{}` is not a world: its first key is not `ascp-policy`",
                wanted.name
            );
            report(
                self.loading,
                &wanted.name,
                wanted.because,
                message,
                Some("begin it with `ascp-policy: 1`"),
            );
            return;
        }
        let source = keep(self.loading, &opened);
        self.loading.read_file(&opened.name, Kind::WORLD);
        let mut documents = opened.documents.into_iter();
        let Some(node) = documents.next() else { return };
        if let Some(second) = documents.next() {
            self.loading.problem(
                "a world file has a single document",
                Some("put the second into a file of its own"),
                second.origin,
            );
        }
        self.chain.push(canonical.clone());
        self.seen.push(canonical);
        let directory = opened
            .path
            .parent()
            .map(Path::to_path_buf)
            .unwrap_or_default();
        let partition = self.header(&node);
        self.accounts(&node, partition.as_deref());
        self.includes(&node, &directory);
        self.chain.pop();
        self.parsed.push(Parsed {
            node,
            source,
            directory,
            is_top,
        });
    }

    /// Checks the version and the keys; answers with the partition that it states.
    fn header(&mut self, node: &Node) -> Option<String> {
        let known: Vec<_> = KEYS.into_iter().chain(["expect"]).collect();
        self.loading.fields(node, "a world", &known);
        if let Some(version) = node.get("ascp-policy") {
            let is_supported = matches!(&version.value, Value::Number(number) if number == "1");
            if !is_supported {
                let help = Some("write `ascp-policy: 1`");
                self.loading.problem(
                    "this release reads version 1 of the world file",
                    help,
                    version.origin,
                );
            }
        }
        if let Some(about) = node.get("about") {
            self.loading.text(about, "`about`");
        }
        let defaults = node.get("defaults")?;
        self.loading
            .fields(defaults, "`defaults`", &["partition", "region"]);
        let partition = defaults.get("partition");
        let partition =
            partition.and_then(|node| self.loading.word(node, "a partition", &PARTITIONS));
        partition.map(|partition| partition.value)
    }

    /// Takes names, ids and regions of the accounts, which everything else refers to.
    fn accounts(&mut self, node: &Node, stated: Option<&str>) {
        let default = node
            .at(&["defaults", "region"])
            .and_then(|node| self.loading.region(node));
        let default = default
            .map(|region| region.value)
            .or_else(|| self.loading.options.region.clone());
        let Some(accounts) = node.get("accounts") else {
            return;
        };
        if accounts
            .as_map()
            .is_some_and(|members| members.len() > MAX_ACCOUNTS)
        {
            let message = format!("more than {MAX_ACCOUNTS} accounts");
            self.loading.problem(
                message,
                Some("split the world"),
                key_origin(node, "accounts"),
            );
            return;
        }
        for (name, body) in self.loading.named(accounts, "`accounts`") {
            self.account_name(&name);
            let known: Vec<_> = ACCOUNT_KEYS
                .into_iter()
                .chain(["endpoints", "scps", "rcps", "fullAccess"])
                .collect();
            self.loading.fields(body, "an account", &known);
            let id = body.get("id").and_then(|node| self.account_id(node));
            let region = body
                .get("region")
                .and_then(|node| self.loading.region(node));
            let region = region
                .map(|region| region.value)
                .or_else(|| default.clone());
            if let Some(tags) = body.get("tags") {
                self.loading.tags(tags);
            }
            let somewhere = region.clone().or_else(|| region_within(body));
            let partition = partition(somewhere.as_deref(), stated);
            self.add_account(name, id, region, &partition);
        }
    }

    fn add_account(
        &mut self,
        name: Spanned<String>,
        id: Option<String>,
        region: Option<String>,
        partition: &str,
    ) {
        if let Some(id) = id.as_deref().and_then(AccountId::parse) {
            let fact = account(id, Some(&name.value), region.as_deref(), name.origin);
            self.loading.inventory.accounts.push(fact);
        }
        let clash = self.loading.accounts.iter().find(|other| {
            other.id.is_some() && id.is_some() && (other.name == name.value) != (other.id == id)
        });
        if let Some(other) = clash {
            let (message, help) = if other.name == name.value {
                (
                    format!("the account `{}` has another id elsewhere", name.value),
                    "give each account a name of its own",
                )
            } else {
                (
                    format!(
                        "the account {} is also called `{}`",
                        id.unwrap_or_default(),
                        other.name
                    ),
                    "use a single name for the account",
                )
            };
            let mut labels = vec![(name.origin, String::new())];
            if other.origin.is_somewhere() {
                labels.push((other.origin, "the other account".to_owned()));
            }
            self.loading.labelled(message, Some(help), labels);
            return;
        }
        match self
            .loading
            .accounts
            .iter_mut()
            .find(|other| other.name == name.value)
        {
            Some(other) => {
                other.id = id.or(other.id.take());
                other.region = region.or(other.region.take());
                partition.clone_into(&mut other.partition);
                other.origin = name.origin;
            }
            None => self.loading.accounts.push(NamedAccount {
                name: name.value,
                id,
                region,
                partition: partition.to_owned(),
                origin: name.origin,
            }),
        }
    }

    fn account_name(&mut self, name: &Spanned<String>) {
        let text = &name.value;
        let fits = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        let starts = text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        if !fits || !starts || text == "arn" || text == "aws" {
            let help = "use letters, digits, `_`, `.` and `-`; `arn` and `aws` are taken";
            self.loading.problem(
                format!("`{text}` cannot be the name of an account"),
                Some(help),
                name.origin,
            );
        }
    }

    fn account_id(&mut self, node: &Node) -> Option<String> {
        let written = node
            .scalar_text()
            .and_then(|text| text.known().map(str::to_owned));
        let Some(written) = written else {
            self.loading.problem(
                format!("an account id is twelve digits, not {}", node.kind()),
                None,
                node.origin,
            );
            return None;
        };
        if is_account_id(&written) {
            return Some(written);
        }
        let digits = written.bytes().all(|byte| byte.is_ascii_digit());
        let help = match node.value {
            Value::Number(_) => "write the id in quotes: without them leading zeros are lost",
            _ if digits => "count the digits",
            _ => "look it up with `aws sts get-caller-identity`",
        };
        let message = format!("`{written}` is not an account id: an account id has twelve digits");
        self.loading.problem(message, Some(help), node.origin);
        None
    }
}

/// The region of any object of an account that states no region: an account lies in one partition.
fn region_within(account: &Node) -> Option<String> {
    let kinds = ["clusters", "secrets", "parameters", "keys"].iter();
    let mut kinds = kinds.filter_map(|kind| account.get(kind)?.as_map());
    kinds.find_map(|members| {
        let mut regions = members
            .iter()
            .filter_map(|(_, member)| member.get("region"));
        regions.find_map(|region| region.as_str().map(str::to_owned))
    })
}
