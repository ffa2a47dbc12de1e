//! Who calls, and which principal elements name them (docs/semantics.md#callers).

use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Root,
    User,
    Session,
    FederatedUser,
    Service,
    WebIdentity,
    Anonymous,
}

#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) kind: Kind,
    pub(crate) account: Option<String>,
    /// The ARN in messages; a service's name, a provider's ARN.
    pub(crate) arn: String,
    /// The ARN of a session's role.
    pub(crate) role: String,
    /// The unique id of the user or role.
    pub(crate) id: Option<String>,
    /// Whether the role's path is known.
    has_path: bool,
}

/// How an entry of a principal element names the caller ("How a resource policy names the caller").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    Everyone,
    Account,
    RoleArn,
    SessionArn,
    UserArn,
    FederatedArn,
    Service,
    Provider,
}

impl Caller {
    pub(crate) fn read(request: &Value) -> Self {
        let principal = &request["principal"];
        let special = |kind, name: &str| Self {
            kind,
            account: None,
            arn: name.to_owned(),
            role: String::new(),
            id: None,
            has_path: true,
        };
        if let Some(service) = principal["service"].as_str() {
            return special(Kind::Service, service);
        }
        if let Some(provider) = principal["federated"].as_str() {
            return special(Kind::WebIdentity, provider);
        }
        let arn = principal.as_str().unwrap();
        if arn == "anonymous" {
            return special(Kind::Anonymous, arn);
        }
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let (account, resource) = (parts[4], parts[5]);
        let context_text = |wanted: &str| super::context::stated(request, wanted);
        let from_context = || {
            context_text("aws:userid").filter(|id| id.starts_with("AROA") || id.starts_with("AIDA"))
        };
        let id = request["principalId"].as_str().or_else(from_context);
        let id = id.map(|id| id.split(':').next().unwrap_or(id).to_owned());
        let mut has_path = true;
        let (kind, role) = if resource == "root" {
            (Kind::Root, String::new())
        } else if resource.starts_with("user/") {
            (Kind::User, String::new())
        } else if resource.starts_with("role/") {
            (Kind::Session, arn.to_owned())
        } else if let Some(session) = resource.strip_prefix("assumed-role/") {
            let name = session.split('/').next().unwrap();
            let role = format!("arn:{}:iam::{account}:role/{name}", parts[1]);
            // The ARN of a session has no path ("Callers").
            let context_text = context_text("aws:PrincipalArn")
                .filter(|context_text| context_text.contains(":role/"));
            has_path = context_text.is_some();
            (Kind::Session, context_text.map_or(role, str::to_owned))
        } else {
            (Kind::FederatedUser, String::new())
        };
        Self {
            kind,
            account: Some(account.to_owned()),
            arn: arn.to_owned(),
            role,
            id,
            has_path,
        }
    }

    /// The caller with every id and every path that the policies name, where its own are not known.
    pub(crate) fn candidates(self, request: &Value) -> Vec<Self> {
        let mut named = Vec::new();
        texts(&request["policies"], &mut named);
        let prefix = match self.kind {
            Kind::Session => "AROA",
            Kind::User => "AIDA",
            _ => return vec![self],
        };
        let mut callers = vec![self.clone()];
        if self.id.is_none() {
            for id in named.iter().filter(|text| text.starts_with(prefix)) {
                let id = Some((*id).to_owned());
                callers.push(Self { id, ..self.clone() });
            }
        }
        if !self.has_path {
            let parts = |role: &str| {
                let (head, path) = role.split_once(":role/")?;
                Some((head.to_owned(), path.rsplit('/').next()?.to_owned()))
            };
            let same = |text: &&&str| parts(text).is_some() && parts(text) == parts(&self.role);
            let roles: Vec<_> = named.iter().filter(same).collect();
            let with_paths: Vec<_> = callers
                .iter()
                .flat_map(|caller| {
                    roles.iter().map(|role| Self {
                        role: (**role).to_string(),
                        ..caller.clone()
                    })
                })
                .collect();
            callers.extend(with_paths);
        }
        callers
    }

