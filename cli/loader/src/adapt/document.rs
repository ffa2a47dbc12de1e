//! Policies: a policy that is not known is one that may allow or deny anything.

use super::{batch::Batch, spelling::Names};
use crate::{
    policy,
    resource::{Exists, Resource},
    shape,
    value::embedded,
};
use policy_engine::{
    inventory::Attribute,
    policy::{PolicyDocument, PolicyType},
    source::Origin,
    syntax::node::{Node, Value},
    text::Hole,
};
use std::sync::Arc;

/// The policy, when there is one: a policy that is not known is a document as well.
pub(super) fn known(policy: Attribute<Arc<PolicyDocument>>) -> Option<Arc<PolicyDocument>> {
    match policy {
        Attribute::Known(document) => Some(document),
        Attribute::Absent | Attribute::Unknown(_) => None,
    }
}

impl Batch<'_> {
    /// An attribute that holds a policy; one of which something is not known may be kept as a document that may state anything.
    pub(super) fn policy(
        &mut self,
        resource: &Resource<'_>,
        names: Names,
        kind: PolicyType,
        called: &str,
    ) -> Attribute<Arc<PolicyDocument>> {
        let Some(node) = resource.stated(names) else {
            return Attribute::Absent;
        };
        if node.as_str() == Some("") {
            return Attribute::Absent;
        }
        if let Exists::Unknown(hole) = &resource.exists {
            return Attribute::Unknown(hole.clone());
        }
        // What is no policy was reported.
        match self.document(resource, &node, kind, called) {
            Some(document) => Attribute::Known(document),
            None => Attribute::Absent,
        }
    }

    /// A policy that may rest on what is not known.
    pub(super) fn document(
        &mut self,
        resource: &Resource<'_>,
        node: &Node,
        kind: PolicyType,
        called: &str,
    ) -> Option<Arc<PolicyDocument>> {
        let taken_apart = match &node.value {
            Value::String(scalar) if !scalar.text.is_known() => embedded(node),
            _ => Some(node.clone()),
        };
        let known = match taken_apart {
            Some(document) => shape::known(document),
            None => Err(missing(node, resource)),
        };
        let document = known.unwrap_or_else(|missing| {
            let missing = missing.trim_matches(['<', '>']);
            let message = format!(
                "the {kind} in `{}` is unknown until {}: it depends on {missing}{}",
                resource.address, self.words.before, self.words.remedy
            );
            self.loading.note(message, Some(node.origin));
            shape::unknown(missing, kind, node.origin)
        });
        policy::document(self.loading, &document, kind, called)
    }

    /// A policy that may allow or deny anything.
    pub(super) fn anything(
        &mut self,
        hole: &Hole,
        kind: PolicyType,
        called: &str,
        origin: Origin,
    ) -> Option<Arc<PolicyDocument>> {
        let node = shape::unknown(&hole.name, kind, origin);
        policy::document(self.loading, &node, kind, called)
    }
}

/// The name of a policy that is no JSON before its unknown parts are known; its text can hold anything, and is not shown.
fn missing(node: &Node, resource: &Resource<'_>) -> String {
    let Some(text) = node.as_text() else {
        return String::new();
    };
    match text.holes() {
        [(0, hole)] if text.literal().is_empty() => hole.name.to_string(),
        [(_, hole), ..] => format!(
            "{} in a text of {} that is no JSON",
            &*hole.name, resource.address
        ),
        [] => format!("a text of {} that is no JSON", resource.address),
    }
}
