//! Concrete requests: what a statement allows is shown by a request that the engine allows.

use crate::{
    context::Context,
    document::{Document, Owner, entries, resources},
    finding::Proof,
    text::globs::{has_wildcard, includes},
};
use policy_engine::{
    evaluator::{self, Decision, Outcome, Verdict},
    inventory::{AccountId, Region, RoleArn},
    key::Key,
    policy::{
        PolicyDocument, PolicyType,
        condition::{Comparison, Relation},
        statement::{Condition, PrincipalKind, Statement, Written},
    },
    request::{Action, Context as Carried, ContextValue, Principal, Request},
    service::ServiceProfile,
    source::Origin,
    syntax::{
        arn::Arn,
        variable::{self, Expression},
    },
    text::{Part, Text, TextBuilder},
};
use std::sync::Arc;

/// The six tags that EKS sets on a session (docs/semantics.md#pod-identity-session-tags), with the values of a tenant.
pub(crate) const SESSION_TAGS: [(&str, &str); 6] = [
    (
        "eks-cluster-arn",
        "arn:aws:eks:us-east-1:111122223333:cluster/prod",
    ),
    ("eks-cluster-name", "prod"),
    ("kubernetes-namespace", "dev"),
    ("kubernetes-service-account", "app"),
    ("kubernetes-pod-name", "app-7d4b9c"),
    ("kubernetes-pod-uid", "0f0e0d0c"),
];

/// A role that no source contains, for standalone policies.
pub(crate) const SOME_ROLE: &str = "arn:aws:iam::111122223333:role/pod";

/// A request for the first resource of a statement that is of the action's service.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) principal: Principal,
    pub(crate) action: String,
    pub(crate) resource: Text,
    pub(crate) carried: Vec<(String, String)>,
}

/// An account that no source contains, and a role of it.
const FOREIGN: &str = "999999999999";
const STRANGER: &str = "arn:aws:iam::999999999999:role/stranger";

/// Addresses of different owners.
const ADDRESSES: [&str; 2] = ["57.12.200.9", "193.3.77.150"];

/// The endpoint of another network.
const ENDPOINT: [(&str, &str); 2] = [
    ("aws:SourceVpce", "vpce-0d9c8b7a6f5e4d3c2"),
    ("aws:SourceVpc", "vpc-0d9c8b7a6f5e4d3c2"),
];

/// The place where a statement names everyone, and a request of a stranger that the resource policy allows.
///
/// A stranger meets every condition that it can meet: it chooses the name of its role, its tags, its network and the time, but not its account,
/// its organization and the key `wall`. The account of the stranger allows everything, so that the resource policy decides
/// (docs/semantics.md#cross-account).
pub(crate) fn open_to_strangers(
    context: &Context<'_>,
    document: &Document<'_>,
    (statement, action): (&Statement, &str),
    wall: &str,
) -> Option<(Origin, Proof)> {
    let everyone = everyone(statement)?;
    let proof = stranger_allowed(context, document, (statement, action), wall)?;
    Some((everyone, proof))
}

/// A request of a stranger that a resource policy or a trust policy allows.
pub(crate) fn stranger_allowed(
    context: &Context<'_>,
    document: &Document<'_>,
    asked: (&Statement, &str),
    wall: &str,
) -> Option<Proof> {
    let mut callers = strangers(asked.0);
    callers.find_map(|caller| meets_as(context, document, asked, wall, &caller))
}

/// The same for another caller: KMS accepts some actions only from the account of the key.
pub(crate) fn open_to(
    context: &Context<'_>,
    document: &Document<'_>,
    asked: (&Statement, &str),
    wall: &str,
    caller: &Principal,
) -> Option<(Origin, Proof)> {
    let everyone = everyone(asked.0)?;
    let proof = meets_as(context, document, asked, wall, caller)?;
    Some((everyone, proof))
}

fn everyone(statement: &Statement) -> Option<Origin> {
    let mut entries = entries(statement);
    let everyone = entries.find(|entry| entry.kind == PrincipalKind::Everyone)?;
    Some(everyone.value.origin)
}

/// Roles of a foreign account, with the names that conditions on `aws:PrincipalArn` ask for.
fn strangers(statement: &Statement) -> impl Iterator<Item = Principal> {
    let conditions = statement.conditions.iter();
    let patterns = conditions
        .filter(|own| {
            own.key
                .text
                .literal()
                .eq_ignore_ascii_case("aws:PrincipalArn")
        })
        .flat_map(|own| &own.values);
    let named = patterns.filter_map(|value| {
        let mut parts: Vec<&str> = value.text.known()?.splitn(6, ':').collect();
        let account = parts.get_mut(4)?;
        if has_wildcard(account) && includes(account, FOREIGN) {
            *account = FOREIGN;
        }
        let is_foreign = *account == FOREIGN;
        let arn = without_wildcards(&parts.join(":"));
        Principal::parse(&arn).ok().filter(|_| is_foreign)
    });
    let named: Vec<Principal> = named.collect();
    let plain = Principal::parse(STRANGER).ok();
    plain.into_iter().chain(named)
}