    /// ARNs of the role with other paths, where its path is not known: those that the policies name, with letters for wildcards.
    pub(crate) fn other_roles(&self, request: &Value) -> Vec<String> {
        let known = self.kind != Kind::Session || self.has_path;
        let Some((head, name)) = self.role.rsplit_once('/').filter(|_| !known) else {
            return Vec::new();
        };
        let mut named = Vec::new();
        texts(&request["policies"], &mut named);
        // The values of variables are literal, wildcards are not.
        let named: Vec<String> = named
            .iter()
            .map(|text| text.replace(['*', '?'], "x"))
            .collect();
        // A variable may be a part of the path; `${*}`, `${?}` and `${$}` are characters.
        let values = request["context"].as_object().into_iter().flatten();
        let values: Vec<String> = values
            .map(|(_, value)| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .chain(["*", "?", "$"].map(str::to_owned))
            .collect();
        let with_variables = named.iter().filter(|text| text.contains("${"));
        let filled = with_variables
            .flat_map(|text| values.iter().map(|value| without_variables(text, value)));
        let named: Vec<String> = named.iter().cloned().chain(filled).collect();
        let paths = named.iter().flat_map(|text| {
            let resource = text.splitn(6, ':').last().unwrap_or_default();
            let path = resource.strip_prefix("role/").unwrap_or(resource);
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            // A path may contain colons: a star before them matches the beginning of the ARN.
            [path, parent, text].map(str::to_owned)
        });
        let paths = paths.chain(["x".to_owned()]);
        // A path may begin with two slashes.
        let paths = paths.flat_map(|path| {
            [path.trim_matches('/'), path.trim_end_matches('/')].map(str::to_owned)
        });
        let paths = paths.filter(|path| !path.is_empty());
        paths.map(|path| format!("{head}/{path}/{name}")).collect()
    }

    /// A role under the path that only AWS can use ("Order of evaluation").
    pub(crate) fn service_linked(&self) -> bool {
        self.kind == Kind::Session && self.role.contains(":role/aws-service-role/")
    }

    /// How an entry names this caller; `None` when it names somebody else.
    fn named_by(&self, kind: &str, value: &str) -> Option<Naming> {
        match kind {
            "AWS" if value == "*" => return Some(Naming::Everyone),
            "AWS" => {}
            "Service" => {
                return (self.kind == Kind::Service && self.arn == value)
                    .then_some(Naming::Service);
            }
            "Federated" => {
                return (self.kind == Kind::WebIdentity && self.arn == value)
                    .then_some(Naming::Provider);
            }
            _ => return None,
        }
        let account = self.account.as_deref()?;
        if value == account
            || (value.ends_with(":root")
                && value.split(':').nth(4) == Some(account)
                && (self.kind == Kind::Root
                    || value.split(':').nth(1) == self.arn.split(':').nth(1)))
        {
            return Some(Naming::Account);
        }
        let same_id = self.id.as_deref() == Some(value);
        match self.kind {
            Kind::User if value == self.arn || same_id => Some(Naming::UserArn),
            Kind::FederatedUser if value == self.arn => Some(Naming::FederatedArn),
            Kind::Session if value == self.role || same_id => Some(Naming::RoleArn),
            Kind::Session if value == self.arn => Some(Naming::SessionArn),
            _ => None,
        }
    }

    /// Every way in which a principal element names this caller.
    pub(crate) fn named_in(&self, element: &Value) -> Vec<Naming> {
        if element == "*" {
            return vec![Naming::Everyone];
        }
        let mut namings = Vec::new();
        for (kind, values) in element.as_object().into_iter().flatten() {
            for value in super::list(values) {
                namings.extend(self.named_by(kind, &value));
            }
        }
        namings
    }

    /// Whether a `NotPrincipal` list leaves this caller out ("NotPrincipal", U-29).
    pub(crate) fn excluded_by(&self, element: &Value) -> bool {
        let named = self.named_in(element);
        let has = |naming| named.contains(&naming);
        if has(Naming::Everyone) {
            return true;
        }
        match self.kind {
            Kind::Session => has(Naming::RoleArn) && has(Naming::Account),
            Kind::User => has(Naming::UserArn) && has(Naming::Account),
            Kind::FederatedUser => has(Naming::FederatedArn) && has(Naming::Account),
            Kind::Root => has(Naming::Account),
            Kind::Service | Kind::WebIdentity => !named.is_empty(),
            Kind::Anonymous => false,
        }
    }
}

/// Every string of a tree.
fn texts<'v>(value: &'v Value, collected: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => collected.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, collected)),
        Value::Object(members) => members.values().for_each(|value| texts(value, collected)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text with a value in the place of each variable.
fn without_variables(text: &str, value: &str) -> String {
    let mut parts = text.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |filled, part| {
        let rest = part.split_once('}').map_or("", |(_, rest)| rest);
        filled + value + rest
    })
}
