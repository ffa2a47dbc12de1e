//! The command line of `ascp-policy`, as a library so that tests and fuzzers reach the readers.

pub mod load;
