#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

pub mod denial;
pub mod disarm;
pub mod evaluator;
pub mod inventory;
pub mod key;
pub mod policy;
pub mod request;
pub mod service;
pub mod sighting;
pub mod simulator;
pub mod snapshot;
pub mod source;
pub mod stage;
pub mod syntax;
pub mod text;
pub mod truth;
pub mod uncertainty;

pub use evaluator::{
    Decision, Outcome, Policies, Side, Verdict,
    explain::{Explanation, Miss},
};
pub use inventory::{Inventory, find::Object, promise::Ask};
pub use policy::{
    PolicyDocument, PolicyType,
    set::{PolicySet, PolicyTextError},
};
pub use request::{Action, ContextValue, Principal, Request, RequestBuilder};
pub use service::ServiceProfile;
pub use simulator::{Question, Simulator, StageName, Target, Walk};
pub use snapshot::Snapshot;
pub use uncertainty::{Uncertainties, Uncertainty};

/// Decides a request. Where AWS documents no behaviour, the default of the register applies (`docs/semantics.md`); use
/// [`evaluator::evaluate`] for the other branches.
pub fn evaluate(request: &Request, policies: &Policies<'_>) -> Outcome {
    evaluator::evaluate(request, policies, Uncertainties::NONE)
}

/// Decides a request as [`evaluate`] does, and explains the decision.
pub fn explain(request: &Request, policies: &Policies<'_>) -> (Outcome, Explanation) {
    evaluator::explain(request, policies, Uncertainties::NONE)
}

/// The examples of `docs/library.md`, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/library.md")]
pub mod library {}
