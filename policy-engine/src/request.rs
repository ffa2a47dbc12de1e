//! What is asked of AWS: who, which action, on what, and in which context.

pub mod derive;
pub mod file;

use crate::{
    key::{Key, hash},
    syntax::arn::{Arn, Segmented},
    text::{Str, Text},
    uncertainty::Uncertainty,
};
use std::sync::Arc;

/// One authorization question.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// What they want to do.
    pub action: Action,
    /// What they want to do it to; `*` for an action without resources.
    pub resource: Segmented,
    /// The account that owns the resource, when it is known.
    pub resource_account: Option<Text>,
    /// The condition keys of the request.
    pub context: Context,
    /// Facts that only some rules of the algorithm need.
    pub traits: Traits,
}

/// Facts about a request that are not condition keys.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// The caller's account manages the organization: its SCPs do not bind it.
    pub principal_in_management_account: bool,
    /// The resource's account manages the organization: its RCPs do not bind it.
    pub resource_in_management_account: bool,
    /// The resource is a KMS key that AWS manages: RCPs do not bind it.
    pub aws_managed_key: bool,
    /// A service makes this call on behalf of the caller: endpoint policies do not bind it.
    pub forwarded: bool,
    /// The unique id of the user or role, `AIDA…` or `AROA…`.
    pub unique_id: Option<String>,
    /// Grants on the KMS key that is asked for.
    pub grants: Vec<Grant>,
    /// The secret is one of a BatchGetSecretValue.
    pub in_batch: bool,
    /// The resource with the version or label of a parameter that the call names behind it (U-36).
    pub selected: Option<Segmented>,
}

impl Traits {
    /// Notes the version or label that a call names with a parameter.
    pub fn select(&mut self, parameter: &Text, selector: &str) {
        let arn = parameter.then(&Text::from(format!(":{selector}")));
        self.selected = Some(Segmented::new(arn));
    }
}

/// A grant on a KMS key.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The principal it was given to.
    pub grantee: Text,
    /// The operations it allows, without the service: `Decrypt`.
    pub operations: Vec<String>,
    /// The encryption context must be exactly this.
    pub context_equals: Option<Vec<(String, Text)>>,
    /// The encryption context must contain this.
    pub context_subset: Option<Vec<(String, Text)>>,
}

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The root user of an account.
    Root {
        /// Twelve digits.
        account: Text,
    },
    /// An IAM user.
    User {
        /// `arn:aws:iam::111122223333:user/path/name`.
        arn: Text,
        /// Twelve digits.
        account: Text,
    },
    /// A session of a role.
    Session {
        /// The role with its path, `arn:aws:iam::111122223333:role/path/name`.
        role: Text,
        /// `arn:aws:sts::111122223333:assumed-role/name/session`, when the session's name is known.
        session: Option<Text>,
        /// Twelve digits.
        account: Text,
    },
    /// A session of `sts:GetFederationToken`.
    FederatedUser {
        /// `arn:aws:sts::111122223333:federated-user/name`.
        arn: Text,
        /// The user who made it, when known.
        parent: Option<Text>,
        /// Twelve digits.
        account: Text,
    },
    /// A service on its own behalf.
    Service(String),
    /// Somebody whom an identity provider vouches for; only in `sts:AssumeRoleWithWebIdentity` and its like.
    WebIdentity {
        /// The provider's ARN or name.
        provider: Text,
    },
    /// Nobody signed.
    Anonymous,
}

/// A principal that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not the ARN of a user, a role, a role session, a federated user or an account's root"
)]
#[non_exhaustive]
pub struct PrincipalError(pub String);

impl Principal {
    /// Reads a principal's ARN; a role's ARN stands for a session of it.
    pub fn parse(text: &str) -> Result<Self, PrincipalError> {
        let fail = || PrincipalError(text.to_owned());
        let arn = Arn::parse(text).ok_or_else(fail)?;
        let account = Text::from(arn.account);
        if arn.account.is_empty() || !arn.account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(fail());
        }
        let whole = Text::from(text);
        match (arn.service, arn.resource.split_once('/')) {
            ("iam", None) if arn.resource == "root" => Ok(Self::Root { account }),
            ("iam", Some(("user", _))) => Ok(Self::User {
                arn: whole,
                account,
            }),
            ("iam", Some(("role", _))) => Ok(Self::Session {
                role: whole,
                session: None,
                account,
            }),
            ("sts", Some(("assumed-role", rest))) => {
                let (name, _) = rest.split_once('/').ok_or_else(fail)?;
                let role = Text::from(format!(
                    "arn:{}:iam::{}:role/{name}",
                    arn.partition, arn.account
                ));
                Ok(Self::Session {
                    role,
                    session: Some(whole),
                    account,
                })
            }
            ("sts", Some(("federated-user", _))) => Ok(Self::FederatedUser {
                arn: whole,
                parent: None,
                account,
            }),
            _ => Err(fail()),
        }
    }

    /// The account of the caller.
    pub fn account(&self) -> Option<&Text> {
        match self {
            Self::Root { account }
            | Self::User { account, .. }
            | Self::Session { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Service(_) | Self::WebIdentity { .. } | Self::Anonymous => None,
        }
    }

    /// What people call the caller.
    pub fn display(&self) -> String {
        match self {
            Self::Root { account } => format!("the root user of {account}"),
            Self::User { arn, .. } | Self::FederatedUser { arn, .. } => arn.to_string(),
            Self::Session { role, session, .. } => session.as_ref().unwrap_or(role).to_string(),
            Self::Service(name) => name.clone(),
            Self::WebIdentity { provider } => provider.to_string(),
            Self::Anonymous => "anonymous".to_owned(),
        }
    }
}

