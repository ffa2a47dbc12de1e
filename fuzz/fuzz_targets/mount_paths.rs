//! Any names, aliases and translation of one entry: every file lies below the mount.

#![no_main]

use ascp_policy_fuzz::mounts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        mounts::paths(text);
    }
});
