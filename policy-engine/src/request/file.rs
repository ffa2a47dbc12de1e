//! The request file: one authorization question with the policies that bear on it, as JSON (design.md, "Request file").

use super::{Action, Context, ContextValue, Grant, Principal, Request, Traits, derive};
use crate::{
    evaluator::{Decision, Policies, is_role},
    key::Key,
    policy::{
        PolicyDocument, PolicyType, builtin,
        parse::{self, Gravity},
        set::PolicySet,
    },
    source::Origin,
    syntax::{
        arn::{Arn, Segmented},
        node::{Node, Value},
    },
    text::Text,
};
use std::sync::Arc;

/// A question and what the file says about it.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its name or id.
    pub name: Option<String>,
    /// The request.
    pub request: Request,
    /// The policies.
    pub policies: OwnedPolicies,
    /// The decision that is expected.
    pub expect: Option<Decision>,
    /// The uncertainties that the answer is expected to name.
    pub assumed: Option<Vec<String>>,
}

/// The compiled policies of a question.
#[derive(Clone, Debug, Default)]
pub struct OwnedPolicies {
    /// Identity policies.
    pub identity: Option<PolicySet>,
    /// The boundary.
    pub boundary: Option<PolicySet>,
    /// Session policies.
    pub session: Option<PolicySet>,
    /// The resource's policy.
    pub resource: Option<PolicySet>,
    /// Service control policies by level.
    pub scp: Option<Vec<Arc<PolicySet>>>,
    /// Resource control policies by level.
    pub rcp: Option<Vec<Arc<PolicySet>>>,
    /// The endpoint policy.
    pub endpoint: Option<PolicySet>,
}

/// A question that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct QuestionError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where.
    pub origin: Origin,
}

const MEMBERS: [&str; 19] = [
    "id",
    "name",
    "why",
    "source",
    "note",
    "expect",
    "assumed",
    "principal",
    "principalId",
    "action",
    "resource",
    "resourceAccount",
    "context",
    "unknown",
    "policies",
    "grants",
    "via",
    "filterContext",
    "principalInManagementAccount",
];
const MORE_MEMBERS: [&str; 1] = ["resourceInManagementAccount"];
const POLICIES: [&str; 7] = [
    "identity", "boundary", "session", "resource", "scp", "rcp", "endpoint",
];

impl OwnedPolicies {
    /// The policies as the evaluator takes them.
    pub fn as_policies(&self) -> Policies<'_> {
        Policies {
            identity: self.identity.as_ref(),
            boundary: self.boundary.as_ref(),
            session: self.session.as_ref(),
            resource: self.resource.as_ref(),
            scp: self.scp.as_deref(),
            rcp: self.rcp.as_deref(),
            endpoint: self.endpoint.as_ref(),
        }
    }
}

/// Reads a question; every mistake is reported.
pub fn read(node: &Node) -> Result<Question, Vec<QuestionError>> {
    let mut reader = Reader { errors: Vec::new() };
    match reader.question(node) {
        Some(question) if reader.errors.is_empty() => Ok(question),
        _ => Err(reader.errors),
    }
}

struct Reader {
    errors: Vec<QuestionError>,
}

impl Reader {
    fn question(&mut self, node: &Node) -> Option<Question> {
        let Some(members) = node.as_map() else {
            self.error(
                node.origin,
                format!("a request is a JSON object, not {}", node.kind()),
            );
            return None;
        };
        self.members(
            members,
            |name| MEMBERS.contains(&name) || MORE_MEMBERS.contains(&name),
            "a request",
        );
        let principal = self.principal(node);
        let action = self.action(node);
        let resource = self.required(node, "resource");
        let (principal, action, resource) = (principal?, action?, resource?);
        let via = node.text_of("via").map(|via| via.to_string());
        let mut request = Request {
            principal,
            action,
            resource_account: self.resource_account(node, &resource),
            resource: Segmented::new(resource),
            context: self.context(node),
            traits: self.traits(node, via.is_some()),
        };
        request.traits.aws_managed_key = has_managed_alias(&request.context);
        derive::complete(&mut request, via.as_deref());
        if self.flag(node, "filterContext") {
            derive::filter(&mut request);
        }
        let policies = self.policies(node, &request);
        Some(Question {
            name: node
                .text_of("name")
                .or_else(|| node.text_of("id"))
                .map(|name| name.to_string()),
            expect: self.expect(node),
            assumed: node.get("assumed").and_then(Node::as_list).map(|names| {
                names
                    .iter()
                    .filter_map(Node::as_str)
                    .map(str::to_owned)
                    .collect()
            }),
            request,
            policies,
        })
    }

