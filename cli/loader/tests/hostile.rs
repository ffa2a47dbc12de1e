//! No input makes the readers panic: small changes of the fixtures are read, or refused with a problem.

use loader::Options;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Enough random numbers for a test that must do the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

const PIECES: [&str; 30] = [
    "${", "${!", "!Ref ", "!Sub ", "!If [", "Fn::Sub", "", " ", "\n", "\t", "\r\n", "  ", "- ",
    ": ", "{", "}", "[", "]", "\"", "'", "|", ">", "&a ", "*a", "<<: ", "é", "\\u00e9", "%7B",
    "---\n", "\u{0}",
];

fn texts() -> Vec<(String, String)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut files = Vec::new();
    for folder in [
        "worlds/blog-cross-account",
        "worlds/examples",
        "inputs/cloudformation",
        "inputs/terraform/single-account",
    ] {
        let mut open: Vec<PathBuf> = vec![fixtures.join(folder)];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(
                    fs::read_dir(path)
                        .into_iter()
                        .flatten()
                        .flatten()
                        .map(|entry| entry.path()),
                );
            } else if let (Ok(text), Some(name)) = (fs::read_to_string(&path), path.file_name()) {
                files.push((name.to_string_lossy().into_owned(), text));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn changed_fixtures_never_panic() {
    let directory = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(7);
    let rounds = std::env::var("ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(20);
    for (name, text) in texts() {
        for _ in 0..rounds {
            let mut changed = text.clone();
            for _ in 0..=numbers.below(4) {
                let boundary = |mut at: usize, text: &str| {
                    while !text.is_char_boundary(at) {
                        at += 1;
                    }
                    at
                };
                let start = boundary(numbers.below(changed.len()), &changed);
                let end = boundary((start + numbers.below(12)).min(changed.len()), &changed);
                changed.replace_range(start..end, PIECES[numbers.below(PIECES.len())]);
            }
            let file = directory.path().join(&name);
            fs::write(&file, &changed).unwrap();
            let options = Options {
                paths: vec![file],
                accounts: vec![("shop".to_owned(), "111122223333".to_owned())],
                region: Some("us-east-1".to_owned()),
                ..Options::default()
            };
            match loader::load(&options) {
                Ok(loaded) => drop(format!("{loaded:?}")),
                Err(error) => {
                    for problem in &error.problems {
                        for (origin, _) in &problem.labels {
                            let position = error.sources.position(*origin);
                            assert!(position.is_some(), "{problem:?}");
                        }
                    }
                }
            }
        }
    }
}
