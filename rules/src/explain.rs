//! The reason why a walk is not allowed, as a sentence: the provider adds it to AWS's answer.

pub use crate::mount::explain::Reason;

use crate::{mount, registry};
use policy_engine::simulator::{Question, Simulator, Walk};

/// Gives the cause of a walk that is not allowed.
///
/// Takes the question and its walk by the same simulator, and needs no text of a source. A failover region that is not allowed has a
/// reason also where the other region saves the mount. `None` when the walk is allowed or undecided.
pub fn explain(simulator: &Simulator<'_>, question: &Question<'_>, walk: &Walk) -> Option<Reason> {
    mount::explain::explain(simulator, registry::causes(), question, walk)
}
