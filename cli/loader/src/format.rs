//! A format: how a file of it is recognised and read.

use crate::{
    kind::Kind,
    loading::Loading,
    opened::{Opened, Wanted},
    setting::Setting,
};
use policy_engine::syntax::node::Node;

/// Takes the facts of a file.
pub(crate) type Read = fn(&mut Loading, &Opened, &Wanted, &Setting);

/// A format of files.
pub(crate) struct Format {
    pub(crate) kind: Kind,
    /// Several files of it, as the list of formats names them.
    pub(crate) plural: &'static str,
    /// Whether a document is one of it.
    pub(crate) is: fn(&Node) -> bool,
    /// How it is read; nothing where this release does not.
    pub(crate) read: Option<Read>,
}
