//! The only type that holds the value of a secret or a parameter.
//!
//! It cannot be printed, compared or serialised, and its memory is wiped when it is dropped.

use zeroize::Zeroizing;

/// The bytes of a value.
#[derive(Clone)]
pub(crate) struct SecretValue(Zeroizing<Vec<u8>>);

impl SecretValue {
    /// Takes the bytes.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the file or the answer.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Moves the bytes out, for the answer to the driver.
    pub(crate) fn into_exposed(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }

    /// The number of bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
