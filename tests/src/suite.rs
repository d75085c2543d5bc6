//! What tests of the test runner share: the environment that `make test` makes, and what a run said.

use std::path::{Path, PathBuf};
use std::process::Output;

/// The environment with pytest: that of `make test`, or the one that `DX_TEST_PYTHON` names.
pub fn python() -> PathBuf {
    if let Some(python) = std::env::var_os("DX_TEST_PYTHON") {
        return python.into();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("target/test-venv");
    assert!(path.is_dir(), "'{}' is missing: scripts/test-venv makes it", path.display());
    path
}

/// Both streams of a run.
pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
