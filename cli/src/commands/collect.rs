//! `collect`: a script that saves what AWS tells. It is printed and not run, so that somebody may read it first.

use super::{Trouble, print};
use crate::exit::Exit;

/// Prints the script.
pub fn run() -> Result<Exit, Trouble> {
    print(include_str!("../../data/collect.sh"))?;
    Ok(Exit::Yes)
}
