//! Inputs that the bytes of a fuzzer choose: whole worlds, manifests, kustomizations, plans and templates, printed and then changed once.
//!
//! Random text fails in the parsers; these texts reach the code behind them.

pub mod change;
pub mod kustomize;
pub mod manifests;
pub mod plan;
pub mod policy;
pub mod read;
pub mod template;
pub mod world;
pub mod yaml;
