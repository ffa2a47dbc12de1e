//! Languages: what each kind of file states, as things in its own spelling.

pub(crate) mod aws;
pub(crate) mod cloudformation;
pub(crate) mod kubernetes;
pub(crate) mod terraform;
