//! The world, beside its documents.

pub(crate) mod by_tag;
pub(crate) mod class_faults;
pub(crate) mod index;
pub(crate) mod keys;
pub(crate) mod objects;
pub(crate) mod rbac;
pub(crate) mod roles;
pub(crate) mod stated;
pub(crate) mod subjects;
