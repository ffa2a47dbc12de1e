//! The policies of one side that do not allow a request, or deny it.

use super::{
    case::{Case, carried, describe, first_miss, statement_name},
    change::matching,
    tags::TagTest,
};
use crate::document::conditions::is_source;
use crate::finding::{Draft, Fix, Grade};
use crate::text::tag_keys::resource_tag;
use policy_engine::{
    evaluator::{
        Side, Verdict,
        explain::{Element, Miss, StatementTrace},
    },
    inventory::{ResourcePolicy, find::Object},
    policy::statement::{Condition, Effect, Statement},
    request::Principal,
    service::{KMS, PARAMETER_STORE, SECRETS_MANAGER, ServiceProfile},
    simulator::Call,
};

/// The policies of one side that do not allow a request, or deny it.
pub(crate) struct Policies<'a> {
    call: &'a Call,
    side: Side,
    ground: Ground,
    why: Why<'a>,
}

/// Which permission is missing; each ground is the general cause of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    Boundary,
    Scp,
    Rcp,
    Session,
    Endpoint,
    /// The key policy.
    Key,
    /// The resource policy of a secret in another account.
    Secret,
    /// The share of a parameter in another account.
    Share,
    /// The caller's permission for a secret in another account, whose resource policy allows it.
    Foreign,
    /// A statement of the trust policy denies it.
    Trust,
    /// The same, because of the source of the request.
    TrustSource,
    /// A statement of the role's policies or of the object's policy denies the request.
    Denied,
    /// The same, because of the VPC or the endpoint of the request.
    DeniedNetwork,
    Describe,
    Decrypt,
    GetParameters,
    GetSecretValue,
}

/// Why the policies of a side do not allow a request.
enum Why<'a> {
    /// A statement denies it.
    Denied(Option<&'a StatementTrace>),
    /// No statement comes near.
    Silent,
    /// The nearest statement does not match because of an element.
    Missed {
        nearest: &'a StatementTrace,
        miss: &'a Miss,
        tags: Option<TagTest<'a>>,
    },
}

impl<'a> Policies<'a> {
    pub(super) fn new(case: &Case<'a>, call: &'a Call, side: Side, verdict: Verdict) -> Self {
        let why = if verdict == Verdict::Deny {
            let mut sets = call.explanation.of(side);
            Why::Denied(sets.find_map(|set| set.deciding().filter(|trace| !is_allow(trace))))
        } else {
            missed(call, side).unwrap_or(Why::Silent)
        };
        Self {
            call,
            side,
            ground: match &why {
                Why::Denied(deny) if matches!(side, Side::Identity | Side::Resource) => {
                    denied(call, side, deny.and_then(deciding))
                }
                Why::Denied(_) | Why::Silent | Why::Missed { .. } => ground(case, call, side),
            },
            why,
        }
    }

