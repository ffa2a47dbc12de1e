//! A policy document with its type and owner, and drafts about it.

pub(crate) mod addresses;
pub(crate) mod arns;
pub(crate) mod concern;
pub(crate) mod conditions;
pub(crate) mod contradiction;
pub(crate) mod covered;
pub(crate) mod grants;
pub(crate) mod list;
pub(crate) mod mistakes;
pub(crate) mod providers;
pub(crate) mod quota;
pub(crate) mod tags;
pub(crate) mod variables;

mod actions;
mod facts;
mod owner;
mod sets;
mod size;
mod statement;

pub(crate) use actions::{READS, TAGS, covers, matches_action, may_match_action, named};
pub(crate) use owner::Owner;
pub(crate) use statement::{
    actions, content, entries, excludes, identity, is_allow, is_deny, is_lenient, lets_pods_in,
    resources, texts_of,
};

use crate::{
    finding::Draft,
    rule::{Class, Severity},
};
use arns::Named;
use facts::Facts;
use policy_engine::{
    inventory::{Inventory, Role},
    policy::{
        PolicyDocument, PolicyType,
        statement::{PrincipalEntry, Statement, Written},
    },
    service::{KMS, ServiceProfile},
    source::Origin,
};
use sets::Sets;
use std::sync::{Arc, PoisonError};
use variables::Malformed;

/// A policy document and what it is attached to.
pub(crate) struct Document<'a> {
    pub(crate) kind: PolicyType,
    pub(crate) policy: &'a Arc<PolicyDocument>,
    pub(crate) owner: Owner<'a>,
    /// The display name of its owner.
    pub(crate) object: String,
    /// Further roles to which a managed policy is attached.
    pub(crate) sharing: Vec<&'a Role>,
    facts: Facts<'a>,
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
            sharing: Vec::new(),
            facts: Facts::default(),
        }
    }

    /// The same document without computed facts.
    pub(crate) fn afresh(&self) -> Self {
        Self::new(self.kind, self.policy, self.owner, self.object.clone())
    }

    /// The service of the object to which this resource policy or key policy is attached.
    pub(crate) fn service(&self) -> Option<&'static ServiceProfile> {
        match self.kind {
            PolicyType::Key => Some(&KMS),
            PolicyType::Resource => Some(self.owner.object()?.profile()),
            _ => None,
        }
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.policy.statements
    }

    /// The statements that allow.
    pub(crate) fn allows(&self) -> impl Iterator<Item = &Statement> {
        self.statements().iter().filter(|own| is_allow(own))
    }

    /// The statements that deny.
    pub(crate) fn denies(&self) -> impl Iterator<Item = &Statement> {
        self.statements().iter().filter(|own| is_deny(own))
    }

    /// Whether it stands alone and names actions of several services: the policy of one object has actions of one service, the policy of
    /// a VPC endpoint can have several.
    pub(crate) fn can_be_of_endpoint(&self) -> bool {
        let names = self.statements().iter().flat_map(|own| &own.action);
        let names = names.flat_map(|list| &list.values);
        let mut services = names.map(|name| name.text.literal().split(':').next());
        let first = services.next().flatten();
        matches!(self.owner, Owner::Nothing)
            && self.kind == PolicyType::Resource
            && (first == Some("*") || services.any(|service| service != first))
    }

    /// Whether it allows or limits the actions of the principal that it is attached to.
    pub(crate) fn is_identity(&self) -> bool {
        matches!(
            self.kind,
            PolicyType::Identity | PolicyType::Boundary | PolicyType::Session
        )
    }

    /// A draft about the document as a whole.
    pub(crate) fn draft(
        &self,
        origin: Origin,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft {
        Draft::new(&*self.object, origin, label, message).because(last_part(&self.policy.name))
    }

    /// A draft about a statement; its fingerprint uses the identity of the statement, which stays the same when lines move.
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

    /// A draft about a mistake by which a part of a statement matches nothing. In a Deny it is a leak: the Deny denies less. A part that
    /// excludes requests works the other way: an Allow allows more, and a Deny denies more.
    pub(crate) fn dead(
        &self,
        statement: &Statement,
        severity: Severity,
        origin: Origin,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft {
        let draft = self.in_statement(statement, origin, label, message);
        let note = match (is_deny(statement), excludes(statement, origin)) {
            (true, false) => "the statement is a Deny, which therefore denies less than intended",
            (false, true) => "the statement is an Allow, which therefore allows more than intended",
            (true, true) => {
                return draft
                    .note("the statement is a Deny, which therefore denies more than intended");
            }
            (false, false) => return draft,
        };
        draft
            .severity(severity.raised())
            .class(Class::Leak)
            .note(note)
    }

    /// The ARNs in its statements.
    pub(crate) fn arns(&self) -> &[Named<'a>] {
        let policy = self.policy;
        self.facts
            .arns
            .get_or_init(|| arns::find(&policy.statements))
    }

    /// The identity of a statement within the document.
    pub(crate) fn identity(&self, statement: &Statement) -> String {
        let mut own = self.statements().iter();
        let number = own.position(|other| std::ptr::eq(other, statement));
        let all = || self.statements().iter().map(identity).collect();
        let known = number.and_then(|at| self.facts.identities.get_or_init(all).get(at));
        known.map_or_else(|| identity(statement), Clone::clone)
    }

    /// Its malformed variables.
    pub(crate) fn malformed_variables(&self) -> &[Malformed<'a>] {
        let policy = self.policy;
        self.facts.malformed.get_or_init(|| variables::find(policy))
    }

    /// Whether it is larger than AWS accepts, however it is written.
    pub(crate) fn is_beyond(&self) -> bool {
        *self
            .facts
            .beyond
            .get_or_init(|| size::is_beyond(self.statements()))
    }

    /// The policies that AWS evaluates together with it, compiled.
    pub(crate) fn sets(&self, inventory: &Inventory) -> &Sets {
        let new = || Box::new(Sets::new(inventory, self.kind, self.policy, self.owner));
        self.facts.sets.get_or_init(new)
    }

    /// Whether a condition tests a key, or has it in a value.
    pub(crate) fn mentions(&self, key: &str) -> bool {
        let mut known = self
            .facts
            .mentioned
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(key) {
            return *known;
        }
        let statements = self.statements().iter();
        let tests = statements.flat_map(|statement| &statement.conditions);
        let mut texts = tests.flat_map(|test| std::iter::once(&test.key).chain(&test.values));
        let is_mentioned = texts.any(|text| text.text.literal().contains(key));
        known.insert(key.to_owned(), is_mentioned);
        is_mentioned
    }
}

/// The name of a file without its folders: a standalone policy has the name of its file, and the file can move.
pub(crate) fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
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

/// The statements of a trust policy that allow the identity provider of a cluster, each with the principal and the host and path of
/// the provider.
pub(crate) fn clusters<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (&'d Statement, &'d PrincipalEntry, &'d str)> {
    principals(document).filter_map(|(statement, entry)| {
        let (_, host) = entry.value.text.literal().split_once(":oidc-provider/")?;
        let cluster = host.starts_with("oidc.eks.") && is_allow(statement);
        cluster.then_some((statement, entry, host))
    })
}
