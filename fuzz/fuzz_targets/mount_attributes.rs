//! Any bytes as permission, node publish secret and attributes of a mount request: never a panic, and no text is repeated.

#![no_main]

use ascp_policy_fuzz::mounts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        mounts::attributes(text);
    }
});
