//! Where artifacts go, and how input and output fail.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Wrong usage or failed input or output: status 2.
#[derive(Debug)]
pub(crate) enum Failure {
    Read(PathBuf, io::Error),
    Write(PathBuf, io::Error),
    Stdout(io::Error),
    Stdin(io::Error),
    Terminal,
    Threads(io::Error),
    Other(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Read(path, error) => write!(f, "cannot read `{}`: {error}", path.display()),
            Failure::Write(path, error) => write!(f, "cannot write `{}`: {error}", path.display()),
            Failure::Stdout(error) => write!(f, "cannot write to standard output: {error}"),
            Failure::Stdin(error) => write!(f, "cannot read standard input: {error}"),
            Failure::Terminal => write!(
                f,
                "standard output is a terminal, and an artifact is binary; use -o FILE, a pipe, or --emit=text"
            ),
            Failure::Threads(error) => write!(f, "cannot start a thread: {error}"),
            Failure::Other(message) => f.write_str(message),
        }
    }
}

impl Failure {
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Failure::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

pub(crate) fn to_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(Failure::Stdout)
}

/// Text goes anywhere; binary never to a terminal.
pub(crate) fn check_binary_stdout() -> Result<(), Failure> {
    if io::stdout().is_terminal() { Err(Failure::Terminal) } else { Ok(()) }
}

/// Writes a temporary file beside the target and renames it, so that nobody ever sees half of it. What is no plain
/// file (a device, a pipe, `/dev/stdout`) is written to directly.
pub(crate) fn to_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error| Failure::Write(path.to_path_buf(), error);
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(failed);
    }
    // A link is followed, so that the file it names is replaced and the link stays.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let mut name = target.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = target.with_file_name(name);
    let written = File::create(&temporary)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&temporary, &target));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}
