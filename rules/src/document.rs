//! Every policy document of a world once: its type, whose it is, and how its findings begin.

mod covered;
mod facts;

pub(crate) use covered::covered_values;

use crate::{
    finding::{Draft, hash, holds},
    rule::{Class, Rule, Severity},
};
use facts::Facts;
use policy_engine::{
    inventory::{Inventory, KmsKey, ResourcePolicy, Role, Secret, Unit, find::Object},
    policy::{
        PolicyDocument, PolicyType,
        parse::Mistake,
        statement::{Effect, ListElement, PrincipalEntry, Statement, Written},
    },
    source::Origin,
};
use std::{collections::HashSet, sync::Arc};

/// A policy document and what it is attached to.
pub(crate) struct Document<'a> {
    pub(crate) kind: PolicyType,
    pub(crate) policy: &'a Arc<PolicyDocument>,
    pub(crate) owner: Owner<'a>,
    /// The name of what it is attached to, as people use it.
    pub(crate) object: String,
    facts: Facts<'a>,
}

/// What a document is attached to, as far as rules ask.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner<'a> {
    Role(&'a Role),
    Secret(&'a Secret),
    Key(&'a KmsKey),
    /// An account, a unit, an association or an endpoint.
    Other,
    /// Nothing that is known.
    Nothing,
}

/// The documents that somebody wrote; one that stands in several places, or is told in two, counts at the first.
pub(crate) fn all(inventory: &Inventory) -> Vec<Document<'_>> {
    let mut list = List::default();
    for role in &inventory.roles {
        let name = inventory.role_name(&role.arn);
        let owner = Owner::Role(role);
        list.extend(PolicyType::Trust, &role.trust, owner, &name);
        list.extend(PolicyType::Identity, &role.inline, owner, &name);
        for arn in &role.attached {
            list.extend(
                PolicyType::Identity,
                managed(inventory, &arn.value),
                owner,
                &name,
            );
        }
    }
    // A boundary may also be attached as a permission; that is how it is judged then.
    for role in &inventory.roles {
        let boundary = role.boundary.as_ref();
        let found = boundary.and_then(|arn| managed(inventory, &arn.value));
        let name = inventory.role_name(&role.arn);
        list.extend(PolicyType::Boundary, found, Owner::Role(role), &name);
    }
    for secret in &inventory.secrets {
        if let ResourcePolicy::Document(policy) = &secret.policy {
            let name = Object::Secret(secret).display(inventory);
            list.push(PolicyType::Resource, policy, Owner::Secret(secret), name);
        }
    }
    for key in &inventory.keys {
        let name = Object::Key(key).display(inventory);
        list.extend(PolicyType::Key, &key.policy, Owner::Key(key), &name);
    }
    for association in &inventory.associations {
        let name = inventory.pod_name(&association.pod());
        list.extend(
            PolicyType::Session,
            &association.policy,
            Owner::Other,
            &name,
        );
    }
    for account in &inventory.accounts {
        let name = inventory.account_name(&account.id);
        list.extend(PolicyType::Scp, &account.scps, Owner::Other, name);
        list.extend(PolicyType::Rcp, &account.rcps, Owner::Other, name);
    }
    if let Some(organization) = &inventory.organization {
        unit(&mut list, &organization.root);
    }
    for endpoint in &inventory.endpoints {
        list.extend(
            PolicyType::Endpoint,
            &endpoint.policy,
            Owner::Other,
            &endpoint.id,
        );
    }
    for policy in &inventory.policies {
        let name = inventory.role_name(&policy.arn);
        list.push(PolicyType::Identity, &policy.document, Owner::Nothing, name);
    }
    for loose in &inventory.loose {
        let name = last_part(&loose.document.name).to_owned();
        list.push(loose.kind, &loose.document, Owner::Nothing, name);
    }
    list.documents
}

fn unit<'a>(list: &mut List<'a>, one: &'a Unit) {
    list.extend(PolicyType::Scp, &one.scps, Owner::Other, &one.id);
    list.extend(PolicyType::Rcp, &one.rcps, Owner::Other, &one.id);
    one.units.iter().for_each(|below| unit(list, below));
}

fn managed<'a>(inventory: &'a Inventory, arn: &str) -> Option<&'a Arc<PolicyDocument>> {
    let found = inventory.policies.iter().find(|policy| policy.arn == arn);
    found.map(|policy| &policy.document)
}

