//! Reading everything: every frame, every large file, every index entry.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::Duration;

use dx_schemas::digest::ContentId;
use serde::Serialize;

use super::inventory::Inventory;
use super::{BUSY, exclusive};
use crate::cache::Cache;
use crate::error::CacheError;
use crate::frame;
use crate::generation;
use crate::key::EntryKey;
use crate::large;
use crate::pack::{HEADER, Pack, PackId};
use crate::segment::{self, Entry, Place};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    pub entries_checked: usize,
    pub bytes_checked: u64,
    pub files_checked: usize,
    /// One line for each thing that is wrong.
    pub problems: Vec<String>,
    /// Whole frames that no index named, and that repair brought back.
    pub entries_restored: usize,
    /// Entries that repair gave up.
    pub entries_dropped: usize,
    pub repaired: bool,
    pub skipped: Option<String>,
}

impl VerifyReport {
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty() && self.skipped.is_none()
    }
}

/// Checks all content against checksums and digests. With `repair`, the index is written anew from what is whole, and
/// damaged files are removed; what is lost will be a miss.
pub fn verify(cache: &Cache, repair: bool) -> Result<VerifyReport, CacheError> {
    let mut report = VerifyReport::default();
    let _lock = if repair {
        let Some(lock) = exclusive(cache, Duration::from_secs(10))? else {
            report.skipped = Some(BUSY.to_owned());
            return Ok(report);
        };
        Some(lock)
    } else {
        None
    };
    let inventory = Inventory::take(cache)?;
    for path in &inventory.damaged_segments {
        report.problems.push(format!("index '{}' is damaged", path.display()));
    }
    let damaged_entries: usize =
        inventory.segments.iter().map(|segment| segment.entries().filter(Result::is_err).count()).sum();
    if damaged_entries > 0 {
        report.problems.push(format!("{damaged_entries} index entries are damaged"));
    }
    if inventory.lost > 0 {
        report
            .problems
            .push(format!("{} index entries point to packs or files that are gone", inventory.lost));
    }
    let files = check_files(cache, &inventory, &mut report);
    let mut good = check_packs(cache, &inventory, &mut report);
    for entry in &inventory.entries {
        let whole = match entry.place {
            Place::Pack { pack, offset } => good.at(pack, offset) == Some(entry.key),
            Place::File => files.contains(&entry.key.hash),
        };
        report.entries_checked += 1;
        report.entries_dropped += usize::from(!whole);
    }
    if repair && !report.problems.is_empty() {
        rebuild(cache, &inventory, &mut good, &files, &mut report)?;
    } else {
        report.entries_dropped = 0;
    }
    Ok(report)
}

/// The whole frames of all packs.
#[derive(Default)]
struct Good {
    frames: HashMap<(PackId, u64), Entry>,
    whole: HashMap<PackId, u64>,
}

impl Good {
    fn take(&mut self, pack: PackId, offset: u64, frame: &frame::Frame<'_>, report: &mut VerifyReport) {
        let key = frame.key;
        let content = ContentId { sha256: key.hash, size_bytes: frame.payload.len() as u64 };
        report.bytes_checked += content.size_bytes;
        if key.is_content() && !content.matches(frame.payload) {
            report.problems.push(format!("content {content} in pack {pack} does not match its digest"));
            return;
        }
        let place = Place::Pack { pack, offset };
        let len = frame.payload.len() as u32;
        let entry = Entry { key, place, len, used_minutes: 0, origin: frame.origin };
        self.frames.insert((pack, offset), entry);
    }

    fn at(&self, pack: PackId, offset: u64) -> Option<EntryKey> {
        self.frames.get(&(pack, offset)).map(|entry| entry.key)
    }
}

fn check_files(cache: &Cache, inventory: &Inventory, report: &mut VerifyReport) -> HashSet<[u8; 32]> {
    let mut out = HashSet::new();
    for (id, _) in &inventory.files {
        report.files_checked += 1;
        report.bytes_checked += id.size_bytes;
        match large::read(cache.layout(), id, cache.maps_files()) {
            Ok(blob) if id.matches(&blob) => drop(out.insert(id.sha256)),
            Ok(_) => report.problems.push(format!("file {id} does not match its digest")),
            Err(miss) => report.problems.push(format!("file {id} is {miss}")),
        }
    }
    out
}

