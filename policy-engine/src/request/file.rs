//! The request file: one authorization question with the policies that apply to it, as JSON
//! (fixtures/decisions/README.md).

mod facts;
mod policies;

use super::{Action, ContextValue, Principal, Request, Traits, derive};
use crate::{
    evaluator::{Decision, Policies},
    policy::set::PolicySet,
    source::Origin,
    syntax::node::{Node, Value},
    text::Text,
};
use std::{collections::HashSet, sync::Arc};

/// A question with its name, its policies and its expected answer.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its name or id.
    pub name: Option<String>,
    /// The request.
    pub request: Request,
    /// The policies.
    pub policies: OwnedPolicies,
    /// The expected decision.
    pub expect: Option<Decision>,
    /// The uncertainties that the answer must name.
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

/// A question that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct QuestionError {
    /// The error.
    pub message: String,
    /// The change to make.
    pub help: Option<String>,
    /// The place.
    pub origin: Origin,
}

const MEMBERS: [&str; 22] = [
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
    "inBatch",
    "selector",
    "principalInManagementAccount",
    "resourceInManagementAccount",
];
const GRANT: [&str; 4] = ["grantee", "operations", "contextEquals", "contextSubset"];
const POLICIES: [&str; 7] = [
    "identity", "boundary", "session", "resource", "scp", "rcp", "endpoint",
];

impl OwnedPolicies {
    /// The policies for the evaluator.
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

/// Parses a question, and reports every mistake.
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
        self.members(members, &MEMBERS, "a request");
        let principal = self.principal(node);
        let action = self.action(node);
        let resource = self.required(node, "resource");
        let (principal, action, resource) = (principal?, action?, resource?);
        let via = self.string(node, "via");
        let mut request = Request::builder(principal, action, resource)
            .owner(self.resource_account(node))
            .context(self.context(node))
            .traits(self.traits(node))
            .selector(self.string(node, "selector"))
            .via(via)
            .build();
        open_keys(&mut request);
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
            self.only(principal, "service");
            return Some(Principal::Service(service.to_owned()));
        }
        if let Some(provider) = of("federated") {
            self.only(principal, "federated");
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
        let text = value.as_text().cloned()?;
        if text.is_known() && text.literal().is_empty() {
            self.error(value.origin, format!("`{name}` is empty"));
            return None;
        }
        Some(text)
    }

    /// A member that must be a string if it is present.
    fn string(&mut self, node: &Node, name: &str) -> Option<String> {
        let value = node.get(name).filter(|value| !value.is_null())?;
        let text = value.as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            let kind = match value.as_str() {
                Some(_) => "an empty one",
                None => value.kind(),
            };
            self.error(value.origin, format!("`{name}` is a string, not {kind}"));
        }
        text.map(str::to_owned)
    }

    /// The account in a member; without the member, the account in the resource's ARN.
    fn resource_account(&mut self, node: &Node) -> Option<Text> {
        let account = node
            .get("resourceAccount")
            .filter(|account| !account.is_null())?;
        let text = account.scalar_text();
        let digits =
            |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !text.as_ref().and_then(Text::known).is_some_and(digits) {
            self.error(account.origin, "`resourceAccount` is twelve digits");
            return None;
        }
        text
    }

    fn traits(&mut self, node: &Node) -> Traits {
        Traits {
            principal_in_management_account: self.flag(node, "principalInManagementAccount"),
            resource_in_management_account: self.flag(node, "resourceInManagementAccount"),
            aws_managed_key: false,
            forwarded: false,
            unique_id: self.string(node, "principalId"),
            grants: self.grants(node),
            role_with_path: None,
            open_grants: None,
            in_batch: self.flag(node, "inBatch"),
            selected: None,
        }
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

    /// A principal with a single member.
    fn only(&mut self, principal: &Node, name: &str) {
        let members = principal.as_map().unwrap_or_default();
        self.members(members, &[name], "this principal");
    }

    fn members(&mut self, members: &[(Node, Node)], known: &[&str], place: &str) {
        self.once(members, place);
        for (key, _) in members {
            let name = key.as_str().unwrap_or("");
            if known.contains(&name) {
                continue;
            }
            // The name is far longer than any member: no member is similar.
            let near = known
                .iter()
                .filter(|_| name.len() <= 64)
                .map(|known| {
                    (
                        strsim::levenshtein(
                            &known.to_ascii_lowercase(),
                            &name.to_ascii_lowercase(),
                        ),
                        known,
                    )
                })
                .filter(|(distance, known)| *distance <= (known.len() / 3).max(1))
                .min();
            let help = match near {
                Some((_, known)) => format!("did you mean `{known}`?"),
                None => format!("the members of {place} are {}", known.join(", ")),
            };
            self.errors.push(QuestionError {
                message: format!("`{name}` is not a member of {place}"),
                help: Some(help),
                origin: key.origin,
            });
        }
    }

    /// Reports a member that appears twice: a parser would silently use one of the two.
    fn once(&mut self, members: &[(Node, Node)], place: &str) {
        let mut seen = HashSet::new();
        for (key, _) in members {
            let name = key.as_str().unwrap_or("");
            if !seen.insert(name) {
                self.error(key.origin, format!("`{name}` is written twice in {place}"));
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

/// Makes keys unknown that every request contains and that the file leaves out; `null` makes a key absent.
///
/// AWS: IAM User Guide, "AWS global condition context keys" (aws:CurrentTime, aws:EpochTime, aws:TokenIssueTime, aws:userid).
fn open_keys(request: &mut Request) {
    let is_session = matches!(request.principal, Principal::Session { .. });
    let always = ["aws:CurrentTime", "aws:EpochTime"].into_iter();
    let of_sessions = ["aws:TokenIssueTime", "aws:userid"].into_iter();
    for key in always.chain(of_sessions.filter(|_| is_session)) {
        let unknown = || ContextValue::Unknown(key.into());
        request.context.set_default(key, unknown);
    }
}
