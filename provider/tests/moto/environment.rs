//! A virtual environment with moto below the target directory, made from pinned and hashed packages; also for the tests of the
//! command line.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The Python of the environment; concurrent tests wait until one of them has created it.
pub(crate) fn python() -> PathBuf {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(make).clone()
}

/// Creates the environment if it is missing or incomplete.
fn make() -> PathBuf {
    let requirements = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../provider/tests/moto/requirements.txt"
    );
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto");
    let python = environment.join("bin/python");
    let done = environment.join("requirements.txt");
    let wanted = fs::read_to_string(requirements).unwrap();
    if fs::read_to_string(&done).is_ok_and(|text| text == wanted) {
        return python;
    }
    let _ = fs::remove_dir_all(&environment);
    run(Command::new("python3")
        .args(["-m", "venv"])
        .arg(&environment));
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
        ])
        .arg(requirements));
    fs::write(done, wanted).unwrap();
    python
}

/// Runs a program that must succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; python3 with venv is needed"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
