//! Mistakes that AWS refuses although the document can be parsed (docs/semantics.md#policy-documents).

use super::{Mistake, Parser, VERSION, is_misspelt};
use crate::{
    evaluator::operators::date,
    policy::{
        PolicyType,
        condition::Comparison,
        statement::{Condition, Effect, PrincipalKind, Statement, Written},
    },
    source::{Origin, Spanned},
    syntax::{
        arn::ArnPattern,
        glob::{Pattern, Syntax},
        node::Node,
    },
};
use std::collections::HashSet;

impl Parser {
    pub(super) fn version_rules(&mut self, whole: Origin, version: Option<&Spanned<String>>) {
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

    pub(super) fn sids(&mut self, statements: &[Statement]) {
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

    /// The elements that a statement must and must not have (docs/semantics.md#statement-elements).
    pub(super) fn required(&mut self, statement: &Statement, node: &Node) {
        if statement.action.is_none() && !is_misspelt(node, "Action") {
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
            (None, _) if is_misspelt(node, "Resource") => {}
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
                    Some("name the principals that may assume the role"),
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

    pub(super) fn rcp(&mut self, statement: &Statement) {
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

    pub(super) fn condition_rules(&mut self, condition: &Condition) {
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

    /// Reports `${…}` that AWS cannot parse; before version 2012-10-17 they are plain text.
    pub(super) fn variables(&mut self, values: &[Written]) {
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

    pub(super) fn dates(&mut self, condition: &Condition) {
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

    pub(super) fn actions(&mut self, statement: &Statement) {
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

    pub(super) fn action_service(&mut self, text: &str, origin: Origin) {
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

    pub(super) fn resources(&mut self, statement: &Statement) {
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
            if pattern.segment(2).is_some_and(Pattern::has_wildcards) {
                self.save_error(
                    Mistake::ResourceService,
                    origin,
                    "the service of an ARN has no wildcards",
                    None,
                );
            }
        }
    }
}
