//! The parts of a request: principal, action, resource and context.

mod action;
mod builder;
mod context;
pub mod derive;
pub mod file;
mod principal;
mod question;

pub use action::Action;
pub use builder::RequestBuilder;
pub use context::{Context, ContextValue};
pub use principal::{Principal, PrincipalError};
pub use question::{Grant, Request, Traits};
