//! Entries that a process wrote and did not live to publish.
//!
//! A pack longer than the indexes say, whose writer no longer holds its lock, is walked from there on: each whole frame
//! says itself what it is. So `kill -9` in the middle of a long build costs the last buffer, not the build.

use crate::clock;
use crate::index::Index;
use crate::layout::Layout;
use crate::pack::{self, Pack};
use crate::segment::{Entry, Place};

/// When an index was lost, packs are walked from their start up to this size in all; beyond it, `verify` has to be asked.
const WALKED_BYTES_MAX: u64 = 256 << 20;

/// Entries that no index of `index` has.
pub(crate) fn tails(layout: &Layout, index: &Index, map: bool) -> Vec<Entry> {
    let committed = index.committed();
    let packs = pack::list(layout).unwrap_or_default();
    let total: u64 = packs.iter().map(|(_, size)| size).sum();
    let from_start = !index.damaged.is_empty() && total <= WALKED_BYTES_MAX;
    let mut out = Vec::new();
    for (id, size) in packs {
        let known = if from_start { 0 } else { committed.get(&id).copied().unwrap_or(0) };
        let from = known.max(pack::HEADER);
        if size <= from {
            continue;
        }
        let Ok(pack) = Pack::open(layout, id, map) else { continue };
        // Whoever holds the lock is still writing and will publish for itself.
        let is_written = pack.file().try_lock_shared().is_err();
        if is_written && !from_start {
            continue;
        }
        let limit = if is_written { committed.get(&id).copied().unwrap_or(0) } else { u64::MAX };
        let now = clock::minutes_now();
        let _ = pack.walk(from, |offset, frame| {
            let len = frame.payload.len() as u32;
            let place = Place::Pack { pack: id, offset };
            let entry = Entry { key: frame.key, place, len, used_minutes: now, origin: frame.origin };
            let is_known = index.candidates(&frame.key).any(|found| found.is_ok());
            if !is_known && offset + entry.stored_bytes() <= limit {
                out.push(entry);
            }
        });
    }
    // Of several frames of one record, the last in a pack is the newest.
    out.reverse();
    out
}
