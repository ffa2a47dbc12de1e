//! What a document is attached to.

use policy_engine::inventory::{KmsKey, Role, Secret, find::Object};

/// What a document is attached to, as far as rules need it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner<'a> {
    Role(&'a Role),
    Secret(&'a Secret),
    Key(&'a KmsKey),
    /// An account, a unit, an association or an endpoint.
    Other,
    /// A document without a known owner.
    Nothing,
}

impl<'a> Owner<'a> {
    /// The owner as an object of its service.
    pub(crate) fn object(self) -> Option<Object<'a>> {
        match self {
            Self::Secret(secret) => Some(Object::Secret(secret)),
            Self::Key(key) => Some(Object::Key(key)),
            Self::Role(_) | Self::Other | Self::Nothing => None,
        }
    }
}
