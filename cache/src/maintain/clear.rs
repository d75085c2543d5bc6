//! Removing everything.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::{BUSY, exclusive};
use crate::cache::Cache;
use crate::error::CacheError;
use crate::generation;
use crate::pack;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClearReport {
    pub packs_removed: usize,
    pub segments_removed: usize,
    pub freed_bytes: u64,
    pub gc_generation: u64,
    pub skipped: Option<String>,
}

/// Empties the cache. Running processes keep what they have mapped, and store into new packs from their next commit on.
pub fn clear(cache: &Cache) -> Result<ClearReport, CacheError> {
    let Some(_lock) = exclusive(cache, Duration::from_secs(10))? else {
        return Ok(ClearReport { skipped: Some(BUSY.to_owned()), ..ClearReport::default() });
    };
    let layout = cache.layout();
    let mut report = ClearReport::default();
    // First, so that nobody believes an old manifest while things vanish.
    report.gc_generation =
        generation::advance(layout).map_err(CacheError::io("write", layout.generation()))?;
    report.segments_removed = remove_files(&layout.segments(), &mut report.freed_bytes)?;
    report.packs_removed = pack::list(layout).map_err(CacheError::io("read", layout.packs()))?.len();
    remove_files(&layout.packs(), &mut report.freed_bytes)?;
    let blobs = crate::large::list(layout).map_err(CacheError::io("read", layout.blobs()))?;
    report.freed_bytes += blobs.iter().map(|(id, _)| id.size_bytes).sum::<u64>();
    for entry in fs::read_dir(layout.blobs()).map_err(CacheError::io("read", layout.blobs()))? {
        let path = entry.map_err(CacheError::io("read", layout.blobs()))?.path();
        gone(if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) })
            .map_err(CacheError::io("remove", path))?;
    }
    remove_files(&layout.scratch(), &mut 0)?;
    Ok(report)
}

fn remove_files(directory: &Path, freed_bytes: &mut u64) -> Result<usize, CacheError> {
    let mut removed = 0;
    for entry in fs::read_dir(directory).map_err(CacheError::io("read", directory))? {
        let entry = entry.map_err(CacheError::io("read", directory))?;
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        gone(fs::remove_file(entry.path())).map_err(CacheError::io("remove", entry.path()))?;
        *freed_bytes += size;
        removed += 1;
    }
    Ok(removed)
}

fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
