//! Any bytes as Terraform source beside a plan, or as a plan beside source: places lie inside their texts, nothing of the
//! plan's text is kept, and every mount that is found can be walked.

#![no_main]

use ascp_policy_fuzz::{spans, worlds};
use libfuzzer_sys::fuzz_target;
use loader::Options;
use policy_engine::uncertainty::Uncertainties;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::LazyLock,
};

/// A directory whose source is fuzzed, and one whose plan is.
struct Places {
    source: PathBuf,
    plan: PathBuf,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/inputs/terraform/single-account");
    let directory = env::temp_dir().join(format!("ascp-policy-terraform-{}", process::id()));
    let places = Places {
        source: directory.join("source"),
        plan: directory.join("plan"),
    };
    for place in [&places.source, &places.plan] {
        // The reader does not look for source above the root of a repository.
        fs::create_dir_all(place.join(".git")).expect("a directory for this process");
        for file in ["main.tf", "pods.tf", "plan.json"] {
            fs::copy(fixture.join(file), place.join(file)).expect("the files of the fixture");
        }
    }
    places
});

fuzz_target!(|bytes: &[u8]| {
    let is_plan = bytes.first() == Some(&b'{');
    let (place, file) = if is_plan {
        (&PLACES.plan, "plan.json")
    } else {
        (&PLACES.source, "pods.tf")
    };
    fs::write(place.join(file), bytes).expect("the file can be written");
    let options = Options {
        paths: vec![place.join("plan.json")],
        region: Some("us-east-1".to_owned()),
        accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
        ..Options::default()
    };
    match loader::load(&options) {
        Ok(loaded) => {
            for (id, source) in loaded.sources.iter() {
                // Source that is newer than its plan is hidden as well, but holds no values.
                let is_masked = |character: char| character.is_whitespace() || character == '*';
                let is_blank = source.text.chars().all(is_masked) || source.name.ends_with(".tf");
                assert!(loaded.sources.is_shown(id) || is_blank);
            }
            worlds::walk(&loaded, Uncertainties::NONE);
        }
        Err(error) => {
            assert!(!error.problems.is_empty(), "a failure has a reason");
            for problem in &error.problems {
                for (place, _) in &problem.labels {
                    spans::somewhere(&error.sources, *place);
                }
            }
        }
    }
});
