//! Deciding what goes, without touching anything.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::MetadataExt as _;
use std::time::SystemTime;

use dx_schemas::digest::ContentId;

use super::{GcOptions, GcReport, Inventory, ORPHAN_AGE_MIN};
use crate::cache::Cache;
use crate::clock;
use crate::lease::Pins;
use crate::pack::PackId;
use crate::segment::Entry;

/// Above the limit, entries go until this share of it is left, so that the next build does not start over.
const TARGET_PERCENT: u64 = 80;

/// More small packs than this are copied into one.
const SMALL_PACKS_MAX: usize = 8;
const SMALL_PACK_BYTES: u64 = 1 << 20;

pub(super) struct Plan {
    /// Its entries are those that are kept.
    pub(super) inventory: Inventory,
    /// Packs without anything that is kept, each with the lock that keeps writers from continuing it.
    pub(super) packs_to_remove: Vec<(PackId, File)>,
    /// Packs whose kept entries should move.
    pub(super) packs_to_compact: Vec<(PackId, File)>,
    /// Each with its inode: what is stored again meanwhile is another file.
    pub(super) files_to_remove: Vec<(ContentId, u64)>,
}

impl Plan {
    pub(super) fn make(
        cache: &Cache,
        mut inventory: Inventory,
        pins: &Pins,
        options: &GcOptions,
        report: &mut GcReport,
    ) -> Plan {
        report.size_bytes_before = inventory.size_bytes();
        report.size_bytes_after = report.size_bytes_before;
        evict(&mut inventory.entries, report, options);
        report.entries_kept = inventory.entries.len();

        let files_to_remove = dead_files(&inventory);
        let over = |freed: u64| report.size_bytes_before.saturating_sub(freed) > options.size_bytes_max;
        let mut freed: u64 = files_to_remove.iter().map(|(id, _)| id.size_bytes).sum();
        let live = inventory.live_by_pack();
        let mut candidates: Vec<(PackId, u64, u64)> = inventory
            .packs
            .iter()
            .map(|(pack, size)| (*pack, *size, live.get(pack).copied().unwrap_or(0)))
            .collect();
        // Emptiest first: they give the most for the least copying.
        candidates.sort_by_key(|(pack, size, live)| (live.saturating_mul(1000) / (*size).max(1), *pack));
        let small = candidates.iter().filter(|(_, size, _)| *size < SMALL_PACK_BYTES).count();
        let (mut packs_to_remove, mut packs_to_compact) = (Vec::new(), Vec::new());
        for (pack, size, live) in candidates {
            let is_small = small > SMALL_PACKS_MAX && size < SMALL_PACK_BYTES;
            let is_sparse = live < size / 2 || (over(freed) && live < size / 10 * 9);
            if live != 0 && !is_small && !is_sparse {
                continue;
            }
            // A pinned pack is kept by a reader, a locked one by its writer.
            let lock = if pins.holds(pack) { None } else { lock_of(cache, pack) };
            let Some(lock) = lock else {
                report.packs_pinned += 1;
                continue;
            };
            freed += size - live.min(size);
            if live == 0 { &mut packs_to_remove } else { &mut packs_to_compact }.push((pack, lock));
        }
        Plan { inventory, packs_to_remove, packs_to_compact, files_to_remove }
    }
}

fn lock_of(cache: &Cache, pack: PackId) -> Option<File> {
    let file = OpenOptions::new().read(true).open(cache.layout().pack(pack)).ok()?;
    file.try_lock().ok()?;
    Some(file)
}

/// Removes entries that are too old, then the least recently used ones while there are too many bytes.
fn evict(entries: &mut Vec<Entry>, report: &mut GcReport, options: &GcOptions) {
    let minutes = u32::try_from(options.age_max.as_secs() / 60).unwrap_or(u32::MAX);
    let oldest = clock::minutes_now().saturating_sub(minutes);
    let before = entries.len();
    entries.retain(|entry| entry.used_minutes >= oldest);
    report.entries_removed_by_age = before - entries.len();

    let mut bytes: u64 = entries.iter().map(Entry::stored_bytes).sum();
    if report.size_bytes_before <= options.size_bytes_max {
        return;
    }
    let target = options.size_bytes_max / 100 * TARGET_PERCENT;
    entries.sort_by_key(|entry| (entry.used_minutes, entry.key));
    let mut gone = 0;
    while bytes > target && gone < entries.len() {
        bytes -= entries[gone].stored_bytes();
        gone += 1;
    }
    entries.drain(..gone);
    report.entries_removed_by_size = gone;
}

/// Large files that no kept entry names. One without any entry may be a running build's, so it has to be old.
fn dead_files(inventory: &Inventory) -> Vec<(ContentId, u64)> {
    let live: HashSet<[u8; 32]> = inventory
        .entries
        .iter()
        .filter(|entry| entry.pack().is_none() && entry.key.is_content())
        .map(|entry| entry.key.hash)
        .collect();
    let is_young = |metadata: &std::fs::Metadata| {
        metadata
            .modified()
            .is_ok_and(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age < ORPHAN_AGE_MIN))
    };
    let is_indexed = |id: &ContentId| {
        let key = crate::key::EntryKey::content(id);
        inventory.segments.iter().any(|segment| matches!(segment.find(&key), Ok(Some(_))))
    };
    inventory
        .files
        .iter()
        .filter(|(id, metadata)| !live.contains(&id.sha256) && (is_indexed(id) || !is_young(metadata)))
        .map(|(id, metadata)| (*id, metadata.ino()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::key::{EntryKey, Origin};
    use crate::segment::Place;

    fn entry(n: u8, age_minutes: u32) -> Entry {
        Entry {
            key: EntryKey { hash: [n; 32], slot: 0 },
            place: Place::File,
            len: 1000,
            used_minutes: clock::minutes_now() - age_minutes,
            origin: Origin::Local,
        }
    }

    fn left(size_bytes_max: u64, age_max_minutes: u64) -> Vec<u8> {
        let mut entries = vec![entry(1, 50), entry(2, 10), entry(3, 500), entry(4, 0), entry(5, 20)];
        let mut report = GcReport { size_bytes_before: 5000, ..GcReport::default() };
        let options = GcOptions {
            size_bytes_max,
            age_max: Duration::from_secs(age_max_minutes * 60),
            time_max: Duration::ZERO,
            dry_run: false,
        };
        evict(&mut entries, &mut report, &options);
        assert_eq!(report.entries_removed_by_age + report.entries_removed_by_size + entries.len(), 5);
        let mut left: Vec<u8> = entries.iter().map(|entry| entry.key.hash[0]).collect();
        left.sort_unstable();
        left
    }

    #[test]
    fn the_old_go_first_and_then_the_least_recently_used() {
        assert_eq!(left(10_000, 10_000), [1, 2, 3, 4, 5]);
        assert_eq!(left(10_000, 100), [1, 2, 4, 5], "too old");
        assert_eq!(left(4_000, 10_000), [2, 4, 5], "to four fifths of the limit");
        assert_eq!(left(0, 10_000), [] as [u8; 0]);
    }
}
