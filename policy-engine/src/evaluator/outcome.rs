//! The decision of a request, and the verdict of each policy type.

use super::side::Side;
use crate::uncertainty::Uncertainties;
use std::fmt;

/// The decision of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// The policies allow the request.
    Allow,
    /// A statement denies the request.
    ExplicitDeny,
    /// No statement allows the request.
    ImplicitDeny,
    /// The decision depends on a missing fact.
    Unknown,
}

/// The verdict of one policy type for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The policy type allows.
    Allow,
    /// The policy type does not allow, and need not: another policy type did.
    NotNeeded,
    /// The verdict depends on a missing fact.
    Unknown,
    /// No statement allows.
    Refuse,
    /// A statement denies.
    Deny,
}

/// The decision and the verdict of each policy type; `None` for a policy type that does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The decision of the request.
    pub decision: Decision,
    /// The verdict of the session policies.
    pub session: Option<Verdict>,
    /// The verdict of the identity policies.
    pub identity: Option<Verdict>,
    /// The verdict of the boundary.
    pub boundary: Option<Verdict>,
    /// The verdict of the service control policies.
    pub scp: Option<Verdict>,
    /// The verdict of the resource control policies.
    pub rcp: Option<Verdict>,
    /// The verdict of the endpoint policy.
    pub endpoint: Option<Verdict>,
    /// The verdict of the resource's policy.
    pub resource: Option<Verdict>,
    /// The uncertainties that the evaluation touched.
    pub touched: Uncertainties,
}

impl Verdict {
    /// Whether the verdict prevents the request.
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
    /// The verdict of a side; `None` when the side does not apply.
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

    /// The sides that apply, in the order of the stages.
    pub fn sides(&self) -> impl Iterator<Item = (Side, Verdict)> {
        let sides = Side::ALL.into_iter();
        sides.filter_map(|side| Some((side, self.side(side)?)))
    }

    /// The policy type that decided: the first that denies, else the first that does not allow, else, for an unknown
    /// decision, the first that is unknown. If each verdict is settled and only their combination is unknown (the account of
    /// the resource is unknown, or the way in which its policy names the caller), it is the first that does not allow.
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
