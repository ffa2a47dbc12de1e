#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

pub mod inventory;
pub mod simulator;
pub mod snapshot;

// For the other crates of this repository. What a program needs of these modules has its name at the root; the rest may
// change in any version.
#[doc(hidden)]
pub mod denial;
#[doc(hidden)]
pub mod disarm;
#[doc(hidden)]
pub mod evaluator;
#[doc(hidden)]
pub mod key;
#[doc(hidden)]
pub mod policy;
#[doc(hidden)]
pub mod request;
#[doc(hidden)]
pub mod service;
#[doc(hidden)]
pub mod sighting;
#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod stage;
#[doc(hidden)]
pub mod syntax;
#[doc(hidden)]
pub mod text;
#[doc(hidden)]
pub mod truth;
#[doc(hidden)]
pub mod uncertainty;

pub use evaluator::{
    Decision, Outcome, Policies, Side, Verdict,
    explain::{Element, Explanation, Miss, SetTrace, StatementTrace},
};
pub use inventory::{Inventory, find::Object, promise::Ask};
pub use policy::{
    PolicyDocument, PolicyTextError, PolicyType,
    mistake::{Mistake, PolicyError},
    set::PolicySet,
    statement::{Effect, Statement},
};
pub use request::{
    Action, Context, ContextValue, Principal, PrincipalError, Request, RequestBuilder,
};
pub use service::ServiceProfile;
pub use simulator::{Question, Simulator, StageName, Target, Walk};
pub use snapshot::Snapshot;
pub use source::{Origin, SourceMap, Spanned};
pub use text::{Hole, Text};
pub use truth::Truth;
pub use uncertainty::{Uncertainties, Uncertainty};

/// Decides a request. Where AWS documents no behaviour, the default of the uncertainty applies (`docs/semantics.md`); use
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
