//! The single cause that AWS's own message would name (docs/semantics.md#reported-cause, U-35).

use super::{Decision, Outcome, Side, Verdict};
use crate::{request::Request, stage::StageName};

const DENIES: [Side; 7] = [
    Side::Scp,
    Side::Rcp,
    Side::Endpoint,
    Side::Resource,
    Side::Identity,
    Side::Boundary,
    Side::Session,
];
const REFUSES: [Side; 6] = [
    Side::Scp,
    Side::Endpoint,
    Side::Resource,
    Side::Boundary,
    Side::Session,
    Side::Identity,
];

impl Outcome {
    /// The stage that AWS's message would name; `None` when AWS allows the request or the decision is unknown.
    pub fn aws_would_say(&self, request: &Request) -> Option<StageName> {
        let decides = |wanted: Verdict, side: Side| self.side(side) == Some(wanted);
        let foreign = request.principal.account() != request.resource_account.as_ref();
        let side = match self.decision {
            Decision::Allow | Decision::Unknown => None,
            Decision::ExplicitDeny => DENIES
                .into_iter()
                .find(|side| decides(Verdict::Deny, *side)),
            Decision::ImplicitDeny => REFUSES.into_iter().find(|side| {
                // Within one account AWS names the resource's policy only if every other policy type allows.
                decides(Verdict::Refuse, *side)
                    && (*side != Side::Resource
                        || foreign
                        || self.identity != Some(Verdict::Refuse))
            }),
        };
        side.map(|side| StageName::of(side, request))
    }
}
