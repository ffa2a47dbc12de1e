//! Any bytes as a world file, a manifest or an answer of AWS: every place lies inside its text, and every mount that is
//! found can be walked.
//!
//! The reader opens files, so the bytes are written to a directory of the process. Beside a world lie the files of a
//! fixture, which it may include.

#![no_main]

use ascp_policy::load::{self, Loaded, Options};
use ascp_policy_fuzz::spans;
use libfuzzer_sys::fuzz_target;
use policy_engine::{
    inventory::promise::Ask,
    simulator::{Call, Question, Simulator, Stage, Target, Walk},
    source::SourceMap,
    uncertainty::Uncertainties,
};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process,
    sync::LazyLock,
};

/// Mounts beyond these only repeat what the first ones show.
const MOUNTS: usize = 8;

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
        // Without an extension the content tells JSON from YAML.
        let path = PLACES.single.join("input");
        fs::write(&path, bytes).expect("the file can be written");
        Options {
            paths: vec![path],
            region: Some("us-east-1".to_owned()),
            accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
            ..Options::default()
        }
    };
    match load::load(&options) {
        Ok(loaded) => use_it(&loaded),
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

fn use_it(loaded: &Loaded) {
    for place in loaded.notes.iter().filter_map(|note| note.origin) {
        spans::somewhere(&loaded.sources, place);
    }
    for promise in &loaded.promises.pods {
        spans::somewhere(&loaded.sources, promise.pod.origin);
        spans::somewhere(&loaded.sources, promise.object.origin);
    }
    for readers in &loaded.promises.readers {
        spans::somewhere(&loaded.sources, readers.object.origin);
    }
    let simulator = Simulator::new(&loaded.inventory);
    for mount in simulator.mounts().iter().take(MOUNTS) {
        spans::somewhere(&loaded.sources, mount.name.origin);
        let question = Question {
            pod: &mount.pod,
            target: Target::Mount(mount),
            ask: &Ask::Read,
            via: None,
            given: &[],
            other: Uncertainties::NONE,
        };
        let walk = simulator.walk(&question);
        assert_eq!(
            walk.decision,
            simulator.decide(&question),
            "a decision is stable"
        );
        check(&loaded.sources, &walk);
    }
}

fn check(sources: &SourceMap, walk: &Walk) {
    assert!(
        walk.decided_by.is_none_or(|at| at < walk.stages.len()),
        "the stage that decided exists"
    );
    for Stage {
        by, missed, calls, ..
    } in &walk.stages
    {
        if let Some(by) = by {
            spans::somewhere(sources, by.origin);
        }
        for miss in missed {
            spans::somewhere(sources, miss.origin);
            spans::somewhere(sources, miss.key_origin);
        }
        assert!(
            calls.iter().all(|call| *call < walk.calls.len()),
            "the calls of a stage exist"
        );
    }
    for Call { explanation, .. } in &walk.calls {
        spans::explanation(sources, explanation);
    }
}

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
