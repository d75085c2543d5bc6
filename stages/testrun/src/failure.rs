//! What ends a run of dx-testrun itself, as opposed to what a test does.

use std::io;
use std::path::PathBuf;

use dx_schemas::testrun::FrameError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error("cannot start '{}': {error}", path.display())]
    Start { path: PathBuf, error: io::Error },
    #[error("cannot write '{}': {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("cannot watch '{}': {}", path.display(), why_unwatched(error))]
    Watch { path: PathBuf, error: io::Error },
    #[error("the Python process ended before it was ready (status {0})")]
    ParentGone(String),
    #[error("the warm pytest did not start, see '{}'", .0.display())]
    NoServer(PathBuf),
    #[error("the worker's messages cannot be read: {0}")]
    Frame(#[from] FrameError),
    #[error("the worker's message is not as expected: {0}")]
    Message(#[from] serde_json::Error),
    #[error("{0}")]
    Os(#[from] io::Error),
}

impl Failure {
    /// pytest's number for it: 4 usage error, 3 internal error.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Failure::Usage(_) | Failure::Start { .. } => 4,
            _ => 3,
        }
    }
}

/// The limit of watched folders is the machine's, and low on some.
fn why_unwatched(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::ENOSPC) => {
            "too many folders for this machine: raise fs.inotify.max_user_watches (sysctl)".to_owned()
        }
        Some(libc::EMFILE) => {
            "too many programs watch files: raise fs.inotify.max_user_instances (sysctl)".to_owned()
        }
        _ => error.to_string(),
    }
}
