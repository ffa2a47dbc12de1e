//! The one cause that AWS's own message would name (evaluation.md 5.13, U-35).

use super::{Decision, Outcome, Verdict};
use crate::request::Request;

const DENIES: [&str; 7] = [
    "scp", "rcp", "endpoint", "resource", "identity", "boundary", "session",
];
const REFUSES: [&str; 6] = [
    "scp", "endpoint", "resource", "boundary", "session", "identity",
];

impl Outcome {
    /// The stage that AWS would name; `None` when it allows or the answer is not known.
    pub fn aws_would_say(&self, request: &Request) -> Option<&'static str> {
        let said = |wanted: Verdict, stage: &str| {
            self.sides()
                .any(|(name, verdict)| name == stage && verdict == wanted)
        };
        let foreign = request.principal.account() != request.resource_account.as_ref();
        let found = match self.decision {
            Decision::Allow | Decision::Unknown => None,
            Decision::ExplicitDeny => DENIES.into_iter().find(|stage| said(Verdict::Deny, stage)),
            Decision::ImplicitDeny => REFUSES.into_iter().find(|stage| {
                // Within one account AWS speaks of the resource's policy only where nothing else is silent.
                said(Verdict::Refuse, stage)
                    && (*stage != "resource" || foreign || self.identity != Some(Verdict::Refuse))
            }),
        };
        found.map(|stage| match stage {
            "resource" if super::is_key(request) => "key",
            "resource" if super::is_role(request) => "trust",
            other => other,
        })
    }
}
