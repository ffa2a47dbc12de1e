//! The names of the stages from a pod to an object: the words of answers, promises and messages.

use crate::{
    evaluator::{self, Side},
    request::Request,
};
use std::fmt;

/// The stages on the way from a pod to an object, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StageName {
    /// Is the SecretProviderClass valid, and do its objects exist?
    Class,
    /// Does an association or annotation give the pod a role?
    Association,
    /// May EKS or the web identity assume it, with these tags?
    Trust,
    /// May it assume the target role, tags included?
    Chain,
    /// Does the association's own policy allow?
    Session,
    /// Does an identity policy allow?
    Identity,
    /// Does the boundary allow?
    Boundary,
    /// Do the service control policies allow?
    Scp,
    /// Do the resource control policies allow?
    Rcp,
    /// Does the VPC endpoint allow?
    Endpoint,
    /// Does the object's policy allow, where it must?
    Resource,
    /// May it decrypt?
    Key,
}

impl StageName {
    /// Every stage in order.
    pub const ALL: [Self; 12] = [
        Self::Class,
        Self::Association,
        Self::Trust,
        Self::Chain,
        Self::Session,
        Self::Identity,
        Self::Boundary,
        Self::Scp,
        Self::Rcp,
        Self::Endpoint,
        Self::Resource,
        Self::Key,
    ];

    /// The stage of a side of a request: the policy of a key or of a role has a stage of its own.
    pub fn of(side: Side, request: &Request) -> Self {
        match side {
            Side::Session => Self::Session,
            Side::Identity => Self::Identity,
            Side::Boundary => Self::Boundary,
            Side::Scp => Self::Scp,
            Side::Rcp => Self::Rcp,
            Side::Endpoint => Self::Endpoint,
            Side::Resource if evaluator::is_key(request) => Self::Key,
            Side::Resource if evaluator::is_role(request) => Self::Trust,
            Side::Resource => Self::Resource,
        }
    }

    /// The side of a data call that the stage shows; `None` for a stage that is a fact, or a call as a whole.
    pub fn side(self) -> Option<Side> {
        match self {
            Self::Session => Some(Side::Session),
            Self::Identity => Some(Side::Identity),
            Self::Boundary => Some(Side::Boundary),
            Self::Scp => Some(Side::Scp),
            Self::Rcp => Some(Side::Rcp),
            Self::Endpoint => Some(Side::Endpoint),
            Self::Resource => Some(Side::Resource),
            Self::Class | Self::Association | Self::Trust | Self::Chain | Self::Key => None,
        }
    }

    /// The word for the stage, on screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Association => "association",
            Self::Trust => "trust",
            Self::Chain => "chain",
            Self::Session => "session",
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::Endpoint => "endpoint",
            Self::Resource => "resource",
            Self::Key => "key",
        }
    }

    /// The stage for a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
