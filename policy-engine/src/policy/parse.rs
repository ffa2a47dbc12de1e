//! A tree becomes a policy document; every mistake on the way is reported with its place (evaluation.md 1).
//!
//! Parsing never fails as a whole: what could be understood is in the document.

pub use super::mistake::{Gravity, Mistake, PolicyError};

use super::{
    PolicyDocument, PolicyType,
    condition::{Comparison, Operator, OperatorError},
    statement::{
        Condition, Effect, Form, ListElement, PrincipalElement, PrincipalEntry, PrincipalKind,
        Statement, Written,
    },
};
use crate::{
    evaluator::operators::date,
    source::{Origin, Spanned},
    syntax::{
        arn::{Arn, ArnPattern},
        glob::{Pattern, Syntax},
        node::{Node, Value},
    },
};
use std::{collections::HashSet, sync::Arc};

/// The version in which variables exist.
pub const VERSION: &str = "2012-10-17";
const OLD_VERSION: &str = "2008-10-17";

/// Reads a whole document.
pub fn document(
    node: &Node,
    kind: PolicyType,
    name: impl Into<Arc<str>>,
) -> (PolicyDocument, Vec<PolicyError>) {
    let mut parser = Parser {
        kind,
        has_variables: true,
        errors: Vec::new(),
    };
    let mut document = parser.document(node, name.into());
    document.problems = parser.errors.as_slice().into();
    (document, parser.errors)
}

/// Reads a list of statements under Version 2012-10-17, as a world file writes them.
pub fn statements(
    node: &Node,
    kind: PolicyType,
    name: impl Into<Arc<str>>,
) -> (PolicyDocument, Vec<PolicyError>) {
    let mut parser = Parser {
        kind,
        has_variables: true,
        errors: Vec::new(),
    };
    let version = Some(Spanned::new(VERSION.to_owned(), node.origin));
    let statements = parser.statement_list(node);
    (
        PolicyDocument {
            name: name.into(),
            origin: node.origin,
            version,
            id: None,
            statements,
            problems: parser.errors.as_slice().into(),
        },
        parser.errors,
    )
}

struct Parser {
    kind: PolicyType,
    has_variables: bool,
    errors: Vec<PolicyError>,
}

