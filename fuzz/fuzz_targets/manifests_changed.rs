//! Manifests of one namespace, printed and mostly changed at one place: what was not changed is read and shows no value.

#![no_main]

use ascp_policy_fuzz::made::{manifests, read};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use std::{path::PathBuf, sync::LazyLock};

static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| read::directory("manifests"));

fuzz_target!(|bytes: &[u8]| read::made(&DIRECTORY, bytes, files));

fn files(input: &mut Unstructured<'_>) -> Result<read::Files> {
    Ok(vec![("all.yaml", manifests::manifests(input)?)])
}
