//! `collect`: prints a script that saves AWS metadata. It is not run, so that the user can read it first.

use super::{Trouble, print};
use crate::exit::Exit;

/// Prints the script.
pub fn run() -> Result<Exit, Trouble> {
    print(include_str!("../../data/collect.sh"))?;
    Ok(Exit::Yes)
}
