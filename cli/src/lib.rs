//! The command line of `ascp-policy`, as a library for tests and examples.

pub mod args;
pub mod baseline;
mod catalog;
mod clock;
pub mod commands;
pub mod config;
pub mod exit;
pub mod fix;
pub mod inline;
pub mod issue;
pub mod join;
pub mod judge;
#[cfg(feature = "live")]
pub mod live;
mod output;
pub mod render;
pub mod report;
pub mod rulebook;

use args::{Cli, Command};
use clap::Parser;
use exit::Exit;

/// Runs the program on the arguments of the process.
pub fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; everything else is a mistake in usage.
            let code = if error.use_stderr() {
                Exit::Trouble
            } else {
                Exit::Yes
            };
            let _ = error.print();
            return code;
        }
    };
    let common = &cli.common;
    let outcome = match cli.command.unwrap_or_else(|| {
        Command::Check(args::Check {
            paths: vec![".".into()],
            ..args::Check::default()
        })
    }) {
        Command::Check(arguments) => commands::check::run(&arguments, common),
        Command::Baseline(arguments) => commands::baseline::run(&arguments, common),
        Command::Rules(arguments) => commands::rules::run(&arguments, common),
        Command::Catalog(arguments) => commands::catalog::run(&arguments, common),
        Command::Init(arguments) => commands::init::run(&arguments, common),
        Command::Simulate(arguments) => commands::simulate::run(&arguments, common),
        Command::Test(arguments) => commands::test::run(&arguments, common),
        Command::World(arguments) => commands::world::run(&arguments, common),
        Command::Snapshot(arguments) => commands::snapshot::run(&arguments, common),
        Command::Collect { .. } => commands::collect::run(),
        Command::Completions { shell } => commands::setup::completions(shell),
        Command::Man { directory } => commands::setup::man(&directory),
        Command::Schema => commands::setup::schema(),
    };
    commands::settle(outcome, common)
}
