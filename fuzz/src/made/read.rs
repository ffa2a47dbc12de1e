//! Reads files that were made, and checks what comes of them.

use crate::{made::change::change, spans, worlds};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use loader::{LoadError, Loaded, Options};
use policy_engine::uncertainty::Uncertainties;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

/// The value of each secret, default and variable in what is made. It has no place in anything that is shown.
pub const CANARY: &str = "canary-7f3a51c9";

/// A directory of this process for one target, with the root of a repository.
pub fn directory(target: &str) -> PathBuf {
    let directory = env::temp_dir().join(format!("ascp-policy-{target}-{}", process::id()));
    fs::create_dir_all(directory.join(".git")).expect("a directory for this process");
    directory
}

/// The files that a target makes: their names and texts.
pub type Files = Vec<(&'static str, String)>;

/// Makes the files of a target, mostly changes one of them at one place, and reads their directory.
pub fn made(directory: &Path, bytes: &[u8], make: fn(&mut Unstructured<'_>) -> Result<Files>) {
    let mut input = Unstructured::new(bytes);
    let Ok(is_changed) = written(directory, &mut input, make) else {
        return;
    };
    let options = Options {
        paths: vec![directory.to_path_buf()],
        region: Some("us-east-1".to_owned()),
        cluster: Some("prod".to_owned()),
        accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
        // An expression may be `null`, and AWS would refuse the policy.
        keeps_faulty_policies: true,
        ..Options::default()
    };
    read(&options, is_changed);
}

/// Writes the files; whether one was changed.
fn written(
    directory: &Path,
    input: &mut Unstructured<'_>,
    make: fn(&mut Unstructured<'_>) -> Result<Files>,
) -> Result<bool> {
    let mut files = make(input)?;
    let is_changed = input.ratio(3, 4)?;
    if is_changed {
        let at = input.choose_index(files.len())?;
        change(&mut files[at].1, input)?;
    }
    for (name, text) in files {
        write(&directory.join(name), &text);
    }
    Ok(is_changed)
}

/// Writes a file, and the folder that it lies in.
pub fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).expect("a folder for the file");
    fs::write(path, text).expect("the file can be written");
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

/// Nothing that is kept of the texts shows a value.
pub fn hides(loaded: &Loaded) {
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

/// A failure has reasons, and each of their places lies inside its text.
pub fn problems(error: &LoadError) {
    assert!(!error.problems.is_empty(), "a failure has a reason");
    for problem in &error.problems {
        assert!(!problem.message.is_empty());
        for (place, _) in &problem.labels {
            spans::somewhere(&error.sources, *place);
        }
    }
}
