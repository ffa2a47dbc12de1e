//! The short forms of CloudFormation's functions: `!Sub x` is `{Fn::Sub: x}`.

use policy_engine::{
    source::OffsetMap,
    syntax::node::{Node, Scalar, Value},
    text::Text,
};
use saphyr_parser::Tag;

/// AWS CloudFormation Template Reference, "Intrinsic function reference".
const FUNCTIONS: [(&str, &str); 18] = [
    ("And", "Fn::And"),
    ("Base64", "Fn::Base64"),
    ("Cidr", "Fn::Cidr"),
    ("Condition", "Condition"),
    ("Equals", "Fn::Equals"),
    ("FindInMap", "Fn::FindInMap"),
    ("GetAZs", "Fn::GetAZs"),
    ("GetAtt", "Fn::GetAtt"),
    ("If", "Fn::If"),
    ("ImportValue", "Fn::ImportValue"),
    ("Join", "Fn::Join"),
    ("Not", "Fn::Not"),
    ("Or", "Fn::Or"),
    ("Ref", "Ref"),
    ("Select", "Fn::Select"),
    ("Split", "Fn::Split"),
    ("Sub", "Fn::Sub"),
    ("Transform", "Fn::Transform"),
];

/// The function of a tag.
pub(crate) fn function(tag: &Tag) -> Option<&'static str> {
    let mut known = FUNCTIONS.iter();
    let (_, function) = known.find(|(name, _)| tag.handle == "!" && tag.suffix == *name)?;
    Some(function)
}

/// `!Sub x` is `{Fn::Sub: x}`.
pub(crate) fn called(function: Option<&'static str>, node: Node) -> Node {
    let Some(function) = function else {
        return node;
    };
    let origin = node.origin;
    let key = Node {
        value: Value::String(Scalar {
            text: Text::fixed(function),
            offsets: OffsetMap::from_start(origin.span.start),
        }),
        origin,
    };
    Node {
        value: Value::Map(vec![(key, node)]),
        origin,
    }
}
