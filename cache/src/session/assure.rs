//! After somebody else's gc or clear: what this session used or put must be in the cache when it commits.
//!
//! A put is not written when an index that the session has read already names the content. If that entry was removed
//! since, by a process that did not know of the put, the session still has the bytes (a pack that it has open stays
//! readable) and stores them again.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use dx_schemas::digest::ContentId;

use super::{Known, Session, read, write};
use crate::blob::Blob;
use crate::index::Index;
use crate::large;
use crate::pack::{self, PackId};
use crate::segment::{Entry, Place};

impl Session {
    /// Costs one small read unless something was removed since the last call.
    pub(super) fn assure(&self) {
        let generation = self.cache.gc_generation();
        if self.assured_generation.swap(generation, Ordering::Relaxed) == generation || !self.is_storing() {
            return;
        }
        self.save_removed();
        let layout = self.cache.layout();
        let Ok(index) = Index::load(layout, self.cache.maps_files()) else { return };
        let packs: HashSet<PackId> =
            pack::list(layout).unwrap_or_default().into_iter().map(|(id, _)| id).collect();
        let is_there = |entry: &Entry| match entry.place {
            Place::Pack { pack, .. } => packs.contains(&pack),
            Place::File => large::path(layout, &entry.key.hash).exists(),
        };
        let used: Vec<Known> = read(&self.known).values().cloned().collect();
        let mut saved: Vec<(Entry, Blob)> = Vec::new();
        for Known { entry, bytes } in used {
            let key = &entry.key;
            let is_safe = read(&self.fresh).get(key).is_some_and(is_there)
                || read(&self.memory).contains_key(key)
                || index.candidates(key).any(|found| found.is_ok_and(|found| is_there(&found)));
            if !is_safe
                && let Some(bytes) = bytes.or_else(|| self.load(&entry, content_id(&entry).as_ref()).ok())
            {
                saved.push((entry, bytes));
            }
        }
        *write(&self.index) = Arc::new(index);
        for (entry, bytes) in saved {
            write(&self.known).remove(&entry.key);
            write(&self.fresh).remove(&entry.key);
            self.store(entry.key, entry.origin, &bytes, content_id(&entry).as_ref());
        }
    }
}

fn content_id(entry: &Entry) -> Option<ContentId> {
    entry.key.is_content().then(|| ContentId { sha256: entry.key.hash, size_bytes: u64::from(entry.len) })
}
