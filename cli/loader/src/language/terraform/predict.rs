//! Attributes that the provider computes and that follow from type, name, account and region.
//!
//! Terraform AWS provider documentation, "Attribute Reference" of each resource.

use super::{plan::Resource, resolve::Resolver};
use crate::arns::{chosen_name, key_arn, parameter_arn, role_arn, secret_arn};
use crate::issuer::{SCHEME, without_scheme};
use crate::resource::Home;
use crate::unnamed::expressed;
use crate::value::{graft, hole, hole_name, text};
use policy_engine::{
    inventory::Cluster,
    source::Origin,
    syntax::node::{Node, Value},
    text::{HoleKind, Text},
};

impl Resolver<'_> {
    /// What an attribute will be, when that follows from what is known.
    pub(super) fn predict(&self, resource: &Resource<'_>, name: &str) -> Option<Node> {
        if resource.data && resource.kind == "aws_iam_policy_document" {
            return matches!(name, "json" | "minified_json")
                .then(|| self.policy_document(resource))
                .flatten();
        }
        let is_known = resource
            .values
            .get(name)
            .is_some_and(|node| !node.is_null());
        if is_known {
            return None;
        }
        if resource.kind == "aws_eks_cluster" && name == "identity" {
            return self.identity(resource);
        }
        let predicted = self.predicted(resource, name)?;
        Some(text(predicted, self.place(resource)))
    }

    fn predicted(&self, resource: &Resource<'_>, name: &str) -> Option<Text> {
        let home = self.accounts.home(resource);
        let kind = resource.kind.as_str();
        if resource.data {
            return match (kind, name) {
                ("aws_caller_identity", "account_id" | "id") => {
                    home.account.map(|id| Text::shown(expressed(&id)))
                }
                ("aws_region", "name" | "region" | "id") => home.region.map(Text::from),
                ("aws_partition", "partition" | "id") => Some(Text::from(home.partition)),
                ("aws_partition", "dns_suffix") => {
                    let china = home.partition == "aws-cn";
                    Some(Text::fixed(if china {
                        "amazonaws.com.cn"
                    } else {
                        "amazonaws.com"
                    }))
                }
                _ => None,
            };
        }
        match (kind, name) {
            ("aws_iam_role" | "aws_iam_policy" | "aws_eks_cluster", "arn")
            | ("aws_iam_policy", "id") => self.arn(resource),
            ("aws_iam_role", "name" | "id")
            | ("aws_iam_policy" | "aws_secretsmanager_secret", "name") => {
                Some(Text::shown(&self.name(resource)))
            }
            ("aws_secretsmanager_secret", "arn" | "id")
            | ("aws_ssm_parameter" | "aws_kms_key" | "aws_kms_replica_key", "arn") => {
                self.arn(resource)
            }
            ("aws_kms_key" | "aws_kms_replica_key", "id" | "key_id") => {
                let arn = self.arn(resource)?;
                let at = arn.literal().find(":key/").map(|at| at + 5)?;
                Some(arn.slice(at, arn.literal().len()))
            }
            ("aws_kms_alias", "arn") => self.arn(resource),
            ("aws_kms_alias", "target_key_arn") => {
                self.field(resource, "target_key_id")?.scalar_text()
            }
            ("aws_ssm_parameter" | "aws_eks_cluster" | "aws_kms_alias", "id" | "name") => {
                Some(Text::shown(&self.name(resource)))
            }
            (
                "aws_secretsmanager_secret_policy" | "aws_secretsmanager_secret_version",
                "secret_arn" | "id" | "arn",
            ) => self
                .field(
                    resource,
                    if kind.ends_with("policy") {
                        "secret_arn"
                    } else {
                        "secret_id"
                    },
                )?
                .scalar_text(),
            ("aws_iam_openid_connect_provider", "arn") => {
                let url = self.field(resource, "url")?.scalar_text()?;
                let url = without_scheme(&url);
                let account = home.account?;
                let account = expressed(&account);
                let head = format!("arn:{}:iam::{account}:oidc-provider/", home.partition);
                Some(Text::shown(&head).then(&url))
            }
            _ => None,
        }
    }

    /// `identity` of a cluster: its issuer is unknown, and the same wherever the cluster is named.
    fn identity(&self, cluster: &Resource<'_>) -> Option<Node> {
        let origin = self.place(cluster);
        let name = Cluster::unknown_issuer(&self.arn(cluster)?.to_string());
        let issuer = Text::fixed(SCHEME).then(&Text::hole(name, HoleKind::Any));
        let block = |name: &str, value: Node| {
            let member = (text(name, origin), value);
            let inner = Value::Map(vec![member]);
            let inner = Node {
                value: inner,
                origin,
            };
            Node {
                value: Value::List(vec![inner]),
                origin,
            }
        };
        let oidc = block("issuer", text(issuer, origin));
        Some(block("oidc", oidc))
    }

    /// The name of a resource; a name that AWS or Terraform chooses is between angle brackets.
    pub(super) fn name(&self, resource: &Resource<'_>) -> String {
        let known = |name: &str| {
            let node = self.field(resource, name)?;
            node.scalar_text().map(|text| text.to_string())
        };
        known("name").unwrap_or_else(|| {
            let prefix = known("name_prefix").unwrap_or_default();
            format!("{prefix}{}", chosen_name(&resource.address))
        })
    }

    /// The ARN of a resource: known, or from its type, name, account and region.
    pub(super) fn arn(&self, resource: &Resource<'_>) -> Option<Text> {
        if let Some(known) = resource.values.get("arn").and_then(Node::as_str) {
            return Some(Text::from(known));
        }
        let Home {
            account,
            region,
            partition,
        } = self.accounts.home(resource);
        let account = account?;
        let owner = self.accounts.name(&account);
        let account = expressed(&account);
        let iam = |kind: &str| {
            let path = self.field(resource, "path");
            let path = path.and_then(|path| path.scalar_text());
            let path = path.map_or_else(|| "/".to_owned(), |path| path.to_string());
            let arn = role_arn(&partition, account, &path, &self.name(resource));
            Text::shown(&arn.replacen(":role/", &format!(":{kind}/"), 1))
        };
        match resource.kind.as_str() {
            "aws_iam_role" => return Some(iam("role")),
            "aws_iam_policy" => return Some(iam("policy")),
            _ => {}
        }
        let region = region?;
        match resource.kind.as_str() {
            "aws_secretsmanager_secret" => Some(secret_arn(
                &partition,
                &region,
                account,
                None,
                owner,
                &self.name(resource),
            )),
            "aws_kms_key" | "aws_kms_replica_key" => {
                let id = resource.values.get("key_id").and_then(Node::as_str);
                Some(key_arn(
                    &partition,
                    &region,
                    account,
                    id,
                    owner,
                    &resource.address,
                ))
            }
            "aws_ssm_parameter" => Some(Text::shown(&parameter_arn(
                &partition,
                &region,
                account,
                &self.name(resource),
            ))),
            "aws_eks_cluster" => Some(Text::shown(&format!(
                "arn:{partition}:eks:{region}:{account}:cluster/{}",
                self.name(resource)
            ))),
            "aws_kms_alias" => Some(Text::shown(&format!(
                "arn:{partition}:kms:{region}:{account}:{}",
                self.name(resource)
            ))),
            _ => None,
        }
    }

    /// `data.aws_iam_policy_document`: the document that its statements make.
    fn policy_document(&self, resource: &Resource<'_>) -> Option<Node> {
        let place = self.place(resource);
        let node = |value| Node {
            value,
            origin: place,
        };
        let mut statements: Vec<Node> = Vec::new();
        let documents = |names: [&str; 2]| {
            let values = names
                .into_iter()
                .filter_map(|name| self.field(resource, name));
            values.flat_map(|node| listed(&node)).collect::<Vec<_>>()
        };
        for document in documents(["source_json", "source_policy_documents"]) {
            overlay(&mut statements, document_statements(&document)?);
        }
        let own = match self.field(resource, "statement") {
            Some(own) => own.as_list()?.iter().map(statement).collect(),
            None => Vec::new(),
        };
        overlay(&mut statements, own);
        for document in documents(["override_json", "override_policy_documents"]) {
            overlay(&mut statements, document_statements(&document)?);
        }
        let version = self
            .field(resource, "version")
            .unwrap_or_else(|| text("2012-10-17", place));
        let made = node(Value::Map(vec![
            (text("Version", place), version),
            (text("Statement", place), node(Value::List(statements))),
        ]));
        // The provider's result is true; the statements give the places.
        let known = resource
            .values
            .get("json")
            .filter(|json| json.as_str().is_some());
        Some(known.map_or_else(|| made.clone(), |known| graft(known, &made)))
    }
}

