//! A world as a world file: the facts of all sources in one file.

mod clusters;
mod expect;
mod names;
mod omitted;
mod piece;

use names::{account_of, bare, short};
use omitted::{Omitted, is_writable};
use piece::{Piece, flat, print};
use policy_engine::{
    inventory::{
        Attribute, Inventory, KeyRef, KmsKey, Parameter, ResourcePolicy, Role, Secret, Tag, Unit,
        find::Object, promise::Promises,
    },
    policy::{PolicyDocument, print::Canonical},
    request::{ContextValue, Grant},
    simulator::mounts::MountPoint,
    text::Text,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// The world as YAML.
pub fn world(
    inventory: &Inventory,
    mounts: &[MountPoint<'_>],
    promises: &Promises,
    about: Option<&str>,
) -> String {
    let omitted = Omitted::of(inventory, mounts, promises);
    let writer = Writer {
        inventory,
        mounts,
        omitted: &omitted,
    };
    let mut top = vec![("ascp-policy".to_owned(), Piece::Inline(json!(1)))];
    if let Some(about) = about {
        top.push(("about".into(), Piece::Inline(json!(about))));
    }
    if !inventory.closed.all {
        let kinds = inventory
            .closed
            .kinds
            .iter()
            .map(|(kind, account)| match account {
                Some(account) => format!("{kind}@{}", inventory.account_name(account)),
                None => kind.clone(),
            });
        top.push((
            "closed".into(),
            Piece::Inline(json!(kinds.collect::<Vec<_>>())),
        ));
    }
    top.extend(writer.externals());
    top.extend(writer.organization());
    top.push(("accounts".into(), Piece::Map(writer.accounts())));
    if !inventory.given.is_empty() {
        let given = inventory
            .given
            .iter()
            .map(|(key, value)| (key.value.clone(), Piece::Inline(context(value))));
        top.push(("given".into(), Piece::Map(given.collect())));
    }
    top.extend(writer.expect(promises));
    let mut text = omitted.comments();
    print(&Piece::Map(top), 0, &mut text);
    text
}

struct Writer<'a> {
    inventory: &'a Inventory,
    mounts: &'a [MountPoint<'a>],
    omitted: &'a Omitted,
}

fn text(value: &str) -> Piece {
    Piece::Inline(json!(value))
}

fn document(document: &PolicyDocument) -> Piece {
    Piece::Raw(serde_json::to_string(&Canonical(document)).unwrap_or_default())
}

fn writable(policies: &[Arc<PolicyDocument>]) -> impl Iterator<Item = &PolicyDocument> {
    let own = policies.iter().map(std::convert::AsRef::as_ref);
    own.filter(|policy| is_writable(policy))
}

fn context(value: &ContextValue) -> Value {
    match value {
        ContextValue::Single(text) => json!(text.to_string()),
        ContextValue::Multi(texts) => json!(texts.iter().map(Text::to_string).collect::<Vec<_>>()),
        ContextValue::Absent | ContextValue::Unknown(_) => Value::Null,
    }
}

fn tags(tags: &[Tag]) -> Option<(String, Piece)> {
    let pairs: serde_json::Map<String, Value> = tags
        .iter()
        .map(|tag| (tag.key.value.clone(), json!(tag.value.value.to_string())))
        .collect();
    (!pairs.is_empty()).then(|| ("tags".to_owned(), Piece::Inline(Value::Object(pairs))))
}

fn partition(region: &str) -> &'static str {
    match region.split('-').take(2).collect::<Vec<_>>().as_slice() {
        ["cn", ..] => "aws-cn",
        ["us", "gov"] => "aws-us-gov",
        _ => "aws",
    }
}