/// An action, `service:Name`.
#[derive(Clone, Debug)]
pub struct Action {
    name: String,
    lower: String,
    colon: usize,
    service_hash: u64,
    hash: u64,
}

impl Action {
    /// An action of that name; `None` without a service and a name.
    pub fn new(name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        let colon = name
            .find(':')
            .filter(|colon| *colon > 0 && colon + 1 < name.len())?;
        let lower = name.to_ascii_lowercase();
        let service_hash = hash(name.get(..colon)?);
        let hash = hash(&name);
        Some(Self {
            name,
            lower,
            colon,
            service_hash,
            hash,
        })
    }

    /// The whole name as it was written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The service in lower case.
    pub fn service(&self) -> &str {
        self.lower.get(..self.colon).unwrap_or("")
    }

    /// The name behind the service in lower case.
    pub fn operation(&self) -> &str {
        self.lower.get(self.colon + 1..).unwrap_or("")
    }

    /// Whether it is that action; the name is given in lower case.
    pub fn is(&self, lower: &str) -> bool {
        self.lower == lower
    }

    pub(crate) fn service_hash(&self) -> u64 {
        self.service_hash
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }
}

/// The value of a condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextValue {
    /// The request does not carry the key.
    Absent,
    /// One value.
    Single(Text),
    /// The values of a multivalued key.
    Multi(Vec<Text>),
    /// Whether and with what value the request carries it is not known; says what would settle it.
    Unknown(Arc<str>),
}

/// The condition keys of a request, found by name without case.
///
/// A key that is not listed is absent, unless its name begins with one of the open prefixes. A context may lie over
/// another one, whose keys it then has as well: the requests of one session share what the session brings along.
#[derive(Clone, Debug, Default)]
pub struct Context {
    // INVARIANT: sorted; each hash belongs to the entry of the same number. No key stands twice.
    hashes: Vec<u64>,
    entries: Vec<Entry>,
    open: Vec<(String, Arc<str>)>,
    below: Option<Arc<Context>>,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Key,
    value: ContextValue,
    /// What the value is in the other branch of an uncertainty.
    otherwise: Option<Box<(Uncertainty, ContextValue)>>,
}

static ABSENT: ContextValue = ContextValue::Absent;

impl Context {
    /// A context that has the keys of another one.
    pub fn over(below: Arc<Self>) -> Self {
        Self {
            below: Some(below),
            ..Self::default()
        }
    }

    /// A context of many keys; of a key that is given twice, the last value counts.
    pub fn of(pairs: impl IntoIterator<Item = (Key, ContextValue)>) -> Self {
        let mut entries: Vec<_> = pairs
            .into_iter()
            .map(|(key, value)| Entry {
                value: shaped(&key, value),
                key,
                otherwise: None,
            })
            .collect();
        entries.sort_by_key(|entry| entry.key.hash());
        let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
        for entry in entries {
            match kept.last_mut() {
                Some(last) if last.key == entry.key => last.value = rival(last, entry),
                _ => kept.push(entry),
            }
        }
        let hashes = kept.iter().map(|entry| entry.key.hash()).collect();
        Self {
            hashes,
            entries: kept,
            ..Self::default()
        }
    }

    /// Sets a key; a key that is always multivalued makes one value a list of one.
    pub fn set(&mut self, key: impl Into<Str>, value: ContextValue) {
        self.set_entry(Key::new(key), value, None);
    }

    /// Sets a key to one known value.
    pub fn set_text(&mut self, key: impl Into<Str>, value: impl Into<Text>) {
        self.set(key, ContextValue::Single(value.into()));
    }

    /// Sets a key unless it is there.
    pub fn set_default(&mut self, key: &'static str, value: impl FnOnce() -> ContextValue) {
        let key = Key::new(key);
        if self.entry(&key).is_none() {
            self.set_entry(key, value(), None);
        }
    }

    /// Sets a key whose value depends on an uncertainty.
    pub fn set_uncertain(
        &mut self,
        key: impl Into<Str>,
        value: ContextValue,
        entry: Uncertainty,
        otherwise: ContextValue,
    ) {
        self.set_entry(Key::new(key), value, Some(Box::new((entry, otherwise))));
    }

    /// Declares that every key with a prefix may be there; says what would settle it.
    pub fn open_prefix(&mut self, prefix: &str, reason: impl Into<Arc<str>>) {
        self.open.push((prefix.to_ascii_lowercase(), reason.into()));
    }

