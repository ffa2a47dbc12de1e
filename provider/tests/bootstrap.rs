//! The committed code equals the code that `proto/service.proto` generates. `UPDATE_EXPECT=1 cargo test` rewrites it.

use std::{fs, path::Path};

#[test]
fn the_committed_code_is_generated_from_the_interface() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = tempfile::tempdir().unwrap();
    let descriptors = protox::compile(["service.proto"], [root.join("proto")]).unwrap();
    tonic_prost_build::configure()
        .out_dir(out.path())
        .skip_debug(["MountRequest", "File"])
        .compile_fds(descriptors)
        .unwrap();
    let generated = fs::read_to_string(out.path().join("v1alpha1.rs")).unwrap();
    let committed = root.join("src/generated/v1alpha1.rs");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&committed, &generated).unwrap();
    }
    assert!(
        fs::read_to_string(committed).unwrap() == generated,
        "run `UPDATE_EXPECT=1 cargo test -p ascp-policy-provider --test bootstrap`"
    );
}