    pub(crate) fn action(&self) -> &'a str {
        self.call.request.action.name()
    }

    pub(crate) fn ground(&self) -> Ground {
        self.ground
    }

    /// The ground, unless only tests of tags fail.
    pub(super) fn general(&self) -> Option<Ground> {
        self.tag_test().is_none().then_some(self.ground)
    }

    pub(super) fn tag_test(&self) -> Option<&TagTest<'a>> {
        match &self.why {
            Why::Missed { tags, .. } => tags.as_ref(),
            Why::Denied(_) | Why::Silent => None,
        }
    }

    /// The element of the nearest statement that does not match, unless only tests of tags fail.
    pub(crate) fn miss(&self) -> Option<&'a Miss> {
        match self.why {
            Why::Missed {
                miss, tags: None, ..
            } => Some(miss),
            Why::Missed { .. } | Why::Denied(_) | Why::Silent => None,
        }
    }

    /// The `Resource` element of the nearest statement, where it alone of all elements does not match.
    pub(crate) fn resource(&self) -> Option<ResourceMiss<'a>> {
        let miss = self.miss()?;
        (miss.element == Element::Resource).then(|| ResourceMiss {
            miss,
            arn: self.call.request.resource.text().to_string(),
        })
    }

    /// The reason in words, at the place to change.
    pub(crate) fn draft(&self, case: &Case<'_>) -> Draft {
        match &self.why {
            Why::Denied(deny) => self.denied(case, *deny),
            Why::Silent => self.silent(case),
            Why::Missed { nearest, miss, .. } => self.missed(case, nearest, miss).evidence(miss),
        }
    }

    fn denied(&self, case: &Case<'_>, deny: Option<&StatementTrace>) -> Draft {
        let action = self.action();
        let who = match self.side {
            Side::Scp => "a service control policy",
            Side::Rcp => "a resource control policy",
            Side::Boundary => "the permissions boundary",
            Side::Identity => "an identity policy",
            Side::Session => "the session policy",
            Side::Endpoint => "the VPC endpoint policy",
            Side::Resource if is_key_read(action) => "the key policy",
            Side::Resource if action.starts_with("sts:") => "the trust policy",
            Side::Resource => "the resource policy",
        };
        let message = format!("{}: {who} denies {action}", case.headline());
        let Some(deny) = deny else {
            return case.at(case.mount.name.origin, "denied", message);
        };
        let name = statement_name(deny);
        if let Some(condition) = deciding(deny) {
            return self.denied_by(case, condition, &name, message);
        }
        let element = deny
            .written()
            .and_then(|statement| statement.action.as_ref());
        let place = element.map(|element| {
            let matching = element.values.iter().find(|value| {
                let known = value.text.known();
                known.is_some_and(|text| text.eq_ignore_ascii_case(action))
            });
            matching.map_or(element.origin, |value| value.origin)
        });
        case.at(
            place.unwrap_or(deny.document.origin),
            "denied here",
            message,
        )
        .mounted(case.mount.name.origin)
        .help(format!(
            "exempt the role from {name}, or narrow its Action, Resource or Condition"
        ))
    }

    /// The draft for a Deny that matches because of a condition.
    fn denied_by(
        &self,
        case: &Case<'_>,
        condition: &Condition,
        name: &str,
        message: String,
    ) -> Draft {
        let place = match condition.values.as_slice() {
            [value] => value.origin,
            _ => condition.origin,
        };
        let (operator, key) = (&condition.operator.value, condition.key.text.to_string());
        let values = carried(self.call, &key);
        let quoted = values.iter().map(|value| format!("\"{value}\""));
        let quoted = quoted.collect::<Vec<_>>().join(", ");
        let is_negated = condition.parsed.is_some_and(|own| own.negated);
        let (label, help) = match (values.is_empty(), is_negated) {
            (true, true) => (
                format!("the request does not contain {key}"),
                self.tagging(case, condition, name),
            ),
            (false, true) => (
                format!("the request contains {quoted}"),
                format!("add {quoted} to {operator} {key} of {name}"),
            ),
            (true, false) => (
                format!("the request does not contain {key}"),
                format!("exempt the role from {name}, or narrow its Condition"),
            ),
            (false, false) => (
                format!("the request contains {quoted}"),
                format!("exempt the role from {name}, or remove {quoted} from {operator} {key}"),
            ),
        };
        case.at(place, label, message)
            .mounted(case.mount.name.origin)
            .help(help)
    }

    /// The change by which the exception of a Deny applies to a request without its key. A test of presence would exempt every object
    /// without the tag.
    fn tagging(&self, case: &Case<'_>, condition: &Condition, name: &str) -> String {
        let exempt = format!("exempt the role from {name}, or narrow its Condition");
        let Some(tag) = resource_tag(condition.key.text.literal()) else {
            return exempt;
        };
        let service = case.mount.service.service;
        if self.call.request.action.service() != service {
            return format!("list only actions of {service} in Action of {name}");
        }
        let values = condition
            .values
            .iter()
            .filter_map(|value| value.text.known());
        let mut values = values.map(|value| principal_value(self.call, value));
        match values.next().flatten() {
            Some(value) => format!("add the tag {tag} = {value} to `{}`", case.names.object),
            None => exempt,
        }
    }

    fn silent(&self, case: &Case<'_>) -> Draft {
        if self.side == Side::Resource {
            return self.no_resource_policy(case);
        }
        let action = self.action();
        let role = case.walk.session.as_ref();
        let role = role.and_then(|session| case.inventory.role(&session.role));
        let documents = self
            .call
            .explanation
            .of(self.side)
            .flat_map(|set| &set.documents);
        let mut places = documents.map(|document| document.origin);
        let place = places
            .find(|origin| origin.is_somewhere())
            .or_else(|| role.map(|role| role.origin))
            .unwrap_or(case.mount.name.origin);
        let label = format!("no statement allows {action}");
        case.at(place, label, self.message(case))
            .mounted(case.mount.name.origin)
            .help(format!(
                "allow {action} on {}",
                self.call.request.resource.text()
            ))
    }

    fn no_resource_policy(&self, case: &Case<'_>) -> Draft {
        match case.mount.object {
            Some(Object::Secret(secret)) => {
                let place = match &secret.policy {
                    ResourcePolicy::None(origin) => *origin,
                    ResourcePolicy::Document(_) | ResourcePolicy::Unknown(_) => secret.origin,
                };
                let message =
                    case.message("the secret is in another account and has no resource policy");
                let role = case
                    .walk
                    .session
                    .as_ref()
                    .map_or("the role", |session| session.role.as_str());
                let help = format!(
                    "attach a resource policy that allows secretsmanager:GetSecretValue and secretsmanager:DescribeSecret to {role}"
                );
                case.at(place, "no resource policy", message)
                    .mounted(case.mount.name.origin)
                    .help(help)
            }
            Some(Object::Parameter(parameter)) => {
                let message =
                    case.message("the parameter is in another account, which does not share it");
                let help = if parameter.advanced {
                    "share the parameter through AWS RAM"
                } else {
                    "only parameters of the advanced tier can be shared: change the tier and share it through AWS RAM"
                };
                case.at(parameter.origin, "not shared", message)
                    .mounted(case.mount.name.origin)
                    .help(help)
            }
            Some(Object::Key(key)) => case.at(key.origin, "not allowed", self.message(case)),
            None => case.at(case.mount.name.origin, "not allowed", self.message(case)),
        }
    }

    fn missed(&self, case: &Case<'_>, nearest: &StatementTrace, miss: &Miss) -> Draft {
        let action = self.action();
        let name = statement_name(nearest);
        if !nearest.document.origin.is_somewhere() {
            return self.of_aws(case, nearest, miss);
        }
        let is_negated = nearest
            .written()
            .is_some_and(|own| negates(own, miss.element));
        let (label, help) = match miss.element {
            Element::Principal => {
                return principal(case, self.call, nearest, miss, self.message(case));
            }
            Element::Resource | Element::Action if is_negated => (
                "excludes the request".to_owned(),
                format!("add the statement {}", self.statement()),
            ),
            Element::Resource => {
                let arn = self.call.request.resource.text();
                (
                    format!("does not match {arn}"),
                    format!("add \"{arn}\" to Resource of {name}"),
                )
            }
            Element::Action if !self.fits(nearest) => (
                format!("{action} is not among these"),
                format!("add the statement {}", self.statement()),
            ),
            Element::Action => (
                format!("{action} is not among these"),
                format!("add \"{action}\" to Action of {name}"),
            ),
            Element::Condition(_) => (
                describe(miss),
                format!(
                    "{}, or allow {action} in another statement",
                    matching(case, self.call, nearest, miss)
                ),
            ),
        };
        case.at(miss.origin, label, self.message(case))
            .mounted(case.mount.name.origin)
            .help(help)
    }

    /// The draft for a policy of AWS, which nobody can change.
    fn of_aws(&self, case: &Case<'_>, nearest: &StatementTrace, miss: &Miss) -> Draft {
        let role = case.walk.session.as_ref();
        let role = role.and_then(|session| case.inventory.role(&session.role));
        let attached = role.iter().flat_map(|role| {
            let boundary = role.boundary.known();
            role.attached.list.iter().chain(boundary)
        });
        let name = &*nearest.document.name;
        let own = attached.filter(|arn| arn.value.rsplit('/').next() == Some(name));
        let place = own.map(|arn| arn.origin).next();
        let place = place.or_else(|| role.map(|role| role.origin));
        let what = if self.side == Side::Boundary {
            "set a boundary"
        } else {
            "attach a policy"
        };
        case.at(
            place.unwrap_or(case.mount.name.origin),
            format!("does not allow {}", self.action()),
            self.message(case),
        )
        .mounted(case.mount.name.origin)
        .help(format!("{what} with the statement {}", self.statement()))
        .evidence(miss)
    }

    /// A statement that allows the request.
    fn statement(&self) -> String {
        let (action, arn) = (self.action(), self.call.request.resource.text());
        format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{arn}"}}"#)
    }

    /// Whether the resources of a statement can be of the service of the action.
    fn fits(&self, nearest: &StatementTrace) -> bool {
        let service = self.call.request.action.service();
        let resources = nearest.written().and_then(|own| own.resource.as_ref());
        let Some(resources) = resources.filter(|list| !list.negated) else {
            return true;
        };
        let mut services = resources.values.iter().map(|value| {
            let mut parts = value.text.literal().split(':');
            parts.nth(2).unwrap_or("*").to_owned()
        });
        services.any(|own| own == service || own.contains('*'))
    }

    /// `prod:dev/app cannot read `db`: no identity policy of `app` allows secretsmanager:GetSecretValue`
    fn message(&self, case: &Case<'_>) -> String {
        let role = case.walk.session.as_ref();
        let role = role.map_or_else(String::new, |session| {
            case.inventory.role_name(&session.role)
        });
        let who = match self.side {
            Side::Identity => format!("no identity policy of `{role}` allows"),
            Side::Boundary => format!("the permissions boundary of `{role}` does not allow"),
            Side::Session => "the session policy of its association does not allow".to_owned(),
            Side::Scp => "a level of service control policies does not allow".to_owned(),
            Side::Rcp => "a resource control policy does not allow".to_owned(),
            Side::Endpoint => "the VPC endpoint policy does not allow".to_owned(),
            Side::Resource => format!("the policy of `{}` does not allow", case.names.object),
        };
        case.message(&format!("{who} {}", self.action()))
    }
}

