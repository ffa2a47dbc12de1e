//! A slow and literal evaluator, written from `docs/semantics.md` alone and used by tests only. Names in quotation
//! marks are its headings.
//!
//! It answers a request file (fixtures/decisions/README.md) as plain JSON. Every uncertainty takes its default. It shares nothing with the
//! engine: where the two differ, one of them is wrong.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "the reference is for tests: it may panic on a request file that is none"
)]

mod conditions;
mod context;
mod patterns;
mod principals;
mod truth;
mod values;

use context::{Context, resource_account};
use principals::{Caller, Kind, Naming};
use serde_json::Value;
use std::collections::BTreeSet;
use truth::{Truth, all, any};

/// What a policy is attached to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    Identity,
    Boundary,
    Session,
    Resource,
    Key,
    Trust,
    Scp,
    Rcp,
    Endpoint,
}

/// Services under resource control policies ("Order of evaluation").
const RCP_SERVICES: [&str; 11] = [
    "s3",
    "sts",
    "kms",
    "secretsmanager",
    "sqs",
    "dynamodb",
    "ecr",
    "logs",
    "cognito-identity",
    "cognito-idp",
    "aoss",
];

/// KMS operations that work across accounts ("Cross-account").
const KMS_ACROSS: [&str; 21] = [
    "encrypt",
    "decrypt",
    "reencryptfrom",
    "reencryptto",
    "generatedatakey",
    "generatedatakeypair",
    "generatedatakeypairwithoutplaintext",
    "generatedatakeywithoutplaintext",
    "sign",
    "verify",
    "generatemac",
    "verifymac",
    "derivesharedsecret",
    "creategrant",
    "describekey",
    "getkeyrotationstatus",
    "getpublickey",
    "listgrants",
    "retiregrant",
    "revokegrant",
    "reencrypt",
];

/// SSM operations that never work across accounts ("Cross-account").
const SSM_NEVER_ACROSS: [&str; 2] = ["getparametersbypath", "putparameter"];

/// Secrets Manager operations that never work across accounts ("Cross-account").
const SECRETS_NEVER_ACROSS: [&str; 2] = ["listsecrets", "batchgetsecretvalue"];

/// Strings of a value that is one or a list; a null matches nothing ("Statements that never match").
fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(context::text).collect(),
        single => context::text(single).into_iter().collect(),
    }
}

/// `allow`, `deny`, `refuse` or `unknown`.
///
/// Where the path or the id of the caller is not known, every one that the policies name is tried ("Callers").
pub(crate) fn decide(request: &Value) -> &'static str {
    let callers = Caller::read(request).candidates(request);
    let decisions: BTreeSet<_> = callers
        .into_iter()
        .map(|caller| decide_for(request, caller))
        .collect();
    match decisions.iter().collect::<Vec<_>>().as_slice() {
        [decision] => decision,
        _ if decisions.contains("allow") || decisions.contains("unknown") => "unknown",
        _ => "refuse",
    }
}

fn decide_for(request: &Value, caller: Caller) -> &'static str {
    let asked = Asked {
        context: Context::read(request, &Caller::read(request)),
        action: request["action"].as_str().unwrap(),
        resource: request["resource"].as_str().unwrap(),
        request,
        caller,
    };
    if asked.action.eq_ignore_ascii_case("sts:GetCallerIdentity") {
        return "allow";
    }
    let (denied, allowed) = (asked.denied(), asked.allowed());
    match (denied, allowed) {
        (Truth::Yes, _) => "deny",
        // No filling of what is unknown allows (docs/semantics.md#four-decisions).
        (_, Truth::No) => "refuse",
        (Truth::No, Truth::Yes) => "allow",
        _ => "unknown",
    }
}

struct Asked<'a> {
    request: &'a Value,
    caller: Caller,
    action: &'a str,
    resource: &'a str,
    context: Context,
}

