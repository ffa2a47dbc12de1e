//! The CSI provider API, generated from `proto/service.proto`; `tests/bootstrap.rs` checks that it is up to date.
//!
//! `Debug` omits the fields with tokens and values.

#[expect(
    missing_docs,
    clippy::pedantic,
    clippy::allow_attributes,
    reason = "generated"
)]
#[rustfmt::skip]
mod v1alpha1;

pub use v1alpha1::*;

use std::fmt;

impl fmt::Debug for MountRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MountRequest")
            .field("target_path", &self.target_path)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for File {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("File")
            .field("path", &self.path)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}
