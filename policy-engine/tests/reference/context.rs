//! The condition keys of a request (docs/semantics.md#request-context).

use super::principals::{Caller, Kind};
use serde_json::Value;

/// What a request carries under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    Absent,
    Single(String),
    Multi(Vec<String>),
    Unknown,
}

/// The keys of a request; a name compares without case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    keys: Vec<(String, Held)>,
    /// The ARN of the caller's role, and other values that `aws:PrincipalArn` may have.
    role: String,
    other_roles: Vec<String>,
}

const MULTIVALUED: [&str; 14] = [
    "aws:TagKeys",
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:VpceOrgPaths",
    "aws:PrincipalServiceNamesList",
    "sts:TransitiveTagKeys",
    "sts:RequestContextProviders",
    "sts:IdentityTokenAudience",
    "kms:EncryptionContextKeys",
    "kms:ResourceAliases",
    "kms:GrantOperations",
    "secretsmanager:AddReplicaRegions",
];

impl Context {
    /// The context of a request file, with the keys that follow from the request itself.
    pub(crate) fn read(request: &Value, caller: &Caller) -> Self {
        let mut context = Self::default();
        if let Some(given) = request["context"].as_object() {
            for (key, value) in given {
                let held = held(value);
                // Two tags whose keys differ only by case: either may be meant ("Letter case").
                let other = context.get(key);
                let twice = *other != Held::Absent && *other != held;
                context.set(key, if twice { Held::Unknown } else { held });
            }
        }
        for key in request["unknown"].as_array().into_iter().flatten() {
            context.set(key.as_str().unwrap(), Held::Unknown);
        }
        context.derive(request, caller);
        context.role.clone_from(&caller.role);
        context.other_roles = caller.other_roles(request);
        // Every request contains them, and only `null` states that one is absent.
        let always = ["aws:CurrentTime", "aws:EpochTime"].into_iter();
        let of_sessions = ["aws:TokenIssueTime", "aws:userid"].into_iter();
        let is_session = matches!(caller.kind, Kind::Session);
        for key in always.chain(of_sessions.filter(|_| is_session)) {
            let mut given = context.keys.iter();
            if !given.any(|(name, _)| name.eq_ignore_ascii_case(key)) {
                context.set(key, Held::Unknown);
            }
        }
        if request["filterContext"] == Value::Bool(true) {
            let action = request["action"].as_str().unwrap().to_ascii_lowercase();
            context.keys.retain(|(key, _)| supplied(&action, key));
        }
        context
    }

    pub(crate) fn get(&self, key: &str) -> &Held {
        self.keys
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map_or(&Held::Absent, |(_, held)| held)
    }

    /// Other values that a key may have ("Callers").
    pub(crate) fn others(&self, key: &str) -> &[String] {
        let of_role = key.eq_ignore_ascii_case("aws:PrincipalArn");
        let is_derived = *self.get(key) == Held::Single(self.role.clone());
        if of_role && is_derived {
            &self.other_roles
        } else {
            &[]
        }
    }

    /// The values of the keys that begin with a prefix, with what follows it.
    pub(crate) fn family(&self, prefix: &str) -> Vec<(&str, &Held)> {
        self.keys
            .iter()
            .filter(|(key, _)| key.to_lowercase().starts_with(&prefix.to_lowercase()))
            .map(|(key, held)| (&key[prefix.len()..], held))
            .collect()
    }

    /// The same context as a key policy sees it (U-27).
    pub(crate) fn in_key_policy(&self) -> Self {
        let hidden = |key: &str| {
            let key = key.to_ascii_lowercase();
            key.starts_with("aws:resourcetag/") || key == "kms:resourcealiases"
        };
        let mut context = self.clone();
        context.keys.retain(|(key, _)| !hidden(key));
        context
    }

    fn set(&mut self, key: &str, held: Held) {
        let multivalued = is_multivalued(key);
        let held = match held {
            Held::Single(text) if multivalued => Held::Multi(vec![text]),
            held => held,
        };
        self.keys
            .retain(|(name, _)| !name.eq_ignore_ascii_case(key));
        self.keys.push((key.to_owned(), held));
    }

