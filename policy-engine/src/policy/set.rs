//! Policy documents compiled for evaluation: keys hashed, patterns split, values parsed, statements found by action and
//! resource.

mod index;
mod patterns;
mod text;

use super::{
    PolicyDocument, PolicyType,
    condition::{Comparison, Operator},
    statement::{
        Condition, Effect, Form, ListElement, PrincipalElement, PrincipalEntry, PrincipalKind,
        Statement, Written,
    },
};
use crate::{
    evaluator::operators::{self, Parsed, date, decimal, ip, parsed},
    key::{Key, hash},
    request::Request,
    syntax::{
        arn::{Arn, ArnPattern, Segmented},
        glob::{Case, Pattern, Syntax},
    },
    text::{Hole, Text},
};
use index::Index;
pub(crate) use patterns::Patterns;
use std::sync::Arc;
pub use text::PolicyTextError;

/// Documents of one policy type that speak together: a role's identity policies, one level of SCPs, a trust policy.
#[derive(Clone, Debug)]
pub struct PolicySet {
    kind: PolicyType,
    documents: Vec<Arc<PolicyDocument>>,
    statements: Vec<CompiledStatement>,
    index: Index,
    unknown: Vec<Arc<str>>,
    /// What would settle the parts of statements that are not known.
    open: Vec<Arc<str>>,
    /// Whether there may be no such policy at all.
    may_be_missing: bool,
}

/// A statement ready to be matched.
#[derive(Clone, Debug)]
pub(crate) struct CompiledStatement {
    document: usize,
    statement: usize,
    pub(crate) effect: Effect,
    /// Whether a part is not known without which nobody can say that it matches.
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
    /// It has a hole.
    Open(Pattern),
    /// Matches no action.
    Never,
}

#[derive(Clone, Debug)]
pub(crate) enum ResourceTest {
    /// The policy type has no such element: its own resource is meant.
    Implied,
    /// The element is missing where it must stand, and the statement has no effect.
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
    /// A hole that may hold any principal.
    Unknown,
    Never,
}

#[derive(Clone, Debug)]
pub(crate) struct ConditionTest {
    pub(crate) operator: Operator,
    pub(crate) key: Key,
    /// Whether the name of the key has a hole.
    pub(crate) key_is_open: bool,
    pub(crate) values: Values,
    /// The values with JSON numbers in their shortest form, where that differs (U-3).
    pub(crate) shortened: Option<Values>,
}

/// The values of a condition, parsed as its operator needs them.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    Patterns(Patterns),
    Arns(Box<[ArnPattern]>),
    Numbers(Box<[Parsed<Box<str>>]>),
    /// Each with whether it names its offset, or needs none.
    Dates(Box<[Parsed<(date::Instant, bool)>]>),
    Bytes(Box<[Parsed<Box<[u8]>>]>),
    Addresses(Box<[Parsed<ip::Range>]>),
    Null(Box<[Parsed<bool>]>),
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

    /// A set of which nobody knows whether there is one; says what would settle it.
    pub fn perhaps(kind: PolicyType, reason: impl Into<Arc<str>>) -> Self {
        let mut set = Self::new(kind, []).with_unknown(reason);
        set.may_be_missing = true;
        set
    }

    /// Adds a document that is known to exist and whose text is not known; says what would settle it.
    #[must_use]
    pub fn with_unknown(mut self, reason: impl Into<Arc<str>>) -> Self {
        self.unknown.push(reason.into());
        self
    }

    /// What would settle the parts of its statements that are not known, beside those that an explanation finds.
    pub(crate) fn open(&self) -> &[Arc<str>] {
        &self.open
    }

    /// Whether there may be no such policy at all.
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

    /// What would settle the documents that are not known.
    pub fn unknown(&self) -> &[Arc<str>] {
        &self.unknown
    }

    /// Whether it holds neither a document nor the hint of one.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.unknown.is_empty()
    }

    pub(crate) fn statements(&self) -> &[CompiledStatement] {
        &self.statements
    }

    /// The document and the statement as they were written, with their numbers.
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

    /// Shows the statements that can speak about a request.
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

/// What would settle an open part of a statement.
fn reason(hole: &Hole, document: &PolicyDocument, number: usize) -> Arc<str> {
    let name = || format!("statement {} of {}", number + 1, document.name);
    hole.reason(name).into()
}