    fn principal(&mut self, node: &Node) -> Option<Principal> {
        let Some(principal) = node.get("principal") else {
            self.error(node.origin, "a request needs a `principal`");
            return None;
        };
        let of = |name: &str| principal.get(name).and_then(Node::as_str);
        if let Some(service) = of("service") {
            return Some(Principal::Service(service.to_owned()));
        }
        if let Some(provider) = of("federated") {
            return Some(Principal::WebIdentity {
                provider: Text::from(provider),
            });
        }
        match principal.as_str() {
            Some("anonymous") => Some(Principal::Anonymous),
            Some(arn) => match Principal::parse(arn) {
                Ok(principal) => Some(principal),
                Err(error) => {
                    self.error(principal.origin, error.to_string());
                    None
                }
            },
            None => {
                let forms = "an ARN, {\"service\": …}, {\"federated\": …} or \"anonymous\"";
                self.error(principal.origin, format!("`principal` is {forms}"));
                None
            }
        }
    }

    fn action(&mut self, node: &Node) -> Option<Action> {
        let text = self.required(node, "action")?;
        let action = Action::new(text.to_string());
        if action.is_none() {
            let origin = node
                .get("action")
                .map_or(node.origin, |action| action.origin);
            self.error(
                origin,
                format!("`{text}` is not an action: write service:Action"),
            );
        }
        action
    }

    fn required(&mut self, node: &Node, name: &str) -> Option<Text> {
        let Some(value) = node.get(name) else {
            self.error(node.origin, format!("a request needs `{name}`"));
            return None;
        };
        if value.as_str().is_none() {
            self.error(
                value.origin,
                format!("`{name}` is a string, not {}", value.kind()),
            );
            return None;
        }
        value.as_text().cloned()
    }

    fn resource_account(&mut self, node: &Node, resource: &Text) -> Option<Text> {
        if let Some(account) = node
            .get("resourceAccount")
            .filter(|account| !account.is_null())
        {
            let text = account.scalar_text();
            if text.is_none() {
                self.error(account.origin, "`resourceAccount` is twelve digits");
            }
            return text;
        }
        let account = Arn::parse(resource.known()?)?.account;
        (!account.is_empty()).then(|| Text::from(account))
    }

    fn traits(&mut self, node: &Node, forwarded: bool) -> Traits {
        Traits {
            principal_in_management_account: self.flag(node, "principalInManagementAccount"),
            resource_in_management_account: self.flag(node, "resourceInManagementAccount"),
            aws_managed_key: false,
            forwarded,
            unique_id: node.text_of("principalId").map(|id| id.to_string()),
            grants: node
                .get("grants")
                .and_then(Node::as_list)
                .map(|grants| {
                    grants
                        .iter()
                        .filter_map(|grant| self.grant(grant))
                        .collect()
                })
                .unwrap_or_default(),
        }
    }

    fn grant(&mut self, node: &Node) -> Option<Grant> {
        let Some(grantee) = node.text_of("grantee") else {
            self.error(node.origin, "a grant needs a `grantee`");
            return None;
        };
        let operations = node
            .get("operations")
            .and_then(Node::as_list)
            .unwrap_or_default();
        let pairs = |name: &str| {
            let members = node.get(name)?.as_map()?;
            Some(
                members
                    .iter()
                    .filter_map(|(key, value)| {
                        Some((key.as_str()?.to_owned(), value.scalar_text()?))
                    })
                    .collect(),
            )
        };
        Some(Grant {
            grantee,
            operations: operations
                .iter()
                .filter_map(Node::as_str)
                .map(str::to_owned)
                .collect(),
            context_equals: pairs("contextEquals"),
            context_subset: pairs("contextSubset"),
        })
    }