#[derive(Default)]
struct List<'a> {
    documents: Vec<Document<'a>>,
    seen: HashSet<(u32, u32, u32)>,
    /// What roles were found to have: a source may tell one policy in two places.
    said: HashSet<String>,
}

impl<'a> List<'a> {
    fn extend(
        &mut self,
        kind: PolicyType,
        policies: impl IntoIterator<Item = &'a Arc<PolicyDocument>>,
        owner: Owner<'a>,
        object: &str,
    ) {
        for policy in policies {
            self.push(kind, policy, owner, object.to_owned());
        }
    }

    fn push(
        &mut self,
        kind: PolicyType,
        policy: &'a Arc<PolicyDocument>,
        owner: Owner<'a>,
        object: String,
    ) {
        let Origin { source, span } = policy.origin;
        let written = policy.origin.is_somewhere();
        if let Owner::Role(role) = owner {
            let content: Vec<_> = policy.statements.iter().map(content).collect();
            let parts = [&*role.arn, &*policy.name, &content.join("\n")].join("\n");
            if !self.said.insert(format!("{kind}\n{parts}")) {
                return;
            }
        }
        if written && self.seen.insert((source.0, span.start, span.end)) {
            self.documents
                .push(Document::new(kind, policy, owner, object));
        }
    }
}

impl<'a> Document<'a> {
    pub(crate) fn new(
        kind: PolicyType,
        policy: &'a Arc<PolicyDocument>,
        owner: Owner<'a>,
        object: String,
    ) -> Self {
        Self {
            kind,
            policy,
            owner,
            object,
            facts: Facts::default(),
        }
    }

    /// The same document, about which nothing is found out yet.
    pub(crate) fn afresh(&self) -> Self {
        Self::new(self.kind, self.policy, self.owner, self.object.clone())
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.policy.statements
    }

    /// Whether it gives permissions to a principal that it is attached to, or bounds them.
    pub(crate) fn is_identity(&self) -> bool {
        matches!(
            self.kind,
            PolicyType::Identity | PolicyType::Boundary | PolicyType::Session
        )
    }

