//! What becomes of a request, and what each policy type said to it.

use super::side::Side;
use crate::uncertainty::Uncertainties;
use std::fmt;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// It is allowed.
    Allow,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement allows it.
    ImplicitDeny,
    /// It depends on a fact that is missing.
    Unknown,
}

/// What one policy type says to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It allows.
    Allow,
    /// It does not allow, and need not: another policy type did.
    NotNeeded,
    /// It depends on a fact that is missing.
    Unknown,
    /// No statement allows.
    Refuse,
    /// A statement denies.
    Deny,
}

/// The decision and what each policy type said; `None` for one that has no say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What becomes of the request.
    pub decision: Decision,
    /// What the session policies said.
    pub session: Option<Verdict>,
    /// What the identity policies said.
    pub identity: Option<Verdict>,
    /// What the boundary said.
    pub boundary: Option<Verdict>,
    /// What the service control policies said.
    pub scp: Option<Verdict>,
    /// What the resource control policies said.
    pub rcp: Option<Verdict>,
    /// What the endpoint policy said.
    pub endpoint: Option<Verdict>,
    /// What the resource's policy said.
    pub resource: Option<Verdict>,
    /// The rules of the register the evaluation came across.
    pub touched: Uncertainties,
}

impl Verdict {
    /// Whether it keeps a request from being allowed.
    pub fn blocks(self) -> bool {
        matches!(self, Self::Refuse | Self::Deny)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::NotNeeded => "not-needed",
            Self::Unknown => "unknown",
            Self::Refuse => "refuse",
            Self::Deny => "deny",
        })
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::ExplicitDeny => "deny",
            Self::ImplicitDeny => "refuse",
            Self::Unknown => "unknown",
        })
    }
}

impl Outcome {
    /// What a side said; `None` when it has no say.
    pub fn side(&self, side: Side) -> Option<Verdict> {
        match side {
            Side::Session => self.session,
            Side::Identity => self.identity,
            Side::Boundary => self.boundary,
            Side::Scp => self.scp,
            Side::Rcp => self.rcp,
            Side::Endpoint => self.endpoint,
            Side::Resource => self.resource,
        }
    }

    /// The sides that had a say, in the order of the stages.
    pub fn sides(&self) -> impl Iterator<Item = (Side, Verdict)> {
        let sides = Side::ALL.into_iter();
        sides.filter_map(|side| Some((side, self.side(side)?)))
    }

    /// The policy type that decided: the first that denies, else the first that refuses, else, for an unknown
    /// decision, the first that is unknown. Where each is settled and only their joining is open (nobody knows whose
    /// account the resource is in, or in which way its policy names the caller), it is the first that refuses.
    pub fn decided_by(&self) -> Option<Side> {
        let first = |wanted: Verdict| {
            self.sides()
                .find(|(_, verdict)| *verdict == wanted)
                .map(|(side, _)| side)
        };
        match self.decision {
            Decision::Allow => None,
            Decision::ExplicitDeny => first(Verdict::Deny),
            Decision::ImplicitDeny => first(Verdict::Refuse).or_else(|| first(Verdict::Unknown)),
            Decision::Unknown => first(Verdict::Unknown).or_else(|| first(Verdict::Refuse)),
        }
    }
}
