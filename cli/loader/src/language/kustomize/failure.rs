//! Why a kustomization is not built.

use policy_engine::source::Origin;

/// Why a kustomization is not built: `kustomize build` fails as well, or it makes what is not known here.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) message: String,
    /// Where.
    pub(super) origin: Option<Origin>,
}

impl Failure {
    pub(super) fn at(origin: Origin, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            origin: Some(origin),
        }
    }

    /// A failure at the place of the caller.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            origin: None,
        }
    }

    /// The same with a place, where it has none.
    pub(super) fn or_at(mut self, origin: Origin) -> Self {
        self.origin.get_or_insert(origin);
        self
    }
}
