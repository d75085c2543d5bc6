//! Keeping the cache small: entries by age and size, then the packs and files that hold them.
//!
//! Order of effects, each harmless if the process dies after it: copies of what is kept in new packs; one merged index;
//! the generation (so that no manifest vouches for what goes); removal of old indexes, packs and files. Packs that a
//! living lease pins or that a writer holds stay, whatever they contain.

mod compact;
mod plan;

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use serde::Serialize;

use self::plan::Plan;
use super::inventory::Inventory;
use super::{BUSY, exclusive};
use crate::cache::Cache;
use crate::error::CacheError;
use crate::generation;
use crate::large;
use crate::layout::Layout;
use crate::lease;
use crate::segment;

/// A file that nothing names and that is younger than this may belong to a build that is still running.
const ORPHAN_AGE_MIN: Duration = Duration::from_secs(3600);

/// After a build, gc looks at the whole cache at most this often unless it is too large.
const AFTER_BUILD_INTERVAL: Duration = Duration::from_secs(3600);

#[derive(Clone, Debug)]
pub struct GcOptions {
    pub size_bytes_max: u64,
    pub age_max: Duration,
    /// Compaction stops between two packs when this has passed; removal is never cut short.
    pub time_max: Duration,
    pub dry_run: bool,
}

impl GcOptions {
    /// The limits that the cache was opened with, and a fifth of a second.
    pub fn of(cache: &Cache) -> GcOptions {
        GcOptions {
            size_bytes_max: cache.options().size_bytes_max,
            age_max: cache.options().age_max,
            time_max: Duration::from_millis(200),
            dry_run: false,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GcReport {
    pub generation_before: u64,
    pub generation_after: u64,
    pub size_bytes_before: u64,
    pub size_bytes_after: u64,
    pub entries_kept: usize,
    pub entries_removed_by_age: usize,
    pub entries_removed_by_size: usize,
    /// Entries whose bytes were found damaged while they were copied.
    pub entries_damaged: usize,
    pub packs_removed: usize,
    pub packs_compacted: usize,
    /// Packs that would go if no process used them.
    pub packs_pinned: usize,
    pub files_removed: usize,
    pub segments_merged: usize,
    pub leases: usize,
    pub dry_run: bool,
    /// Time ran out; the next gc goes on.
    pub unfinished: bool,
    pub skipped: Option<String>,
}

/// The gc that a driver runs after each build: cheap when there is no reason for more.
pub fn gc_after_build(cache: &Cache) -> Result<GcReport, CacheError> {
    let layout = cache.layout();
    let recent = fs::metadata(layout.lock())
        .and_then(|metadata| metadata.modified())
        .is_ok_and(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age < AFTER_BUILD_INTERVAL));
    let packs: u64 = crate::pack::list(layout).unwrap_or_default().iter().map(|(_, size)| size).sum();
    if recent && packs < cache.options().size_bytes_max {
        let generation = cache.gc_generation();
        return Ok(GcReport {
            generation_before: generation,
            generation_after: generation,
            skipped: Some("the last one was less than an hour ago".to_owned()),
            ..GcReport::default()
        });
    }
    gc(cache, &GcOptions::of(cache))
}

pub fn gc(cache: &Cache, options: &GcOptions) -> Result<GcReport, CacheError> {
    let start = Instant::now();
    let generation = cache.gc_generation();
    let mut report = GcReport {
        generation_before: generation,
        generation_after: generation,
        dry_run: options.dry_run,
        ..GcReport::default()
    };
    let Some(lock) = exclusive(cache, Duration::ZERO)? else {
        report.skipped = Some(BUSY.to_owned());
        return Ok(report);
    };
    let layout = cache.layout();
    let pins = lease::pins(layout, !options.dry_run).map_err(CacheError::io("read", layout.leases()))?;
    let inventory = Inventory::take(cache)?;
    let mut plan = Plan::make(cache, inventory, &pins, options, &mut report);
    report.leases = pins.leases;
    if options.dry_run {
        return Ok(report);
    }
    remove_stale(&layout.scratch());
    remove_stale(&layout.blobs().join("tmp"));
    compact::compact(cache, &mut plan, start + options.time_max, &mut report)?;

    let removes = !plan.packs_to_remove.is_empty()
        || !plan.files_to_remove.is_empty()
        || report.entries_removed_by_age + report.entries_removed_by_size + report.entries_damaged > 0;
    if removes || plan.inventory.segments.len() > 1 || !plan.inventory.damaged_segments.is_empty() {
        replace_segments(layout, &plan, &mut report)?;
    }
    if removes {
        report.generation_after =
            generation::advance(layout).map_err(CacheError::io("write", layout.generation()))?;
    }
    for (pack, lock) in &plan.packs_to_remove {
        if fs::remove_file(layout.pack(*pack)).is_ok() {
            report.packs_removed += 1;
            let size = plan.inventory.packs.get(pack).copied().unwrap_or(0);
            report.size_bytes_after = report.size_bytes_after.saturating_sub(size);
        }
        // Held until the name is gone: a writer that continues a pack checks for that under the lock.
        let _ = lock.unlock();
    }
    report.packs_removed -= report.packs_compacted.min(report.packs_removed);
    for (id, inode) in &plan.files_to_remove {
        let path = large::path(layout, &id.sha256);
        let is_same = fs::metadata(&path).is_ok_and(|metadata| metadata.ino() == *inode);
        if is_same && fs::remove_file(path).is_ok() {
            report.files_removed += 1;
            report.size_bytes_after = report.size_bytes_after.saturating_sub(id.size_bytes);
        }
    }
    let _ = lock.set_modified(SystemTime::now());
    Ok(report)
}

/// One index of everything that is kept, then the old ones go. It takes the number of the newest that it replaces, so
/// whatever was published meanwhile stays newer.
fn replace_segments(layout: &Layout, plan: &Plan, report: &mut GcReport) -> Result<(), CacheError> {
    let inventory = &plan.inventory;
    if !inventory.entries.is_empty() {
        let bytes = segment::encode(inventory.sequence, inventory.entries.clone(), &inventory.committed);
        segment::publish(layout, inventory.sequence, &bytes)
            .map_err(CacheError::io("write", layout.segments()))?;
    }
    for segment in &inventory.segments {
        report.segments_merged += usize::from(fs::remove_file(segment.path()).is_ok());
    }
    for path in &inventory.damaged_segments {
        let _ = fs::remove_file(path);
    }
    Ok(())
}

/// Half-written files of processes that died.
fn remove_stale(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let age = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .map(|time| SystemTime::now().duration_since(time).unwrap_or(Duration::ZERO));
        if age.is_ok_and(|age| age > ORPHAN_AGE_MIN) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
