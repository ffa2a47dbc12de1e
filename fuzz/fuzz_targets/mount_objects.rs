//! Any bytes as the `objects` document of a class: a refusal has a message, and an accepted file stays below the mount.

#![no_main]

use ascp_policy_fuzz::mounts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        mounts::objects(text);
    }
});
