//! Why a command cannot do its work at all: wrong usage or the outside world. Status 2.

use std::io;
use std::path::PathBuf;

use dx_cache::CacheError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot read `{}`: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("cannot write `{}`: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("`{}`: {reason}", path.display())]
    Config { path: PathBuf, reason: String },
    #[error("there is no stage `{name}`: looked for `{}`; build it, or name its folder in DX_STAGES", path.display())]
    NoStage { name: &'static str, path: PathBuf },
    #[error("`{}` is no dx stage: {reason}", path.display())]
    NotAStage { path: PathBuf, reason: &'static str },
    #[error("cannot start `{}`: {error}", path.display())]
    Spawn { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error("standard output: {0}")]
    Stdout(io::Error),
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    pub(crate) fn read(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Failure {
        let path = path.into();
        move |error| Failure::Read { path, error }
    }

    pub(crate) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Failure {
        let path = path.into();
        move |error| Failure::Write { path, error }
    }
}