impl Asked<'_> {
    fn service(&self) -> String {
        self.action.split(':').next().unwrap().to_ascii_lowercase()
    }

    fn operation(&self) -> String {
        self.action.split(':').nth(1).unwrap().to_ascii_lowercase()
    }

    fn flag(&self, name: &str) -> bool {
        self.request[name] == Value::Bool(true)
    }

    fn is_key(&self) -> bool {
        self.service() == "kms" && self.resource != "*" && !self.resource.contains(":alias/")
    }

    fn is_role(&self) -> bool {
        self.service() == "sts"
            && self.resource.contains(":iam:")
            && self.resource.contains(":role/")
    }

    fn resource_set(&self) -> Set {
        if self.is_key() {
            Set::Key
        } else if self.is_role() {
            Set::Trust
        } else {
            Set::Resource
        }
    }

    /// The documents of a policy type; `None` when there is none.
    fn documents(&self, name: &str) -> Option<Vec<&Value>> {
        match &self.request["policies"][name] {
            Value::Null => None,
            value => Some(documents(value)),
        }
    }

    /// The levels of an organization's policies, root first.
    fn levels(&self, name: &str) -> Option<Vec<Vec<&Value>>> {
        let levels = self.request["policies"][name].as_array()?;
        Some(levels.iter().map(documents).collect())
    }

    // Which sets apply ("Order of evaluation").

    fn identity(&self) -> Vec<&Value> {
        match self.caller.kind {
            Kind::User | Kind::Session | Kind::FederatedUser => {
                self.documents("identity").unwrap_or_default()
            }
            Kind::Root | Kind::Service | Kind::WebIdentity | Kind::Anonymous => Vec::new(),
        }
    }

    fn boundary(&self) -> Option<Vec<&Value>> {
        match self.caller.kind {
            Kind::User | Kind::Session | Kind::FederatedUser => self.documents("boundary"),
            Kind::Root | Kind::Service | Kind::WebIdentity | Kind::Anonymous => None,
        }
    }

    fn session(&self) -> Option<Vec<&Value>> {
        match self.caller.kind {
            Kind::Session | Kind::FederatedUser => self.documents("session"),
            Kind::User | Kind::Root | Kind::Service | Kind::WebIdentity | Kind::Anonymous => None,
        }
    }

    fn resource_policy(&self) -> Vec<&Value> {
        self.documents("resource").unwrap_or_default()
    }

    fn scp(&self) -> Option<Vec<Vec<&Value>>> {
        let bound = match self.caller.kind {
            Kind::Root | Kind::User | Kind::Session | Kind::FederatedUser => {
                !self.flag("principalInManagementAccount") && !self.caller.service_linked()
            }
            Kind::Service | Kind::WebIdentity | Kind::Anonymous => false,
        };
        bound.then(|| self.levels("scp")).flatten()
    }

    fn rcp(&self) -> Option<Vec<Vec<&Value>>> {
        let managed_key = match self.context.get("kms:ResourceAliases") {
            context::Held::Multi(aliases) => {
                aliases.iter().any(|alias| alias.starts_with("alias/aws/"))
            }
            _ => false,
        };
        let exempt = self.flag("resourceInManagementAccount")
            || self.caller.service_linked()
            || managed_key
            || self.action.eq_ignore_ascii_case("kms:RetireGrant")
            // U-41: without a resource, those of the caller's account.
            || (self.resource == "*" && self.caller.account.is_none())
            || !RCP_SERVICES.contains(&self.service().as_str());
        (!exempt).then(|| self.levels("rcp")).flatten()
    }

    fn endpoint(&self) -> Option<Vec<&Value>> {
        // A service does not travel through the customer's endpoint.
        let forwarded = self.request["via"].is_string();
        (!forwarded).then(|| self.documents("endpoint")).flatten()
    }

    // Statements.

    /// Whether action, resource and condition match.
    fn matches(&self, set: Set, version: bool, statement: &Value) -> Truth {
        let context = if set == Set::Key {
            self.context.in_key_policy()
        } else {
            self.context.clone()
        };
        self.action_matches(statement)
            .and(self.resource_matches(set, version, statement, &context))
            .and(conditions::condition(
                &statement["Condition"],
                version,
                &context,
            ))
    }

    fn action_matches(&self, statement: &Value) -> Truth {
        let any = |values: &Value| {
            list(values)
                .iter()
                .any(|pattern| patterns::action(pattern, self.action))
        };
        match (&statement["Action"], &statement["NotAction"]) {
            // U-7.
            (Value::Null, Value::Array(values)) if values.is_empty() => Truth::No,
            (Value::Null, values) => (!any(values)).into(),
            (values, _) => any(values).into(),
        }
    }

    fn resource_matches(
        &self,
        set: Set,
        variables: bool,
        statement: &Value,
        context: &Context,
    ) -> Truth {
        // U-9.
        let short = set != Set::Rcp;
        let any = |values: &Value| {
            any(list(values).iter().map(|pattern| {
                patterns::resource(pattern, variables, short, self.resource, context)
            }))
        };
        match (&statement["Resource"], &statement["NotResource"]) {
            (Value::Null, Value::Null) => (set == Set::Trust).into(),
            // U-7.
            (Value::Null, Value::Array(values)) if values.is_empty() => Truth::No,
            (Value::Null, values) => any(values).not(),
            (values, _) => any(values),
        }
    }

    /// Whether the principal element matches in a Deny, or in an Allow of which the kind does not matter.
    fn principal_matches(&self, set: Set, statement: &Value) -> bool {
        if !matches!(set, Set::Resource | Set::Key | Set::Trust | Set::Endpoint) {
            return true;
        }
        match (&statement["Principal"], &statement["NotPrincipal"]) {
            (Value::Null, Value::Null) => false,
            (Value::Null, listed) => {
                // "NotPrincipal": whatever is listed, a caller with a boundary is denied.
                let deny = statement["Effect"] == "Deny";
                let trap =
                    deny && matches!(set, Set::Resource | Set::Key) && self.boundary().is_some();
                let excluded = if deny {
                    self.caller.excluded_by(listed)
                } else {
                    !self.caller.named_in(listed).is_empty()
                };
                trap || !excluded
            }
            (listed, _) => !self.caller.named_in(listed).is_empty(),
        }
    }

    fn any_statement(
        &self,
        set: Set,
        documents: &[&Value],
        effect: &str,
        principal: impl Fn(&Value) -> bool,
    ) -> Truth {
        any(documents.iter().flat_map(|document| {
            let version = document["Version"] == "2012-10-17";
            statements(document)
                .into_iter()
                .filter(|statement| statement["Effect"] == effect && principal(statement))
                .map(move |statement| self.matches(set, version, statement))
        }))
    }

    fn denies(&self, set: Set, documents: &[&Value]) -> Truth {
        self.any_statement(set, documents, "Deny", |statement| {
            self.principal_matches(set, statement)
        })
    }

    fn allows(&self, set: Set, documents: &[&Value]) -> Truth {
        self.any_statement(set, documents, "Allow", |statement| {
            self.principal_matches(set, statement)
        })
    }

    /// Whether the resource's policy has an Allow that names the caller in one of these ways.
    fn resource_allows(&self, namings: &[Naming]) -> Truth {
        self.any_statement(
            self.resource_set(),
            &self.resource_policy(),
            "Allow",
            |statement| match (&statement["Principal"], &statement["NotPrincipal"]) {
                (Value::Null, Value::Null) => false,
                // An Allow for everyone whom the list does not contain in any way ("How a resource policy names the caller", U-28).
                (Value::Null, listed) => {
                    namings.contains(&Naming::Everyone) && self.caller.named_in(listed).is_empty()
                }
                (listed, _) => self
                    .caller
                    .named_in(listed)
                    .iter()
                    .any(|naming| namings.contains(naming)),
            },
        )
    }

    // The algorithm ("Order of evaluation").

    fn denied(&self) -> Truth {
        let levels = |set: Set, levels: Option<Vec<Vec<&Value>>>| {
            any(levels
                .into_iter()
                .flatten()
                .map(|level| self.denies(set, &level)))
        };
        let optional = |set: Set, documents: Option<Vec<&Value>>| {
            documents.map_or(Truth::No, |documents| self.denies(set, &documents))
        };
        levels(Set::Scp, self.scp())
            .or(levels(Set::Rcp, self.rcp()))
            .or(optional(Set::Endpoint, self.endpoint()))
            .or(self.denies(self.resource_set(), &self.resource_policy()))
            .or(self.denies(Set::Identity, &self.identity()))
            .or(optional(Set::Boundary, self.boundary()))
            .or(optional(Set::Session, self.session()))
    }

    fn allowed(&self) -> Truth {
        let scp = self.scp().map_or(Truth::Yes, |levels| {
            all(levels.iter().map(|level| self.allows(Set::Scp, level)))
        });
        let endpoint = self.endpoint().map_or(Truth::Yes, |documents| {
            self.allows(Set::Endpoint, &documents)
        });
        let decided = match self.caller.kind {
            Kind::Service => self.resource_allows(&[Naming::Service, Naming::Everyone]),
            Kind::WebIdentity => self.resource_allows(&[Naming::Provider]),
            Kind::Anonymous => self.resource_allows(&[Naming::Everyone]),
            Kind::Root | Kind::User | Kind::Session | Kind::FederatedUser => {
                match self.same_account() {
                    Truth::Yes => self.same(),
                    Truth::No => self.cross(),
                    Truth::Maybe => match (self.same(), self.cross()) {
                        (same, cross) if same == cross => same,
                        _ => Truth::Maybe,
                    },
                }
            }
        };
        scp.and(endpoint).and(decided)
    }

    fn same_account(&self) -> Truth {
        let partition = |arn: &str| {
            let partition = arn.split(':').nth(1).unwrap_or_default();
            partition.starts_with("aws").then(|| partition.to_owned())
        };
        let own = match self.caller.kind {
            Kind::Session | Kind::User | Kind::FederatedUser => partition(&self.caller.arn),
            _ => None,
        };
        let other = partition(self.resource);
        let is_elsewhere = own.is_some() && other.is_some() && own != other;
        match resource_account(self.request) {
            // The same digits are another account there ("Callers").
            Some(_) if is_elsewhere => Truth::No,
            Some(account) => Truth::from(self.caller.account.as_deref() == Some(account.as_str())),
            None if self.resource == "*" => Truth::Yes,
            None => Truth::Maybe,
        }
    }

    fn id(&self) -> Truth {
        self.allows(Set::Identity, &self.identity())
    }

    fn pb(&self) -> Truth {
        self.boundary().map_or(Truth::Yes, |documents| {
            self.allows(Set::Boundary, &documents)
        })
    }

    fn sp(&self) -> Truth {
        match self.session() {
            Some(documents) => self.allows(Set::Session, &documents),
            None => (self.caller.kind != Kind::FederatedUser).into(),
        }
    }

    /// "Same account", and "KMS keys" for a key.
    fn same(&self) -> Truth {
        let (id, pb, sp) = (self.id(), self.pb(), self.sp());
        let everyone = self.resource_allows(&[Naming::Everyone]);
        let account = self.resource_allows(&[Naming::Account]);
        let delegated = if self.is_key() || self.is_role() {
            account
        } else {
            Truth::Yes
        };
        let decided = match self.caller.kind {
            Kind::Session => {
                let uncapped = everyone.or(self.resource_allows(&[Naming::SessionArn]));
                let role = self.resource_allows(&[Naming::RoleArn]);
                uncapped.or(role.or(delegated.and(id)).and(pb).and(sp))
            }
            Kind::User => everyone
                .or(self.resource_allows(&[Naming::UserArn]))
                .or(delegated.and(id).and(pb)),
            Kind::FederatedUser => everyone
                .or(self.resource_allows(&[Naming::FederatedArn]))
                .or(delegated.and(id).and(pb).and(sp)),
            Kind::Root => {
                if self.is_key() {
                    account.or(everyone)
                } else {
                    // Root cannot assume a role ("Callers").
                    (!self.is_role()).into()
                }
            }
            Kind::Service | Kind::WebIdentity | Kind::Anonymous => Truth::No,
        };
        decided.or(self.granted())
    }

    /// "Cross-account", and "KMS keys" for a key.
    fn cross(&self) -> Truth {
        let operation = self.operation();
        let impossible = match self.service().as_str() {
            "kms" => !KMS_ACROSS.contains(&operation.as_str()),
            "ssm" => SSM_NEVER_ACROSS.contains(&operation.as_str()),
            "secretsmanager" => SECRETS_NEVER_ACROSS.contains(&operation.as_str()),
            _ => false,
        };
        if impossible {
            return Truth::No;
        }
        let trusting = self.resource_allows(&[
            Naming::SessionArn,
            Naming::RoleArn,
            Naming::UserArn,
            Naming::FederatedArn,
            Naming::Account,
            Naming::Everyone,
        ]);
        // U-32: a grantee of another account needs an identity Allow.
        let trusting = trusting.or(self.granted());
        if self.caller.kind == Kind::Root {
            // Its own account lets it do everything, but become a role ("Callers").
            return if self.is_role() { Truth::No } else { trusting };
        }
        let trusted = self.id().and(self.pb()).and(self.sp());
        trusted.and(trusting)
    }

    /// Grants on a key ("KMS keys").
    fn granted(&self) -> Truth {
        if !self.is_key() {
            return Truth::No;
        }
        let grants = self.request["grants"].as_array();
        any(grants.into_iter().flatten().map(|grant| self.grant(grant)))
    }

    fn grant(&self, grant: &Value) -> Truth {
        let grantee = grant["grantee"].as_str().unwrap();
        let named = match self.caller.kind {
            Kind::Session => grantee == self.caller.role || grantee == self.caller.arn,
            Kind::User => grantee == self.caller.arn,
            Kind::Root
            | Kind::FederatedUser
            | Kind::Service
            | Kind::WebIdentity
            | Kind::Anonymous => false,
        };
        let operation = list(&grant["operations"])
            .iter()
            .any(|operation| operation.eq_ignore_ascii_case(&self.operation()));
        let pair = |(key, value): (&String, &Value)| {
            let held = self.context.get(&format!("kms:EncryptionContext:{key}"));
            match held {
                context::Held::Single(held) => Truth::from(Some(held.as_str()) == value.as_str()),
                context::Held::Unknown => Truth::Maybe,
                context::Held::Absent | context::Held::Multi(_) => Truth::No,
            }
        };
        let pairs = |name: &str| all(grant[name].as_object().into_iter().flatten().map(pair));
        // `EncryptionContextEquals`: no pair beyond those that are listed.
        let beyond = match grant["contextEquals"].as_object() {
            None => Truth::No,
            Some(listed) => any(self
                .context
                .family("kms:EncryptionContext:")
                .into_iter()
                .filter(|(key, _)| !listed.keys().any(|name| name.eq_ignore_ascii_case(key)))
                .map(|(_, held)| match held {
                    context::Held::Absent => Truth::No,
                    context::Held::Unknown => Truth::Maybe,
                    context::Held::Single(_) | context::Held::Multi(_) => Truth::Yes,
                })),
        };
        Truth::from(named && operation)
            .and(pairs("contextEquals"))
            .and(pairs("contextSubset"))
            .and(beyond.not())
    }
}

/// A document, `{"name", "document"}`, or a list of them.
fn documents(value: &Value) -> Vec<&Value> {
    let nodes = match value {
        Value::Array(values) => values.iter().collect(),
        single => vec![single],
    };
    nodes
        .into_iter()
        .map(|node| node.get("document").unwrap_or(node))
        .collect()
}

fn statements(document: &Value) -> Vec<&Value> {
    match &document["Statement"] {
        Value::Array(statements) => statements.iter().collect(),
        single => vec![single],
    }
}
