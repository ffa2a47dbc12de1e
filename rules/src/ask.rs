//! Questions to the engine: a request shows what a document allows or does not allow.

pub(crate) mod loose_tests;
pub(crate) mod probe;
pub(crate) mod refusal;
pub(crate) mod tampering;