    fn set_default(&mut self, key: &str, text: &str) {
        let given = self
            .keys
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(key));
        if !given {
            self.set(key, Held::Single(text.to_owned()));
        }
    }

    /// The keys of "Request context" that follow from principal, action and resource; what is given wins.
    fn derive(&mut self, request: &Value, caller: &Caller) {
        if let Some(account) = &caller.account {
            self.set_default("aws:PrincipalAccount", account);
            self.set_default("aws:PrincipalIsAWSService", "false");
        }
        match caller.kind {
            Kind::Root => {
                self.set_default("aws:PrincipalArn", &caller.arn);
                self.set_default("aws:userid", caller.account.as_deref().unwrap());
                self.set_default("aws:PrincipalType", "Account");
            }
            Kind::User => {
                self.set_default("aws:PrincipalArn", &caller.arn);
                self.set_default("aws:PrincipalType", "User");
                self.set_default("aws:username", caller.arn.rsplit('/').next().unwrap());
                if let Some(id) = &caller.id {
                    self.set_default("aws:userid", id);
                }
            }
            Kind::Session => {
                self.set_default("aws:PrincipalArn", &caller.role);
                self.set_default("aws:PrincipalType", "AssumedRole");
                let name = caller.arn.rsplit('/').next().unwrap();
                if let Some(id) = &caller.id
                    && caller.arn != caller.role
                {
                    self.set_default("aws:userid", &format!("{id}:{name}"));
                }
            }
            Kind::FederatedUser => {
                self.set_default("aws:PrincipalArn", &caller.arn);
                self.set_default("aws:PrincipalType", "FederatedUser");
            }
            Kind::Service => {
                self.set_default("aws:PrincipalIsAWSService", "true");
                self.set_default("aws:PrincipalServiceName", &caller.arn);
                self.set_default("aws:PrincipalServiceNamesList", &caller.arn);
            }
            Kind::WebIdentity => {}
            Kind::Anonymous => {
                self.set_default("aws:PrincipalAccount", "anonymous");
                self.set_default("aws:PrincipalType", "Anonymous");
            }
        }
        if let Some(account) = resource_account(request) {
            self.set_default("aws:ResourceAccount", &account);
        }
        let resource = request["resource"].as_str().unwrap();
        if let Some(region) = resource
            .split(':')
            .nth(3)
            .filter(|region| !region.is_empty())
        {
            self.set_default("aws:RequestedRegion", region);
        }
        self.set_default("aws:SecureTransport", "true");
        let via = request["via"].as_str();
        self.set_default(
            "aws:ViaAWSService",
            if via.is_some() { "true" } else { "false" },
        );
        let action = request["action"].as_str().unwrap().to_ascii_lowercase();
        if action.starts_with("secretsmanager:") && resource.contains(":secret:") {
            self.set_default("secretsmanager:SecretId", resource);
        }
        if action.starts_with("kms:") {
            if let Some(account) = &caller.account {
                self.set_default("kms:CallerAccount", account);
            }
            if let Some(via) = via {
                self.set_default("kms:ViaService", via);
            }
        }
    }
}

/// Whether a key has a list of values.
pub(crate) fn is_multivalued(key: &str) -> bool {
    let mut names = MULTIVALUED.iter();
    names.any(|name| name.eq_ignore_ascii_case(key)) || key.ends_with(":amr")
}

/// The text of a key that the request states, unless it also declares the key unknown.
pub(crate) fn stated<'r>(request: &'r Value, wanted: &str) -> Option<&'r str> {
    let mut unknown = request["unknown"].as_array().into_iter().flatten();
    let is_wanted = |key: &str| key.eq_ignore_ascii_case(wanted);
    if unknown.any(|key| key.as_str().is_some_and(is_wanted)) {
        return None;
    }
    let mut context = request["context"].as_object()?.iter();
    let (_, value) = context.find(|(key, _)| is_wanted(key))?;
    value.as_str()
}

