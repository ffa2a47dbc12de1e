//! Parses a tree into a policy document, and reports every mistake with its place
//! (docs/semantics.md#policy-documents).
//!
//! Parsing never fails as a whole: the document contains every part that could be parsed.

pub use super::{
    VERSION,
    mistake::{Gravity, Mistake, PolicyError},
};

mod checks;
mod elements;

use super::{
    PolicyDocument, PolicyType,
    statement::{Effect, Statement},
};
use crate::{
    source::{Origin, Spanned},
    syntax::node::{Node, Value},
    text::Hole,
};
use std::{collections::HashSet, sync::Arc};

const OLD_VERSION: &str = "2008-10-17";

/// Parses a whole document.
pub fn document(
    node: &Node,
    kind: PolicyType,
    name: impl Into<Arc<str>>,
) -> (PolicyDocument, Vec<PolicyError>) {
    let mut parser = Parser {
        kind,
        has_variables: true,
        errors: Vec::new(),
        open: Vec::new(),
    };
    let mut document = parser.document(node, name.into());
    document.problems = parser.errors.as_slice().into();
    (document, parser.errors)
}

/// Parses a list of statements under Version 2012-10-17, the form of a world file.
pub fn statements(
    node: &Node,
    kind: PolicyType,
    name: impl Into<Arc<str>>,
) -> (PolicyDocument, Vec<PolicyError>) {
    let mut parser = Parser {
        kind,
        has_variables: true,
        errors: Vec::new(),
        open: Vec::new(),
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
    /// Holes of the current statement that replace more than a string.
    open: Vec<Hole>,
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
        if hole(node).is_some() {
            document.statements = self.statement_list(node);
            return document;
        }
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
        // A version that cannot be read is reported as that alone.
        let readable = document
            .version
            .as_ref()
            .map_or(node.get("Version").is_none(), |version| {
                [VERSION, OLD_VERSION].contains(&version.value.as_str())
            });
        if readable {
            self.version_rules(node.origin, document.version.as_ref());
        }
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
        let mut statements: Vec<_> = nodes
            .iter()
            .filter_map(|node| self.statement(node))
            .collect();
        // Most documents have one or two, and worlds have many documents.
        statements.shrink_to_fit();
        self.sids(&statements);
        statements
    }

    fn statement(&mut self, node: &Node) -> Option<Statement> {
        if let Some(hole) = hole(node) {
            return Some(Statement {
                origin: node.origin,
                sid: None,
                effect: None,
                principal: None,
                action: None,
                resource: None,
                conditions: Vec::new(),
                open: vec![hole],
            });
        }
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
        self.open.clear();
        let mut statement = Statement {
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
            open: Vec::new(),
        };
        statement.open = std::mem::take(&mut self.open);
        self.required(&statement, node);
        self.actions(&statement);
        self.resources(&statement);
        if self.kind == PolicyType::Rcp {
            self.rcp(&statement);
        }
        Some(statement)
    }

    fn effect(&mut self, node: &Node) -> Option<Spanned<Effect>> {
        let Some(effect) = node.get("Effect") else {
            if is_misspelt(node, "Effect") {
                return None;
            }
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
            _ if self.leaves_open(effect) => None,
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

    /// Records a node that is unknown and replaces more than a string.
    fn leaves_open(&mut self, node: &Node) -> bool {
        let hole = hole(node);
        let is_open = hole.is_some();
        self.open.extend(hole);
        is_open
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

    /// Reports members that no policy has, and members that appear twice.
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
                    format!("`{name}` appears twice"),
                    Some("remove one of them: AWS would keep one without an error"),
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

    /// Records a mistake that AWS accepts, for callers that check documents.
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

/// The first hole of a text that is not fully known.
fn hole(node: &Node) -> Option<Hole> {
    let (_, hole) = node.as_text()?.holes().first()?;
    Some(hole.clone())
}

/// Whether a member has this name in another case; the parser reports it at its place, and not as missing.
fn is_misspelt(node: &Node, name: &str) -> bool {
    let members = node.as_map().unwrap_or_default();
    members
        .iter()
        .filter_map(|(key, _)| key.as_str())
        .any(|key| key != name && key.eq_ignore_ascii_case(name))
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
    fn several_mistakes_are_reported_in_one_run() {
        let text = r#"{"Version":"2012-10-18","Statement":[{"effect":"Allow","Action":"GetSecretValue"}]}"#;
        let errors = errors(text, PolicyType::Identity);
        assert!(
            errors
                .iter()
                .any(|message| message.contains("`2012-10-18` is not a policy version")),
            "{errors:?}"
        );
        assert!(
            errors
                .iter()
                .any(|message| message.contains("`effect` is not an element")),
            "{errors:?}"
        );
        assert!(
            errors
                .iter()
                .any(|message| message.contains("names no service")),
            "{errors:?}"
        );
        assert!(
            errors
                .iter()
                .any(|message| message.contains("needs a `Resource`")),
            "{errors:?}"
        );
    }

    #[test]
    fn a_misspelt_operator_gets_the_right_operator() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",
            "Condition":{"StringEqual":{"a:b":"c"}}}}"#;
        let node = json::parse(SourceId(0), text).unwrap();
        let (_, errors) = document(&node, PolicyType::Identity, "p");
        assert_eq!(
            errors[0].help.as_deref(),
            Some("did you mean `StringEquals`?")
        );
    }
}