/// A `Resource` element that does not match the ARN of a request.
pub(crate) struct ResourceMiss<'a> {
    pub(crate) miss: &'a Miss,
    arn: String,
}

impl ResourceMiss<'_> {
    /// The ARN of a secret without the six characters that Secrets Manager adds: docs/semantics.md#names-in-arns.
    pub(crate) fn without_suffix(&self) -> Option<&str> {
        let mut wanted = self.miss.wanted.iter();
        let wanted = wanted.find(|wanted| {
            let rest = self.arn.strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.len() == 7 && rest.starts_with('-'))
        });
        wanted.map(String::as_str)
    }

    /// Whether every pattern of the element names another region.
    pub(crate) fn is_other_region(&self) -> bool {
        self.differs(3)
    }

    /// Whether every pattern of the element names another account, or another partition.
    pub(crate) fn is_other_account(&self) -> bool {
        self.differs(4) || self.differs(1)
    }

    /// Whether a part of the ARN differs from that of every pattern, without wildcards.
    fn differs(&self, part: usize) -> bool {
        let of = |arn: &str| arn.split(':').nth(part).unwrap_or("").to_owned();
        let mut wanted = self.miss.wanted.iter().map(|wanted| of(wanted));
        wanted.all(|own| own != of(&self.arn) && !own.contains(['*', '?']) && !own.is_empty())
    }
}

