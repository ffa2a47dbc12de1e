//! A plan or state in any of its three forms as a list of resources.
//!
//! Terraform documentation, "JSON Output Format".

use policy_engine::{
    source::Origin,
    syntax::node::{Node, Value},
};
use std::collections::{BTreeMap, HashMap};

/// A resource or data source after the change.
#[derive(Clone, Debug)]
pub(super) struct Resource<'a> {
    /// `module.app["x"].aws_iam_role.pod[0]`
    pub(super) address: String,
    /// `module.app["x"]`; empty for the root.
    pub(super) module: String,
    /// Whether it is a data source.
    pub(super) data: bool,
    pub(super) kind: String,
    pub(super) name: String,
    /// `count` or `for_each` key.
    pub(super) index: Option<Node>,
    /// The attributes.
    pub(super) values: &'a Node,
    /// The same shape, `true` where a value is not known.
    pub(super) unknown: Option<&'a Node>,
    /// The same shape, `true` where a value must not be shown.
    pub(super) sensitive: Option<&'a Node>,
    /// Attributes that must not be shown, as the raw state lists them.
    pub(super) secret: Vec<String>,
    /// The provider configuration: `aws`, `aws.vault`.
    pub(super) provider: String,
    /// The place of the whole resource in the file.
    pub(super) node: &'a Node,
    /// Its expressions in the configuration.
    pub(super) expressions: Option<&'a Node>,
    /// What decides whether it exists, where that is unknown.
    pub(super) open: Option<String>,
    /// The region that its own `region` argument names.
    pub(super) region: Option<String>,
}

/// What source without a plan states beside its resources.
#[derive(Default)]
pub(super) struct Declared {
    /// Values of variables of the root module, from `.tfvars` files and from whoever includes it.
    pub(super) variables: BTreeMap<String, Node>,
    /// The resource blocks by module and `type.name`, also those without an instance.
    pub(super) blocks: Vec<(String, String)>,
    /// The module calls by the module that calls and their name, also those without an instance.
    pub(super) calls: Vec<(String, String)>,
    /// The instances of modules.
    pub(super) modules: Vec<String>,
    /// Whether there are more instances than are counted.
    pub(super) is_cut: bool,
}

/// What Terraform leaves out where no attribute of a resource is known.
static NO_VALUES: Node = Node {
    value: Value::Map(Vec::new()),
    origin: Origin::NOWHERE,
};

/// A plan or state.
pub(super) struct Plan<'a> {
    pub(super) resources: Vec<Resource<'a>>,
    /// `configuration.root_module`, which only plans have.
    pub(super) root: Option<&'a Node>,
    /// `configuration.provider_config`.
    pub(super) providers: Option<&'a Node>,
    /// Values of the root module's variables.
    pub(super) variables: Option<&'a Node>,
    /// What the source states, where there is no plan.
    pub(super) declared: Option<Declared>,
    /// The types and attributes that AWS states about one resource and the plan changes by another.
    pub(super) outdated: Vec<(&'static str, &'static str)>,
}

/// Attributes that the provider copies from AWS unless the configuration sets them, by the resources that make what they contain.
///
/// Terraform AWS provider documentation: the attributes are optional and computed, and Terraform reads them before the change.
const COPIES: [(&str, &str, &str); 5] = [
    ("aws_iam_role_policy", "aws_iam_role", "inline_policy"),
    (
        "aws_iam_role_policy_attachment",
        "aws_iam_role",
        "managed_policy_arns",
    ),
    (
        "aws_iam_policy_attachment",
        "aws_iam_role",
        "managed_policy_arns",
    ),
    (
        "aws_secretsmanager_secret_policy",
        "aws_secretsmanager_secret",
        "policy",
    ),
    ("aws_kms_key_policy", "aws_kms_key", "policy"),
];