impl Writer<'_> {
    fn externals(&self) -> Option<(String, Piece)> {
        let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (kind, pattern) in &self.inventory.externals.patterns {
            kinds.entry(kind).or_default().push(&pattern.value);
        }
        for (kind, names) in &self.omitted.externals {
            let listed = kinds.entry(kind).or_default();
            for name in names {
                if !listed.contains(&name.as_str()) {
                    listed.push(name);
                }
            }
        }
        let pieces: Vec<_> = kinds
            .into_iter()
            .map(|(kind, patterns)| (kind.to_owned(), Piece::Inline(json!(patterns))))
            .collect();
        (!pieces.is_empty()).then(|| ("externals".into(), Piece::Map(pieces)))
    }

    fn organization(&self) -> Option<(String, Piece)> {
        let organization = self.inventory.organization.as_ref()?;
        let mut members = vec![("id".to_owned(), text(&organization.id))];
        if let Some(management) = &organization.management {
            members.push((
                "management".into(),
                text(self.inventory.account_name(management)),
            ));
        }
        members.push(("root".into(), text(&organization.root.id)));
        members.extend(self.unit(&organization.root));
        Some(("organization".into(), Piece::Map(members)))
    }

    fn unit(&self, unit: &Unit) -> Vec<(String, Piece)> {
        let mut members = Vec::new();
        for (name, policies) in [("scps", &unit.scps), ("rcps", &unit.rcps)] {
            if !policies.is_empty() {
                members.push((name.to_owned(), Self::named(writable(policies))));
            }
        }
        if !unit.full_access {
            members.push(("fullAccess".into(), Piece::Inline(json!(false))));
        }
        if !unit.accounts.is_empty() {
            let names: Vec<_> = unit
                .accounts
                .iter()
                .map(|id| self.inventory.account_name(id))
                .collect();
            members.push(("accounts".into(), Piece::Inline(json!(names))));
        }
        if !unit.units.is_empty() {
            let units = unit.units.iter().map(|unit| {
                let mut inner = vec![("id".to_owned(), text(&unit.id))];
                inner.extend(self.unit(unit));
                (unit.id.clone(), Piece::Map(inner))
            });
            members.push(("units".into(), Piece::Map(units.collect())));
        }
        members
    }

    fn named<'d>(documents: impl Iterator<Item = &'d PolicyDocument>) -> Piece {
        Piece::Map(
            documents
                .map(|policy| (policy.name.to_string(), document(policy)))
                .collect(),
        )
    }

    fn accounts(&self) -> Vec<(String, Piece)> {
        let accounts = self.inventory.accounts.iter().map(|account| {
            let mut members = vec![("id".to_owned(), text(&account.id))];
            members.extend(
                account
                    .region
                    .as_ref()
                    .map(|region| ("region".to_owned(), text(region))),
            );
            for (name, policies) in [("scps", &account.scps), ("rcps", &account.rcps)] {
                if !policies.is_empty() {
                    members.push((name.to_owned(), Self::named(writable(policies))));
                }
            }
            if !account.full_access {
                members.push(("fullAccess".into(), Piece::Inline(json!(false))));
            }
            for (name, piece) in [
                ("clusters", self.clusters(&account.id)),
                ("policies", self.policies(&account.id)),
                ("roles", self.roles(&account.id)),
                ("secrets", self.secrets(&account.id)),
                ("parameters", self.parameters(&account.id)),
                ("keys", self.keys(&account.id)),
                ("endpoints", self.endpoints(&account.id)),
            ] {
                if !piece.is_empty() {
                    members.push((name.to_owned(), Piece::Map(piece)));
                }
            }
            (
                self.inventory.account_name(&account.id).to_owned(),
                Piece::Map(members),
            )
        });
        accounts.collect()
    }

    fn policies(&self, account: &str) -> Vec<(String, Piece)> {
        let own = self
            .inventory
            .policies
            .iter()
            .filter(|policy| account_of(&policy.arn) == account)
            .filter(|policy| is_writable(&policy.document));
        // A path belongs to the name: a role attaches the policy by its ARN.
        own.map(|policy| (bare(&policy.arn).to_owned(), document(&policy.document)))
            .collect()
    }

    fn roles(&self, account: &str) -> Vec<(String, Piece)> {
        let roles = self
            .inventory
            .roles
            .iter()
            .filter(|role| account_of(&role.arn) == account && !self.omitted.has(&role.arn));
        roles
            .filter_map(|role| Some((short(&role.arn).to_owned(), Self::role(role)?)))
            .collect()
    }

    /// A role with an unknown trust policy cannot be written.
    fn role(role: &Role) -> Option<Piece> {
        let mut members = vec![("trust".to_owned(), document(role.trust.known()?))];
        if !role.inline.list.is_empty() {
            members.push((
                "policies".into(),
                Self::named(role.inline.list.iter().map(std::convert::AsRef::as_ref)),
            ));
        }
        if !role.attached.list.is_empty() {
            let arns: Vec<_> = role.attached.list.iter().map(|arn| &arn.value).collect();
            members.push(("attach".into(), Piece::Inline(json!(arns))));
        }
        members.extend(
            role.boundary
                .known()
                .map(|arn| ("boundary".to_owned(), text(&arn.value))),
        );
        let path = role.arn.split_once(":role").map_or("/", |(_, rest)| rest);
        let path = path.rsplit_once('/').map_or("", |(path, _)| path);
        if !path.is_empty() {
            members.push(("path".into(), text(&format!("{path}/"))));
        }
        members.extend(tags(&role.tags.list));
        Some(Piece::Map(members))
    }

    fn secrets(&self, account: &str) -> Vec<(String, Piece)> {
        let secrets = self.inventory.secrets.iter().filter(|secret| {
            secret.account == account && !self.omitted.has(&secret.arn.to_string())
        });
        secrets
            .map(|secret| (secret.name.clone(), self.secret(secret)))
            .collect()
    }

    fn secret(&self, secret: &Secret) -> Piece {
        let mut members = vec![("region".to_owned(), text(&secret.region))];
        let suffix = secret
            .arn
            .known()
            .and_then(|arn| arn.get(arn.len().checked_sub(6)?..));
        members.extend(suffix.map(|suffix| ("suffix".to_owned(), Piece::Inline(json!(suffix)))));
        members.extend(self.key_reference(&secret.key, &secret.account, &secret.region));
        members.extend(tags(&secret.tags.list));
        if let ResourcePolicy::Document(policy) = &secret.policy {
            members.push(("policy".into(), document(policy)));
        }
        if !secret.replicas.list.is_empty() {
            let replicas = secret.replicas.list.iter().map(|replica| {
                let key = self.key_reference(&replica.key, &secret.account, &replica.region.value);
                (
                    replica.region.value.clone(),
                    Piece::Map(key.into_iter().collect()),
                )
            });
            members.push(("replicas".into(), Piece::Map(replicas.collect())));
        }
        Piece::Map(members)
    }

    fn key_reference(&self, key: &KeyRef, account: &str, region: &str) -> Option<(String, Piece)> {
        let KeyRef::Named(name) = key else {
            return None;
        };
        let reference = match self.inventory.find_key(&name.value, account, region) {
            Some(key) if self.omitted.has(&key.arn.to_string()) => key.arn.to_string(),
            Some(key) => self.key_name(key),
            None if name.value.starts_with("arn:") || name.value.contains(':') => {
                name.value.clone()
            }
            // No source describes it: the file can only name its ARN.
            None => {
                let kind = if name.value.starts_with("alias/") {
                    ""
                } else {
                    "key/"
                };
                let partition = partition(region);
                format!(
                    "arn:{partition}:kms:{region}:{account}:{kind}{}",
                    name.value
                )
            }
        };
        Some(("key".into(), text(&reference)))
    }

    /// `vault:secrets`
    fn key_name(&self, key: &KmsKey) -> String {
        Object::Key(key).display(self.inventory)
    }

    fn parameters(&self, account: &str) -> Vec<(String, Piece)> {
        let parameters =
            self.inventory.parameters.iter().filter(|parameter| {
                parameter.account == account && !self.omitted.has(&parameter.arn)
            });
        parameters
            .map(|parameter| (parameter.name.clone(), self.parameter(parameter)))
            .collect()
    }

    fn parameter(&self, parameter: &Parameter) -> Piece {
        let kind = if parameter.secure == Attribute::Known(true) {
            "SecureString"
        } else {
            "String"
        };
        let mut members = vec![
            ("region".to_owned(), text(&parameter.region)),
            ("type".into(), text(kind)),
        ];
        if parameter.advanced {
            members.push(("tier".into(), text("Advanced")));
        }
        members.extend(self.key_reference(&parameter.key, &parameter.account, &parameter.region));
        members.extend(tags(&parameter.tags.list));
        if !parameter.shares.list.is_empty() {
            let shares: Vec<_> = parameter
                .shares
                .list
                .iter()
                .map(|share| self.inventory.account_name(&share.value))
                .collect();
            members.push(("share".into(), Piece::Inline(json!(shares))));
        }
        Piece::Map(members)
    }

    fn keys(&self, account: &str) -> Vec<(String, Piece)> {
        // AWS managed keys follow from the objects that they encrypt.
        let keys = self
            .inventory
            .keys
            .iter()
            .filter(|key| key.account == account && !key.aws_managed)
            .filter(|key| !self.omitted.has(&key.arn.to_string()));
        keys.filter_map(|key| {
            let mut members = vec![("policy".to_owned(), document(key.policy.known()?))];
            members.push(("region".into(), text(&key.region)));
            let id = key.arn.known().map(short);
            members.extend(id.map(|id| ("id".to_owned(), text(id))));
            if !key.aliases.is_empty() {
                members.push(("aliases".into(), Piece::Inline(json!(key.aliases))));
            }
            if key.enabled.known().is_some_and(|enabled| !enabled.value) {
                members.push(("enabled".into(), Piece::Inline(json!(false))));
            }
            members.extend(tags(&key.tags.list));
            if !key.grants.list.is_empty() {
                members.push((
                    "grants".into(),
                    Piece::List(key.grants.list.iter().map(grant).collect()),
                ));
            }
            Some((Object::Key(key).name().to_owned(), Piece::Map(members)))
        })
        .collect()
    }

    fn endpoints(&self, account: &str) -> Vec<(String, Piece)> {
        let endpoints = self
            .inventory
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.account == account)
            .filter(|endpoint| !self.omitted.has_endpoint(endpoint));
        endpoints
            .map(|endpoint| {
                let mut members = vec![
                    ("service".to_owned(), text(&endpoint.service)),
                    ("id".into(), text(&endpoint.id)),
                ];
                members.extend(
                    endpoint
                        .vpc
                        .as_ref()
                        .map(|vpc| ("vpc".to_owned(), text(vpc))),
                );
                members.extend(
                    endpoint
                        .policy
                        .as_ref()
                        .map(|policy| ("policy".to_owned(), document(policy))),
                );
                (endpoint.id.clone(), Piece::Map(members))
            })
            .collect()
    }
}

fn grant(grant: &Grant) -> Piece {
    let mut members = serde_json::Map::new();
    members.insert("to".into(), json!(grant.grantee.to_string()));
    members.insert("operations".into(), json!(grant.operations));
    let pairs = |pairs: &[(String, Text)]| {
        Value::Object(
            pairs
                .iter()
                .map(|(key, value)| (key.clone(), json!(value.to_string())))
                .collect(),
        )
    };
    if let Some(subset) = &grant.context_subset {
        members.insert("context".into(), pairs(subset));
    }
    if let Some(equals) = &grant.context_equals {
        members.insert("contextEquals".into(), pairs(equals));
    }
    Piece::Inline(Value::Object(members))
}
