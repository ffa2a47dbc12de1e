//! What keeps a walk from being allowed: the part of a cause that does not depend on the rule.

use super::{
    case::Case,
    chain::Chain,
    ground::Ground,
    key_policy::KeyPolicy,
    policies::{Policies, ResourceMiss},
    tags::TagTest,
    trust::Trust,
};
use crate::finding::Draft;
use policy_engine::{
    evaluator::{
        Side, Verdict,
        explain::{Element, Miss},
    },
    service::KMS,
    simulator::{Fault, StageName},
    source::Origin,
};

/// What keeps a walk from being allowed at its stage.
pub(crate) enum Refusal<'a> {
    /// Something is missing or wrong before a request is made.
    Fault(&'a Fault),
    /// The object of another account is encrypted with the AWS managed key, chosen at this place (docs/semantics.md#kms-keys).
    ManagedKey(Origin),
    /// The trust policy of the role does not allow the pod's service (docs/semantics.md#role-assumption).
    Trust(Trust<'a>),
    /// The role is not allowed to assume the target role (docs/semantics.md#target-role-chain).
    Chain(Chain<'a>),
    /// The key policy does not allow `kms:Decrypt`.
    KeyPolicy(KeyPolicy<'a>),
    /// The policies of one side do not allow a request, or deny it.
    Policies(Policies<'a>),
    /// The stage made no request.
    NoRequest,
}

impl<'a> Refusal<'a> {
    pub(crate) fn of(case: &Case<'a>) -> Self {
        if let Some(fault) = &case.stage.fault {
            return Self::Fault(fault);
        }
        let special = match case.stage.name {
            StageName::Trust => Self::trust(case),
            StageName::Chain => Self::chain(case),
            StageName::Key => Self::key(case),
            StageName::Class
            | StageName::Association
            | StageName::Session
            | StageName::Identity
            | StageName::Boundary
            | StageName::Scp
            | StageName::Rcp
            | StageName::Endpoint
            | StageName::Resource => None,
        };
        special.unwrap_or_else(|| Self::side(case))
    }

    /// The refusal of the side that the stage is about.
    fn side(case: &Case<'a>) -> Self {
        match (case.call(), case.stage.name.side()) {
            (Some(call), Some(side)) => {
                Self::Policies(Policies::new(case, call, side, case.stage.result))
            }
            _ => Self::NoRequest,
        }
    }

    fn trust(case: &Case<'a>) -> Option<Self> {
        let call = case.refused_call()?;
        let denies = |side| call.outcome.side(side) == Some(Verdict::Deny);
        let denied = [Side::Rcp, Side::Resource]
            .into_iter()
            .find(|side| denies(*side));
        Some(match denied {
            Some(side) => Self::Policies(Policies::new(case, call, side, Verdict::Deny)),
            None => Self::Trust(Trust::new(case, call)),
        })
    }

    fn chain(case: &Case<'a>) -> Option<Self> {
        let call = case.refused_call()?;
        let decided = call.outcome.decided_by().unwrap_or(Side::Resource);
        if !matches!(decided, Side::Scp | Side::Rcp | Side::Boundary) {
            return Some(Self::Chain(Chain::new(call, decided)));
        }
        let verdict = call.outcome.side(decided).unwrap_or(Verdict::Refuse);
        Some(Self::Policies(Policies::new(case, call, decided, verdict)))
    }

    fn key(case: &Case<'a>) -> Option<Self> {
        let call = case.call()?;
        let foreign = call.request.principal.account() != call.request.resource_account.as_ref();
        if foreign
            && call.request.traits.aws_managed_key
            && let Some(place) = case.managed_key()
        {
            return Some(Self::ManagedKey(place));
        }
        let resource = call.outcome.resource;
        let decided = match call.outcome.decided_by().unwrap_or(Side::Resource) {
            // Identity policies count only if the key policy delegates to them: docs/semantics.md#kms-keys.
            Side::Identity if resource == Some(Verdict::Refuse) => Side::Resource,
            decided => decided,
        };
        if decided == Side::Resource && resource != Some(Verdict::Deny) {
            return Some(Self::KeyPolicy(KeyPolicy::new(case, call)));
        }
        let verdict = call.outcome.side(decided).unwrap_or(Verdict::Refuse);
        Some(Self::Policies(Policies::new(case, call, decided, verdict)))
    }

    /// The statement that decides.
    pub(super) fn place_of_statement(&self) -> Option<Origin> {
        match self {
            Self::Trust(trust) => trust.place_of_statement(),
            Self::Chain(chain) => chain.place_of_statement(),
            Self::KeyPolicy(key) => key.place_of_statement(),
            Self::Policies(policies) => policies.place_of_statement(),
            Self::Fault(_) | Self::ManagedKey(_) | Self::NoRequest => None,
        }
    }

    /// A draft with the reason that AWS has, whatever rule reports it; the rules of faults and of the AWS managed key write their own.
    pub(crate) fn draft(&self, case: &Case<'_>) -> Draft {
        match self {
            Self::Trust(trust) => trust.draft(case),
            Self::Chain(chain) => chain.draft(case),
            Self::KeyPolicy(key) => key.draft(case),
            Self::Policies(policies) => policies.draft(case),
            Self::Fault(_) | Self::ManagedKey(_) | Self::NoRequest => {
                case.at(case.mount.name.origin, "not allowed", case.headline())
            }
        }
    }

    /// The draft for a ground; `None` if the ground is different, or if only tests of tags fail.
    pub(crate) fn general(&self, case: &Case<'_>, ground: Ground) -> Option<Draft> {
        let Self::Policies(policies) = self else {
            return None;
        };
        (policies.general() == Some(ground)).then(|| policies.draft(case))
    }

    /// The `Resource` element that does not match, for some grounds; `None` if only the suffix of a secret's ARN is missing.
    pub(crate) fn resource(&self, is_ground: impl Fn(Ground) -> bool) -> Option<ResourceMiss<'a>> {
        let Self::Policies(policies) = self else {
            return None;
        };
        let missed = policies
            .resource()
            .filter(|_| is_ground(policies.ground()))?;
        missed.without_suffix().is_none().then_some(missed)
    }

    /// The tests of tags that alone keep the nearest statement from matching.
    pub(crate) fn tag_test(&self) -> Option<&TagTest<'a>> {
        match self {
            Self::Policies(policies) => policies.tag_test(),
            _ => None,
        }
    }

    /// The condition that keeps a statement from allowing `kms:Decrypt`.
    pub(crate) fn decrypt_condition(&self) -> Option<&'a Miss> {
        let miss = match self {
            Self::KeyPolicy(key) => key.miss(),
            Self::Policies(policies) if KMS.read.contains(&policies.action()) => policies.miss(),
            _ => None,
        };
        miss.filter(|miss| matches!(miss.element, Element::Condition(_)))
    }
}
