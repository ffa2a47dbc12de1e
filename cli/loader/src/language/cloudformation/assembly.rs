//! CDK assemblies: which template is a stack of which account and region.

use super::template::members;
use crate::{
    format::Format,
    kind::Kind,
    loading::{Loading, is_account_id},
    opened::{Opened, Wanted},
    pending::Assembled,
    setting::Setting,
};
use policy_engine::syntax::node::Node;
use std::path::{Component, Path};

pub(crate) const FORMAT: Format = Format {
    kind: Kind::new("cdk", "a CDK assembly"),
    plural: "CDK assemblies",
    // A build specification of CodeBuild has the same members, without types.
    is: |node| {
        let artifacts = node.get("artifacts").and_then(Node::as_map);
        let has_type = |(_, artifact): &(Node, Node)| artifact.get("type").is_some();
        node.get("version").is_some() && artifacts.is_some_and(|all| all.iter().any(has_type))
    },
    read: Some(read),
};

/// Keeps the accounts, regions and stacks that a CDK assembly states for its templates.
fn read(loading: &mut Loading, opened: &Opened, _: &Wanted, setting: &Setting) {
    loading.read_file(&opened.name, FORMAT.kind);
    let folder = opened.path.parent().unwrap_or(Path::new("."));
    for root in &opened.documents {
        for (_, artifact) in members(root, "artifacts") {
            if artifact.get("type").and_then(Node::as_str) != Some("aws:cloudformation:stack") {
                continue;
            }
            let Some(file) = artifact.at(&["properties", "templateFile"]) else {
                continue;
            };
            let Some(path) = file.as_str().map(Path::new).filter(|path| is_below(path)) else {
                let message = "a template of an assembly lies in the folder of its manifest";
                loading.note(message, Some(file.origin));
                continue;
            };
            let place = artifact.get("environment").and_then(Node::as_str);
            let mut place = place
                .and_then(|place| place.strip_prefix("aws://"))
                .unwrap_or_default()
                .split('/');
            let account = place.next().filter(|account| is_account_id(account));
            let region = place
                .next()
                .filter(|region| !region.is_empty() && !region.starts_with("unknown"));
            let stack = artifact.at(&["properties", "stackName"]);
            let tags = artifact.at(&["properties", "tags"]).and_then(Node::as_map);
            loading.assembled.push(Assembled {
                path: folder.join(path),
                account: account.map(str::to_owned),
                region: region.map(str::to_owned),
                stack: stack.and_then(Node::as_str).map(str::to_owned),
                tags: tags.map(<[_]>::to_vec).unwrap_or_default(),
                setting: setting.clone(),
                manifest: opened.name.clone(),
            });
        }
    }
}

fn is_below(path: &Path) -> bool {
    let mut steps = path.components();
    steps.all(|step| matches!(step, Component::Normal(_) | Component::CurDir))
}
