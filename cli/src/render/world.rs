//! A world as a world file: what was read, from whatever source, in one place.

mod omitted;

use super::escape;
use omitted::Omitted;
use policy_engine::{
    inventory::{
        Association, Cluster, Inventory, KeyRef, KmsKey, Parameter, Pod, ResourcePolicy, Role,
        Secret, Tag, Unit, Via,
        find::Object,
        promise::{Ask, Promise, Promises},
    },
    policy::{PolicyDocument, print::Canonical},
    request::{ContextValue, Grant},
    simulator::mounts::MountPoint,
    source::Spanned,
    text::Text,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A piece of the file: maps and lists become blocks, everything else stands in its line as JSON, which is YAML, too.
enum Piece {
    Map(Vec<(String, Piece)>),
    List(Vec<Piece>),
    Inline(Value),
    /// JSON in the order it was written.
    Raw(String),
}

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

fn print(piece: &Piece, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match piece {
        Piece::Map(members) => {
            for (name, member) in members {
                text.push_str(&format!("{indent}{}:", plain(name)));
                nested(member, depth + 1, text);
            }
        }
        Piece::List(items) => {
            for item in items {
                text.push_str(&format!("{indent}-"));
                nested(item, depth + 1, text);
            }
        }
        Piece::Inline(value) => text.push_str(&format!("{indent}{}\n", inline(value))),
        Piece::Raw(raw) => text.push_str(&format!("{indent}{}\n", escape(raw))),
    }
}

fn nested(piece: &Piece, depth: usize, text: &mut String) {
    match piece {
        Piece::Map(members) if members.is_empty() => text.push_str(" {}\n"),
        Piece::List(items) if items.is_empty() => text.push_str(" []\n"),
        Piece::Inline(value) => text.push_str(&format!(" {}\n", inline(value))),
        Piece::Raw(raw) => text.push_str(&format!(" {}\n", escape(raw))),
        Piece::Map(_) | Piece::List(_) => {
            text.push('\n');
            print(piece, depth, text);
        }
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        other => escape(&other.to_string()),
    }
}

/// A name as YAML reads it back: quoted unless nothing in it could mean anything else.
fn plain(text: &str) -> String {
    let first = text
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '/');
    let safe = text
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || "-_./".contains(character));
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if first && safe && !word {
        text.to_owned()
    } else {
        escape(&Value::from(text).to_string())
    }
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

fn known_tags(found: Option<&Spanned<Vec<Tag>>>) -> Option<(String, Piece)> {
    tags(
        found
            .map(|found| found.value.as_slice())
            .unwrap_or_default(),
    )
}

fn partition(region: &str) -> &'static str {
    match region.split('-').take(2).collect::<Vec<_>>().as_slice() {
        ["cn", ..] => "aws-cn",
        ["us", "gov"] => "aws-us-gov",
        _ => "aws",
    }
}

/// The object that a mount means although it looks for it in the wrong place.
fn meant<'i>(inventory: &'i Inventory, mount: &MountPoint<'_>) -> Option<Object<'i>> {
    if mount.missing_class || mount.class.is_some_and(|(_, entry)| entry.is_none()) {
        return None;
    }
    let cluster = inventory.cluster(&mount.pod.cluster);
    let own = |object: &Object<'_>| cluster.is_some_and(|one| one.account == object.account());
    let found = || inventory.objects().filter(|object| mount.means(*object));
    found().find(own).or_else(|| found().next())
}

/// The last part of an ARN's resource: the name of a role or policy.
fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// What follows the type in an ARN's resource: a name with its path, or an id.
fn bare(arn: &str) -> &str {
    arn.split_once('/').map_or("", |(_, bare)| bare)
}

fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or("")
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
                members.push((
                    name.to_owned(),
                    Self::named(policies.iter().map(std::convert::AsRef::as_ref)),
                ));
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
                .map(|one| (one.name.to_string(), document(one)))
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
                    members.push((
                        name.to_owned(),
                        Self::named(policies.iter().map(std::convert::AsRef::as_ref)),
                    ));
                }
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

    fn clusters(&self, account: &str) -> Vec<(String, Piece)> {
        let clusters = self
            .inventory
            .clusters
            .iter()
            .filter(|cluster| cluster.account == account);
        clusters
            .map(|cluster| {
                let mut members = vec![("region".to_owned(), text(&cluster.region))];
                let issuer = cluster
                    .issuer
                    .as_ref()
                    .map(|issuer| ("oidc".to_owned(), text(short(issuer))));
                members.extend(issuer);
                if !cluster.endpoints.is_empty() {
                    members.push(("endpoints".into(), Piece::Inline(json!(cluster.endpoints))));
                }
                if !cluster.rotation {
                    members.push(("rotation".into(), Piece::Inline(json!(false))));
                }
                if let Some(audiences) = &cluster.audiences {
                    members.push(("audiences".into(), Piece::Inline(json!(audiences.value))));
                }
                members.push((
                    "serviceAccounts".into(),
                    Piece::Map(self.service_accounts(cluster)),
                ));
                (cluster.name.clone(), Piece::Map(members))
            })
            .collect()
    }

    fn service_accounts(&self, cluster: &Cluster) -> Vec<(String, Piece)> {
        let own = |reference: &str| {
            self.inventory
                .cluster(reference)
                .is_some_and(|found| found.arn == cluster.arn)
        };
        let pods = self.inventory.pods();
        pods.iter()
            .filter(|pod| own(&pod.cluster))
            .map(|pod| {
                let mut members = Vec::new();
                let association = self.inventory.associations.iter().find(|one| {
                    one.cluster == pod.cluster
                        && one.namespace.value == pod.namespace
                        && one.service_account.value == pod.service_account
                });
                members.extend(association.and_then(|one| self.association(one)));
                let account = self
                    .inventory
                    .service_accounts
                    .iter()
                    .find(|one| one.pod == *pod);
                let irsa = account.and_then(|account| account.irsa.as_ref());
                members.extend(
                    irsa.map(|role| ("irsa".to_owned(), text(&self.role_reference(&role.value)))),
                );
                let mounts = self.pod_mounts(pod);
                if !mounts.is_empty() {
                    members.push(("mounts".into(), Piece::List(mounts)));
                }
                (
                    format!("{}/{}", pod.namespace, pod.service_account),
                    Piece::Map(members),
                )
            })
            .collect()
    }

    /// `shop:pod-reader`, or the ARN of a role that is not in the world.
    fn role_reference(&self, arn: &str) -> String {
        if self.inventory.role(arn).is_some() && !self.omitted.has(arn) {
            self.inventory.role_name(arn)
        } else {
            arn.to_owned()
        }
    }

    fn association(&self, association: &Association) -> Option<(String, Piece)> {
        let role = self.role_reference(&association.role.as_ref()?.value);
        let mut members = vec![("role".to_owned(), text(&role))];
        if let Some(target) = &association.target_role {
            members.push((
                "targetRole".into(),
                text(&self.role_reference(&target.value)),
            ));
        }
        members.extend(
            association
                .external_id
                .as_ref()
                .map(|id| ("externalId".to_owned(), text(id))),
        );
        if !association.session_tags.value {
            members.push(("sessionTags".into(), Piece::Inline(json!(false))));
        }
        members.extend(
            association
                .policy
                .as_ref()
                .map(|policy| ("policy".to_owned(), document(policy))),
        );
        Some(("association".into(), Piece::Map(members)))
    }

    fn pod_mounts(&self, pod: &Pod) -> Vec<Piece> {
        let mounts = self.mounts.iter().filter(|mount| mount.pod == *pod);
        mounts
            .filter_map(|mount| {
                let object = mount.object.or_else(|| meant(self.inventory, mount));
                let name = match object {
                    None if mount.name.value.starts_with("arn:") => mount.name.value.clone(),
                    None => return None,
                    Some(object @ Object::Key(_)) => object.arn().to_string(),
                    Some(object) => object.display(self.inventory),
                };
                let mut members = vec![("object".to_owned(), text(&name))];
                members.extend(
                    mount
                        .region
                        .as_ref()
                        .map(|region| ("region".to_owned(), text(region))),
                );
                let failover = mount
                    .failover
                    .as_ref()
                    .map(|failover| ("failover".to_owned(), text(failover.region)));
                members.extend(failover);
                members.extend(
                    mount
                        .version
                        .map(|version| ("version".to_owned(), text(version))),
                );
                members.extend(mount.label.map(|label| ("label".to_owned(), text(label))));
                let via = mount.via.map(|via| {
                    if via == Via::Irsa {
                        "irsa"
                    } else {
                        "pod-identity"
                    }
                });
                members.extend(via.map(|via| ("via".to_owned(), text(via))));
                Some(Piece::Inline(flat(members)))
            })
            .collect()
    }

    fn policies(&self, account: &str) -> Vec<(String, Piece)> {
        let own = self
            .inventory
            .policies
            .iter()
            .filter(|policy| account_of(&policy.arn) == account);
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

    /// A role whose trust policy no source tells cannot be written down.
    fn role(role: &Role) -> Option<Piece> {
        let mut members = vec![("trust".to_owned(), document(role.trust.as_ref()?))];
        if !role.inline.is_empty() {
            members.push((
                "policies".into(),
                Self::named(role.inline.iter().map(std::convert::AsRef::as_ref)),
            ));
        }
        if !role.attached.is_empty() {
            let arns: Vec<_> = role.attached.iter().map(|arn| &arn.value).collect();
            members.push(("attach".into(), Piece::Inline(json!(arns))));
        }
        members.extend(
            role.boundary
                .as_ref()
                .map(|arn| ("boundary".to_owned(), text(&arn.value))),
        );
        let path = role.arn.split_once(":role").map_or("/", |(_, rest)| rest);
        let path = path.rsplit_once('/').map_or("", |(path, _)| path);
        if !path.is_empty() {
            members.push(("path".into(), text(&format!("{path}/"))));
        }
        members.extend(tags(&role.tags));
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
        members.extend(known_tags(secret.tags.as_ref()));
        if let ResourcePolicy::Document(policy) = &secret.policy {
            members.push(("policy".into(), document(policy)));
        }
        if !secret.replicas.is_empty() {
            let replicas = secret.replicas.iter().map(|replica| {
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
            // Nobody describes it: only its ARN can stand for it.
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
        let kind = if parameter.secure {
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
        members.extend(known_tags(parameter.tags.as_ref()));
        if !parameter.shares.is_empty() {
            let shares: Vec<_> = parameter
                .shares
                .iter()
                .map(|share| self.inventory.account_name(&share.value))
                .collect();
            members.push(("share".into(), Piece::Inline(json!(shares))));
        }
        Piece::Map(members)
    }

    fn keys(&self, account: &str) -> Vec<(String, Piece)> {
        // Keys that AWS manages follow from what they encrypt.
        let keys = self
            .inventory
            .keys
            .iter()
            .filter(|key| key.account == account && !key.aws_managed)
            .filter(|key| !self.omitted.has(&key.arn.to_string()));
        keys.filter_map(|key| {
            let mut members = vec![("policy".to_owned(), document(key.policy.as_ref()?))];
            members.push(("region".into(), text(&key.region)));
            let id = key.arn.known().map(short);
            members.extend(id.map(|id| ("id".to_owned(), text(id))));
            if !key.aliases.is_empty() {
                members.push(("aliases".into(), Piece::Inline(json!(key.aliases))));
            }
            if !key.enabled.value {
                members.push(("enabled".into(), Piece::Inline(json!(false))));
            }
            members.extend(known_tags(key.tags.as_ref()));
            if !key.grants.is_empty() {
                members.push((
                    "grants".into(),
                    Piece::List(key.grants.iter().map(grant).collect()),
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
            .filter(|endpoint| endpoint.account == account);
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

    fn expect(&self, promises: &Promises) -> Option<(String, Piece)> {
        let kept = |object: &str| !self.omitted.objects.contains(object);
        let asks = || promises.pods.iter().filter(|one| kept(&one.object.value));
        let readers = || {
            promises
                .readers
                .iter()
                .filter(|one| kept(&one.object.value))
        };
        if asks().next().is_none() && readers().next().is_none() {
            return None;
        }
        let mut pods: Vec<(String, [Vec<Piece>; 2])> = Vec::new();
        for promise in asks() {
            let place = match pods
                .iter_mut()
                .position(|(pod, _)| *pod == promise.pod.value)
            {
                Some(at) => at,
                None => {
                    pods.push((promise.pod.value.clone(), [Vec::new(), Vec::new()]));
                    pods.len() - 1
                }
            };
            if let Some((_, lists)) = pods.get_mut(place) {
                let [can, cannot] = lists;
                if promise.can {
                    can.push(asked(promise));
                } else {
                    cannot.push(asked(promise));
                }
            }
        }
        let pods = pods.into_iter().map(|(pod, [can, cannot])| {
            let lists = [("can", can), ("cannot", cannot)]
                .into_iter()
                .filter(|(_, list)| !list.is_empty());
            (
                pod,
                Piece::Map(
                    lists
                        .map(|(word, list)| (word.to_owned(), Piece::List(list)))
                        .collect(),
                ),
            )
        });
        let mut members = Vec::new();
        let pods: Vec<_> = pods.collect();
        if !pods.is_empty() {
            members.push(("pods".to_owned(), Piece::Map(pods)));
        }
        if readers().next().is_some() {
            let readers = readers().map(|readers| {
                let names: Vec<_> = readers.pods.iter().map(|pod| &pod.value).collect();
                (readers.object.value.clone(), Piece::Inline(json!(names)))
            });
            members.push(("readers".into(), Piece::Map(readers.collect())));
        }
        Some(("expect".into(), Piece::Map(members)))
    }
}

fn asked(promise: &Promise) -> Piece {
    let mut members = serde_json::Map::new();
    match &promise.ask {
        Ask::Read | Ask::Rotate => {
            members.insert(promise.ask.to_string(), json!(promise.object.value));
        }
        Ask::Call(action) => {
            members.insert("call".into(), json!(action));
            members.insert("on".into(), json!(promise.object.value));
        }
    }
    if let Some(because) = &promise.because {
        members.insert("because".into(), json!(because.value));
    }
    if !promise.given.is_empty() {
        let given = promise
            .given
            .iter()
            .map(|(key, value)| (key.value.clone(), context(value)));
        members.insert("given".into(), Value::Object(given.collect()));
    }
    if let Some(via) = promise.via {
        members.insert("via".into(), json!(via.to_string()));
    }
    Piece::Inline(Value::Object(members))
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

/// Members that are all inline, as one JSON object.
fn flat(members: Vec<(String, Piece)>) -> Value {
    let pairs = members.into_iter().map(|(name, piece)| match piece {
        Piece::Inline(value) => (name, value),
        Piece::Map(_) | Piece::List(_) | Piece::Raw(_) => (name, Value::Null),
    });
    Value::Object(pairs.collect())
}