impl Ground {
    /// Whether the caller's own policies lack a permission for the object.
    pub(crate) fn is_permission(self) -> bool {
        matches!(
            self,
            Self::GetSecretValue | Self::Describe | Self::GetParameters | Self::Foreign
        )
    }
}

/// Why the first set of policies without an Allow that matches does not allow a request; `None` where no statement comes near.
fn missed(call: &Call, side: Side) -> Option<Why<'_>> {
    let mut sets = call.explanation.of(side);
    let silent = sets.find(|set| {
        let mut statements = set.statements.iter();
        !statements.any(|trace| is_allow(trace) && trace.truth.is_true())
    })?;
    let nearest = silent.nearest()?;
    let (_, miss) = first_miss(nearest)?;
    Some(Why::Missed {
        nearest,
        miss,
        tags: TagTest::of(nearest),
    })
}

fn is_allow(trace: &StatementTrace) -> bool {
    trace.effect == Effect::Allow
}

/// Whether an action reads with a key.
fn is_key_read(action: &str) -> bool {
    KMS.read.contains(&action)
}

/// Whether polls need an action that the first mount does not need.
fn is_only_of_rotation(action: &str) -> bool {
    ServiceProfile::of_action(action)
        .is_some_and(|service| service.rotate.contains(&action) && !service.read.contains(&action))
}

