//! Where one prepared suite lies, and the environment its runners get.
//!
//! Runners start with an environment of a few names, as a fresh shell with the virtual environment activated has it:
//! settings of the caller's shell (`PYTEST_ADDOPTS`, `PYTHONDONTWRITEBYTECODE`, `CI`) would change outcomes and times.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Suite;

/// Names that a runner inherits from the caller.
const INHERITED: &[&str] = &["HOME", "USER", "LOGNAME", "TMPDIR", "LD_LIBRARY_PATH"];

/// One suite on disk.
#[derive(Debug)]
pub struct Place {
    pub suite: &'static Suite,
    /// Everything of the suite: `venv`, the unpacked source, `runs` with what the runners wrote.
    pub folder: PathBuf,
    /// Where pytest is called.
    pub project: PathBuf,
    /// Settings of services that were started for it.
    pub services: Vec<(String, String)>,
}

/// The folder of `benches/suites`: the plugin, the constraints, projects of our own.
pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("suites")
}

pub fn venv(folder: &Path) -> PathBuf {
    folder.join("venv")
}

impl Place {
    pub fn bin(&self) -> PathBuf {
        venv(&self.folder).join("bin")
    }

    pub fn python(&self) -> PathBuf {
        self.bin().join("python")
    }

    /// A file for what a run writes.
    pub fn run_file(&self, name: &str) -> PathBuf {
        self.folder.join("runs").join(name)
    }

    /// A command in the project's folder with a clean environment.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.project).env_clear();
        for name in INHERITED {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        let mut path = OsString::from(self.bin());
        path.push(":");
        path.push(env::var_os("PATH").unwrap_or_default());
        command
            .env("PATH", path)
            .env("VIRTUAL_ENV", venv(&self.folder))
            .env("LANG", "C.UTF-8")
            .envs(self.suite.environment.iter().copied())
            .envs(self.services.iter().map(|(name, value)| (name, value)));
        command
    }
}