/// Whether a caller is allowed from some network: from two addresses of different owners, since one can be in a range of the author, or
/// through an endpoint of its own.
fn meets_as(
    context: &Context<'_>,
    document: &Document<'_>,
    (statement, action): (&Statement, &str),
    wall: &str,
    caller: &Principal,
) -> Option<Proof> {
    let probe = Probe::meeting(document, statement, action, |condition| {
        let key = condition.key.text.literal().to_ascii_lowercase();
        key.starts_with("aws:principal") && !key.starts_with("aws:principaltag/")
            || key.starts_with("aws:source")
            || key.starts_with("aws:vpcsource")
            || key == wall
    })?;
    let probe = probe.by(caller.clone());
    let ask = |network: &[(&str, &str)]| {
        let probe = network
            .iter()
            .fold(probe.clone(), |probe, (key, value)| probe.with(key, value));
        probe.resource_allows(context, document)
    };
    let [first, second] = ADDRESSES.map(|address| ask(&[("aws:SourceIp", address)]));
    first
        .filter(|_| second.is_some())
        .or_else(|| ask(&ENDPOINT))
}

impl Probe {
    /// A request that matches a statement without the conditions that are left out.
    pub(crate) fn meeting(
        document: &Document<'_>,
        statement: &Statement,
        action: &str,
        left_out: impl Fn(&Condition) -> bool,
    ) -> Option<Self> {
        let named = resources(statement);
        Self::meeting_on(document, (statement, named), action, left_out)
    }

    /// The same for one of some resources, not of all that the statement names.
    pub(crate) fn meeting_on(
        document: &Document<'_>,
        (statement, named): (&Statement, &[Written]),
        action: &str,
        left_out: impl Fn(&Condition) -> bool,
    ) -> Option<Self> {
        let mut carried: Vec<(String, String)> = SESSION_TAGS
            .iter()
            .map(|(tag, value)| (format!("aws:PrincipalTag/{tag}"), (*value).to_owned()))
            .collect();
        for condition in &statement.conditions {
            if left_out(condition) {
                continue;
            }
            let key = condition.key.text.literal();
            let Some(value) = meets(condition, &carried) else {
                continue;
            };
            carried.retain(|(known, _)| !known.eq_ignore_ascii_case(key));
            carried.push((key.to_owned(), value));
        }
        let principal = match document.owner {
            Owner::Role(role) => session_of(&role.arn),
            _ => Principal::parse(SOME_ROLE).ok()?,
        };
        let home = Home::of(document, named, &principal);
        Some(Self {
            resource: resource_of(document, named, action, &home, &carried),
            principal,
            action: action.to_owned(),
            carried,
        })
    }

