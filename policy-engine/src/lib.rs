#![doc = include_str!("../README.md")]

pub mod source;
pub mod text;
pub mod truth;
pub mod syntax;
pub mod key;
pub mod policy;
pub mod request;
pub mod uncertainty;
pub mod evaluator;
pub mod inventory;
pub mod simulator;
