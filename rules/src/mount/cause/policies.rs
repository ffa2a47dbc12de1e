//! The policies of one side that do not allow a request, or deny it.

use super::{
    case::{Case, carried, describe, first_miss, statement_name},
    change::{added, mismatch, texts},
    ground::{Ground, deciding, denied, ground, is_key_read},
    repair::principal,
    tags::TagTest,
    target,
};
use crate::document::{Document, Owner};
use crate::finding::{Change, Draft};
use crate::text::{globs::includes_any_case, tag_keys::resource_tag};
use policy_engine::{
    evaluator::{
        Side, Verdict, evaluate,
        explain::{Element, Miss, StatementTrace},
    },
    inventory::{ResourcePolicy, Role, find::Object},
    policy::{
        PolicyType,
        statement::{Condition, Effect, Statement},
    },
    simulator::Call,
    source::{Origin, Spanned},
    truth::Truth,
    uncertainty::Uncertainties,
};

/// The policies of one side that do not allow a request, or deny it.
pub(crate) struct Policies<'a> {
    call: &'a Call,
    side: Side,
    ground: Ground,
    why: Why<'a>,
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
            missed(case, call, side).unwrap_or(Why::Silent)
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

    /// The statement that decides: the Deny, else the statement that is nearest to allowing the request.
    pub(super) fn place_of_statement(&self) -> Option<Origin> {
        let trace = match self.why {
            Why::Denied(deny) => deny?,
            Why::Missed { nearest, .. } => nearest,
            Why::Silent => return None,
        };
        Some(trace.written()?.origin)
    }

    /// The reason in words, at the place to change.
    pub(crate) fn draft(&self, case: &Case<'_>) -> Draft {
        match &self.why {
            Why::Denied(deny) => self.denied(case, *deny),
            Why::Silent => self.silent(case),
            Why::Missed { nearest, miss, .. } => {
                let target = (self.side == Side::Identity).then(|| target::missing(case, nearest));
                let draft = target.flatten();
                let draft = draft.unwrap_or_else(|| self.missed(case, nearest, miss));
                draft.evidence(miss)
            }
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
        if let Some(effect) = self.reversed(deny) {
            let help = format!("write \"Effect\": \"Allow\" in {name}");
            let change = Change::write(help, effect, &["Allow".to_owned()]);
            return case
                .at(effect, "no other statement allows it", message)
                .mounted(case.mount.name.origin)
                .change(change);
        }
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
        let help = match of_aws(case, &deny.document.name) {
            Some(_) if self.side == Side::Boundary => {
                "set another permissions boundary: AWS's cannot be edited".to_owned()
            }
            Some(arn) => format!("detach the policy {} of AWS from the role", arn.value),
            None => {
                format!("exempt the role from {name}, or narrow its Action, Resource or Condition")
            }
        };
        case.at(
            place.unwrap_or(deny.document.origin),
            "denied here",
            message,
        )
        .mounted(case.mount.name.origin)
        .help(help)
    }

    /// The place of the effect of a Deny that reads as an Allow: nothing else allows the request, and the Deny names its action and tests what
    /// it has.
    fn reversed(&self, deny: &StatementTrace) -> Option<Origin> {
        let mut sets = self.call.explanation.of(self.side);
        let is_allowed = sets.any(|set| {
            let mut others = set.statements.iter();
            others.any(|own| is_allow(own) && own.truth != Truth::False)
        });
        let statement = deny.written()?;
        let actions = statement.action.as_ref().filter(|own| !own.negated)?;
        let mut names = actions.values.iter().map(|own| own.text.literal());
        let mut conditions = statement.conditions.iter();
        let is_read = conditions.len() > 0
            && names.all(|name| !name.starts_with('*'))
            && conditions.all(|own| own.parsed.is_some_and(|own| !own.negated));
        let is_own = matches!(self.side, Side::Identity) && !is_allowed && is_read;
        statement
            .effect
            .as_ref()
            .filter(|_| is_own)
            .map(|own| own.origin)
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
        let (label, change) = match (values.is_empty(), is_negated) {
            (true, true) => (
                format!("the request does not contain {key}"),
                Change::words(self.tagging(case, condition, name)),
            ),
            (false, true) => {
                let mut all = texts(&condition.values);
                if !all.is_empty() {
                    all.extend(values);
                }
                let help = format!("add {quoted} to {operator} {key} of {name}");
                (
                    format!("the request contains {quoted}"),
                    Change::write(help, condition.origin, &all),
                )
            }
            (true, false) => (
                format!("the request does not contain {key}"),
                Change::words(format!(
                    "exempt the role from {name}, or narrow its Condition"
                )),
            ),
            (false, false) => {
                let present = texts(&condition.values);
                let is_written = values.iter().all(|value| present.contains(value));
                let is_left = present.len() > values.len();
                let opposite = match values.as_slice() {
                    [value] if operator.starts_with("Bool") && value == "true" => Some("false"),
                    [value] if operator.starts_with("Bool") && value == "false" => Some("true"),
                    _ => None,
                };
                let help = if let Some(opposite) = opposite.filter(|_| is_written && !is_left) {
                    format!("exempt the role from {name}, or write \"{key}\": \"{opposite}\"")
                } else if is_written && !is_left {
                    format!("exempt the role from {name}, or remove the statement")
                } else if is_written {
                    format!("exempt the role from {name}, or remove {quoted} from {operator} {key}")
                } else {
                    format!("exempt the role from {name}, or narrow its Condition")
                };
                (
                    format!("the request contains {quoted}"),
                    Change::words(help),
                )
            }
        };
        case.at(place, label, message)
            .mounted(case.mount.name.origin)
            .change(change)
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
        let role = role.and_then(|session| case.index.role(&session.role));
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
        let help = match (self.unattached(case), self.side) {
            (Some(policy), _) => format!("attach the policy `{policy}` to the role"),
            (None, Side::Boundary) => self.boundary(case, role),
            (None, _) => format!("add a policy with the statement {}", self.statement(case)),
        };
        case.at(place, label, self.message(case))
            .mounted(case.mount.name.origin)
            .help(help)
    }

    /// The managed policy of the role's account that allows the request.
    fn unattached(&self, case: &Case<'_>) -> Option<String> {
        let session = case.walk.session.as_ref()?;
        let account = session.role.split(':').nth(4);
        let mut policies = case.inventory.policies.iter();
        let own = policies.find(|policy| {
            let is_own = policy.arn.split(':').nth(4) == account;
            let document = Document::new(
                PolicyType::Identity,
                &policy.document,
                Owner::Nothing,
                String::new(),
            );
            let sets = document.sets(case.inventory);
            let outcome = evaluate(&self.call.request, &sets.policies(), Uncertainties::NONE);
            is_own && self.side == Side::Identity && outcome.identity == Some(Verdict::Allow)
        });
        own.map(|policy| case.inventory.role_name(&policy.arn))
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
        if !nearest.document.origin.is_somewhere() || of_aws(case, &nearest.document.name).is_some()
        {
            return self.of_aws(case, nearest, miss);
        }
        let is_negated = nearest
            .written()
            .is_some_and(|own| negates(own, miss.element));
        let mut place = miss.origin;
        let (label, change) = match miss.element {
            Element::Principal => {
                return principal(case, self.call, nearest, miss, self.message(case));
            }
            Element::Resource | Element::Action if is_negated => (
                "excludes the request".to_owned(),
                Change::words(format!("add the statement {}", self.statement(case))),
            ),
            Element::Resource if is_key_read(action) && has_other_tests(nearest) => (
                "is for other keys".to_owned(),
                Change::words(format!("add the statement {}", self.statement(case))),
            ),
            Element::Resource => {
                let arn = self.call.request.resource.text().to_string();
                let help = format!("add \"{arn}\" to Resource of {name}");
                let element = nearest.written().and_then(|own| own.resource.as_ref());
                (
                    format!("does not match {arn}"),
                    added(help, element, &[&arn]),
                )
            }
            Element::Action if !self.fits(nearest) => (
                format!("{action} is not among these"),
                Change::words(format!("add the statement {}", self.statement(case))),
            ),
            Element::Action => {
                let element = nearest.written().and_then(|own| own.action.as_ref());
                let present = element.map(|own| texts(&own.values)).unwrap_or_default();
                let mut missing = self.actions(case);
                missing.retain(|own| !present.iter().any(|text| includes_any_case(text, own)));
                let help = format!("add {} to Action of {name}", listed(&missing));
                (
                    format!("{action} is not among these"),
                    added(help, element, &missing),
                )
            }
            Element::Condition(_) => {
                let change;
                (place, change) = mismatch(case, self.call, nearest, miss);
                let help = format!("{}, or allow {action} in another statement", change.help);
                (describe(miss), change.says(help))
            }
        };
        case.at(place, label, self.message(case))
            .mounted(case.mount.name.origin)
            .change(change)
    }

    /// The draft for a policy of AWS, which cannot be changed.
    fn of_aws(&self, case: &Case<'_>, nearest: &StatementTrace, miss: &Miss) -> Draft {
        let role = case.walk.session.as_ref();
        let role = role.and_then(|session| case.index.role(&session.role));
        let attached = role.iter().flat_map(|role| {
            let boundary = role.boundary.known();
            role.attached.list.iter().chain(boundary)
        });
        let name = &*nearest.document.name;
        let own = attached.filter(|arn| arn.value.rsplit('/').next() == Some(name));
        let place = own.map(|arn| arn.origin).next();
        let place = place.or_else(|| role.map(|role| role.origin));
        let help = if self.side == Side::Boundary {
            self.boundary(case, role)
        } else {
            format!(
                "attach a policy with the statement {}",
                self.statement(case)
            )
        };
        case.at(
            place.unwrap_or(case.mount.name.origin),
            format!("does not allow {}", self.action()),
            self.message(case),
        )
        .mounted(case.mount.name.origin)
        .help(help)
        .evidence(miss)
    }

    /// The change of the permissions boundary of a role. Nobody but AWS can edit a policy of AWS (IAM User Guide, "Managed policies and inline
    /// policies").
    fn boundary(&self, case: &Case<'_>, role: Option<&Role>) -> String {
        let statement = self.statement(case);
        let boundary = role.and_then(|role| role.boundary.known());
        match boundary.filter(|arn| is_of_aws(&arn.value)) {
            Some(arn) => {
                let name = arn.value.rsplit('/').next().unwrap_or(&arn.value);
                format!(
                    "set another permissions boundary, because AWS's `{name}` cannot be edited: a policy with what the role needs, and the statement {statement}"
                )
            }
            None => format!("add to the permissions boundary the statement {statement}"),
        }
    }

    /// A statement that allows the request.
    fn statement(&self, case: &Case<'_>) -> String {
        let arn = self.call.request.resource.text();
        let actions = self.actions(case);
        let listed = listed(&actions);
        let action = if actions.len() > 1 {
            format!("[{listed}]")
        } else {
            listed
        };
        format!(r#"{{"Effect": "Allow", "Action": {action}, "Resource": "{arn}"}}"#)
    }

    /// The action, and with the action of a first read the others of a rotation: AWS does not allow them either where they are not named.
    fn actions(&self, case: &Case<'_>) -> Vec<&'a str> {
        let action = self.action();
        let service = case.mount.service;
        if case.rotates() && service.read.contains(&action) && self.side != Side::Resource {
            return service.rotate.to_vec();
        }
        vec![action]
    }

    /// Whether a statement can allow the action as well: its resources can be of the service of the action, and its conditions match, unless they
    /// are about actions of the same service.
    fn fits(&self, nearest: &StatementTrace) -> bool {
        let service = self.call.request.action.service();
        let actions = nearest.written().and_then(|own| own.action.as_ref());
        let mut actions = actions.iter().flat_map(|list| &list.values);
        let is_other = actions.all(|own| own.text.literal().split(':').next() != Some(service));
        let mut failed = nearest.missed.iter();
        if is_other && failed.any(|own| own.element != Element::Action && own.truth == Truth::False)
        {
            return false;
        }
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

/// The ARN of the policy of AWS with a name that the pod's role has, attached or as its boundary.
fn of_aws<'c>(case: &Case<'c>, name: &str) -> Option<&'c Spanned<String>> {
    let session = case.walk.session.as_ref()?;
    let role = case.index.role(&session.role)?;
    let mut policies = role.attached.list.iter().chain(role.boundary.known());
    policies.find(|arn| is_of_aws(&arn.value) && arn.value.rsplit('/').next() == Some(name))
}

fn is_of_aws(arn: &str) -> bool {
    arn.contains(":iam::aws:policy/")
}

/// Whether a condition of a statement also fails.
fn has_other_tests(nearest: &StatementTrace) -> bool {
    let mut failed = nearest.missed.iter();
    failed.any(|own| matches!(own.element, Element::Condition(_)) && own.truth == Truth::False)
}

/// Why the first set of policies without an Allow that matches does not allow a request; `None` where no statement comes near.
fn missed<'a>(case: &Case<'a>, call: &'a Call, side: Side) -> Option<Why<'a>> {
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
        tags: TagTest::of(
            nearest,
            call.request.action.service(),
            case.mount.service.service,
        ),
    })
}

fn is_allow(trace: &StatementTrace) -> bool {
    trace.effect == Effect::Allow
}

/// Actions in quotes.
fn listed(actions: &[&str]) -> String {
    let quoted = actions.iter().map(|action| format!("\"{action}\""));
    quoted.collect::<Vec<_>>().join(", ")
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