    /// Sets the value of a key in the request.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.carried
            .retain(|(known, _)| !known.eq_ignore_ascii_case(key));
        self.carried.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Removes a key from the request.
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.carried
            .retain(|(known, _)| !known.eq_ignore_ascii_case(key));
        self
    }

    /// Changes the principal.
    pub(crate) fn by(mut self, principal: Principal) -> Self {
        self.principal = principal;
        self
    }

    /// Changes the resource.
    pub(crate) fn on(mut self, resource: impl Into<Text>) -> Self {
        self.resource = resource.into();
        self
    }

    /// `Some` if the policies that AWS evaluates together with the document allow the request.
    pub(crate) fn allowed(&self, context: &Context<'_>, document: &Document<'_>) -> Option<Proof> {
        (self.decide(context, document)? == Decision::Allow).then(|| self.proof(true, document))
    }

    /// `Some` if the side of the document does not allow the request, whatever other sides do.
    pub(crate) fn side_refuses(
        &self,
        context: &Context<'_>,
        document: &Document<'_>,
    ) -> Option<Proof> {
        let outcome = self.outcome(context, document)?;
        let verdict = if document.kind.has_principal() {
            outcome.resource
        } else {
            outcome.identity
        };
        verdict?.blocks().then(|| self.proof(false, document))
    }

    /// `Some` if the policies that AWS evaluates together with the document do not allow the request.
    pub(crate) fn refused(&self, context: &Context<'_>, document: &Document<'_>) -> Option<Proof> {
        let refused = matches!(
            self.decide(context, document)?,
            Decision::ImplicitDeny | Decision::ExplicitDeny
        );
        refused.then(|| self.proof(false, document))
    }

    /// `Some` if the document, a resource policy, allows the request, whatever the side of the caller does.
    pub(crate) fn resource_allows(
        &self,
        context: &Context<'_>,
        document: &Document<'_>,
    ) -> Option<Proof> {
        let outcome = self.outcome(context, document)?;
        (outcome.resource == Some(Verdict::Allow)).then(|| self.proof(true, document))
    }

    /// `Some` if the policies of the caller allow the request, whatever the policy of a key or role does.
    pub(crate) fn side_allows(
        &self,
        context: &Context<'_>,
        document: &Document<'_>,
    ) -> Option<Proof> {
        let outcome = self.outcome(context, document)?;
        (outcome.identity == Some(Verdict::Allow)).then(|| self.proof(true, document))
    }

    /// `Some` if no statement denies the request, whether or not a statement allows it.
    pub(crate) fn not_denied(
        &self,
        context: &Context<'_>,
        document: &Document<'_>,
    ) -> Option<Proof> {
        let denied = self.decide(context, document)? == Decision::ExplicitDeny;
        (!denied).then(|| Proof {
            denied: Some(false),
            ..self.proof(true, document)
        })
    }

    /// `Some` if the policies of the caller, its boundary and the control policies of its account allow the request, whatever the policy of
    /// a role does.
    pub(crate) fn caller_allows(
        &self,
        context: &Context<'_>,
        document: &Document<'_>,
    ) -> Option<Proof> {
        let proof = self.side_allows(context, document)?;
        let boundary = self.outcome(context, document)?.boundary;
        let is_open = boundary.is_none_or(|verdict| !verdict.blocks());
        (is_open && !self.denied_in_world(context)).then_some(proof)
    }

    /// Whether a statement allows the request by itself.
    pub(crate) fn allowed_alone(
        &self,
        context: &Context<'_>,
        document: &Document<'_>,
        statement: &Statement,
    ) -> bool {
        let outcome = self.outcome_alone(context, document, statement);
        outcome.is_some_and(|outcome| outcome.decision == Decision::Allow)
    }

    /// Whether a statement of an identity policy allows the request by itself, whatever the policy of a key or role does.
    pub(crate) fn side_allows_alone(
        &self,
        context: &Context<'_>,
        document: &Document<'_>,
        statement: &Statement,
    ) -> bool {
        let outcome = self.outcome_alone(context, document, statement);
        outcome.is_some_and(|outcome| outcome.identity == Some(Verdict::Allow))
    }

    /// Whether a statement of a resource policy allows the request by itself, whatever the side of the caller does.
    pub(crate) fn resource_allows_alone(
        &self,
        context: &Context<'_>,
        document: &Document<'_>,
        statement: &Statement,
    ) -> bool {
        let outcome = self.outcome_alone(context, document, statement);
        outcome.is_some_and(|outcome| outcome.resource == Some(Verdict::Allow))
    }

    fn outcome_alone(
        &self,
        context: &Context<'_>,
        document: &Document<'_>,
        statement: &Statement,
    ) -> Option<Outcome> {
        let policy = document.policy;
        let alone = Arc::new(PolicyDocument {
            name: Arc::clone(&policy.name),
            origin: policy.origin,
            version: policy.version.clone(),
            id: None,
            statements: vec![statement.clone()],
            problems: Box::default(),
        });
        let document = Document::new(document.kind, &alone, Owner::Nothing, String::new());
        self.outcome(context, &document)
    }

    /// Whether a statement of the world denies the request, also of a service or resource control policy.
    pub(crate) fn denied_in_world(&self, context: &Context<'_>) -> bool {
        let given = self.carried.iter().map(|(key, value)| {
            let value = ContextValue::Single(Text::from(value.as_str()));
            (key.clone(), value)
        });
        let given: Vec<_> = given.collect();
        let Some(action) = Action::new(self.action.as_str()) else {
            return false;
        };
        let (principal, resource) = (self.principal.clone(), self.resource.to_string());
        let simulator = context.simulator;
        let call = simulator.ask(principal, action, &resource, &given, context.other);
        call.outcome.decision == Decision::ExplicitDeny
    }

    /// Whether requests for the action contain a key, as far as the catalog lists the keys of the action: keys of IAM belong to few actions
    /// (docs/semantics.md#keys-that-an-action-does-not-supply).
    fn carries(&self, context: &Context<'_>, key: &str) -> bool {
        if !key
            .get(..4)
            .is_some_and(|head| head.eq_ignore_ascii_case("iam:"))
        {
            return true;
        }
        let known = context.catalog.action(&self.action);
        known.is_none_or(|(service, action)| service.carries(action, key))
    }

    fn proof(&self, allowed: bool, document: &Document<'_>) -> Proof {
        Proof {
            example: true,
            allowed,
            denied: None,
            principal: self.principal.display(),
            action: self.action.clone(),
            resource: self.resource.to_string(),
            context: self
                .carried
                .iter()
                .filter(|(key, _)| document.mentions(key))
                .cloned()
                .collect(),
        }
    }

    fn decide(&self, context: &Context<'_>, document: &Document<'_>) -> Option<Decision> {
        Some(self.outcome(context, document)?.decision)
    }

    fn outcome(&self, context: &Context<'_>, document: &Document<'_>) -> Option<Outcome> {
        let carried = self
            .carried
            .iter()
            .filter(|(key, _)| self.carries(context, key));
        let values = carried.map(|(key, value)| {
            let value = ContextValue::Single(Text::from(value.as_str()));
            (Key::new(key.clone()), value)
        });
        let action = Action::new(self.action.as_str())?;
        let mut builder = Request::builder(self.principal.clone(), action, self.resource.clone())
            .context(Carried::of(values));
        // An unknown region or name leaves the account known.
        let account = self.resource.literal().split(':').nth(4);
        if let Some(account) = account.and_then(AccountId::parse)
            && !self.resource.is_known()
        {
            builder = builder.owner(Some(Text::from(account.as_str())));
        }
        let request = builder.build();
        let policies = document.sets(context.inventory).policies();
        Some(evaluator::evaluate(&request, &policies, context.other))
    }
}