/// The effects that a statement may have; one whose effect cannot be read has none.
fn effects(written: &Statement) -> &'static [Effect] {
    match written.effect.as_ref().map(|effect| effect.value) {
        Some(Effect::Allow) => &[Effect::Allow],
        Some(Effect::Deny) => &[Effect::Deny],
        None if written.open.is_empty() => &[],
        None => &[Effect::Allow, Effect::Deny],
    }
}

fn compile(
    kind: PolicyType,
    variables: bool,
    effect: Effect,
    written: &Statement,
    at: (usize, usize),
) -> CompiledStatement {
    // Of a statement that is one hole, nothing is known.
    let is_hole = written.effect.is_none() && written.action.is_none();
    let principal = kind.has_principal().then(|| {
        if is_hole {
            PrincipalTest {
                negated: false,
                patterns: Box::new([PrincipalPattern::Unknown]),
            }
        } else {
            principal(written.principal.as_ref())
        }
    });
    CompiledStatement {
        document: at.0,
        statement: at.1,
        effect,
        open: !written.open.is_empty(),
        principal,
        action: if is_hole {
            ActionTest {
                negated: false,
                patterns: Box::new([ActionPattern::Any]),
            }
        } else {
            action(written.action.as_ref())
        },
        resource: if is_hole {
            ResourceTest::Implied
        } else {
            resource(kind, variables, written.resource.as_ref())
        },
        conditions: written
            .conditions
            .iter()
            .filter_map(|test| condition(variables, test))
            .collect(),
    }
}

fn action(element: Option<&ListElement>) -> ActionTest {
    let Some(element) = element else {
        return ActionTest {
            negated: false,
            patterns: Box::default(),
        };
    };
    ActionTest {
        negated: element.negated,
        patterns: element.values.iter().map(action_pattern).collect(),
    }
}

fn action_pattern(value: &Written) -> ActionPattern {
    let Some(text) = value.text.known() else {
        let syntax = Syntax {
            wildcards: true,
            variables: false,
        };
        return ActionPattern::Open(Pattern::new(&value.text, syntax).0);
    };
    let lower = text.to_ascii_lowercase();
    if lower == "*" || lower == "*:*" {
        return ActionPattern::Any;
    }
    let Some((service, name)) = lower.split_once(':') else {
        return ActionPattern::Never;
    };
    if service.contains(['*', '?']) {
        return ActionPattern::Never;
    }
    if !name.contains(['*', '?']) {
        return ActionPattern::Exact {
            hash: hash(&lower),
            lower: lower.into(),
        };
    }
    let syntax = Syntax {
        wildcards: true,
        variables: false,
    };
    let (name, _) = Pattern::new(&Text::from(name), syntax);
    ActionPattern::Service {
        hash: hash(service),
        service: service.into(),
        name,
    }
}

fn resource(kind: PolicyType, variables: bool, element: Option<&ListElement>) -> ResourceTest {
    match element {
        _ if kind == PolicyType::Trust => ResourceTest::Implied,
        None => ResourceTest::Missing,
        Some(element) => ResourceTest::Patterns {
            negated: element.negated,
            patterns: element
                .values
                .iter()
                .map(|value| ArnPattern::new(&value.text, variables).0)
                .collect(),
        },
    }
}

fn principal(element: Option<&PrincipalElement>) -> PrincipalTest {
    let Some(element) = element else {
        return PrincipalTest {
            negated: false,
            patterns: Box::default(),
        };
    };
    PrincipalTest {
        negated: element.negated,
        patterns: element.entries.iter().map(principal_pattern).collect(),
    }
}

fn principal_pattern(entry: &PrincipalEntry) -> PrincipalPattern {
    let text = &entry.value.text;
    match (entry.kind, text.known()) {
        (PrincipalKind::Everyone, _) => PrincipalPattern::Everyone,
        (PrincipalKind::CanonicalUser, _) => PrincipalPattern::Never,
        (PrincipalKind::Service, _) => PrincipalPattern::Service(text.clone()),
        (PrincipalKind::Federated, _) => PrincipalPattern::Provider(text.clone()),
        (PrincipalKind::Aws, Some(known)) => aws_principal(known),
        // The shape of an ARN with holes still tells a role from an account.
        (PrincipalKind::Aws, None) => match text.literal() {
            literal if is_root(text, literal) => {
                let account = Segmented::new(text.clone()).segment(4);
                account.map_or(PrincipalPattern::Unknown, |account| {
                    PrincipalPattern::Account(account, None)
                })
            }
            literal if literal.contains(":role/") => PrincipalPattern::Role(text.clone()),
            literal if literal.contains(":user/") => PrincipalPattern::User(text.clone()),
            _ => PrincipalPattern::Unknown,
        },
    }
}

