//! Answers that rest on what a reader takes from its files: whether the pod `prod:pay/api` may read the secret `shop:pay/db`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot set up its files has failed"
)]

#[path = "answers/case.rs"]
mod case;
#[path = "answers/cloudformation.rs"]
mod cloudformation;
#[path = "answers/controllers.rs"]
mod controllers;
#[path = "answers/issuers.rs"]
mod issuers;
#[path = "answers/objects.rs"]
mod objects;
#[path = "answers/roots.rs"]
mod roots;
#[path = "answers/terraform.rs"]
mod terraform;
#[path = "answers/unplaced.rs"]
mod unplaced;
#[path = "answers/world.rs"]
mod world;
