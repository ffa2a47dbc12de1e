//! Any bytes as a world file, a manifest or an answer of AWS: every place lies inside its text, and every mount that is
//! found can be walked.
//!
//! The reader opens files, so the bytes are written to a directory of the process. Beside a world lie the files of a
//! fixture, which it may include.

#![no_main]

use ascp_policy_fuzz::{spans, worlds};
use libfuzzer_sys::fuzz_target;
use loader::Options;
use policy_engine::uncertainty::Uncertainties;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process,
    sync::LazyLock,
};

/// One directory for worlds and one for single files.
struct Places {
    world: PathBuf,
    single: PathBuf,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds/blog-single-account");
    let directory = env::temp_dir().join(format!("ascp-policy-fuzz-{}", process::id()));
    let places = Places {
        world: directory.join("world"),
        single: directory.join("single"),
    };
    // The reader does not look for a world above the root of a repository.
    for place in [&places.world, &places.single] {
        fs::create_dir_all(place.join(".git")).expect("a directory for this process");
    }
    copy(&fixture, &places.world).expect("the files of the fixture");
    places
});

fuzz_target!(|bytes: &[u8]| {
    let is_world = bytes
        .windows(b"ascp-policy".len())
        .any(|window| window == b"ascp-policy");
    let options = if is_world {
        let path = PLACES.world.join("ascp-policy.yaml");
        fs::write(&path, bytes).expect("the world file can be written");
        Options {
            world: Some(path),
            ..Options::default()
        }
    } else {
        // Without an extension the content decides between JSON and YAML.
        let path = PLACES.single.join("input");
        fs::write(&path, bytes).expect("the file can be written");
        Options {
            paths: vec![path],
            region: Some("us-east-1".to_owned()),
            accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
            ..Options::default()
        }
    };
    match loader::load(&options) {
        Ok(loaded) => worlds::walk(&loaded, Uncertainties::NONE),
        Err(error) => {
            assert!(!error.problems.is_empty(), "a failure has a reason");
            for problem in &error.problems {
                assert!(!problem.message.is_empty());
                for (place, _) in &problem.labels {
                    spans::somewhere(&error.sources, *place);
                }
            }
        }
    }
});

/// Copies a directory with everything in it but its world file.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if entry.file_name() != "ascp-policy.yaml" {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
