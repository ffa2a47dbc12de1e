//! Parses AWS's denial messages, and finds the stage that a message names (docs/semantics.md#denial-messages).

use crate::stage::StageName;

/// A message of the form `User: … is not authorized to perform: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial<'a> {
    /// The caller's ARN: the effective ARN, after every role that the caller assumed.
    pub caller: &'a str,
    /// The action.
    pub action: &'a str,
    /// The resource of the action.
    pub place: Option<Place<'a>>,
    /// The reason, when AWS states it.
    pub reason: Option<Reason<'a>>,
}

/// The resource that a message names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// An ARN, or a plain name that AWS did not resolve.
    Resource(&'a str),
    /// `this resource`: a key that the caller named.
    This,
    /// The key of a ciphertext.
    Ciphertext,
}

/// The reason in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// A policy denies.
    Denied {
        /// For example `identity-based policy`.
        policy_type: &'a str,
        /// The policy's ARN, in newer messages.
        policy: Option<&'a str>,
    },
    /// No policy of a type allows.
    Silent {
        /// For example `identity-based policy`.
        policy_type: &'a str,
    },
    /// KMS: the key does not exist in this account and region, or its policy does not allow the action.
    Key(&'a str),
}

const AUTHORIZED: &str = " is not authorized to perform: ";

impl<'a> Denial<'a> {
    /// Finds the message in a text, whatever an SDK or a log wrapped around it; line breaks count as blanks only where
    /// the caller has joined them.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (before, after) = text.split_once(AUTHORIZED)?;
        let caller = before
            .rsplit("User: ")
            .next()
            .filter(|caller| !caller.contains(char::is_whitespace))?;
        let (action, rest) = word(after);
        if !action.contains(':') {
            return None;
        }
        let (place, rest) = place(rest);
        Some(Self {
            caller,
            action,
            place,
            reason: reason(rest.trim()),
        })
    }

    /// The stage that the message names, if it names one.
    pub fn stage(&self) -> Option<StageName> {
        match self.reason {
            Some(Reason::Denied { policy_type, .. } | Reason::Silent { policy_type }) => {
                stage_of(policy_type)
            }
            Some(Reason::Key(_)) => Some(StageName::Key),
            None if self.action.starts_with("sts:") && !self.action.contains("WebIdentity") => {
                Some(StageName::Chain)
            }
            None => None,
        }
    }
}

/// AWS's words for a policy type.
fn stage_of(policy_type: &str) -> Option<StageName> {
    Some(match policy_type {
        "identity-based policy" => StageName::Identity,
        "resource-based policy" => StageName::Resource,
        "permissions boundary" => StageName::Boundary,
        "session policy" | "sessions policy" => StageName::Session,
        "service control policy" => StageName::Scp,
        "resource control policy" => StageName::Rcp,
        "VPC endpoint policy" => StageName::Endpoint,
        "role trust policy" => StageName::Trust,
        _ => return None,
    })
}

/// Messages of services that have another form, and the stage of each.
const OTHER_TEXTS: [(&str, StageName); 8] = [
    ("Access to KMS is not allowed", StageName::Key),
    (
        "The ciphertext refers to a customer master key that does not exist",
        StageName::Key,
    ),
    (
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        StageName::Trust,
    ),
    (
        "EKS does not have permissions to assume the associated role",
        StageName::Trust,
    ),
    (
        "An IAM role must be associated with service account",
        StageName::Association,
    ),
    (
        "failed to get AWS config from pod identity agent",
        StageName::Association,
    ),
    ("serviceAccount.tokens not provided", StageName::Association),
    ("ARN region must match region", StageName::Class),
];

/// The stage that a text of AWS or of the provider names.
pub fn stage(text: &str) -> Option<StageName> {
    if let Some(denial) = Denial::parse(text) {
        return denial.stage();
    }
    OTHER_TEXTS
        .iter()
        .find(|(fragment, _)| text.contains(fragment))
        .map(|(_, stage)| *stage)
}

/// The text up to the next blank, and the rest.
fn word(text: &str) -> (&str, &str) {
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

fn place(rest: &str) -> (Option<Place<'_>>, &str) {
    let rest = rest.trim_start();
    if let Some(named) = rest.strip_prefix("on resource: ") {
        let (resource, rest) = word(named);
        return (Some(Place::Resource(resource)), rest);
    }
    if let Some(rest) = rest.strip_prefix("on this resource") {
        return (Some(Place::This), rest);
    }
    match rest.strip_prefix("on the resource associated with this ciphertext") {
        Some(rest) => (Some(Place::Ciphertext), rest),
        None => (None, rest),
    }
}

fn reason(rest: &str) -> Option<Reason<'_>> {
    if let Some(denied) = rest.strip_prefix("with an explicit deny in ") {
        let named = ["an ", "a ", "the "]
            .iter()
            .find_map(|article| denied.strip_prefix(article))?;
        let (policy_type, policy) = match named.split_once(": ") {
            Some((policy_type, policy)) if policy.starts_with("arn:") => {
                (policy_type, Some(word(policy).0))
            }
            _ => (named, None),
        };
        return Some(Reason::Denied {
            policy_type: policy_type.trim_end_matches(['.', ',']),
            policy,
        });
    }
    let because = rest.strip_prefix("because ")?;
    if let Some(silent) = because.strip_prefix("no ") {
        let (policy_type, _) = silent.split_once(" allows the ")?;
        return Some(Reason::Silent { policy_type });
    }
    because
        .starts_with("the resource does not exist")
        .then_some(Reason::Key(because))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_of_sdks_do_not_matter() {
        let text = "An error occurred (AccessDeniedException) when calling the GetSecretValue operation: User: \
            arn:aws:sts::111111111111:assumed-role/app/x is not authorized to perform: secretsmanager:GetSecretValue on \
            resource: db with an explicit deny in a service control policy: arn:aws:organizations::9:policy/o-1/p-1";
        let denial = Denial::parse(text).unwrap();
        assert_eq!(
            denial.caller,
            "arn:aws:sts::111111111111:assumed-role/app/x"
        );
        assert_eq!(denial.place, Some(Place::Resource("db")));
        let policy = Some("arn:aws:organizations::9:policy/o-1/p-1");
        assert_eq!(
            denial.reason,
            Some(Reason::Denied {
                policy_type: "service control policy",
                policy
            })
        );
        assert_eq!(denial.stage(), Some(StageName::Scp));
    }

    #[test]
    fn other_text_is_no_denial() {
        assert_eq!(Denial::parse("all is well"), None);
        assert_eq!(
            Denial::parse("User: x is not authorized to perform: "),
            None
        );
        assert_eq!(stage("Access to KMS is not allowed"), Some(StageName::Key));
        assert_eq!(stage("something else"), None);
    }
}
