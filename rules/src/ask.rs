//! Questions to the engine: what a document lets through, or keeps out, is shown by a request.

pub(crate) mod loose_tests;
pub(crate) mod probe;
pub(crate) mod refusal;
pub(crate) mod tampering;
