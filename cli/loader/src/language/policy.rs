//! A policy in a file of its own; no answer depends on it.

use crate::{
    format::Format,
    keep::keep,
    kind::Kind,
    loading::Loading,
    opened::{Opened, Wanted, report},
    policy,
    setting::Setting,
    value::hole,
};
use policy_engine::{
    inventory::LoosePolicy,
    policy::{PolicyType, parse},
    syntax::node::{Node, Value},
};
use std::sync::Arc;

pub(crate) const FORMAT: Format = Format {
    kind: Kind::POLICY,
    plural: "policies",
    is: |node| node.get("Statement").is_some(),
    read: Some(read),
};

/// Keeps a policy in a file of its own; no answer depends on it.
fn read(loading: &mut Loading, opened: &Opened, wanted: &Wanted, _: &Setting) {
    let name = &opened.name;
    if wanted.because.is_some() {
        let why = "a policy on its own does not name what it is attached to; name the file there with `{file: …}`";
        if wanted.named {
            let message = format!("`{name}` is {}", Kind::POLICY);
            report(loading, name, wanted.because, message, Some(why));
        } else {
            loading.skip_file(name, why);
        }
        return;
    }
    keep(loading, opened);
    loading.read_file(name, Kind::POLICY);
    for node in &opened.documents {
        let kind = guess(node);
        let node = &without_functions(node);
        let (document, errors) = parse::document(node, kind, opened.name.as_str());
        policy::report(loading, errors);
        loading.inventory.loose.push(LoosePolicy {
            kind,
            document: Arc::new(document),
        });
        let article = if kind == PolicyType::Identity {
            "an"
        } else {
            "a"
        };
        loading.note(
            format!("`{}` is read as {article} {kind}", opened.name),
            Some(node.origin),
        );
    }
}

/// The policy with a hole for each function of CloudFormation: a part of a template has no parameters that could fill it.
fn without_functions(node: &Node) -> Node {
    let value = match &node.value {
        Value::List(items) => Value::List(items.iter().map(without_functions).collect()),
        Value::Map(members) => {
            let only = members.first().filter(|_| members.len() == 1);
            let function = only.and_then(|(key, _)| key.as_str());
            let function = function.filter(|name| *name == "Ref" || name.starts_with("Fn::"));
            if let Some(name) = function {
                return hole(&format!("{name} of CloudFormation"), node.origin);
            }
            let members = members.iter();
            let members = members.map(|(key, value)| (key.clone(), without_functions(value)));
            Value::Map(members.collect())
        }
        other => other.clone(),
    };
    Node {
        value,
        origin: node.origin,
    }
}

/// What a policy seems to be attached to.
fn guess(node: &Node) -> PolicyType {
    let statements = match node.get("Statement").map(|node| &node.value) {
        Some(Value::List(items)) => items.as_slice(),
        Some(Value::Map(_)) => node
            .get("Statement")
            .map(std::slice::from_ref)
            .unwrap_or_default(),
        _ => &[],
    };
    let has_principal =
        |node: &Node| node.get("Principal").is_some() || node.get("NotPrincipal").is_some();
    if !statements.iter().any(has_principal) {
        return PolicyType::Identity;
    }
    let actions: Vec<&str> = statements
        .iter()
        .filter_map(|node| node.get("Action"))
        .flat_map(|node| node.as_list().unwrap_or(std::slice::from_ref(node)))
        .filter_map(Node::as_str)
        .collect();
    let all = |prefix: &str| {
        let has = |action: &&str| {
            action
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        !actions.is_empty() && actions.iter().all(has)
    };
    // A trust policy has no `Resource`; a statement of an RCP has one, denies, and is about everybody.
    // AWS: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    let guards = |node: &Node| {
        let is = |key: &str, value: &str| node.get(key).and_then(Node::as_str) == Some(value);
        is("Effect", "Deny")
            && is("Principal", "*")
            && (node.get("Resource").is_some() || node.get("NotResource").is_some())
    };
    if all("sts:") && statements.iter().all(guards) {
        PolicyType::Rcp
    } else if all("sts:") {
        PolicyType::Trust
    } else if all("kms:") {
        PolicyType::Key
    } else {
        PolicyType::Resource
    }
}
