#![doc = include_str!("../README.md")]

pub mod denial;
pub mod disarm;
pub mod evaluator;
pub mod inventory;
pub mod key;
pub mod policy;
pub mod request;
pub mod sighting;
pub mod simulator;
pub mod snapshot;
pub mod source;
pub mod stage;
pub mod syntax;
pub mod text;
pub mod truth;
pub mod uncertainty;
