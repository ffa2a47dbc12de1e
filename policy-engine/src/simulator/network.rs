//! The network path of a request, and the policy of the VPC endpoint on it (docs/semantics.md#vpc-endpoint-policies).

use super::compiled::Compiled;
use crate::{
    inventory::{Endpoint, Inventory},
    policy::{PolicyType, set::PolicySet},
    request::ContextValue,
};

/// The network path of a request to the service.
#[derive(Clone, Debug)]
pub(super) enum Network<'a> {
    /// Through a VPC endpoint.
    Endpoint(Passed<'a>),
    /// Over the internet.
    Public,
    /// The path is unknown.
    Unknown,
}

/// The VPC endpoint of a request, with the known facts about it.
#[derive(Clone, Debug)]
pub(super) struct Passed<'a> {
    /// `vpce-…`, or its name in the world.
    pub(super) id: Option<String>,
    pub(super) endpoint: Option<&'a Endpoint>,
    /// The policy, if no source describes the endpoint.
    unknown: Option<PolicySet>,
}

impl<'a> Passed<'a> {
    pub(super) fn through(endpoint: &'a Endpoint) -> Self {
        Self {
            id: Some(endpoint.id.clone()),
            endpoint: Some(endpoint),
            unknown: None,
        }
    }

    /// An endpoint that no source describes: a policy may restrict it.
    fn undescribed(id: Option<String>, name: &str) -> Self {
        let reason = format!("endpoint policy of {name}");
        Self {
            id,
            endpoint: None,
            unknown: Some(PolicySet::perhaps(PolicyType::Endpoint, reason)),
        }
    }
}

/// The endpoint of a request to a service, if the request contains an endpoint or a VPC.
///
/// AWS: IAM User Guide, "AWS global condition context keys", aws:SourceVpc: the key is in a request only if the request passes
/// a VPC endpoint.
pub(super) fn passed<'a>(
    inventory: &'a Inventory,
    endpoint: Option<&ContextValue>,
    vpc: Option<&ContextValue>,
    service: &str,
    account: &str,
) -> Option<Passed<'a>> {
    if let Some(ContextValue::Single(id)) = endpoint {
        let name = id.to_string();
        return Some(match inventory.endpoint(&name, account) {
            Some(endpoint) => Passed::through(endpoint),
            None => Passed::undescribed(Some(name.clone()), &name),
        });
    }
    let Some(ContextValue::Single(vpc)) = vpc else {
        return None;
    };
    // An endpoint of an unknown VPC may be in this one.
    let may_be_inside = |endpoint: &&Endpoint| {
        let own = endpoint.vpc.as_deref();
        endpoint.service == service && own.is_none_or(|own| Some(own) == vpc.known())
    };
    let mut inside = inventory.endpoints.iter().filter(may_be_inside);
    match (inside.next(), inside.next()) {
        (Some(endpoint), None) if vpc.is_known() && endpoint.vpc.is_some() => {
            Some(Passed::through(endpoint))
        }
        _ => {
            let name = format!("the endpoint for {service} in {vpc}");
            Some(Passed::undescribed(None, &name))
        }
    }
}

/// The policy of an endpoint; without a policy the endpoint allows every request.
pub(super) fn policy<'n>(compiled: &'n Compiled, passed: &'n Passed<'n>) -> Option<&'n PolicySet> {
    match passed.endpoint {
        Some(endpoint) => compiled.endpoint(endpoint),
        None => passed.unknown.as_ref(),
    }
}
