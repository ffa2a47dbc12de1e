//! Values of secrets in a plan or state: their presence is reported, never their content.

use super::{
    plan::{Resource, bare, split_module},
    resolve::Resolver,
};
use crate::{loading::Loading, values::is_value};
use policy_engine::sighting::{Holder, Sighting, SightingKind};
use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use std::collections::BTreeSet;

/// Arguments that hold the value of a secret, by the types that have them.
const HELD: [(&str, &[&str]); 11] = [
    (
        "aws_secretsmanager_secret_version",
        &["secret_string", "secret_binary"],
    ),
    ("aws_ssm_parameter", &["value"]),
    ("aws_db_instance", &["password"]),
    ("aws_rds_cluster", &["master_password"]),
    ("aws_docdb_cluster", &["master_password"]),
    ("aws_neptune_cluster", &["master_password"]),
    ("aws_redshift_cluster", &["master_password"]),
    ("aws_elasticache_replication_group", &["auth_token"]),
    ("aws_iam_access_key", &["secret"]),
    ("kubernetes_secret", &["data", "binary_data"]),
    ("kubernetes_secret_v1", &["data", "binary_data"]),
];

/// Notes the resources whose values are in the file.
pub(super) fn values(loading: &mut Loading, resolver: &Resolver<'_>, declares: bool) {
    let mut sightings = Vec::new();
    let held = Held { resolver, declares };
    held.values(&mut sightings);
    loading.sightings.extend(sightings);
}

/// A plan or state in which values are searched.
struct Held<'h, 'p> {
    resolver: &'h Resolver<'p>,
    declares: bool,
}

impl<'p> Held<'_, 'p> {
    fn values(&self, sightings: &mut Vec<Sighting>) {
        let modules = self
            .resolver
            .plan
            .resources
            .iter()
            .map(|resource| bare(&resource.module));
        let modules: BTreeSet<String> = modules.chain([String::new()]).collect();
        for module in modules {
            self.defaults(&module, sightings);
        }
        for resource in &self.resolver.plan.resources {
            let known = HELD.iter().find(|(kind, _)| *kind == resource.kind);
            let Some((_, arguments)) = known.filter(|_| !resource.data) else {
                continue;
            };
            let is_secure =
                resource.values.get("type").and_then(Node::as_str) == Some("SecureString");
            if resource.kind == "aws_ssm_parameter" && !is_secure {
                continue;
            }
            let here = arguments
                .iter()
                .find(|name| resource.values.get(name).is_some_and(is_something));
            if let Some(name) = here {
                sightings.push(self.sighting(resource, name));
            }
        }
    }

    /// Finds the sensitive variables of a module with a default.
    fn defaults(&self, module: &str, sightings: &mut Vec<Sighting>) {
        let configuration = self.resolver.plan.configuration(module);
        let variables = configuration.and_then(|node| node.get("variables"));
        for (name, variable) in variables.and_then(Node::as_map).unwrap_or_default() {
            let is_sensitive = variable
                .get("sensitive")
                .is_some_and(|node| matches!(node.value, Value::Bool(true)));
            let default = variable
                .get("default")
                .filter(|node| is_sensitive && is_something(node));
            let (Some(default), Some(name)) = (default, name.as_str()) else {
                continue;
            };
            let block = self
                .resolver
                .sources
                .block(module, &format!("variable.{name}"));
            sightings.push(Sighting {
                kind: SightingKind::Value(Holder::Text),
                object: format!("variable {name}"),
                what: format!("default of variable {name}"),
                origin: block.map_or(default.origin, |variable| {
                    variable.file.head(variable.block)
                }),
                other: Origin::NOWHERE,
            });
        }
    }

    fn sighting(&self, resource: &Resource<'p>, name: &str) -> Sighting {
        // A state has no expressions.
        let expression = resource.expressions.and_then(|node| node.get(name));
        let holder = match expression {
            Some(node) if self.is_written(&resource.module, node) => Holder::Text,
            _ if self.declares => Holder::Plan,
            _ => Holder::State,
        };
        Sighting {
            kind: SightingKind::Value(holder),
            object: resource.address.clone(),
            what: resource.address.clone(),
            origin: self.resolver.place_of(resource, name),
            other: Origin::NOWHERE,
        }
    }
    /// Whether an expression is written out: it has no references, or one to a variable for which the call of the module has a
    /// value that is.
    fn is_written(&self, module: &str, expression: &Node) -> bool {
        let mut module = bare(module);
        let mut expression = expression;
        loop {
            let Some(references) = expression.get("references").and_then(Node::as_list) else {
                return true;
            };
            let name = references.first().and_then(Node::as_str);
            let Some(name) = name.and_then(|name| name.strip_prefix("var.")) else {
                return false;
            };
            let Some(argument) = self.resolver.plan.argument(&module, name) else {
                return false;
            };
            let Some((parent, _)) = split_module(&module) else {
                return false;
            };
            (module, expression) = (parent, argument);
        }
    }
}

/// Whether a value is present: plans write null for unknown values, and empty texts and maps contain no value.
fn is_something(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(scalar) => scalar.text.known().is_some_and(is_value),
        Value::List(items) => items.iter().any(is_something),
        Value::Map(members) => members.iter().any(|(_, value)| is_something(value)),
    }
}
