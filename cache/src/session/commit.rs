//! Publishing: write what is buffered, then one segment that names it.
//!
//! The order makes a crash harmless: bytes before the index that names them, both before the driver's manifest. Nothing
//! waits for the disk; after a power failure checksums find what is missing.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Known, Session, Writer, lock, read, write};
use crate::clock::{self, RENEW_AFTER_MINUTES};
use crate::frame;
use crate::index::{self, Index};
use crate::layout::Layout;
use crate::maintain::lock_file;
use crate::pack::{self, PackId};
use crate::segment::{self, Entry, Place, Segment};

/// Small segments are merged when there are more than this, or lookups would slow down with every edit.
const SMALL_SEGMENTS_MAX: usize = 8;
const SMALL_SEGMENT_ENTRIES: usize = 16_384;

/// What a commit published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitReport {
    pub entries_new: usize,
    /// Entries whose time of last use was renewed.
    pub entries_renewed: usize,
    pub stored_bytes: u64,
    /// Why nothing was published, if so.
    pub not_stored: Option<String>,
}

impl Session {
    /// Makes everything that was put visible to other processes. May be called again; a session that ends without it
    /// leaves its whole frames for the next session to find.
    pub fn commit(&self) -> CommitReport {
        if self.is_forked() {
            self.flush();
            return CommitReport { not_stored: self.reason_off(), ..CommitReport::default() };
        }
        self.now_minutes.store(clock::minutes_now(), Ordering::Relaxed);
        self.save_removed();
        self.assure();
        // Listed before the flush: another thread's later put may still be in the buffer when the index is written.
        let mut fresh: Vec<Entry> = read(&self.fresh).values().copied().collect();
        self.flush();
        let written = lock(&self.written).clone();
        let index = read(&self.index).clone();
        let mut committed = index.committed();
        fresh.retain(|entry| {
            let Place::Pack { pack, offset } = entry.place else { return true };
            let end = offset + frame::span(entry.len as usize) as u64;
            if written.get(&pack).is_some_and(|written| end > *written) {
                return false;
            }
            let known = committed.entry(pack).or_insert(0);
            *known = end.max(*known);
            true
        });
        committed.extend(written);
        let mut report = CommitReport { entries_new: fresh.len(), ..CommitReport::default() };
        report.stored_bytes = fresh.iter().map(Entry::stored_bytes).sum();
        let mut entries = self.renewed(&mut report);
        entries.extend(&fresh);
        if entries.is_empty() {
            return CommitReport { not_stored: self.reason_off(), ..report };
        }
        if self.cache.options().read_only {
            return CommitReport { not_stored: self.reason_off(), ..CommitReport::default() };
        }
        match publish(self.cache.layout(), &index, entries, &committed, self.cache.maps_files()) {
            Ok(segment) => {
                let mut next = (*index).clone();
                next.push(Arc::new(segment));
                if let Some(merged) = merge_small(self.cache.layout(), &next, self.cache.maps_files()) {
                    next = merged;
                }
                *write(&self.index) = Arc::new(next);
                let mut remaining = write(&self.fresh);
                for entry in &fresh {
                    if remaining.get(&entry.key) == Some(entry) {
                        remaining.remove(&entry.key);
                    }
                }
                drop(remaining);
                if let Writer::Open { finished, .. } = &mut *lock(&self.writer) {
                    finished.clear();
                }
                CommitReport { not_stored: self.reason_off(), ..report }
            }
            Err(error) => {
                self.turn_off(format!("cannot write to the cache: {error}"));
                CommitReport { not_stored: self.reason_off(), ..CommitReport::default() }
            }
        }
    }

    fn reason_off(&self) -> Option<String> {
        match &*lock(&self.writer) {
            Writer::Off(reason) => Some(reason.clone()),
            _ => None,
        }
    }

    /// Used entries whose recorded time is old, with a new one.
    fn renewed(&self, report: &mut CommitReport) -> Vec<Entry> {
        let packs = self.used_packs();
        let is_there: HashSet<PackId> = packs.into_iter().filter(|pack| self.cache.has_pack(*pack)).collect();
        let fresh = read(&self.fresh);
        let memory = read(&self.memory);
        let mut out = Vec::new();
        for Known { entry, .. } in write(&self.known).values_mut() {
            // What gc has moved stands in its own index.
            let moved = entry.pack().is_some_and(|pack| !is_there.contains(&pack));
            let is_old = !moved && entry.used_minutes.saturating_add(RENEW_AFTER_MINUTES) <= self.now();
            if is_old && !memory.contains_key(&entry.key) && !fresh.contains_key(&entry.key) {
                entry.used_minutes = self.now();
                out.push(*entry);
            }
        }
        report.entries_renewed = out.len();
        out
    }
}

fn publish(
    layout: &Layout,
    index: &Index,
    entries: Vec<Entry>,
    committed: &BTreeMap<PackId, u64>,
    map: bool,
) -> io::Result<Segment> {
    // Newer than what this session knows and newer than what others published meanwhile.
    let there = segment::list(layout)?
        .first()
        .and_then(|path| u64::from_str_radix(path.file_name()?.to_str()?.split('-').next()?, 16).ok());
    let sequence = index.next_sequence().max(there.unwrap_or(0).saturating_add(1));
    let bytes = segment::encode(sequence, entries, committed);
    let path = segment::publish(layout, sequence, &bytes)?;
    Segment::open(&path, map).map_err(|miss| io::Error::other(miss.to_string()))
}

/// Replaces the run of small segments at the new end by one of them all. Skipped when somebody else is at it.
fn merge_small(layout: &Layout, index: &Index, map: bool) -> Option<Index> {
    small_run(index)?;
    let guard = lock_file(layout).ok()?;
    guard.try_lock().ok()?;
    // As of now, under the lock: another merge may have replaced some of what this session knows.
    let current = Index::load(layout, map).ok()?;
    let small = small_run(&current)?;
    let (run, rest) = current.segments().split_at(small);
    let sequence = run.first()?.sequence();
    // A copy in a pack that was removed must not displace an older one that can be read.
    let packs: HashSet<PackId> = pack::list(layout).ok()?.into_iter().map(|(id, _)| id).collect();
    let entries = index::newest(run, |entry| entry.pack().is_none_or(|pack| packs.contains(&pack)));
    let bytes = segment::encode(sequence, entries, &current.committed());
    let path = segment::publish(layout, sequence, &bytes).ok()?;
    let merged = Arc::new(Segment::open(&path, map).ok()?);
    for segment in run {
        let _ = std::fs::remove_file(segment.path());
    }
    let mut next = Index::default();
    for segment in rest.iter().rev() {
        next.push(segment.clone());
    }
    next.push(merged);
    Some(next)
}

/// How many of the newest segments to merge, if it is time: more than a handful, and then every older one that is not
/// much larger than those together, so that each entry is copied a few times and not once per build.
fn small_run(index: &Index) -> Option<usize> {
    let segments = index.segments();
    let newest = segments.get(..=SMALL_SEGMENTS_MAX)?;
    let mut total: usize = newest.iter().map(|segment| segment.len()).sum();
    if newest.iter().any(|segment| segment.len() >= SMALL_SEGMENT_ENTRIES) {
        let before = newest.iter().position(|segment| segment.len() >= SMALL_SEGMENT_ENTRIES)?;
        return (before > SMALL_SEGMENTS_MAX / 2).then_some(before);
    }
    let mut run = newest.len();
    for segment in &segments[run..] {
        if segment.len() > 2 * total || segment.len() >= SMALL_SEGMENT_ENTRIES {
            break;
        }
        total += segment.len();
        run += 1;
    }
    Some(run)
}