impl<'a> Plan<'a> {
    pub(super) fn read(node: &'a Node) -> Self {
        let configuration = node.get("configuration");
        let mut plan = Self {
            resources: Vec::new(),
            root: configuration.and_then(|node| node.get("root_module")),
            providers: configuration.and_then(|node| node.get("provider_config")),
            variables: node.get("variables"),
            declared: None,
            outdated: outdated(node),
        };
        if node.get("format_version").is_none() {
            plan.raw_state(node);
            return plan;
        }
        let changes = changes(node);
        if let Some(root) = node.at(&["planned_values", "root_module"]) {
            plan.module(root, "", &changes, false);
        }
        if let Some(root) = node.at(&["values", "root_module"]) {
            plan.module(root, "", &changes, false);
        }
        // The prior state contains data sources that are read during planning, the changes those that are read during apply.
        if let Some(root) = node.at(&["prior_state", "values", "root_module"]) {
            plan.module(root, "", &changes, true);
        }
        plan.forgotten(node);
        plan.pending_reads(node);
        plan.configure();
        plan
    }

    fn module(
        &mut self,
        node: &'a Node,
        path: &str,
        changes: &HashMap<&str, &'a Node>,
        only_data: bool,
    ) {
        for resource in list(node, "resources") {
            let is_data = resource.get("mode").and_then(Node::as_str) == Some("data");
            if only_data && !is_data {
                continue;
            }
            let address = resource.get("address").and_then(Node::as_str).unwrap_or("");
            if is_data
                && self
                    .resources
                    .iter()
                    .any(|resource| resource.data && resource.address == address)
            {
                continue;
            }
            let Some(mut described) = described(resource, path) else {
                continue;
            };
            described.values = resource.get("values").unwrap_or(&NO_VALUES);
            described.sensitive = resource.get("sensitive_values");
            if let Some(change) = changes.get(address) {
                described.unknown = change.get("after_unknown");
            }
            self.resources.push(described);
        }
        for child in list(node, "child_modules") {
            let path = child.get("address").and_then(Node::as_str).unwrap_or("");
            self.module(child, path, changes, only_data);
        }
    }

    /// Adds what Terraform no longer manages after the change and leaves in AWS.
    ///
    /// Terraform documentation, "Removing Resources", "removed" blocks with `destroy = false`.
    fn forgotten(&mut self, node: &'a Node) {
        for change in list(node, "resource_changes") {
            let is_data = change.get("mode").and_then(Node::as_str) == Some("data");
            let is_current = change.get("deposed").is_none_or(Node::is_null);
            let Some(details) = change.get("change").filter(|_| is_current && !is_data) else {
                continue;
            };
            let mut actions = list(details, "actions").iter();
            if !actions.any(|action| action.as_str() == Some("forget")) {
                continue;
            }
            let path = change.get("module_address").and_then(Node::as_str);
            let described = described(change, path.unwrap_or(""));
            let (Some(mut described), Some(before)) = (described, details.get("before")) else {
                continue;
            };
            described.values = before;
            described.sensitive = details.get("before_sensitive");
            self.resources.push(described);
        }
    }

    fn pending_reads(&mut self, node: &'a Node) {
        for change in list(node, "resource_changes") {
            let is_data = change.get("mode").and_then(Node::as_str) == Some("data");
            let Some(after) = change.at(&["change", "after"]).filter(|_| is_data) else {
                continue;
            };
            let path = change
                .get("module_address")
                .and_then(Node::as_str)
                .unwrap_or("");
            let Some(mut described) = described(change, path) else {
                continue;
            };
            described.values = after;
            described.unknown = change.at(&["change", "after_unknown"]);
            described.sensitive = change.at(&["change", "after_sensitive"]);
            // The future read counts.
            self.resources
                .retain(|resource| !resource.data || resource.address != described.address);
            self.resources.push(described);
        }
    }

    /// Gives each resource its provider and its expressions.
    fn configure(&mut self) {
        let Some(root) = self.root else { return };
        let mut known: BTreeMap<String, HashMap<String, &'a Node>> = BTreeMap::new();
        for resource in &mut self.resources {
            let path = bare(&resource.module);
            let entries = known.entry(path.clone()).or_insert_with(|| {
                let module = module_configuration(root, &path);
                let items = module
                    .map(|module| list(module, "resources"))
                    .unwrap_or_default();
                items
                    .iter()
                    .filter_map(|item| Some((item.get("address")?.as_str()?.to_owned(), item)))
                    .collect()
            });
            let prefix = if resource.data { "data." } else { "" };
            let address = format!("{prefix}{}.{}", resource.kind, resource.name);
            let Some(entry) = entries.get(&address) else {
                continue;
            };
            resource.expressions = entry.get("expressions");
            if let Some(key) = entry.get("provider_config_key").and_then(Node::as_str) {
                key.clone_into(&mut resource.provider);
            }
        }
    }

