//! A plan of Terraform with its source, printed and mostly changed at one place: what was not changed is read and shows no value.

#![no_main]

use ascp_policy_fuzz::made::{change::change, plan, read};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use loader::Options;
use std::{fs, path::PathBuf, sync::LazyLock};

static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| read::directory("plan"));

fuzz_target!(|bytes: &[u8]| {
    let Ok(is_changed) = written(&mut Unstructured::new(bytes)) else {
        return;
    };
    let options = Options {
        paths: vec![DIRECTORY.clone()],
        region: Some("us-east-1".to_owned()),
        cluster: Some("prod".to_owned()),
        accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
        ..Options::default()
    };
    read::read(&options, is_changed);
});

/// Writes the files; whether one was changed.
fn written(input: &mut Unstructured<'_>) -> Result<bool> {
    let (mut plan, mut source) = plan::plan(input)?;
    let is_changed = input.ratio(3, 4)?;
    if is_changed {
        let changed = if input.arbitrary()? {
            &mut plan
        } else {
            &mut source
        };
        change(changed, input)?;
    }
    fs::write(DIRECTORY.join("plan.json"), plan).expect("the file can be written");
    fs::write(DIRECTORY.join("main.tf"), source).expect("the file can be written");
    Ok(is_changed)
}
