//! Policy documents compiled for evaluation: keys hashed, patterns split, values parsed, statements indexed by action and
//! resource.

mod compile;
mod compiled;
mod index;
mod patterns;

use super::{PolicyDocument, PolicyType, statement::Statement};
use crate::request::Request;
use compile::{compile, effects, reason};
pub(crate) use compiled::{
    ActionPattern, ActionTest, CompiledStatement, ConditionTest, PrincipalPattern, PrincipalTest,
    ResourceTest, Values,
};
use index::Index;
pub(crate) use patterns::Patterns;
use std::sync::Arc;

/// Documents of one policy type that apply together: a role's identity policies, one level of SCPs, a trust policy.
#[derive(Clone, Debug)]
pub struct PolicySet {
    kind: PolicyType,
    documents: Vec<Arc<PolicyDocument>>,
    statements: Vec<CompiledStatement>,
    index: Index,
    unknown: Vec<Arc<str>>,
    /// The missing facts of unknown parts of statements.
    open: Vec<Arc<str>>,
    /// Whether it is unknown if the policy exists.
    may_be_missing: bool,
}

impl PolicySet {
    /// Compiles documents of one type.
    pub fn new(kind: PolicyType, documents: impl IntoIterator<Item = Arc<PolicyDocument>>) -> Self {
        let documents: Vec<_> = documents.into_iter().collect();
        let mut statements = Vec::new();
        let mut open = Vec::new();
        for (at, document) in documents.iter().enumerate() {
            for (number, written) in document.statements.iter().enumerate() {
                open.extend(
                    written
                        .open
                        .iter()
                        .map(|hole| reason(hole, document, number)),
                );
                let effects = effects(written);
                statements.extend(effects.iter().map(|effect| {
                    compile(
                        kind,
                        document.has_variables(),
                        *effect,
                        written,
                        (at, number),
                    )
                }));
            }
        }
        let index = Index::new(&statements);
        Self {
            kind,
            documents,
            statements,
            index,
            unknown: Vec::new(),
            open,
            may_be_missing: false,
        }
    }

    /// A set whose existence is unknown, with the missing fact.
    pub fn perhaps(kind: PolicyType, reason: impl Into<Arc<str>>) -> Self {
        let mut set = Self::new(kind, []).with_unknown(reason);
        set.may_be_missing = true;
        set
    }

    /// Adds a document that exists and whose text is unknown, with the missing fact.
    #[must_use]
    pub fn with_unknown(mut self, reason: impl Into<Arc<str>>) -> Self {
        self.unknown.push(reason.into());
        self
    }

    /// The missing facts of unknown parts of its statements, beside those that an explanation contains.
    pub(crate) fn open(&self) -> &[Arc<str>] {
        &self.open
    }

    /// Whether it is unknown if the policy exists.
    pub(crate) fn may_be_missing(&self) -> bool {
        self.may_be_missing
    }

    /// The type of its documents.
    pub fn kind(&self) -> PolicyType {
        self.kind
    }

    /// Its documents.
    pub fn documents(&self) -> &[Arc<PolicyDocument>] {
        &self.documents
    }

    /// The missing facts of the documents that are unknown.
    pub fn unknown(&self) -> &[Arc<str>] {
        &self.unknown
    }

    /// Whether the set has neither a known nor an unknown document.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.unknown.is_empty()
    }

    pub(crate) fn statements(&self) -> &[CompiledStatement] {
        &self.statements
    }

    /// The document and the statement as written, with their numbers.
    pub(crate) fn written(
        &self,
        compiled: &CompiledStatement,
    ) -> Option<(&Arc<PolicyDocument>, &Statement, usize)> {
        let document = self.documents.get(compiled.document)?;
        Some((
            document,
            document.statements.get(compiled.statement)?,
            compiled.statement,
        ))
    }

    /// Returns the statements that can match a request.
    pub(crate) fn candidates(&self, request: &Request, mut show: impl FnMut(&CompiledStatement)) {
        let resource = request.traits.selected.as_ref();
        let resource = resource.unwrap_or(&request.resource);
        self.index.candidates(&request.action, resource, |number| {
            if let Some(statement) = self.statements.get(number as usize) {
                show(statement);
            }
        });
    }
}
