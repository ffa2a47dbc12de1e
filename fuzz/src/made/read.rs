//! Reads files that were made, and checks what comes of them.

use crate::{spans, worlds};
use loader::{LoadError, Loaded, Options};
use policy_engine::uncertainty::Uncertainties;
use std::{env, fs, path::PathBuf, process};

/// The value of each secret, default and variable in what is made. It has no place in anything that is shown.
pub const CANARY: &str = "canary-7f3a51c9";

/// A directory of this process for one target, with the root of a repository.
pub fn directory(target: &str) -> PathBuf {
    let directory = env::temp_dir().join(format!("ascp-policy-{target}-{}", process::id()));
    fs::create_dir_all(directory.join(".git")).expect("a directory for this process");
    directory
}

/// Reads a directory as `check` does, walks its mounts and runs all rules.
///
/// A text that was not changed is read without a problem, and its values are shown nowhere.
pub fn read(options: &Options, is_changed: bool) {
    match loader::load(options) {
        Ok(loaded) => {
            if !is_changed {
                hides(&loaded);
            }
            worlds::walk(&loaded, Uncertainties::NONE);
        }
        Err(error) => {
            assert!(is_changed, "{:#?}", error.problems);
            problems(&error);
        }
    }
}

fn hides(loaded: &Loaded) {
    for (_, source) in loaded.sources.iter() {
        assert!(!source.text.contains(CANARY), "{}", &*source.text);
    }
    for note in &loaded.notes {
        assert!(!note.message.contains(CANARY), "{}", note.message);
    }
    for file in &loaded.files {
        assert!(!format!("{file:?}").contains(CANARY), "{file:?}");
        let why = file.why.as_deref().unwrap_or_default();
        assert!(
            file.kind.is_some() || !why.contains("not valid"),
            "{file:?}"
        );
    }
}

fn problems(error: &LoadError) {
    assert!(!error.problems.is_empty(), "a failure has a reason");
    for problem in &error.problems {
        assert!(!problem.message.is_empty());
        for (place, _) in &problem.labels {
            spans::somewhere(&error.sources, *place);
        }
    }
}
