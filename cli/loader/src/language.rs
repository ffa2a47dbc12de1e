//! Languages: the resources that each kind of file describes, in its own spelling.
//!
//! A format is its evaluator, in a file of this folder, and its line in [`FORMATS`].

pub(crate) mod aws;
pub(crate) mod cloudformation;
pub(crate) mod controllers;
mod eksctl;
pub(crate) mod kubernetes;
mod kustomize;
pub(crate) mod policy;
pub(crate) mod terraform;

use crate::{format::Format, kind::Kind};
use policy_engine::syntax::node::Node;

/// The formats; a document is of the first one that recognises it.
pub(crate) const FORMATS: [Format; 13] = [
    eksctl::FORMAT,
    // A state has `resources`, as a kustomization has.
    terraform::PLAN,
    terraform::STATE,
    kustomize::FORMAT,
    kubernetes::FORMAT,
    terraform::SOURCE,
    cloudformation::FORMAT,
    cloudformation::ASSEMBLY,
    PULUMI,
    aws::FORMAT,
    policy::FORMAT,
    IAM_COLLECT,
    WORLD,
];

/// Read by [`crate::world`], which is asked first.
const WORLD: Format = Format {
    kind: Kind::WORLD,
    plural: "worlds",
    is: |_| false,
    read: None,
};

const PULUMI: Format = Format {
    kind: Kind::new("pulumi", "a Pulumi export"),
    plural: "Pulumi exports",
    is: |node| {
        let urns = |list: Option<&Node>| {
            list.and_then(Node::as_list)
                .is_some_and(|items| items.iter().any(|item| item.get("urn").is_some()))
        };
        urns(node.at(&["deployment", "resources"])) || urns(node.get("steps"))
    },
    read: None,
};

const IAM_COLLECT: Format = Format {
    kind: Kind::new("iam-collect", "an iam-collect folder"),
    plural: "folders of iam-collect",
    is: |_| false,
    read: None,
};

/// The format of a kind.
pub(crate) fn format(kind: Kind) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.kind == kind)
}

/// The kind of a document.
pub(crate) fn recognise(node: &Node) -> Option<Kind> {
    let format = FORMATS.iter().find(|format| (format.is)(node))?;
    Some(format.kind)
}

/// What this release reads, as a sentence.
pub fn read_kinds() -> String {
    // Terraform source waits until all plans are read, so no function reads a file of it by itself.
    let is_read = |format: &&Format| format.read.is_some() || format.kind == terraform::SOURCE.kind;
    let read = FORMATS.iter().filter(is_read);
    let plurals: Vec<_> = read.map(|format| format.plural).collect();
    format!("this release reads worlds, {}", plurals.join(", "))
}
