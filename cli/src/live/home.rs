//! The account that is read, and why reading fails.

/// Why nothing was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// The message.
    pub message: String,
    /// Advice.
    pub help: Option<&'static str>,
}

/// The account that is asked.
pub(super) struct Home {
    pub(super) account: String,
    pub(super) partition: String,
    pub(super) region: String,
}