/// Whether a text with holes is the root of an account: `arn:aws:iam::<account>:root`.
fn is_root(text: &Text, literal: &str) -> bool {
    let after_service = literal.starts_with("arn:") && literal.ends_with(":root");
    let ends_in_hole = text
        .holes()
        .last()
        .is_some_and(|(at, _)| *at as usize == literal.len());
    after_service && !ends_in_hole && literal.matches(':').count() == 5
}

fn aws_principal(known: &str) -> PrincipalPattern {
    let text = Text::from(known);
    if known.len() == 12 && known.bytes().all(|byte| byte.is_ascii_digit()) {
        return PrincipalPattern::Account(text, None);
    }
    let Some(arn) = Arn::parse(known) else {
        let id = ["AROA", "AIDA"]
            .iter()
            .any(|prefix| known.starts_with(prefix));
        return if id {
            PrincipalPattern::UniqueId(known.into())
        } else {
            PrincipalPattern::Never
        };
    };
    let kind = arn.resource.split('/').next().unwrap_or("");
    match (arn.service, kind) {
        ("iam", "root") => {
            PrincipalPattern::Account(Text::from(arn.account), Some(arn.partition.into()))
        }
        ("iam", "role") => PrincipalPattern::Role(text),
        ("iam", "user") => PrincipalPattern::User(text),
        ("sts", "assumed-role") => PrincipalPattern::Session(text),
        ("sts", "federated-user") => PrincipalPattern::FederatedUser(text),
        _ => PrincipalPattern::Never,
    }
}

/// Compiles a test; `None` for an operator that AWS does not know, which it accepts only without keys.
fn condition(variables: bool, written: &Condition) -> Option<ConditionTest> {
    let operator = written.parsed?;
    let texts: Vec<_> = written.values.iter().map(|value| &value.text).collect();
    let short: Vec<_> = written.values.iter().map(shortened).collect();
    let differs = written
        .values
        .iter()
        .zip(&short)
        .any(|(value, short)| value.text != *short);
    Some(ConditionTest {
        operator,
        key: Key::new(written.key.text.to_string()),
        key_is_open: !written.key.text.is_known(),
        values: values(operator, &texts, variables),
        shortened: (differs && is_text(operator.comparison))
            .then(|| values(operator, &short.iter().collect::<Vec<_>>(), variables)),
    })
}

fn is_text(comparison: Comparison) -> bool {
    matches!(
        comparison,
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike
    )
}

/// A JSON number without needless digits; any other text as it is.
fn shortened(value: &Written) -> Text {
    if value.form != Form::Number {
        return value.text.clone();
    }
    let long = |text: &&str| text.contains(['.', 'e', 'E']);
    let number = value.text.known().filter(long);
    match number.and_then(operators::decimal::lenient) {
        Some(number) => Text::from(number.to_string()),
        None => value.text.clone(),
    }
}

fn values(operator: Operator, texts: &[&Text], variables: bool) -> Values {
    match operator.comparison {
        Comparison::StringEquals
        | Comparison::StringEqualsIgnoreCase
        | Comparison::StringLike
        | Comparison::Bool => {
            let syntax = Syntax {
                wildcards: operator.comparison == Comparison::StringLike,
                variables,
            };
            let case = match operator.comparison {
                Comparison::StringEqualsIgnoreCase => Case::Ignored,
                _ => Case::Sensitive,
            };
            let patterns = texts.iter().map(|text| Pattern::new(text, syntax).0);
            Values::Patterns(Patterns::new(patterns, case))
        }
        Comparison::Arn => Values::Arns(
            texts
                .iter()
                .map(|text| ArnPattern::new(text, variables).0)
                .collect(),
        ),
        Comparison::Numeric(_) => {
            Values::Numbers(parsed(texts, decimal::is_letter, |text| Some(text.into())))
        }
        Comparison::Date(_) => Values::Dates(parsed(texts, date::is_letter, |text| {
            Some((date::parse(text)?, !date::lacks_offset(text)))
        })),
        Comparison::Binary => Values::Bytes(parsed(
            texts,
            operators::is_base64_letter,
            operators::base64,
        )),
        Comparison::IpAddress => Values::Addresses(parsed(texts, ip::is_letter, ip::Range::parse)),
        Comparison::Null => Values::Null(parsed(
            texts,
            operators::is_boolean_letter,
            operators::boolean,
        )),
    }
}
