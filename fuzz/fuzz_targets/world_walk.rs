//! A whole world made of words that collide: it is read without a problem, and every pod can be walked to every object.
//!
//! The bytes choose; nearly every input is a world in which several stages can refuse.

#![no_main]

use ascp_policy_fuzz::{made::world, worlds};
use libfuzzer_sys::{arbitrary::Unstructured, fuzz_target};
use loader::Options;
use std::{env, fs, path::PathBuf, process, sync::LazyLock};

static WORLD: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = env::temp_dir().join(format!("ascp-policy-walk-{}", process::id()));
    // The reader does not look for a world above the root of a repository.
    fs::create_dir_all(directory.join(".git")).expect("a directory for this process");
    directory.join("ascp-policy.yaml")
});

fuzz_target!(|bytes: &[u8]| {
    let mut input = Unstructured::new(bytes);
    let Ok((world, other)) = world::world(&mut input) else {
        return;
    };
    // The first key of a world is its version.
    let text = world.to_string().replacen('{', "{\"ascp-policy\": 1, ", 1);
    fs::write(&*WORLD, &text).expect("the world file can be written");
    let options = Options {
        world: Some(WORLD.clone()),
        ..Options::default()
    };
    match loader::load(&options) {
        Ok(loaded) => worlds::walk(&loaded, other),
        Err(error) => panic!("{:#?} in {text}", error.problems),
    }
});
