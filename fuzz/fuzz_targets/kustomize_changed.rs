//! An overlay over a base, printed and mostly changed at one place: what was not changed is read and shows no value.

#![no_main]

use ascp_policy_fuzz::made::{kustomize, read};
use libfuzzer_sys::fuzz_target;
use std::{path::PathBuf, sync::LazyLock};

static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| read::directory("kustomize"));

fuzz_target!(|bytes: &[u8]| read::made(&DIRECTORY, bytes, kustomize::kustomizations));