/// Makes an element of a statement from the blocks that describe it; `None` if a part of them is unknown.
type MakeElement = fn(&[Node], Origin) -> Option<Node>;

/// A statement with an existing Sid replaces the statement with it; any other statement is appended.
fn overlay(statements: &mut Vec<Node>, more: Vec<Node>) {
    for statement in more {
        let sid = statement
            .get("Sid")
            .and_then(Node::as_str)
            .filter(|sid| !sid.is_empty());
        let known = sid.and_then(|sid| {
            let mut known = statements.iter_mut();
            known.find(|statement| statement.get("Sid").and_then(Node::as_str) == Some(sid))
        });
        match known {
            Some(known) => *known = statement,
            None => statements.push(statement),
        }
    }
}

fn document_statements(document: &Node) -> Option<Vec<Node>> {
    let parsed = crate::value::embedded(document);
    let document = parsed.as_ref().unwrap_or(document);
    match &document.get("Statement")?.value {
        Value::List(items) => Some(items.clone()),
        Value::Map(_) => document
            .get("Statement")
            .map(|statement| vec![statement.clone()]),
        _ => None,
    }
}

/// A `statement` block as IAM writes it.
fn statement(block: &Node) -> Node {
    let mut members: Vec<(Node, Node)> = Vec::new();
    let mut take = |from: &str, to: &str| {
        let Some((key, value)) = block.entry(from) else {
            return;
        };
        let is_empty = value.is_null()
            || value.as_str() == Some("")
            || value.as_list().is_some_and(<[Node]>::is_empty);
        if !is_empty {
            members.push((text(to, key.origin), variables(value)));
        }
    };
    take("sid", "Sid");
    take("effect", "Effect");
    take("actions", "Action");
    take("not_actions", "NotAction");
    take("resources", "Resource");
    take("not_resources", "NotResource");
    if members
        .iter()
        .all(|(key, _)| key.as_str() != Some("Effect"))
    {
        members.push((text("Effect", block.origin), text("Allow", block.origin)));
    }
    let made: [(&str, &str, MakeElement); 3] = [
        ("principals", "Principal", principals),
        ("not_principals", "NotPrincipal", principals),
        ("condition", "Condition", conditions),
    ];
    for (from, to, make) in made {
        let Some((key, value)) = block.entry(from) else {
            continue;
        };
        match &value.value {
            Value::List(blocks) if blocks.is_empty() => {}
            // Blocks that are not known in full make a part that is not known.
            Value::List(blocks) => {
                let made = make(blocks, value.origin);
                let unknown = || hole(&format!("{from} of a statement"), value.origin);
                members.push((text(to, key.origin), made.unwrap_or_else(unknown)));
            }
            Value::Null => {}
            _ => members.push((text(to, key.origin), value.clone())),
        }
    }
    if hole_name(block).is_some() {
        return block.clone();
    }
    Node {
        value: Value::Map(members),
        origin: block.origin,
    }
}

