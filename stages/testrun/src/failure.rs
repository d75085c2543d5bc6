//! What ends a run of dx-testrun itself, as opposed to what a test does.

use std::fmt;
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
    #[error("pytest's process ended {0}: {1}")]
    ParentGone(When, String),
    #[error("the warm pytest did not start, see '{}'", .0.display())]
    NoServer(PathBuf),
    #[error("the worker's messages cannot be read: {0}")]
    Frame(#[from] FrameError),
    #[error("the worker's message is not as expected: {0}")]
    Message(#[from] serde_json::Error),
    #[error("{0}")]
    Os(#[from] io::Error),
}

/// How far a run had come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    Starting,
    Testing,
    Concluding,
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            When::Starting => "before it was ready",
            When::Testing => "while tests ran",
            When::Concluding => "before its summary, when all tests had been run",
        })
    }
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