fn ground(case: &Case<'_>, call: &Call, side: Side) -> Ground {
    let action = call.request.action.name();
    let is_local = call.request.principal.account() == call.request.resource_account.as_ref();
    let service = ServiceProfile::of_action(action);
    let is_parameter = *case.mount.service == PARAMETER_STORE || service == Some(&PARAMETER_STORE);
    let resource_allows = call.outcome.resource == Some(Verdict::Allow);
    match side {
        Side::Boundary => Ground::Boundary,
        Side::Scp => Ground::Scp,
        Side::Rcp => Ground::Rcp,
        Side::Session => Ground::Session,
        Side::Endpoint => Ground::Endpoint,
        Side::Resource if is_key_read(action) => Ground::Key,
        // Within an account the identity policies are enough: a permission is missing, not a resource policy (docs/semantics.md#same-account).
        Side::Resource if is_local && is_parameter => Ground::GetParameters,
        Side::Resource if is_local => Ground::GetSecretValue,
        Side::Resource if is_parameter => Ground::Share,
        Side::Resource => Ground::Secret,
        // Across accounts both sides must allow: docs/semantics.md#cross-account.
        Side::Identity if service == Some(&SECRETS_MANAGER) && !is_local && resource_allows => {
            Ground::Foreign
        }
        Side::Identity if is_only_of_rotation(action) => Ground::Describe,
        Side::Identity if is_key_read(action) => Ground::Decrypt,
        Side::Identity if is_parameter => Ground::GetParameters,
        Side::Identity => Ground::GetSecretValue,
    }
}

/// The condition of a Deny that lists the exceptions, else its first condition.
fn deciding(deny: &StatementTrace) -> Option<&Condition> {
    let conditions = &deny.written()?.conditions;
    let mut negated = conditions.iter();
    let negated = negated.find(|own| own.parsed.is_some_and(|parsed| parsed.negated));
    negated.or_else(|| conditions.first())
}

/// The ground of a Deny of the role's policies or of a resource policy, by its condition.
fn denied(call: &Call, side: Side, condition: Option<&Condition>) -> Ground {
    const NETWORK: [&str; 4] = [
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
        "aws:sourceip",
    ];
    let key = condition.map_or("", |own| own.key.text.literal());
    let key = key.to_ascii_lowercase();
    let action = call.request.action.name();
    match side {
        Side::Resource if action.starts_with("sts:") && is_source(&key) => Ground::TrustSource,
        Side::Resource if action.starts_with("sts:") => Ground::Trust,
        _ if NETWORK.contains(&&*key) => Ground::DeniedNetwork,
        Side::Resource if is_key_read(action) => Ground::Key,
        _ => Ground::Denied,
    }
}

/// Whether an element names a role that does not exist, in an account all of whose roles are known.
pub(crate) fn names_unknown_role(case: &Case<'_>, miss: &Miss) -> bool {
    miss.wanted.iter().any(|wanted| {
        let account = wanted.split(':').nth(4).unwrap_or("");
        wanted.contains(":role/")
            && case.inventory.closed.contains("roles", account)
            && case.inventory.role(wanted).is_none()
    })
}

