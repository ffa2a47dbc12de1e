//! Compiled statements.

use super::patterns::Patterns;
use crate::{
    evaluator::operators::{Parsed, date, ip},
    key::Key,
    policy::{condition::Operator, statement::Effect},
    syntax::{arn::ArnPattern, glob::Pattern},
    text::Text,
};

/// A compiled statement.
#[derive(Clone, Debug)]
pub(crate) struct CompiledStatement {
    pub(super) document: usize,
    pub(super) statement: usize,
    pub(crate) effect: Effect,
    /// Whether an unknown part of the statement prevents a certain match.
    pub(crate) open: bool,
    pub(crate) principal: Option<PrincipalTest>,
    pub(crate) action: ActionTest,
    pub(crate) resource: ResourceTest,
    pub(crate) conditions: Box<[ConditionTest]>,
}

#[derive(Clone, Debug)]
pub(crate) struct ActionTest {
    pub(crate) negated: bool,
    pub(crate) patterns: Box<[ActionPattern]>,
}

#[derive(Clone, Debug)]
pub(crate) enum ActionPattern {
    Any,
    /// A whole name in lower case.
    Exact {
        hash: u64,
        lower: Box<str>,
    },
    /// A service and a pattern over the names behind the colon, both in lower case.
    Service {
        hash: u64,
        service: Box<str>,
        name: Pattern,
    },
    /// The action contains a hole.
    Open(Pattern),
    /// The action matches no action.
    Never,
}

#[derive(Clone, Debug)]
pub(crate) enum ResourceTest {
    /// The policy type has no such element: it applies to its own resource.
    Implied,
    /// The required element is missing, and the statement has no effect.
    Missing,
    Patterns {
        negated: bool,
        patterns: Box<[ArnPattern]>,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct PrincipalTest {
    pub(crate) negated: bool,
    pub(crate) patterns: Box<[PrincipalPattern]>,
}

#[derive(Clone, Debug)]
pub(crate) enum PrincipalPattern {
    Everyone,
    /// An account, and the partition in which an ARN names it.
    Account(Text, Option<Box<str>>),
    Role(Text),
    Session(Text),
    User(Text),
    FederatedUser(Text),
    UniqueId(Box<str>),
    Service(Text),
    Provider(Text),
    /// A hole that may be filled with any principal.
    Unknown,
    Never,
}

#[derive(Clone, Debug)]
pub(crate) struct ConditionTest {
    pub(crate) operator: Operator,
    pub(crate) key: Key,
    /// The name of the key, where it contains a hole.
    pub(crate) holed_key: Option<Text>,
    pub(crate) values: Values,
    /// The values with JSON numbers in their shortest form, if that differs (U-3).
    pub(crate) shortened: Option<Values>,
}

/// The values of a condition, parsed for its operator.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    Patterns(Patterns),
    Arns(Box<[ArnPattern]>),
    Numbers(Box<[Parsed<Box<str>>]>),
    /// Each date, with whether it states its offset or needs none.
    Dates(Box<[Parsed<(date::Instant, bool)>]>),
    Bytes(Box<[Parsed<Box<[u8]>>]>),
    Addresses(Box<[Parsed<ip::Range>]>),
    Null(Box<[Parsed<bool>]>),
}
