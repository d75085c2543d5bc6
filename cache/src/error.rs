//! Why a cache cannot be opened or maintained at all.
//!
//! Small by intention: what is wrong *inside* a cache is a miss with a reason ([`crate::Miss`]), never an error. A
//! driver that gets one of these builds without a cache and says why.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error("cannot open cache '{}': there is no such directory", path.display())]
    Absent { path: PathBuf },
    #[error(
        "cache '{}' belongs to user {owner}, this process runs as user {user}; set DX_CACHE to a directory of your own",
        path.display()
    )]
    ForeignOwner { path: PathBuf, owner: u32, user: u32 },
    #[error(
        "cache '{}' can be written by other users (mode {mode:o}); run 'chmod 700' on it if you trust its content",
        path.display()
    )]
    OpenToOthers { path: PathBuf, mode: u32 },
    #[error("'{}' is neither empty nor a dx cache; choose another directory", path.display())]
    NotACache { path: PathBuf },
    #[error(
        "cache '{}' has format version {found}, this program knows version {known}; it is left untouched",
        path.display()
    )]
    Future { path: PathBuf, found: u32, known: u32 },
    #[error("cannot {doing} '{}': {error}", path.display())]
    Io { doing: &'static str, path: PathBuf, error: io::Error },
    #[error("cache '{}' is read-only", path.display())]
    ReadOnly { path: PathBuf },
    #[error("not a dx cache archive: {0}")]
    Archive(&'static str),
}

impl CacheError {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> CacheError {
        let path = path.into();
        move |error| CacheError::Io { doing, path, error }
    }
}
