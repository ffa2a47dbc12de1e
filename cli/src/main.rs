//! The `ascp-policy` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ascp_policy::run().into()
}
