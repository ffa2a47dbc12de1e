#![doc = include_str!("../README.md")]

mod admin;
mod app;
mod attributes;
mod authority;
mod aws;
pub mod config;
mod error;
mod fetch;
pub mod generated;
mod go;
mod identity;
mod jmes;
mod kubernetes;
mod lanes;
pub mod logs;
mod metrics;
mod mount;
mod mount_point;
mod objects;
mod parameter_store;
mod policy;
mod publish;
mod region;
mod secret_value;
mod secrets_manager;
mod server;
mod service;
mod writer;

pub use policy::self_check;
pub use publish::publish;
pub use server::{ServeError, health_check, ready_check, run};
