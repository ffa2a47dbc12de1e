//! What a file is, by its content and never by its name alone (inputs.md section 2).

use crate::{kind::Kind, language::aws::answer};
use policy_engine::syntax::node::Node;
use std::{fs, io::Read, path::Path};

/// The kind of a file by its documents.
pub(super) fn detect(documents: &[Node]) -> Option<Kind> {
    documents.iter().find_map(document)
}

fn document(node: &Node) -> Option<Kind> {
    let members = node.as_map()?;
    let has = |name: &str| node.get(name).is_some();
    if members
        .first()
        .is_some_and(|(key, _)| key.as_str() == Some("ascp-policy"))
    {
        return Some(Kind::World);
    }
    if has("apiVersion") && has("kind") {
        let version = node.get("apiVersion").and_then(Node::as_str).unwrap_or("");
        return Some(if version.starts_with("eksctl.io/") {
            Kind::Eksctl
        } else {
            Kind::Kubernetes
        });
    }
    if has("format_version") {
        return if has("planned_values") {
            Some(Kind::TerraformPlan)
        } else {
            has("values").then_some(Kind::TerraformState)
        };
    }
    if has("terraform_version") && has("resources") {
        return Some(Kind::TerraformState);
    }
    let typed = |resources: &Node| {
        resources.as_map().is_some_and(|members| {
            members
                .iter()
                .any(|(_, member)| member.get("Type").is_some())
        })
    };
    if has("AWSTemplateFormatVersion") || node.get("Resources").is_some_and(typed) {
        return Some(Kind::CloudFormation);
    }
    if has("version") && has("artifacts") {
        return Some(Kind::Cdk);
    }
    let urns = |list: Option<&Node>| {
        list.and_then(Node::as_list)
            .is_some_and(|items| items.iter().any(|item| item.get("urn").is_some()))
    };
    if urns(node.at(&["deployment", "resources"])) || urns(node.get("steps")) {
        return Some(Kind::Pulumi);
    }
    if answer::answer(node).is_some() {
        return Some(Kind::Aws);
    }
    has("Statement").then_some(Kind::Policy)
}

/// Whether the first key of a file is that of a world.
pub(super) fn is_world(path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else {
        return false;
    };
    let mut start = Vec::new();
    if file.take(64 * 1024).read_to_end(&mut start).is_err() {
        return false;
    }
    let start = String::from_utf8_lossy(&start);
    let mut lines = start.trim_start_matches('\u{feff}').lines().map(str::trim);
    let first = lines.find(|line| {
        !line.is_empty() && !line.starts_with(['#', '%']) && *line != "---" && *line != "{"
    });
    let key = first.map(|line| line.trim_start_matches(['{', ' ', '"', '\'']));
    key.and_then(|key| key.strip_prefix("ascp-policy"))
        .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
}
