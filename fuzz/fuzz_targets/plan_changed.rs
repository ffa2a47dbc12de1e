//! A plan of Terraform with its source, printed and mostly changed at one place: what was not changed is read and shows no value.

#![no_main]

use ascp_policy_fuzz::made::{plan, read};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use std::{path::PathBuf, sync::LazyLock};

static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| read::directory("plan"));

fuzz_target!(|bytes: &[u8]| read::made(&DIRECTORY, bytes, files));

fn files(input: &mut Unstructured<'_>) -> Result<read::Files> {
    let (plan, source) = plan::plan(input)?;
    Ok(vec![("plan.json", plan), ("main.tf", source)])
}