const TOP: [&str; 3] = ["Version", "Id", "Statement"];
const MEMBERS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Parser {
    fn document(&mut self, node: &Node, name: Arc<str>) -> PolicyDocument {
        let mut document = PolicyDocument {
            name,
            origin: node.origin,
            version: None,
            id: None,
            statements: Vec::new(),
            problems: Box::default(),
        };
        let Some(members) = node.as_map() else {
            self.error(
                Mistake::JsonType,
                node.origin,
                format!("a policy is a JSON object, not {}", node.kind()),
                None,
            );
            return document;
        };
        self.names(members, &TOP, "a policy");
        document.version = node
            .get("Version")
            .and_then(|version| self.version(version));
        document.id = node.get("Id").and_then(|id| self.string(id, "Id"));
        self.version_rules(node.origin, document.version.as_ref());
        self.has_variables = document.has_variables();
        match node.get("Statement") {
            Some(statement) => document.statements = self.statement_list(statement),
            None => self.error(
                Mistake::NoStatement,
                node.origin,
                "a policy needs a `Statement`",
                None,
            ),
        }
        document
    }

    fn version(&mut self, node: &Node) -> Option<Spanned<String>> {
        let version = self.string(node, "Version")?;
        if version.value != VERSION && version.value != OLD_VERSION {
            let message = format!("`{}` is not a policy version", version.value);
            self.error(
                Mistake::UnknownVersion,
                node.origin,
                message,
                Some("write \"2012-10-17\""),
            );
        }
        Some(version)
    }

    fn version_rules(&mut self, whole: Origin, version: Option<&Spanned<String>>) {
        if version.is_some_and(|version| version.value == VERSION) {
            return;
        }
        let origin = version.map_or(whole, |version| version.origin);
        let help = Some("\"Version\": \"2012-10-17\"");
        match self.kind {
            PolicyType::Scp | PolicyType::Rcp => {
                self.error(
                    Mistake::OldVersion,
                    origin,
                    format!("a {} needs Version 2012-10-17", self.kind),
                    help,
                );
            }
            PolicyType::Identity | PolicyType::Boundary | PolicyType::Session => {
                self.save_error(
                    Mistake::OldVersion,
                    origin,
                    "AWS saves only documents of version 2012-10-17 or greater",
                    help,
                );
            }
            PolicyType::Resource | PolicyType::Trust | PolicyType::Key | PolicyType::Endpoint
                if version.is_none() =>
            {
                let message = "without a version this is read as 2008-10-17";
                self.odd(Mistake::OldVersion, origin, message);
            }
            PolicyType::Resource | PolicyType::Trust | PolicyType::Key | PolicyType::Endpoint => {}
        }
    }

    fn statement_list(&mut self, node: &Node) -> Vec<Statement> {
        let nodes = match &node.value {
            Value::List(items) if items.is_empty() => {
                self.error(
                    Mistake::NoStatement,
                    node.origin,
                    "a policy needs at least one statement",
                    None,
                );
                return Vec::new();
            }
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let statements: Vec<_> = nodes
            .iter()
            .filter_map(|node| self.statement(node))
            .collect();
        self.sids(&statements);
        statements
    }

    fn sids(&mut self, statements: &[Statement]) {
        let mut seen = HashSet::new();
        for statement in statements {
            let Some(sid) = statement.sid.as_ref().filter(|sid| !sid.value.is_empty()) else {
                continue;
            };
            if !seen.insert(&sid.value) {
                let message = format!("two statements have the Sid `{}`", sid.value);
                self.save_error(
                    Mistake::DuplicateSid,
                    sid.origin,
                    message,
                    Some("give each statement its own Sid"),
                );
            }
            let lenient = matches!(
                self.kind,
                PolicyType::Resource | PolicyType::Key | PolicyType::Endpoint
            );
            if !lenient && !sid.value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                self.save_error(
                    Mistake::SidCharacters,
                    sid.origin,
                    "a Sid holds only letters and digits here",
                    None,
                );
            }
        }
    }

    fn statement(&mut self, node: &Node) -> Option<Statement> {
        let Some(members) = node.as_map() else {
            self.error(
                Mistake::JsonType,
                node.origin,
                format!("a statement is a JSON object, not {}", node.kind()),
                None,
            );
            return None;
        };
        self.names(members, &MEMBERS, "a statement");
        let statement = Statement {
            origin: node.origin,
            sid: node.get("Sid").and_then(|sid| self.string(sid, "Sid")),
            effect: self.effect(node),
            principal: self.principal_element(node),
            action: self.list_element(node, "Action", "NotAction"),
            resource: self.list_element(node, "Resource", "NotResource"),
            conditions: node
                .get("Condition")
                .map(|condition| self.conditions(condition))
                .unwrap_or_default(),
        };
        self.required(&statement);
        self.actions(&statement);
        self.resources(&statement);
        if self.kind == PolicyType::Rcp {
            self.rcp(&statement);
        }
        Some(statement)
    }

    fn effect(&mut self, node: &Node) -> Option<Spanned<Effect>> {
        let Some(effect) = node.get("Effect") else {
            self.error(
                Mistake::NoEffect,
                node.origin,
                "a statement needs an `Effect`",
                Some("\"Effect\": \"Allow\" or \"Deny\""),
            );
            return None;
        };
        match effect.as_str() {
            Some("Allow") => Some(Spanned::new(Effect::Allow, effect.origin)),
            Some("Deny") => Some(Spanned::new(Effect::Deny, effect.origin)),
            _ => {
                self.error(
                    Mistake::UnknownEffect,
                    effect.origin,
                    "`Effect` is `Allow` or `Deny`, in this spelling",
                    None,
                );
                None
            }
        }
    }

    /// Which elements a statement must and must not have (evaluation.md 1.3).
    fn required(&mut self, statement: &Statement) {
        if statement.action.is_none() {
            self.error(
                Mistake::NoAction,
                statement.origin,
                "a statement needs an `Action` or `NotAction`",
                None,
            );
        }
        if let Some(action) = statement.action.as_ref().filter(|action| action.negated)
            && self.kind == PolicyType::Trust
        {
            let help = "list the actions: sts:AssumeRole, sts:TagSession";
            self.error(
                Mistake::TrustNotAction,
                action.key,
                "a trust policy has no `NotAction`",
                Some(help),
            );
        }
        match (&statement.resource, self.kind) {
            (Some(resource), PolicyType::Trust) => {
                let help = "the role itself is the resource: remove the element";
                self.error(
                    Mistake::TrustResource,
                    resource.key,
                    "a trust policy has no `Resource`",
                    Some(help),
                );
            }
            // KMS stores a statement without a resource; it has no effect.
            (Some(_), _) | (None, PolicyType::Trust | PolicyType::Key) => {}
            (None, _) => self.error(
                Mistake::NoResource,
                statement.origin,
                "a statement needs a `Resource` or `NotResource`",
                None,
            ),
        }
        match (&statement.principal, self.kind) {
            (Some(principal), PolicyType::Rcp) => {
                let everyone = principal
                    .entries
                    .iter()
                    .all(|entry| entry.kind == PrincipalKind::Everyone);
                if principal.negated || !everyone {
                    self.error(
                        Mistake::RcpPrincipal,
                        principal.origin,
                        "a resource control policy names `\"Principal\": \"*\"`",
                        None,
                    );
                }
            }
            (None, PolicyType::Rcp) => {
                self.error(
                    Mistake::NoPrincipal,
                    statement.origin,
                    "a resource control policy needs `\"Principal\": \"*\"`",
                    None,
                );
            }
            (Some(principal), kind) if !kind.has_principal() => {
                self.error(
                    Mistake::ForeignPrincipal,
                    principal.key,
                    format!("no {kind} has a `Principal`"),
                    Some("remove the element"),
                );
            }
            (Some(principal), PolicyType::Trust) if principal.negated => {
                self.error(
                    Mistake::TrustNotPrincipal,
                    principal.key,
                    "a trust policy has no `NotPrincipal`",
                    Some("name who may assume the role"),
                );
            }
            (None, kind) if kind.has_principal() => {
                self.save_error(
                    Mistake::NoPrincipal,
                    statement.origin,
                    "a statement without `Principal` matches nobody",
                    None,
                );
            }
            _ => {}
        }
    }

    fn rcp(&mut self, statement: &Statement) {
        if let Some(effect) = statement
            .effect
            .as_ref()
            .filter(|effect| effect.value == Effect::Allow)
        {
            self.error(
                Mistake::RcpAllow,
                effect.origin,
                "a resource control policy only denies",
                Some("\"Effect\": \"Deny\""),
            );
        }
        let Some(action) = &statement.action else {
            return;
        };
        if action.negated {
            self.error(
                Mistake::RcpNotAction,
                action.key,
                "a resource control policy has no `NotAction`",
                Some("list the actions"),
            );
        }
        if let Some(star) = action
            .values
            .iter()
            .find(|value| value.text.known() == Some("*"))
        {
            self.error(
                Mistake::RcpEveryAction,
                star.origin,
                "a resource control policy does not take the bare `*`",
                Some("name the service: `kms:*`"),
            );
        }
    }

    /// An element that is a string or a list of strings, or its `Not…` form; not both.
    fn list_element(&mut self, node: &Node, name: &str, not: &str) -> Option<ListElement> {
        let (plain, negated) = (node.entry(name), node.entry(not));
        if let (Some(_), Some((key, _))) = (plain, negated) {
            self.error(
                Mistake::ExclusiveElements,
                key.origin,
                format!("`{name}` and `{not}` exclude each other"),
                Some("keep one of them"),
            );
        }
        let (key, value) = plain.or(negated)?;
        let values = self.strings(value, key.as_str().unwrap_or(name));
        Some(ListElement {
            negated: plain.is_none(),
            key: key.origin,
            origin: value.origin,
            values,
        })
    }

    fn principal_element(&mut self, node: &Node) -> Option<PrincipalElement> {
        let (plain, negated) = (node.entry("Principal"), node.entry("NotPrincipal"));
        if let (Some(_), Some((key, _))) = (plain, negated) {
            self.error(
                Mistake::ExclusiveElements,
                key.origin,
                "`Principal` and `NotPrincipal` exclude each other",
                Some("keep one of them"),
            );
        }
        let (key, value) = plain.or(negated)?;
        let entries = match &value.value {
            Value::String(scalar) if scalar.text.known() == Some("*") => {
                vec![PrincipalEntry {
                    kind: PrincipalKind::Everyone,
                    value: written(value),
                }]
            }
            Value::Map(members) => {
                if members.is_empty() {
                    let message = "a principal without types matches nobody";
                    self.odd(Mistake::EmptyPrincipal, value.origin, message);
                }
                members
                    .iter()
                    .flat_map(|(kind, value)| self.principals(kind, value))
                    .collect()
            }
            _ => {
                let help =
                    "{\"AWS\": \"arn:aws:iam::111122223333:role/name\"}, or \"*\" for everyone";
                self.error(
                    Mistake::PrincipalShape,
                    value.origin,
                    "a principal is `*` or an object of principal types",
                    Some(help),
                );
                Vec::new()
            }
        };
        Some(PrincipalElement {
            negated: plain.is_none(),
            key: key.origin,
            origin: value.origin,
            entries,
        })
    }

    fn principals(&mut self, kind: &Node, value: &Node) -> Vec<PrincipalEntry> {
        let name = kind.as_str().unwrap_or("");
        let types = [
            PrincipalKind::Aws,
            PrincipalKind::Service,
            PrincipalKind::Federated,
            PrincipalKind::CanonicalUser,
        ];
        let Some(kind_found) = types.into_iter().find(|known| known.name() == name) else {
            let help = "the types are AWS, Service, Federated and CanonicalUser, in this spelling";
            self.error(
                Mistake::PrincipalType,
                kind.origin,
                format!("`{name}` is not a type of principal"),
                Some(help),
            );
            return Vec::new();
        };
        let values = self.strings(value, name);
        for value in &values {
            self.principal_value(kind_found, value);
        }
        values
            .into_iter()
            .map(|value| match (kind_found, value.text.known()) {
                (PrincipalKind::Aws, Some("*")) => PrincipalEntry {
                    kind: PrincipalKind::Everyone,
                    value,
                },
                _ => PrincipalEntry {
                    kind: kind_found,
                    value,
                },
            })
            .collect()
    }

    fn principal_value(&mut self, kind: PrincipalKind, value: &Written) {
        let (Some(text), origin) = (value.text.known(), value.origin) else {
            return;
        };
        if text != "*" && text.contains(['*', '?']) {
            let help = "use \"*\" and test `aws:PrincipalArn` in the condition";
            self.error(
                Mistake::PrincipalWildcard,
                origin,
                "a principal has no wildcards inside",
                Some(help),
            );
            return;
        }
        if kind != PrincipalKind::Aws || text == "*" {
            return;
        }
        if Arn::parse(text)
            .is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("group/"))
        {
            self.error(
                Mistake::PrincipalGroup,
                origin,
                "a group is not a principal",
                Some("name the users or a role"),
            );
        }
    }

    fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        let Some(operators) = node.as_map() else {
            self.error(
                Mistake::JsonType,
                node.origin,
                format!("a condition is a JSON object, not {}", node.kind()),
                None,
            );
            return Vec::new();
        };
        self.duplicates(operators);
        if operators.is_empty() {
            let message = "a condition without operators restricts nothing";
            self.odd(Mistake::EmptyCondition, node.origin, message);
        }
        operators
            .iter()
            .flat_map(|(name, body)| self.operator(name, body))
            .collect()
    }

    fn operator(&mut self, name: &Node, body: &Node) -> Vec<Condition> {
        let written_name = name.as_str().unwrap_or("").to_owned();
        let Some(keys) = body.as_map() else {
            let message = format!(
                "`{written_name}` holds an object of condition keys, not {}",
                body.kind()
            );
            self.error(Mistake::JsonType, body.origin, message, None);
            return Vec::new();
        };
        if keys.is_empty() {
            let message = format!("`{written_name}` without keys restricts nothing");
            self.odd(Mistake::EmptyCondition, body.origin, message);
        }
        let parsed = Operator::parse(&written_name);
        if let Err(error) = &parsed
            && !keys.is_empty()
        {
            let help =
                nearest_operator(&written_name).map(|near| format!("did you mean `{near}`?"));
            let mistake = match error {
                OperatorError::Unknown { .. } => Mistake::UnknownOperator,
                OperatorError::NullIfExists => Mistake::NullIfExists,
            };
            self.error(mistake, name.origin, error.to_string(), help.as_deref());
        }
        let mut seen = HashSet::new();
        for (key, _) in keys {
            let name = key.as_str().map(str::to_ascii_lowercase);
            if name.is_some_and(|name| !seen.insert(name)) {
                let message = format!(
                    "the key `{}` stands twice under `{written_name}`",
                    key.as_str().unwrap_or("")
                );
                self.error(
                    Mistake::DuplicateKey,
                    key.origin,
                    message,
                    Some("put both values into one list if either may match"),
                );
            }
        }
        keys.iter()
            .map(|(key, value)| {
                self.mixed(value);
                let condition = Condition {
                    operator: Spanned::new(written_name.clone(), name.origin),
                    parsed: parsed.clone().ok(),
                    key: written(key),
                    origin: value.origin,
                    values: self.strings(value, "a condition value"),
                };
                self.dates(&condition);
                self.condition_rules(&condition);
                condition
            })
            .collect()
    }

    /// Reports a list that mixes JSON types.
    fn mixed(&mut self, node: &Node) {
        let items = node.as_list().unwrap_or_default();
        let Some(first) = items.first() else { return };
        if let Some(other) = items.iter().find(|item| item.kind() != first.kind()) {
            let message = format!("the list holds {} and {}", first.kind(), other.kind());
            self.odd(Mistake::MixedTypes, other.origin, message);
        }
    }

    fn condition_rules(&mut self, condition: &Condition) {
        let Some(operator) = condition.parsed else {
            return;
        };
        let name = condition.key.text.literal();
        let context = name
            .get(..22)
            .is_some_and(|head| head.eq_ignore_ascii_case("kms:EncryptionContext:"));
        if self.kind == PolicyType::Key && operator.qualifier.is_some() && context {
            let help = "the key holds one value: use the operator without `ForAllValues:` or `ForAnyValue:`";
            let message = format!("KMS takes no set operator on `{name}`");
            self.save_error(
                Mistake::SetOperatorOnContext,
                condition.operator.origin,
                message,
                Some(help),
            );
        }
        let takes_variables = matches!(
            operator.comparison,
            Comparison::StringEquals
                | Comparison::StringEqualsIgnoreCase
                | Comparison::StringLike
                | Comparison::Arn
        );
        if takes_variables {
            self.variables(&condition.values);
        }
    }

    /// Reports `${…}` that AWS cannot read; before version 2012-10-17 they are plain text.
    fn variables(&mut self, values: &[Written]) {
        if !self.has_variables {
            return;
        }
        for value in values {
            let syntax = Syntax {
                wildcards: true,
                variables: true,
            };
            for error in Pattern::new(&value.text, syntax).1 {
                self.save_error(
                    Mistake::Variable,
                    value.inner(error.span),
                    error.reason,
                    Some("${key}, or ${key, 'default'}"),
                );
            }
        }
    }

    fn dates(&mut self, condition: &Condition) {
        if !condition
            .parsed
            .is_some_and(|operator| matches!(operator.comparison, Comparison::Date(_)))
        {
            return;
        }
        for value in &condition.values {
            let (Some(text), origin) = (value.text.known(), value.origin) else {
                continue;
            };
            if date::parse(text).is_none() && !text.contains("${") {
                let help = "write an ISO 8601 date, for instance 2026-01-31T00:00:00Z";
                self.error(
                    Mistake::Date,
                    origin,
                    format!("`{text}` is not a date"),
                    Some(help),
                );
            }
        }
    }

    fn actions(&mut self, statement: &Statement) {
        for value in statement.action.iter().flat_map(|action| &action.values) {
            let (Some(text), origin) = (value.text.known(), value.origin) else {
                continue;
            };
            let help = "write service:Action, for instance secretsmanager:GetSecretValue";
            match text.matches(':').count() {
                0 if text == "*" => {}
                0 => self.error(
                    Mistake::ActionShape,
                    origin,
                    format!("the action `{text}` names no service"),
                    Some(help),
                ),
                1 => self.action_service(text, origin),
                _ => self.error(
                    Mistake::ActionShape,
                    origin,
                    format!("the action `{text}` has more than one colon"),
                    Some(help),
                ),
            }
        }
    }

    fn action_service(&mut self, text: &str, origin: Origin) {
        let Some((service, _)) = text.split_once(':') else {
            return;
        };
        let plain = service
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
        if service != "*" && (!plain || service.is_empty()) {
            let help = Some("wildcards belong behind the colon");
            self.save_error(
                Mistake::ActionService,
                origin,
                format!("`{service}` is not the name of a service"),
                help,
            );
        }
        if self.kind == PolicyType::Trust && !service.eq_ignore_ascii_case("sts") {
            self.save_error(
                Mistake::TrustAction,
                origin,
                "a trust policy allows actions of `sts` only",
                None,
            );
        }
    }

    fn resources(&mut self, statement: &Statement) {
        self.variables(
            statement
                .resource
                .as_ref()
                .map(|resource| resource.values.as_slice())
                .unwrap_or_default(),
        );
        for value in statement
            .resource
            .iter()
            .flat_map(|resource| &resource.values)
        {
            let (Some(text), origin) = (value.text.known(), value.origin) else {
                continue;
            };
            if text == "*" {
                continue;
            }
            if !text.starts_with("arn:") {
                let message = format!("the resource `{text}` is neither an ARN nor `*`");
                self.save_error(
                    Mistake::ResourceShape,
                    origin,
                    message,
                    Some("arn:aws:secretsmanager:region:account:secret:name-??????"),
                );
            }
            let (pattern, _) = ArnPattern::new(&value.text, false);
            if pattern
                .segment(2)
                .is_some_and(super::super::syntax::glob::Pattern::has_wildcards)
            {
                self.save_error(
                    Mistake::ResourceService,
                    origin,
                    "the service of an ARN has no wildcards",
                    None,
                );
            }
        }
    }

    /// Strings of a value that is a string or a list; numbers and booleans count as their text.
    fn strings(&mut self, node: &Node, what: &str) -> Vec<Written> {
        let nodes = match &node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut values = Vec::with_capacity(nodes.len());
        for node in nodes {
            match &node.value {
                Value::String(_) | Value::Number(_) | Value::Bool(_) => values.push(written(node)),
                // IAM saves a null inside a list; it matches nothing.
                Value::Null => {}
                Value::List(_) | Value::Map(_) => {
                    self.error(
                        Mistake::JsonType,
                        node.origin,
                        format!("`{what}` takes strings, not {}", node.kind()),
                        None,
                    );
                }
            }
        }
        values
    }

    fn string(&mut self, node: &Node, what: &str) -> Option<Spanned<String>> {
        if let Some(text) = node.as_str() {
            return Some(Spanned::new(text.to_owned(), node.origin));
        }
        self.error(
            Mistake::JsonType,
            node.origin,
            format!("`{what}` is a string, not {}", node.kind()),
            None,
        );
        None
    }

    /// Reports names that no policy has, and names that stand twice.
    fn names(&mut self, members: &[(Node, Node)], known: &[&str], place: &str) {
        self.duplicates(members);
        for (key, _) in members {
            let name = key.as_str().unwrap_or("");
            if known.contains(&name) {
                continue;
            }
            let near = known.iter().find(|known| known.eq_ignore_ascii_case(name));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            self.error(
                Mistake::UnknownElement,
                key.origin,
                format!("`{name}` is not an element of {place}"),
                help.as_deref(),
            );
        }
    }

    fn duplicates(&mut self, members: &[(Node, Node)]) {
        let mut seen = HashSet::new();
        for (key, _) in members {
            if !seen.insert(key.as_str()) {
                let name = key.as_str().unwrap_or("");
                self.error(
                    Mistake::DuplicateMember,
                    key.origin,
                    format!("`{name}` stands twice"),
                    Some("AWS would keep one of them silently"),
                );
            }
        }
    }

    fn error(
        &mut self,
        mistake: Mistake,
        origin: Origin,
        message: impl Into<String>,
        help: Option<&str>,
    ) {
        self.push(mistake, Gravity::Syntax, origin, message.into(), help);
    }

    fn save_error(
        &mut self,
        mistake: Mistake,
        origin: Origin,
        message: impl Into<String>,
        help: Option<&str>,
    ) {
        self.push(mistake, Gravity::Save, origin, message.into(), help);
    }

    /// Keeps what AWS saves without a word, for those who judge documents.
    fn odd(&mut self, mistake: Mistake, origin: Origin, message: impl Into<String>) {
        self.push(mistake, Gravity::Odd, origin, message.into(), None);
    }

    fn push(
        &mut self,
        mistake: Mistake,
        gravity: Gravity,
        origin: Origin,
        message: String,
        help: Option<&str>,
    ) {
        self.errors.push(PolicyError {
            mistake,
            message,
            help: help.map(str::to_owned),
            origin,
            gravity,
        });
    }
}