    fn flag(&mut self, node: &Node, name: &str) -> bool {
        match node.get(name).map(|flag| (&flag.value, flag.origin)) {
            None | Some((Value::Null, _)) => false,
            Some((Value::Bool(flag), _)) => *flag,
            Some((_, origin)) => {
                self.error(origin, format!("`{name}` is true or false"));
                false
            }
        }
    }

    fn context(&mut self, node: &Node) -> Context {
        let mut pairs = Vec::new();
        if let Some(given) = node.get("context").filter(|given| !given.is_null()) {
            let Some(members) = given.as_map() else {
                self.error(
                    given.origin,
                    format!(
                        "`context` is an object of condition keys, not {}",
                        given.kind()
                    ),
                );
                return Context::default();
            };
            for (key, value) in members {
                let (Some(name), Some(value)) = (key.as_str(), self.context_value(value)) else {
                    continue;
                };
                pairs.push((Key::new(name.to_owned()), value));
            }
        }
        for name in node
            .get("unknown")
            .and_then(Node::as_list)
            .unwrap_or_default()
        {
            match name.as_str() {
                Some(key) => {
                    pairs.push((Key::new(key.to_owned()), ContextValue::Unknown(key.into())));
                }
                None => self.error(name.origin, "`unknown` lists names of condition keys"),
            }
        }
        Context::of(pairs)
    }

    fn context_value(&mut self, node: &Node) -> Option<ContextValue> {
        match &node.value {
            Value::Null => Some(ContextValue::Absent),
            Value::List(items) => Some(ContextValue::Multi(
                items.iter().filter_map(Node::scalar_text).collect(),
            )),
            Value::Map(_) => {
                self.error(
                    node.origin,
                    "the value of a context key is a string, a list of strings, or null",
                );
                None
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                node.scalar_text().map(ContextValue::Single)
            }
        }
    }

    fn expect(&mut self, node: &Node) -> Option<Decision> {
        let expect = node.get("expect").filter(|expect| !expect.is_null())?;
        let decision = [
            Decision::Allow,
            Decision::ExplicitDeny,
            Decision::ImplicitDeny,
            Decision::Unknown,
        ]
        .into_iter()
        .find(|decision| expect.as_str() == Some(decision.to_string().as_str()));
        if decision.is_none() {
            self.error(expect.origin, "`expect` is allow, deny, refuse or unknown");
        }
        decision
    }

    fn policies(&mut self, node: &Node, request: &Request) -> OwnedPolicies {
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
        self.members(members, |name| POLICIES.contains(&name), "`policies`");
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

    fn set(&mut self, policies: &Node, name: &str, kind: PolicyType) -> Option<PolicySet> {
        let node = policies.get(name).filter(|node| !node.is_null())?;
        Some(PolicySet::new(kind, self.documents(node, name, kind)))
    }

    fn levels(
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
                documents.push(Arc::new(builtin::full_access()));
            }
            Arc::new(PolicySet::new(kind, documents))
        });
        Some(sets.collect())
    }

    /// A document, `{"name", "document"}`, or a list of them.
    fn documents(&mut self, node: &Node, name: &str, kind: PolicyType) -> Vec<Arc<PolicyDocument>> {
        let nodes = match &node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut documents = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (name, body) = match node.get("document") {
                Some(body) => (
                    node.get("name").and_then(Node::as_str).unwrap_or(name),
                    body,
                ),
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

    fn members(&mut self, members: &[(Node, Node)], known: impl Fn(&str) -> bool, place: &str) {
        for (key, _) in members {
            let name = key.as_str().unwrap_or("");
            if !known(name) {
                self.error(key.origin, format!("`{name}` is not a member of {place}"));
            }
        }
    }

    fn error(&mut self, origin: Origin, message: impl Into<String>) {
        self.errors.push(QuestionError {
            message: message.into(),
            help: None,
            origin,
        });
    }
}

/// A key with an alias of AWS's own is managed by AWS.
fn has_managed_alias(context: &Context) -> bool {
    match context.get(&Key::new("kms:ResourceAliases")).0 {
        ContextValue::Multi(aliases) => aliases
            .iter()
            .any(|alias| alias.literal().starts_with("alias/aws/")),
        _ => false,
    }
}