    fn raw_state(&mut self, node: &'a Node) {
        for resource in list(node, "resources") {
            let text = |name: &str| resource.get(name).and_then(Node::as_str).unwrap_or("");
            let (module, kind, name) = (text("module"), text("type"), text("name"));
            let data = text("mode") == "data";
            for instance in list(resource, "instances") {
                let Some(values) = instance.get("attributes") else {
                    continue;
                };
                // Objects that are about to be replaced are not the resource.
                if instance.get("deposed").is_some() {
                    continue;
                }
                let index = instance.get("index_key").filter(|key| !key.is_null());
                let secret = list(instance, "sensitive_attributes");
                let first = |path: &Node| {
                    let step = path.as_list()?.first()?;
                    Some(step.get("value")?.as_str()?.to_owned())
                };
                self.resources.push(Resource {
                    address: address(module, data, kind, name, index),
                    module: module.to_owned(),
                    data,
                    kind: kind.to_owned(),
                    name: name.to_owned(),
                    index: index.cloned(),
                    values,
                    unknown: None,
                    sensitive: None,
                    secret: secret.iter().filter_map(first).collect(),
                    provider: provider_key(text("provider")),
                    node: instance,
                    expressions: None,
                    open: None,
                    region: None,
                });
            }
        }
    }

    /// The expression of an argument that a module is called with.
    pub(super) fn argument(&self, module: &str, name: &str) -> Option<&'a Node> {
        let path = bare(module);
        let (parent, call) = split_module(&path)?;
        let parent = module_configuration(self.root?, &parent)?;
        parent.at(&["module_calls", &call, "expressions", name])
    }

    /// The configuration of a module, by its path without keys.
    pub(super) fn configuration(&self, module: &str) -> Option<&'a Node> {
        module_configuration(self.root?, &bare(module))
    }
}

/// The members of `name` that is a list; none otherwise.
pub(super) fn list<'a>(node: &'a Node, name: &str) -> &'a [Node] {
    node.get(name).and_then(Node::as_list).unwrap_or_default()
}

/// The value of an expression that refers to nothing. In JSON syntax the text of a reference looks like a constant.
pub(super) fn constant(expression: &Node) -> Option<&Node> {
    let refers = !list(expression, "references").is_empty();
    expression.get("constant_value").filter(|_| !refers)
}

/// The attributes of which a plan changes or deletes what they were copied from.
fn outdated(node: &Node) -> Vec<(&'static str, &'static str)> {
    let mut changed: Vec<&str> = Vec::new();
    for change in list(node, "resource_changes") {
        let Some(details) = change.get("change") else {
            continue;
        };
        let mut actions = list(details, "actions").iter();
        if actions.any(|action| matches!(action.as_str(), Some("update" | "delete"))) {
            changed.extend(change.get("type").and_then(Node::as_str));
        }
    }
    let copies = COPIES.iter().filter(|(maker, ..)| changed.contains(maker));
    copies.map(|(_, kind, name)| (*kind, *name)).collect()
}

fn changes(node: &Node) -> HashMap<&str, &Node> {
    let items = list(node, "resource_changes").iter();
    let current = items.filter(|change| change.get("deposed").is_none_or(Node::is_null));
    current
        .filter_map(|change| Some((change.get("address")?.as_str()?, change.get("change")?)))
        .collect()
}

fn described<'a>(node: &'a Node, module: &str) -> Option<Resource<'a>> {
    let text = |name: &str| node.get(name).and_then(Node::as_str);
    Some(Resource {
        address: text("address")?.to_owned(),
        module: module.to_owned(),
        data: text("mode") == Some("data"),
        kind: text("type")?.to_owned(),
        name: text("name")?.to_owned(),
        index: node.get("index").filter(|index| !index.is_null()).cloned(),
        values: node,
        unknown: None,
        sensitive: None,
        secret: Vec::new(),
        provider: text("provider_name")
            .and_then(|name| name.rsplit('/').next())
            .unwrap_or("")
            .to_owned(),
        node,
        expressions: None,
        open: None,
        region: None,
    })
}

