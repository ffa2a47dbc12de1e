//! What rules ask of a world.

pub(crate) mod objects;
pub(crate) mod rbac;
pub(crate) mod roles;
pub(crate) mod stated;