/// A value that meets a test; `None` if the key is left out.
fn meets(condition: &Condition, carried: &[(String, String)]) -> Option<String> {
    let operator = condition.parsed?;
    let first = condition.values.first()?;
    if operator.negated {
        return None;
    }
    match operator.comparison {
        Comparison::Null => (first.text.literal() == "false").then(|| "x".to_owned()),
        Comparison::IpAddress => {
            let text = first.text.literal();
            Some(text.split('/').next().unwrap_or(text).to_owned())
        }
        Comparison::StringLike | Comparison::Arn => {
            Some(without_wildcards(&filled(first.text.literal(), carried)))
        }
        Comparison::StringEquals
        | Comparison::StringEqualsIgnoreCase
        | Comparison::Bool
        | Comparison::Binary => Some(filled(first.text.literal(), carried)),
        Comparison::Numeric(relation) => Some(number(first.text.literal(), relation)),
        Comparison::Date(Relation::GreaterThan) => Some(LATE.to_owned()),
        Comparison::Date(_) => Some(first.text.literal().to_owned()),
    }
}

/// After every date that a policy names.
const LATE: &str = "2199-01-01T00:00:00Z";

/// A number in a relation to another one.
fn number(text: &str, relation: Relation) -> String {
    let Ok(number) = text.parse::<i64>() else {
        return text.to_owned();
    };
    let number = match relation {
        Relation::LessThan => number.saturating_sub(1),
        Relation::GreaterThan => number.saturating_add(1),
        Relation::Equals | Relation::LessThanEquals | Relation::GreaterThanEquals => number,
    };
    number.to_string()
}

