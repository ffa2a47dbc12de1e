//! What is asked of AWS: who, which action, on what, and in which context.

mod builder;
mod context;
pub mod derive;
pub mod file;

pub use builder::RequestBuilder;
pub use context::{Context, ContextValue};

use crate::{
    key::hash,
    syntax::arn::{Arn, Segmented},
    text::Text,
};
use serde::{Deserialize, Serialize};

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
    /// The path of the caller's role is not known: the ARN of a session does not have it.
    pub open_path: bool,
    /// Grants on the KMS key that is asked for.
    pub grants: Vec<Grant>,
    /// What would settle which other grants the key has, when that is not known.
    pub open_grants: Option<String>,
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
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// The principal it was given to.
    pub grantee: Text,
    /// The operations it allows, without the service: `Decrypt`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
    /// The encryption context must be exactly this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_equals: Option<Vec<(String, Text)>>,
    /// The encryption context must contain this.
    #[serde(skip_serializing_if = "Option::is_none")]
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
}
