//! The reason why a text is no policy set.

use crate::{policy::mistake::PolicyError, syntax::json::JsonError};

/// A text that is no policy.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyTextError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(JsonError),
    /// AWS would refuse to save it because of these mistakes, at least one.
    #[error("{}", first(.0))]
    Policy(Vec<PolicyError>),
}

fn first(mistakes: &[PolicyError]) -> &str {
    mistakes
        .first()
        .map_or("not a policy", |mistake| &mistake.message)
}