/// A text with the values of its variables; a variable without a value becomes its default, or a name.
pub(crate) fn filled(text: &str, carried: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while let Some(offset) = text.get(at..).and_then(|rest| rest.find("${")) {
        let start = at + offset;
        out.push_str(text.get(at..start).unwrap_or(""));
        let Ok((expression, length)) = variable::parse(text, start) else {
            out.push_str("${");
            at = start + 2;
            continue;
        };
        match expression {
            Expression::Escape(character) => out.push(character),
            Expression::Variable(variable) => {
                let value = carried.iter().find(|(key, _)| variable.key.is(key));
                match (value, &variable.default) {
                    (Some((_, value)), _) => out.push_str(value),
                    (None, Some(default)) => out.push_str(default),
                    (None, None) => out.push_str("some"),
                }
            }
        }
        at = start + length;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

/// A text that a pattern matches.
pub(crate) fn without_wildcards(pattern: &str) -> String {
    pattern
        .replace("??????", "AbCdEf")
        .replace('?', "x")
        .replace('*', "other")
}

/// The same for a pattern with unknown parts.
fn concrete(pattern: &Text) -> Text {
    let mut text = TextBuilder::default();
    for part in pattern.parts() {
        match part {
            Part::Literal(literal) => text.push_str(&without_wildcards(literal)),
            Part::Hole(hole) => text.push_hole(hole.clone()),
        }
    }
    text.finish()
}

/// A session of a role, also of a role whose name is unknown.
pub(crate) fn session_of(role: &RoleArn) -> Principal {
    Principal::Session {
        role: role.text().clone(),
        session: None,
        account: role.account_text(),
    }
}

/// The principal that an entry names by its ARN, also a role whose name is unknown.
pub(crate) fn principal_of(text: &Text) -> Option<Principal> {
    match text.known() {
        Some(text) => Principal::parse(text).ok(),
        None => Some(session_of(&RoleArn::of(text)?)),
    }
}

/// The partition and account of invented resources: those of a role that the statement names, else those of the caller.
struct Home {
    partition: String,
    account: String,
}

impl Home {
    fn of(document: &Document<'_>, named: &[Written], principal: &Principal) -> Self {
        let mut roles = named.iter().filter_map(|value| {
            let arn = Arn::parse(value.text.known()?)?;
            let is_plain = !has_wildcard(arn.partition) && !has_wildcard(arn.account);
            (arn.service == "iam" && is_plain && !arn.account.is_empty()).then_some(arn)
        });
        let own = match document.owner {
            Owner::Role(role) => Arn::parse(&role.arn),
            _ => None,
        };
        let account = principal.account().map(ToString::to_string);
        match roles.next().or(own) {
            Some(arn) => Self {
                partition: arn.partition.to_owned(),
                account: arn.account.to_owned(),
            },
            None => Self {
                partition: "aws".to_owned(),
                account: account.unwrap_or_default(),
            },
        }
    }
}

/// The region of an invented resource: one that the statement names, else a region of the partition.
///
/// AWS General Reference, "Amazon Resource Names (ARNs)", "ARN format", partitions.
fn region_of(named: &[Written], partition: &str) -> String {
    let mut regions = named.iter().filter_map(|value| {
        let region = value.text.literal().split(':').nth(3)?;
        Region::parse(region)
    });
    match (regions.next(), partition) {
        (Some(region), _) => region.to_string(),
        (None, "aws-us-gov") => "us-gov-west-1".to_owned(),
        (None, "aws-cn") => "cn-north-1".to_owned(),
        (None, _) => "us-east-1".to_owned(),
    }
}

/// An ARN that the statement names and that is of the service of the action.
fn resource_of(
    document: &Document<'_>,
    named: &[Written],
    action: &str,
    home: &Home,
    carried: &[(String, String)],
) -> Text {
    let Home { partition, account } = home;
    let service = action.split(':').next().unwrap_or("");
    let profile = ServiceProfile::of(service);
    match document.owner {
        Owner::Role(role) if document.kind == PolicyType::Trust => return role.arn.text().clone(),
        owner => {
            let object = owner.object().filter(|own| profile == Some(own.profile()));
            if let Some(object) = object {
                return object.arn();
            }
        }
    }
    let rest = match (profile, service) {
        (Some(profile), _) => profile.example,
        (None, "iam" | "sts") => {
            return Text::from(format!("arn:{partition}:iam::{account}:role/other"));
        }
        (None, _) => "other",
    };
    let region = region_of(named, partition);
    let fallback = format!("arn:{partition}:{service}:{region}:{account}:{rest}");
    // An unknown part is equal to itself: the statement names this very object.
    let mut holed = named.iter().filter(|value| !value.text.is_known());
    let is_own = |value: &&Written| value.text.literal().split(':').nth(2) == Some(service);
    if let Some(value) = holed.find(is_own) {
        return concrete(&value.text);
    }
    let text = named
        .iter()
        .map(|value| filled(value.text.literal(), carried))
        .find(|text| text.split(':').nth(2) == Some(service));
    let Some(text) = text else {
        return Text::from(fallback);
    };
    let known: Vec<&str> = fallback.splitn(6, ':').collect();
    let parts = text.splitn(6, ':').enumerate();
    let parts = parts.map(|(at, part)| match (part, known.get(at)) {
        ("*", Some(known)) => (*known).to_owned(),
        _ if at < 5 => without_wildcards(part),
        _ => match part.strip_suffix(":*").or_else(|| part.strip_suffix("/*")) {
            Some(head) => {
                let tail = rest.rsplit([':', '/']).next().unwrap_or(rest);
                let joint = part.get(head.len()..=head.len()).unwrap_or("/");
                format!("{}{joint}{tail}", without_wildcards(head))
            }
            None => without_wildcards(part),
        },
    });
    Text::from(parts.collect::<Vec<_>>().join(":"))
}
