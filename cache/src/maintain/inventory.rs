//! Everything in a cache at one moment, for those who look at all of it.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::PathBuf;
use std::sync::Arc;

use dx_schemas::digest::ContentId;

use crate::cache::Cache;
use crate::error::CacheError;
use crate::index::{self, Index};
use crate::key::EntryKey;
use crate::large;
use crate::pack::{self, PackId};
use crate::recover;
use crate::segment::{Entry, Segment};

pub(super) struct Inventory {
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) damaged_segments: Vec<PathBuf>,
    pub(super) packs: BTreeMap<PackId, u64>,
    pub(super) files: Vec<(ContentId, Metadata)>,
    /// The newest entry of each key whose pack or file is there.
    pub(super) entries: Vec<Entry>,
    /// Keys whose every entry points to what is not there.
    pub(super) lost: usize,
    /// How much of each pack is known to be whole, recovered tails included.
    pub(super) committed: BTreeMap<PackId, u64>,
    pub(super) sequence: u64,
    pub(super) recovered: usize,
}

impl Inventory {
    pub(super) fn take(cache: &Cache) -> Result<Inventory, CacheError> {
        let layout = cache.layout();
        let index =
            Index::load(layout, cache.maps_files()).map_err(CacheError::io("read", layout.segments()))?;
        let packs: BTreeMap<PackId, u64> =
            pack::list(layout).map_err(CacheError::io("read", layout.packs()))?.into_iter().collect();
        let files = large::list(layout).map_err(CacheError::io("read", layout.blobs()))?;
        let is_there = |entry: &Entry| match entry.pack() {
            Some(pack) => packs.contains_key(&pack),
            None => files.binary_search_by(|(id, _)| id.sha256.cmp(&entry.key.hash)).is_ok(),
        };
        let mut entries = index::newest(index.segments(), is_there);
        let lost = index::newest(index.segments(), |_| true).len() - entries.len();
        let mut committed = index.committed();
        let mut known: std::collections::HashSet<EntryKey> = entries.iter().map(|entry| entry.key).collect();
        let mut recovered = 0;
        for entry in recover::tails(layout, &index, cache.maps_files()) {
            if let crate::segment::Place::Pack { pack, offset } = entry.place {
                let end = offset + entry.stored_bytes();
                let whole = committed.entry(pack).or_insert(0);
                *whole = end.max(*whole);
            }
            if known.insert(entry.key) {
                entries.push(entry);
                recovered += 1;
            }
        }
        Ok(Inventory {
            sequence: index.segments().first().map_or(1, |segment| segment.sequence()),
            segments: index.segments().to_vec(),
            damaged_segments: index.damaged,
            packs,
            files,
            entries,
            lost,
            committed,
            recovered,
        })
    }

    pub(super) fn size_bytes(&self) -> u64 {
        self.packs.values().sum::<u64>() + self.files.iter().map(|(id, _)| id.size_bytes).sum::<u64>()
    }

    /// Bytes of entries by pack.
    pub(super) fn live_by_pack(&self) -> BTreeMap<PackId, u64> {
        let mut out = BTreeMap::new();
        for entry in &self.entries {
            if let Some(pack) = entry.pack() {
                *out.entry(pack).or_insert(0) += entry.stored_bytes();
            }
        }
        out
    }
}
