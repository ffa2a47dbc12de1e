//! The snapshots under `fixtures/snapshots`, which the provider's tests read, are those of the worlds of the same names.
//!
//! `UPDATE_EXPECT=1 cargo test -p ascp-policy --test provider_fixtures` writes them anew.

use expect_test::expect_file;
use loader::{Loaded, Options};
use policy_engine::snapshot::Snapshot;
use std::path::PathBuf;

#[test]
fn the_snapshots_for_the_provider_are_those_of_their_worlds() {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    for world in ["blog-single-account", "broken-wrong-tag-value"] {
        // Sources are named from where the program runs.
        std::env::set_current_dir(fixtures.join("worlds").join(world)).unwrap();
        let Loaded {
            inventory,
            promises,
            sources,
            ..
        } = loader::load(&Options {
            paths: vec![PathBuf::from(".")],
            ..Options::default()
        })
        .unwrap();
        let commit = Some("4f1c2aa".to_owned());
        let built = "2026-11-20T10:00:00Z";
        let snapshot = Snapshot::new(built, commit, inventory, promises, &sources);
        let file = fixtures.join(format!("snapshots/{world}.json"));
        expect_file![file].assert_eq(&(snapshot.to_json().unwrap() + "\n"));
    }
}
