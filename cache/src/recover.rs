//! Entries that a process wrote and did not live to publish.
//!
//! A pack longer than the indexes say, whose writer no longer holds its lock, is walked from there on: each whole frame
//! says itself what it is. So `kill -9` in the middle of a long build costs the last buffer, not the build.

use crate::clock;
use crate::index::Index;
use crate::layout::Layout;
use crate::pack::{self, Pack};
use crate::segment::{Entry, Place};

pub(crate) fn tails(layout: &Layout, index: &Index, map: bool) -> Vec<Entry> {
    let committed = index.committed();
    let mut out = Vec::new();
    for (id, size) in pack::list(layout).unwrap_or_default() {
        let from = committed.get(&id).copied().unwrap_or(0).max(pack::HEADER);
        if size <= from {
            continue;
        }
        let Ok(pack) = Pack::open(layout, id, map) else { continue };
        // Whoever holds the lock is still writing and will publish for itself.
        if pack.file().try_lock_shared().is_err() {
            continue;
        }
        let now = clock::minutes_now();
        let _ = pack.walk(from, |offset, frame| {
            out.push(Entry {
                key: frame.key,
                place: Place::Pack { pack: id, offset },
                len: frame.payload.len() as u32,
                used_minutes: now,
                origin: frame.origin,
            });
        });
    }
    out
}
