//! What a document is attached to.

use policy_engine::inventory::{KmsKey, Role, Secret};

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
