//! The program as its users run it: what it prints and how it ends.

#[path = "commands/bad_input.rs"]
mod bad_input;
#[path = "commands/broken_worlds.rs"]
mod broken_worlds;
#[path = "commands/promises.rs"]
mod promises;
#[path = "commands/requests.rs"]
mod requests;
#[path = "commands/simulate.rs"]
mod simulate;
#[path = "commands/support.rs"]
mod support;
