//! `completions`, `man` and `schema`: files for an installation.

use super::{Trouble, print};
use crate::{args::Cli, exit::Exit};
use clap::CommandFactory;
use std::path::Path;

/// Prints shell completions.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, Trouble> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "ascp-policy", &mut text);
    print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Yes)
}

/// Writes a manual page for the program and one for each command.
pub fn man(directory: &Path) -> Result<Exit, Trouble> {
    let fail =
        |error: std::io::Error| Trouble::new(format!("{}: {error}", directory.display()), None);
    std::fs::create_dir_all(directory).map_err(fail)?;
    clap_mangen::generate_to(Cli::command(), directory).map_err(fail)?;
    Ok(Exit::Yes)
}

/// Prints the schema of the world file.
pub fn schema() -> Result<Exit, Trouble> {
    print(include_str!("../../data/world.schema.json"))?;
    Ok(Exit::Yes)
}