/// Whether the element of a statement is its `Not…` form.
fn negates(statement: &Statement, element: Element) -> bool {
    let list = match element {
        Element::Action => statement.action.as_ref(),
        Element::Resource => statement.resource.as_ref(),
        _ => None,
    };
    list.is_some_and(|list| list.negated)
}

/// A value of a condition in a request: a variable is the value of its key.
fn principal_value(call: &Call, value: &str) -> Option<String> {
    if !value.contains("${") {
        return (!value.contains(['*', '?'])).then(|| value.to_owned());
    }
    let inner = value.strip_prefix("${")?.strip_suffix('}')?;
    carried(call, inner).into_iter().next()
}

/// A principal that is not the pod's role; a role that does not exist is a slip of the pen.
pub(super) fn principal(
    case: &Case<'_>,
    call: &Call,
    nearest: &StatementTrace,
    miss: &Miss,
    message: String,
) -> Draft {
    let role = match &call.request.principal {
        Principal::Session { role, .. } => role.to_string(),
        other => other.display(),
    };
    let role = role.as_str();
    let is_unknown = names_unknown_role(case, miss);
    let label = if is_unknown {
        "no such role"
    } else {
        "another principal"
    };
    let draft = case.at(miss.origin, label, message);
    let draft = match case.inventory.role(role) {
        Some(own) => draft.related(own.origin, "the pod's role"),
        None => draft,
    };
    let is_near = |wanted: &String| strsim::levenshtein(wanted, role) <= 3;
    if is_unknown && miss.wanted.iter().any(is_near) {
        let short = role.rsplit(':').next().unwrap_or(role);
        return draft.help(format!("did you mean `{short}`?"));
    }
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
    let is_same = |wanted: &String| wanted.contains(":role/") && name(wanted) == name(role);
    if miss.wanted.iter().any(is_same) {
        return draft.help(format!("write {role}"));
    }
    // The statement is for the present principal, and can allow it more than this request.
    let needed = needed(call);
    let is_exact = nearest.written().is_some_and(|statement| {
        let element = statement.action.as_ref();
        element.is_some_and(|list| {
            let mut values = list.values.iter();
            !list.negated && values.all(|value| needed.contains(&value.text.literal()))
        })
    });
    if is_exact {
        let name = statement_name(nearest);
        return draft.help(format!("add \"{role}\" to Principal.AWS of {name}"));
    }
    let actions = needed.iter().map(|action| format!("\"{action}\""));
    let actions = actions.collect::<Vec<_>>().join(", ");
    let is_trust = call.request.action.service() == "sts";
    let resource = if is_trust { "" } else { r#", "Resource": "*""# };
    draft.help(format!(
        r#"add the statement {{"Effect": "Allow", "Principal": {{"AWS": "{role}"}}, "Action": [{actions}]{resource}}}"#
    ))
}

/// The actions that the policy of a resource must allow for the walk of a call.
fn needed(call: &Call) -> Vec<&'static str> {
    match ServiceProfile::of_action(call.request.action.name()) {
        Some(service) => service.rotate.to_vec(),
        None => vec!["sts:AssumeRole", "sts:TagSession"],
    }
}

/// A statement that would match if it named the action.
pub(super) fn add_action(
    case: &Case<'_>,
    call: &Call,
    nearest: &StatementTrace,
    miss: &Miss,
    message: String,
) -> Draft {
    let action = call.request.action.name();
    let actions = miss.wanted.iter().map(String::as_str).chain([action]);
    let actions: Vec<_> = actions.map(|action| format!("\"{action}\"")).collect();
    let list = format!("[{}]", actions.join(", "));
    let element = nearest
        .written()
        .and_then(|statement| statement.action.as_ref());
    let place = element.map_or(miss.origin, |element| element.origin);
    case.at(place, format!("{action} is missing"), message)
        .help(format!("\"Action\": {list}"))
        .fix(Fix {
            grade: Grade::Repair,
            edits: vec![(place, list)],
        })
}
