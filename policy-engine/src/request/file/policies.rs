//! The policies of a request file.

use super::{OwnedPolicies, POLICIES, QuestionError, Reader};
use crate::{
    evaluator::is_role,
    policy::{
        PolicyDocument, PolicyType, builtin,
        parse::{self, Gravity},
        set::PolicySet,
    },
    request::{Principal, Request},
    syntax::node::{Node, Value},
};
use std::sync::Arc;

impl Reader {
    pub(super) fn policies(&mut self, node: &Node, request: &Request) -> OwnedPolicies {
        let empty = || Some(PolicySet::new(PolicyType::Identity, []));
        let Some(policies) = node.get("policies").filter(|policies| !policies.is_null()) else {
            return OwnedPolicies {
                identity: empty(),
                ..OwnedPolicies::default()
            };
        };
        let Some(members) = policies.as_map() else {
            self.error(
                policies.origin,
                format!("`policies` is an object, not {}", policies.kind()),
            );
            return OwnedPolicies::default();
        };
        self.members(members, &POLICIES, "`policies`");
        self.own_policies(policies, request);
        let resource = match request.action.service() {
            "kms" => PolicyType::Key,
            _ if is_role(request) => PolicyType::Trust,
            _ => PolicyType::Resource,
        };
        OwnedPolicies {
            identity: self
                .set(policies, "identity", PolicyType::Identity)
                .or_else(empty),
            boundary: self.set(policies, "boundary", PolicyType::Boundary),
            session: self.set(policies, "session", PolicyType::Session),
            resource: self.set(policies, "resource", resource),
            scp: self.levels(policies, "scp", PolicyType::Scp),
            rcp: self.levels(policies, "rcp", PolicyType::Rcp),
            endpoint: self.set(policies, "endpoint", PolicyType::Endpoint),
        }
    }

    /// Only users, role sessions and federated users have policies of their own.
    pub(super) fn own_policies(&mut self, policies: &Node, request: &Request) {
        if matches!(
            request.principal,
            Principal::User { .. } | Principal::Session { .. } | Principal::FederatedUser { .. }
        ) {
            return;
        }
        for name in ["identity", "boundary", "session"] {
            let given = policies.get(name).filter(|node| !node.is_null());
            let Some(node) = given.filter(|node| !node.as_list().is_some_and(<[Node]>::is_empty))
            else {
                continue;
            };
            let who = request.principal.display();
            self.errors.push(QuestionError {
                message: format!("`{name}` does not apply: {who} has no policies of its own"),
                help: Some("remove the member, or name a user or a role as `principal`".to_owned()),
                origin: node.origin,
            });
        }
    }

    pub(super) fn set(
        &mut self,
        policies: &Node,
        name: &str,
        kind: PolicyType,
    ) -> Option<PolicySet> {
        let node = policies.get(name).filter(|node| !node.is_null())?;
        Some(PolicySet::new(kind, self.documents(node, name, kind)))
    }

    pub(super) fn levels(
        &mut self,
        policies: &Node,
        name: &str,
        kind: PolicyType,
    ) -> Option<Vec<Arc<PolicySet>>> {
        let node = policies.get(name).filter(|node| !node.is_null())?;
        let Some(levels) = node.as_list() else {
            self.error(
                node.origin,
                format!("`{name}` is a list of levels, root first, each a list of documents"),
            );
            return None;
        };
        let sets = levels.iter().map(|level| {
            let mut documents = self.documents(level, name, kind);
            if kind == PolicyType::Rcp {
                documents.push(Arc::new(builtin::full_access(kind)));
            }
            Arc::new(PolicySet::new(kind, documents))
        });
        Some(sets.collect())
    }

    /// A document, `{"name", "document"}`, or a list of them.
    pub(super) fn documents(
        &mut self,
        node: &Node,
        name: &str,
        kind: PolicyType,
    ) -> Vec<Arc<PolicyDocument>> {
        let nodes = match &node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut documents = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (name, body) = match node.get("document") {
                Some(body) => {
                    let members = node.as_map().unwrap_or_default();
                    self.members(members, &["name", "document"], "a named policy");
                    self.string(node, "name");
                    let own = node.get("name").and_then(Node::as_str);
                    (own.unwrap_or(name), body)
                }
                None => (name, node),
            };
            // AWS's own RCPFullAWSAccess is implied and not written as customers must write.
            let (document, errors) = parse::document(body, kind, name);
            for error in errors
                .into_iter()
                .filter(|error| error.gravity == Gravity::Syntax)
            {
                self.errors.push(QuestionError {
                    message: error.message,
                    help: error.help,
                    origin: error.origin,
                });
            }
            documents.push(Arc::new(document));
        }
        documents
    }
}
