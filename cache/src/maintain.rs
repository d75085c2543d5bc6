//! What is done to a cache as a whole: statistics, verification, gc, export, import, clearing.
//!
//! Every function returns a report with numbers; the driver prints it, also as JSON. Only one process at a time removes
//! things (the LOCK file); readers and writers never wait for it, because files are only unlinked and an index is
//! published before the one that it replaces is removed.

mod archive;
mod clear;
mod export;
mod gc;
mod import;
mod inventory;
mod stats;
mod verify;

use std::fs::{File, OpenOptions};
use std::io;
use std::time::{Duration, Instant};

pub use clear::{ClearReport, clear};
pub use export::{ExportReport, export};
pub use gc::{GcOptions, GcReport, gc, gc_after_build};
pub use import::{ImportOptions, ImportReport, import};
pub use stats::{Stats, stats};
pub use verify::{VerifyReport, verify};

use crate::cache::Cache;
use crate::error::CacheError;
use crate::layout::Layout;

pub(crate) fn lock_file(layout: &Layout) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(layout.lock())
}

/// The right to remove things, or nothing if another process has it for longer than `wait`.
fn exclusive(cache: &Cache, wait: Duration) -> Result<Option<File>, CacheError> {
    if cache.options().read_only {
        return Err(CacheError::ReadOnly { path: cache.path().to_path_buf() });
    }
    let layout = cache.layout();
    let file = lock_file(layout).map_err(CacheError::io("lock", layout.lock()))?;
    let end = Instant::now() + wait;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            // A file system without locks: the worst that two at once can do is to make misses.
            Err(std::fs::TryLockError::Error(_)) => return Ok(Some(file)),
            Err(std::fs::TryLockError::WouldBlock) if Instant::now() >= end => return Ok(None),
            Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

const BUSY: &str = "another process is cleaning this cache";