fn check_packs(cache: &Cache, inventory: &Inventory, report: &mut VerifyReport) -> Good {
    let mut good = Good::default();
    for (id, size) in &inventory.packs {
        let pack = match Pack::open(cache.layout(), *id, cache.maps_files()) {
            Ok(pack) => pack,
            Err(miss) => {
                report.problems.push(format!("pack {id} is {miss}"));
                continue;
            }
        };
        // Behind the committed length a living process may be writing.
        let committed = inventory.committed.get(id).copied().unwrap_or(HEADER);
        let is_written = pack.file().try_lock_shared().is_err();
        let limit = if is_written { committed.min(*size) } else { *size };
        if committed > *size {
            report.problems.push(format!("pack {id} is shorter than its index says"));
        }
        let (mut at, mut whole_until) = (HEADER, HEADER);
        let (mut damaged_bytes, mut damaged_since) = (0, None);
        while at < limit {
            let end = pack.walk(at, |offset, frame| good.take(*id, offset, &frame, report));
            let Ok(end) = end else {
                report.problems.push(format!("pack {id} cannot be read"));
                break;
            };
            if end > at {
                damaged_bytes += damaged_since.take().map_or(0, |since| at - since);
                whole_until = end;
            }
            if end < limit {
                // Frames begin at multiples of 64: behind damage, look for the next.
                damaged_since.get_or_insert(end);
                at = end + frame::UNIT as u64;
            } else {
                at = end;
            }
        }
        // The half frame at which a writer died is no damage: no index ever named it.
        damaged_bytes += committed.min(*size).saturating_sub(damaged_since.unwrap_or(u64::MAX));
        if damaged_bytes > 0 {
            report.problems.push(format!("pack {id} has {damaged_bytes} damaged bytes"));
        }
        good.whole.insert(*id, whole_until.max(committed.min(*size)));
    }
    good
}

/// One new index of all that is whole, under a number that is newer than all; then the old ones go.
fn rebuild(
    cache: &Cache,
    inventory: &Inventory,
    good: &mut Good,
    files: &HashSet<[u8; 32]>,
    report: &mut VerifyReport,
) -> Result<(), CacheError> {
    let layout = cache.layout();
    let now = crate::clock::minutes_now();
    let mut entries: HashMap<EntryKey, Entry> = HashMap::new();
    for entry in &inventory.entries {
        let whole = match entry.place {
            Place::Pack { pack, offset } => good.at(pack, offset) == Some(entry.key),
            Place::File => files.contains(&entry.key.hash),
        };
        if whole {
            entries.insert(entry.key, *entry);
        }
    }
    let mut orphans: Vec<Entry> = good.frames.values().copied().collect();
    // Of several frames of one record the last one is the newest; content is equal anyway.
    orphans.sort_by_key(|entry| match entry.place {
        Place::Pack { pack, offset } => (pack, std::cmp::Reverse(offset)),
        Place::File => (PackId([0; 16]), std::cmp::Reverse(0)),
    });
    for orphan in orphans {
        entries.entry(orphan.key).or_insert_with(|| {
            report.entries_restored += 1;
            Entry { used_minutes: now, ..orphan }
        });
    }
    let mut committed = inventory.committed.clone();
    for (pack, whole) in &good.whole {
        committed.insert(*pack, *whole);
    }
    let sequence = inventory.sequence.saturating_add(1);
    let bytes = segment::encode(sequence, entries.into_values().collect(), &committed);
    segment::publish(layout, sequence, &bytes).map_err(CacheError::io("write", layout.segments()))?;
    generation::advance(layout).map_err(CacheError::io("write", layout.generation()))?;
    let old = inventory
        .segments
        .iter()
        .map(|segment| segment.path())
        .chain(inventory.damaged_segments.iter().map(std::path::PathBuf::as_path));
    for path in old {
        let _ = fs::remove_file(path);
    }
    for (id, _) in &inventory.files {
        if !files.contains(&id.sha256) {
            let _ = fs::remove_file(large::path(layout, &id.sha256));
        }
    }
    report.repaired = true;
    Ok(())
}