/// The owner's account: as given, else as the ARN says, else as the context says.
pub(crate) fn resource_account(request: &Value) -> Option<String> {
    if let Some(account) = request["resourceAccount"].as_str() {
        return Some(account.to_owned());
    }
    let account = request["resource"].as_str().unwrap().split(':').nth(4);
    if let Some(account) = account.filter(|account| !account.is_empty()) {
        return Some(account.to_owned());
    }
    stated(request, "aws:ResourceAccount").map(str::to_owned)
}

fn held(value: &Value) -> Held {
    match value {
        Value::Null => Held::Absent,
        Value::Array(values) => Held::Multi(values.iter().filter_map(text).collect()),
        other => text(other).map_or(Held::Absent, Held::Single),
    }
}

/// Numbers and booleans mean their text ("Condition element").
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether an action supplies a key ("Keys that an action does not supply", "Keys per action"); an action without a row supplies all.
fn supplied(action: &str, key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let secret = [
        "aws:resourcetag/",
        "secretsmanager:resourcetag/",
        "secretsmanager:secretid",
        "secretsmanager:secretprimaryregion",
        "secretsmanager:resource/allowrotationlambdaarn",
        "secretsmanager:resource/type",
    ];
    let version = ["secretsmanager:versionid", "secretsmanager:versionstage"];
    let attributes = [
        "kms:calleraccount",
        "kms:requestalias",
        "kms:viaservice",
        "kms:keyorigin",
        "kms:keyspec",
        "kms:keyusage",
        "kms:multiregion",
        "kms:multiregionkeytype",
        "aws:resourcetag/",
        "kms:resourcealiases",
    ];
    let crypto = [
        "kms:encryptionalgorithm",
        "kms:encryptioncontext:",
        "kms:encryptioncontextkeys",
        "kms:recipientattestation:",
    ];
    let row: Vec<&str> = match action {
        "secretsmanager:getsecretvalue" => secret.into_iter().chain(version).collect(),
        "secretsmanager:describesecret"
        | "secretsmanager:getresourcepolicy"
        | "secretsmanager:listsecretversionids"
        | "secretsmanager:putsecretvalue" => secret.to_vec(),
        "secretsmanager:batchgetsecretvalue"
        | "secretsmanager:listsecrets"
        | "secretsmanager:getrandompassword"
        | "ssm:describeparameters" => Vec::new(),
        "ssm:getparameter" | "ssm:getparameters" | "ssm:getparameterhistory" => {
            vec!["aws:resourcetag/", "ssm:resourcetag/"]
        }
        "ssm:getparametersbypath" => vec!["ssm:recursive"],
        "kms:decrypt" | "kms:generatedatakey" | "kms:encrypt" => {
            attributes.into_iter().chain(crypto).collect()
        }
        "kms:describekey" => attributes.to_vec(),
        "sts:assumerole" => vec![
            "sts:externalid",
            "sts:rolesessionname",
            "sts:sourceidentity",
            "sts:transitivetagkeys",
            "aws:requesttag/",
            "aws:tagkeys",
            "iam:resourcetag/",
            "aws:resourcetag/",
        ],
        "sts:assumerolewithwebidentity" => {
            // The keys of the issuer: its host, which no service prefix looks like, perhaps a path, and the claim.
            let issuer = key.split(':').next().unwrap();
            if issuer.contains('.') {
                return true;
            }
            vec![
                "sts:rolesessionname",
                "sts:sourceidentity",
                "aws:requesttag/",
                "aws:tagkeys",
                "sts:transitivetagkeys",
                "sts:roleauthorizedbyidp",
            ]
        }
        "sts:tagsession" => vec!["aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys"],
        "eks-auth:assumeroleforpodidentity" => vec!["aws:resourcetag/"],
        _ => return true,
    };
    let by_action = !key.starts_with("aws:")
        || key.starts_with("aws:resourcetag/")
        || key.starts_with("aws:requesttag/")
        || key == "aws:tagkeys";
    !by_action
        || row
            .iter()
            .any(|name| *name == key || (name.ends_with(['/', ':']) && key.starts_with(name)))
}
