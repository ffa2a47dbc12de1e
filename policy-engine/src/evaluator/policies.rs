//! The policies that apply to a request.

use super::side::Side;
use crate::policy::set::PolicySet;
use std::sync::Arc;

/// The policies that apply to a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policies<'a> {
    /// Identity policies of the caller, groups included.
    pub identity: Option<&'a PolicySet>,
    /// The caller's boundary, if it has one.
    pub boundary: Option<&'a PolicySet>,
    /// The session policies, if the session was created with any.
    pub session: Option<&'a PolicySet>,
    /// The policy of the resource: of a secret, a key, or a role.
    pub resource: Option<&'a PolicySet>,
    /// Service control policies from the root down to the caller's account; `None` without an organization.
    pub scp: Option<&'a [Arc<PolicySet>]>,
    /// Resource control policies from the root down to the resource's account; `None` without an organization.
    pub rcp: Option<&'a [Arc<PolicySet>]>,
    /// The policy of the endpoint through which the request came.
    pub endpoint: Option<&'a PolicySet>,
}

impl<'a> Policies<'a> {
    /// The set of a side; only SCPs and RCPs have more than one level.
    pub(super) fn set(&self, side: Side, level: usize) -> Option<&'a PolicySet> {
        match side {
            Side::Session => self.session,
            Side::Identity => self.identity,
            Side::Boundary => self.boundary,
            Side::Scp => self.scp?.get(level).map(|set| &**set),
            Side::Rcp => self.rcp?.get(level).map(|set| &**set),
            Side::Endpoint => self.endpoint,
            Side::Resource => self.resource,
        }
    }
}
