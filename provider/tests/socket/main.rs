//! The provider as the driver sees it: the real binary, a real gRPC client on its socket, simulated services on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails also fails its test"
)]

mod disk;
mod driver;
#[path = "../moto/environment.rs"]
mod environment;
mod faults;
mod kill;
mod moto;
mod network;
mod policy;
mod process;
mod stand_in;
mod tenant_text;
mod vectors;