fn written(node: &Node) -> Written {
    let text = node.scalar_text().unwrap_or_default();
    let offsets = match &node.value {
        Value::String(scalar) => scalar.offsets.clone(),
        _ => crate::source::OffsetMap::from_start(node.origin.span.start),
    };
    Written {
        text,
        origin: node.origin,
        offsets,
        form: match &node.value {
            Value::Number(_) => Form::Number,
            Value::Bool(_) => Form::Boolean,
            Value::Null | Value::String(_) | Value::List(_) | Value::Map(_) => Form::String,
        },
    }
}

/// The operator whose name differs only in case or in a few letters.
fn nearest_operator(name: &str) -> Option<&'static str> {
    let stem = name.rsplit(':').next().unwrap_or(name);
    let lower = stem.to_ascii_lowercase();
    let names = super::condition::OPERATORS.iter().map(|(known, ..)| *known);
    names
        .map(|known| {
            (
                strsim::levenshtein(&known.to_ascii_lowercase(), &lower),
                known,
            )
        })
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{source::SourceId, syntax::json};

    fn errors(text: &str, kind: PolicyType) -> Vec<String> {
        let node = json::parse(SourceId(0), text).unwrap();
        document(&node, kind, "p")
            .1
            .into_iter()
            .map(|error| error.message)
            .collect()
    }

    #[test]
    fn a_good_policy_has_no_errors() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*",
            "Condition":{"StringEquals":{"kms:ViaService":["a","b"]},"Bool":{"aws:SecureTransport":true}}}}"#;
        assert_eq!(errors(text, PolicyType::Identity), Vec::<String>::new());
    }

    #[test]
    fn several_mistakes_are_found_in_one_run() {
        let text = r#"{"Version":"2012-10-18","Statement":[{"effect":"Allow","Action":"GetSecretValue"}]}"#;
        let found = errors(text, PolicyType::Identity);
        assert!(
            found
                .iter()
                .any(|message| message.contains("`2012-10-18` is not a policy version")),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .any(|message| message.contains("`effect` is not an element")),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .any(|message| message.contains("names no service")),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .any(|message| message.contains("needs a `Resource`")),
            "{found:?}"
        );
    }

    #[test]
    fn a_misspelt_operator_gets_the_right_one() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",
            "Condition":{"StringEqual":{"a:b":"c"}}}}"#;
        let node = json::parse(SourceId(0), text).unwrap();
        let (_, found) = document(&node, PolicyType::Identity, "p");
        assert_eq!(
            found[0].help.as_deref(),
            Some("did you mean `StringEquals`?")
        );
    }
}