    /// A finding about the document as a whole.
    pub(crate) fn draft(
        &self,
        origin: Origin,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft {
        Draft::new(&*self.object, origin, label, message).because(last_part(&self.policy.name))
    }

    /// A finding about a statement: its element is named by what stays when lines move.
    pub(crate) fn in_statement(
        &self,
        statement: &Statement,
        origin: Origin,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft {
        let mut draft = self.draft(origin, label, message);
        draft.statement = Some(statement.origin);
        draft.because(self.identity(statement))
    }

    /// The same for what makes a statement match nothing: in a Deny that lets through what it was to stop.
    pub(crate) fn dead(
        &self,
        statement: &Statement,
        severity: Severity,
        origin: Origin,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft {
        let draft = self.in_statement(statement, origin, label, message);
        if is_deny(statement) {
            draft
                .severity(severity.raised())
                .class(Class::Leak)
                .note("it stands in a Deny, which therefore stops less than it says")
        } else {
            draft
        }
    }
}

/// The name of a file without its folders: a policy that stands alone is called after its file, which may move.
fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// What the parser found wrong with a document, as findings of a rule.
pub(crate) fn mistakes(document: &Document<'_>, rule: &Rule, wanted: &[Mistake]) -> Vec<Draft> {
    let problems = document.policy.problems.iter();
    let problems = problems.filter(|one| wanted.contains(&one.mistake));
    let drafts = problems.map(|problem| {
        let (place, message) = (problem.origin, problem.message.as_str());
        let mut statements = document.statements().iter();
        let mut draft = match statements.find(|one| holds(one.origin, place)) {
            Some(statement) if rule.class == Class::Break => document
                .dead(statement, rule.severity, place, "here", message)
                .once(statement.origin),
            Some(statement) => document
                .in_statement(statement, place, "here", message)
                .once(statement.origin),
            None => document.draft(place, "here", message),
        };
        draft.help.clone_from(&problem.help);
        draft
    });
    drafts.collect()
}

/// What tells a statement from its neighbours: the Sid, or what it is about.
pub(crate) fn identity(statement: &Statement) -> String {
    if let Some(sid) = statement.sid.as_ref().filter(|sid| !sid.value.is_empty()) {
        return sid.value.clone();
    }
    let lists = statement.action.iter().chain(&statement.resource);
    let texts = lists.flat_map(|element| &element.values);
    let texts: Vec<String> = texts.map(|value| value.text.to_string()).collect();
    let parts: Vec<&str> = texts.iter().map(String::as_str).collect();
    format!("{:016x}", hash(&parts))
}

pub(crate) fn is_allow(statement: &Statement) -> bool {
    statement
        .effect
        .as_ref()
        .is_some_and(|effect| effect.value == Effect::Allow)
}

pub(crate) fn is_deny(statement: &Statement) -> bool {
    statement
        .effect
        .as_ref()
        .is_some_and(|effect| effect.value == Effect::Deny)
}

/// The values of `Action`, unless it is `NotAction`.
pub(crate) fn actions(statement: &Statement) -> &[Written] {
    plain(statement.action.as_ref())
}

/// The values of `Resource`, unless it is `NotResource`.
pub(crate) fn resources(statement: &Statement) -> &[Written] {
    plain(statement.resource.as_ref())
}

fn plain(element: Option<&ListElement>) -> &[Written] {
    element
        .filter(|element| !element.negated)
        .map(|element| element.values.as_slice())
        .unwrap_or_default()
}

/// Whether the service that keeps policies of a type takes any text as a Sid, and one twice.
pub(crate) fn is_lenient(kind: PolicyType) -> bool {
    matches!(
        kind,
        PolicyType::Resource | PolicyType::Key | PolicyType::Endpoint
    )
}

/// Every principal of a document with its statement.
pub(crate) fn principals<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (&'d Statement, &'d PrincipalEntry)> {
    document.statements().iter().flat_map(|statement| {
        let elements = statement.principal.iter();
        elements
            .flat_map(|element| &element.entries)
            .map(move |entry| (statement, entry))
    })
}

/// Every action, resource, condition key and value of a document with its statement.
pub(crate) fn texts<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (&'d Statement, &'d Written)> {
    texts_of(document.statements())
}

/// The same of some statements.
pub(crate) fn texts_of(statements: &[Statement]) -> impl Iterator<Item = (&Statement, &Written)> {
    statements.iter().flat_map(|statement| {
        let lists = statement.action.iter().chain(&statement.resource);
        let lists = lists.flat_map(|element| &element.values);
        let conditions = statement.conditions.iter();
        let conditions = conditions.flat_map(|one| std::iter::once(&one.key).chain(&one.values));
        lists.chain(conditions).map(move |text| (statement, text))
    })
}

/// What a statement says, its Sid left out.
pub(crate) fn content(statement: &Statement) -> String {
    let mut parts = vec![format!(
        "{:?}",
        statement.effect.as_ref().map(|one| one.value)
    )];
    let lists = statement.action.iter().chain(&statement.resource);
    for list in lists {
        parts.push(list.negated.to_string());
        parts.extend(list.values.iter().map(|value| value.text.to_string()));
    }
    if let Some(element) = &statement.principal {
        let entries = element.entries.iter();
        parts.extend(
            entries.map(|one| format!("{}{}{}", element.negated, one.kind.name(), one.value.text)),
        );
    }
    for condition in &statement.conditions {
        parts.push(format!(
            "{} {}",
            condition.operator.value, condition.key.text
        ));
        parts.extend(condition.values.iter().map(|value| value.text.to_string()));
    }
    parts.join("\u{0}")
}

/// Whether a statement is about the service that assumes roles for pods.
pub(crate) fn lets_pods_in(statement: &Statement) -> bool {
    let mut entries = statement.principal.iter().flat_map(|one| &one.entries);
    entries.any(|one| one.value.text.literal() == "pods.eks.amazonaws.com")
}

/// The statements of a trust policy that let in the identity provider of a cluster, each with the principal and the
/// provider's host and path.
pub(crate) fn clusters<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (&'d Statement, &'d PrincipalEntry, &'d str)> {
    principals(document).filter_map(|(statement, entry)| {
        let (_, host) = entry.value.text.literal().split_once(":oidc-provider/")?;
        let cluster = host.starts_with("oidc.eks.") && is_allow(statement);
        cluster.then_some((statement, entry, host))
    })
}
