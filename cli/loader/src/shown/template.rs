//! Templates of CloudFormation: the resources that readers understand, and no parameter, output or mapping.

use super::{
    attributes,
    part::{self, Part, Parts},
};
use policy_engine::syntax::node::Node;

/// How the types of resources begin that are understood.
const TYPES: [&str; 9] = [
    "AWS::IAM::",
    "AWS::EKS::",
    "AWS::KMS::",
    "AWS::SecretsManager::",
    "AWS::SSM::Parameter",
    "AWS::Organizations::",
    "AWS::RAM::",
    "AWS::EC2::VPCEndpoint",
    "AWS::S3::BucketPolicy",
];

const TEMPLATE: Part = Part::Members(&[
    ("AWSTemplateFormatVersion", Part::Text),
    ("Transform", Part::Text),
    ("Parameters", Part::Members(&[("*", PARAMETER)])),
    ("Resources", Part::Members(&[("*", Part::Rule(resource))])),
]);

const PARAMETER: Part = Part::Members(&[("Type", Part::Text), ("NoEcho", Part::Text)]);

const RESOURCE: Part = Part::Members(&[
    ("Type", Part::Text),
    ("DependsOn", Part::Text),
    ("Condition", Part::Text),
    ("DeletionPolicy", Part::Text),
    ("Properties", Part::Rule(attributes::walk)),
]);

const OTHER: Part = Part::Members(&[("Type", Part::Text)]);

pub(super) fn document(node: &Node, parts: &mut Parts) {
    part::walk(node, &TEMPLATE, parts);
}

fn resource(node: &Node, parts: &mut Parts) {
    let kind = node.get("Type").and_then(Node::as_str).unwrap_or("");
    let is_known = TYPES.iter().any(|start| kind.starts_with(start));
    part::walk(node, if is_known { &RESOURCE } else { &OTHER }, parts);
}
