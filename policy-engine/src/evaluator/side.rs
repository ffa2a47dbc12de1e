//! The sides of a decision: the policy types that can apply to a request.

/// A policy type that can apply to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Session policies.
    Session,
    /// Identity policies.
    Identity,
    /// The boundary.
    Boundary,
    /// Service control policies, a set per level.
    Scp,
    /// Resource control policies, a set per level.
    Rcp,
    /// The endpoint policy.
    Endpoint,
    /// The resource's policy: of a secret, a parameter's share, a key, or a role.
    Resource,
}

impl Side {
    /// Every side, in the order of the stages.
    pub const ALL: [Self; 7] = [
        Self::Session,
        Self::Identity,
        Self::Boundary,
        Self::Scp,
        Self::Rcp,
        Self::Endpoint,
        Self::Resource,
    ];
}