pub(super) fn address(
    module: &str,
    data: bool,
    kind: &str,
    name: &str,
    index: Option<&Node>,
) -> String {
    let mut address = String::new();
    if !module.is_empty() {
        address = format!("{module}.");
    }
    if data {
        address.push_str("data.");
    }
    address.push_str(&format!("{kind}.{name}"));
    match index.map(|index| &index.value) {
        Some(Value::String(scalar)) => address.push_str(&format!("[\"{}\"]", scalar.text)),
        Some(Value::Number(number)) => address.push_str(&format!("[{number}]")),
        _ => {}
    }
    address
}

/// `provider["registry.terraform.io/hashicorp/aws"].vault` is `aws.vault`.
fn provider_key(text: &str) -> String {
    let Some((name, rest)) = text
        .split_once("[\"")
        .and_then(|(_, rest)| rest.split_once("\"]"))
    else {
        return text.to_owned();
    };
    format!("{}{rest}", name.rsplit('/').next().unwrap_or(name))
}

fn module_configuration<'a>(root: &'a Node, path: &str) -> Option<&'a Node> {
    path.split('.')
        .filter(|step| !step.is_empty() && *step != "module")
        .try_fold(root, |module, call| {
            module.at(&["module_calls", call, "module"])
        })
}

/// The path of a module without keys: `module.app["x"].module.b[0]` is `module.app.module.b`.
pub(super) fn bare(path: &str) -> String {
    let mut bare = String::new();
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        if character != '[' {
            bare.push(character);
            continue;
        }
        let mut quoted = false;
        for inner in characters.by_ref() {
            match inner {
                '"' => quoted = !quoted,
                ']' if !quoted => break,
                _ => {}
            }
        }
    }
    bare
}

/// The steps of a module's path: the call's name and its key.
pub(super) fn steps(path: &str) -> Vec<(String, Option<String>)> {
    let mut steps: Vec<(String, Option<String>)> = Vec::new();
    let mut rest = path;
    while let Some(next) = rest.strip_prefix("module.") {
        let end = next.find(['.', '[']).unwrap_or(next.len());
        let (name, tail) = next.split_at(end);
        let mut key = None;
        rest = tail;
        if let Some(inner) = tail.strip_prefix("[\"") {
            let end = inner.find("\"]").unwrap_or(inner.len());
            key = inner.get(..end).map(str::to_owned);
            rest = inner.get(end + 2..).unwrap_or("");
        } else if let Some(inner) = tail.strip_prefix('[') {
            let end = inner.find(']').unwrap_or(inner.len());
            key = inner.get(..end).map(str::to_owned);
            rest = inner.get(end + 1..).unwrap_or("");
        }
        steps.push((name.to_owned(), key));
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    steps
}

/// Whether the key of a module's instance represents an unknown number of instances.
pub(super) fn is_uncounted(path: &str) -> bool {
    path.contains("[\"<")
}

/// The path of the module that calls another, and the name of the call.
pub(super) fn split_module(path: &str) -> Option<(String, String)> {
    let (parent, call) = path.rsplit_once("module.")?;
    Some((parent.trim_end_matches('.').to_owned(), call.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_paths_come_apart() {
        let path = "module.app[\"a.b]\"].module.inner[0]";
        assert_eq!(bare(path), "module.app.module.inner");
        assert_eq!(
            steps(path),
            [
                ("app".to_owned(), Some("a.b]".to_owned())),
                ("inner".to_owned(), Some("0".to_owned()))
            ]
        );
        assert_eq!(
            split_module("module.app.module.inner"),
            Some(("module.app".to_owned(), "inner".to_owned()))
        );
    }

    #[test]
    fn providers_of_a_raw_state_are_named_as_in_plans() {
        let written = "module.x.provider[\"registry.terraform.io/hashicorp/aws\"].vault";
        assert_eq!(provider_key(written), "aws.vault");
    }
}
