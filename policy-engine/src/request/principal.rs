//! The principal of a request, and its ARN.

use crate::{syntax::arn::Arn, text::Text};

/// The principal of a request.
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
        /// The user who made the session, if known.
        parent: Option<Text>,
        /// Twelve digits.
        account: Text,
    },
    /// A service on its own behalf.
    Service(String),
    /// An identity that an identity provider authenticated; only in `sts:AssumeRoleWithWebIdentity` and similar actions.
    WebIdentity {
        /// The provider's ARN or name.
        provider: Text,
    },
    /// The request is not signed.
    Anonymous,
}

/// A principal that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not the ARN of a user, a role, a role session, a federated user or an account's root"
)]
#[non_exhaustive]
pub struct PrincipalError(pub String);

impl Principal {
    /// Parses a principal's ARN; a role's ARN is parsed as a session of the role.
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

    /// The principal, for display.
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