    /// The value of a key, and what it is in the other branch of an uncertainty.
    pub fn get(&self, key: &Key) -> (&ContextValue, Option<(Uncertainty, &ContextValue)>) {
        let Some(entry) = self.entry(key) else {
            return (&ABSENT, None);
        };
        (
            &entry.value,
            entry
                .otherwise
                .as_deref()
                .map(|(entry, value)| (*entry, value)),
        )
    }

    /// Why nobody knows whether a key is there, when that is so.
    pub fn open_reason(&self, key: &Key) -> Option<&Arc<str>> {
        if self.entry(key).is_some() {
            return None;
        }
        let own = self
            .open
            .iter()
            .find(|(prefix, _)| key.strip_prefix(prefix).is_some())
            .map(|(_, reason)| reason);
        own.or_else(|| self.below.as_ref()?.open_reason(key))
    }

    /// All keys that were set.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &ContextValue)> {
        let layers = std::iter::successors(Some(self), |layer| layer.below.as_deref());
        let pairs = layers.enumerate().flat_map(|(depth, layer)| {
            layer
                .entries
                .iter()
                .map(move |entry| (depth, &entry.key, &entry.value))
        });
        // A key that a higher layer sets is hidden below it.
        pairs
            .filter(|(depth, key, _)| self.depth(key) == Some(*depth))
            .map(|(_, key, value)| (key, value))
    }

    /// Removes the keys that a test does not keep.
    pub fn retain(&mut self, mut keep: impl FnMut(&Key) -> bool) {
        self.entries.retain(|entry| keep(&entry.key));
        self.hashes = self.entries.iter().map(|entry| entry.key.hash()).collect();
    }

    fn set_entry(
        &mut self,
        key: Key,
        value: ContextValue,
        otherwise: Option<Box<(Uncertainty, ContextValue)>>,
    ) {
        let place = self.find(&key);
        let entry = Entry {
            value: shaped(&key, value),
            key,
            otherwise,
        };
        match place {
            Ok(at) => {
                if let Some(place) = self.entries.get_mut(at) {
                    *place = entry;
                }
            }
            Err(at) => {
                self.hashes.insert(at, entry.key.hash());
                self.entries.insert(at, entry);
            }
        }
    }

    fn entry(&self, key: &Key) -> Option<&Entry> {
        let own = self.find(key).ok().and_then(|at| self.entries.get(at));
        own.or_else(|| self.below.as_ref()?.entry(key))
    }

    /// In which layer a key is found.
    fn depth(&self, key: &Key) -> Option<usize> {
        if self.find(key).is_ok() {
            return Some(0);
        }
        self.below.as_ref()?.depth(key).map(|depth| depth + 1)
    }

    /// The number of a key's entry, or where it would stand.
    fn find(&self, key: &Key) -> Result<usize, usize> {
        let start = self.hashes.partition_point(|hash| *hash < key.hash());
        let mut at = start;
        while self.hashes.get(at) == Some(&key.hash()) {
            if self.entries.get(at).is_some_and(|entry| entry.key == *key) {
                return Ok(at);
            }
            at += 1;
        }
        Err(start)
    }
}

/// The value of a key that is given twice: the last one, but of two tags that differ in case nobody knows which counts.
fn rival(first: &Entry, last: Entry) -> ContextValue {
    let tag = [
        "aws:ResourceTag/",
        "secretsmanager:ResourceTag/",
        "ssm:resourceTag/",
    ]
    .iter()
    .any(|prefix| first.key.strip_prefix(prefix).is_some());
    let differ = first.key.name() != last.key.name() && first.value != last.value;
    if tag && differ {
        let reason = format!("which of `{}` and `{}` counts", first.key, last.key);
        return ContextValue::Unknown(reason.into());
    }
    last.value
}

/// A key that is always multivalued holds a list, also of one.
fn shaped(key: &Key, value: ContextValue) -> ContextValue {
    match value {
        ContextValue::Single(text) if key.is_multivalued() => ContextValue::Multi(vec![text]),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_read_from_their_arns() {
        let read = Principal::parse("arn:aws:sts::111111111111:assumed-role/app/pod-1").unwrap();
        let Principal::Session { role, .. } = read else {
            panic!("a session")
        };
        assert_eq!(role.known(), Some("arn:aws:iam::111111111111:role/app"));
        assert!(Principal::parse("arn:aws:iam::111111111111:group/dev").is_err());
        assert!(Principal::parse("app").is_err());
    }

    #[test]
    fn keys_are_found_without_case() {
        let mut context = Context::default();
        context.set_text("aws:PrincipalTag/Team", "a");
        context.set_text("aws:TagKeys", "x");
        let (value, _) = context.get(&Key::new("AWS:principaltag/team"));
        assert_eq!(value, &ContextValue::Single(Text::from("a")));
        assert_eq!(
            context.get(&Key::new("aws:tagkeys")).0,
            &ContextValue::Multi(vec![Text::from("x")])
        );
        assert_eq!(context.get(&Key::new("aws:other")).0, &ContextValue::Absent);
    }
}