/// `&{…}` is how these blocks may write a policy variable.
fn variables(node: &Node) -> Node {
    match &node.value {
        Value::List(items) => Node {
            value: Value::List(items.iter().map(variables).collect()),
            origin: node.origin,
        },
        Value::String(scalar) if scalar.text.literal().contains("&{") => {
            let mut made = Text::default();
            for part in scalar.text.parts() {
                made = made.then(&match part {
                    policy_engine::text::Part::Literal(known) => {
                        Text::from(known.replace("&{", "${"))
                    }
                    policy_engine::text::Part::Hole(hole) => {
                        Text::hole(hole.name.clone(), hole.kind)
                    }
                });
            }
            // Both spellings are of one length, so that places stay true.
            let mut copy = node.clone();
            if let Value::String(scalar) = &mut copy.value {
                scalar.text = made;
            }
            copy
        }
        _ => node.clone(),
    }
}

/// Nothing where a block is not known.
fn principals(blocks: &[Node], origin: Origin) -> Option<Node> {
    let mut members: Vec<(Node, Node)> = Vec::new();
    for block in blocks {
        let (kind, identifiers) = (block.get("type")?, block.get("identifiers")?);
        if kind.as_str() == Some("*") {
            return Some(text("*", identifiers.origin));
        }
        push(&mut members, kind, identifiers);
    }
    let value = Value::Map(members);
    Some(Node { value, origin })
}

/// Nothing where a block is not known.
fn conditions(blocks: &[Node], origin: Origin) -> Option<Node> {
    let mut operators: Vec<(Node, Node)> = Vec::new();
    for block in blocks {
        let (test, variable, values) = (
            block.get("test")?,
            block.get("variable")?,
            block.get("values")?,
        );
        let known = operators
            .iter_mut()
            .find(|(name, _)| name.scalar_text() == test.scalar_text());
        let keys = match known {
            Some((_, keys)) => keys,
            None => {
                let keys = Node {
                    value: Value::Map(Vec::new()),
                    origin: block.origin,
                };
                operators.push((test.clone(), keys));
                &mut operators.last_mut()?.1
            }
        };
        if let Value::Map(members) = &mut keys.value {
            push(members, &variables(variable), &variables(values));
        }
    }
    let value = Value::Map(operators);
    Some(Node { value, origin })
}

/// Adds values to a key; two blocks with one key become one with the values of both.
fn push(members: &mut Vec<(Node, Node)>, key: &Node, values: &Node) {
    let known = members
        .iter_mut()
        .find(|(name, _)| name.scalar_text() == key.scalar_text());
    match known {
        None => members.push((key.clone(), values.clone())),
        Some((_, known)) => {
            let mut all = listed(known);
            all.extend(listed(values));
            known.value = Value::List(all);
        }
    }
}

fn listed(node: &Node) -> Vec<Node> {
    match &node.value {
        Value::List(items) => items.clone(),
        _ => vec![node.clone()],
    }
}
