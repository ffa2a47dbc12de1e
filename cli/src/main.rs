//! The `ascp-policy` program.
fn main() {}
