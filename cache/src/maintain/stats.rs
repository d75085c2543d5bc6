//! What is in the cache, in numbers.

use serde::Serialize;

use super::inventory::Inventory;
use crate::cache::Cache;
use crate::clock;
use crate::error::CacheError;
use crate::key::{Lane, Origin, RecordKind};
use crate::lease;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    pub path: String,
    pub id: String,
    pub gc_generation: u64,
    /// Bytes of packs and large files.
    pub size_bytes: u64,
    pub size_bytes_max: u64,
    /// Bytes of `size_bytes` that an entry names.
    pub live_bytes: u64,
    pub packs: usize,
    pub segments: usize,
    pub segments_damaged: usize,
    /// Processes that use the cache now.
    pub leases: usize,
    pub contents: usize,
    pub contents_large: usize,
    pub results: usize,
    pub aliases: usize,
    pub traces: usize,
    pub records_shadow: usize,
    pub imported: usize,
    pub remote: usize,
    /// Entries whose pack or file is gone.
    pub entries_lost: usize,
    /// Entries that a dead process wrote and did not publish.
    pub entries_recovered: usize,
    pub oldest_use_minutes_ago: Option<u32>,
    pub newest_use_minutes_ago: Option<u32>,
}

pub fn stats(cache: &Cache) -> Result<Stats, CacheError> {
    let inventory = Inventory::take(cache)?;
    let now = clock::minutes_now();
    let mut out = Stats {
        path: cache.path().display().to_string(),
        id: cache.id().to_string(),
        gc_generation: cache.gc_generation(),
        size_bytes: inventory.size_bytes(),
        size_bytes_max: cache.options().size_bytes_max,
        live_bytes: inventory.entries.iter().map(|entry| entry.stored_bytes()).sum(),
        packs: inventory.packs.len(),
        segments: inventory.segments.len(),
        segments_damaged: inventory.damaged_segments.len(),
        leases: lease::pins(cache.layout(), false).map_or(0, |pins| pins.leases),
        contents_large: inventory.files.len(),
        entries_lost: inventory.lost,
        entries_recovered: inventory.recovered,
        ..Stats::default()
    };
    for entry in &inventory.entries {
        match entry.key.as_record() {
            None => out.contents += 1,
            Some(key) => {
                match key.kind {
                    RecordKind::Result => out.results += 1,
                    RecordKind::Alias => out.aliases += 1,
                    RecordKind::Trace => out.traces += 1,
                }
                out.records_shadow += usize::from(key.lane == Lane::Shadow);
            }
        }
        out.imported += usize::from(entry.origin == Origin::Import);
        out.remote += usize::from(entry.origin == Origin::Remote);
    }
    let ages = inventory.entries.iter().map(|entry| now.saturating_sub(entry.used_minutes));
    out.oldest_use_minutes_ago = ages.clone().max();
    out.newest_use_minutes_ago = ages.min();
    Ok(out)
}
