//! Moving what is kept out of packs that are mostly dead.

use std::collections::HashMap;
use std::time::Instant;

use super::{GcReport, Plan};
use crate::cache::Cache;
use crate::error::CacheError;
use crate::frame;
use crate::pack::{HEADER, Pack, PackId};
use crate::segment::{Entry, Place};
use crate::writer::{PackWriter, Unwritten};

/// Copies entry by entry, each proved whole; a damaged one is dropped. The packs that were emptied join those to remove.
pub(super) fn compact(
    cache: &Cache,
    plan: &mut Plan,
    end: Instant,
    report: &mut GcReport,
) -> Result<(), CacheError> {
    if plan.packs_to_compact.is_empty() {
        return Ok(());
    }
    let layout = cache.layout();
    let failed = |error| CacheError::io("write", layout.packs())(error);
    let mut by_pack: HashMap<PackId, Vec<Entry>> = HashMap::new();
    for entry in &plan.inventory.entries {
        if let Some(pack) = entry.pack() {
            by_pack.entry(pack).or_default().push(*entry);
        }
    }
    let mut moved: HashMap<(PackId, u64), Option<Place>> = HashMap::new();
    let mut writer = PackWriter::create(layout, cache.maps_files()).map_err(failed)?;
    for (pack, lock) in std::mem::take(&mut plan.packs_to_compact) {
        if Instant::now() >= end || report.unfinished {
            report.unfinished = true;
            continue;
        }
        let Ok(source) = Pack::open(layout, pack, cache.maps_files()) else { continue };
        let entries = by_pack.remove(&pack).unwrap_or_default();
        // On a full disk what has moved so far counts, and what can simply go still goes.
        let Ok(copied) = copy(&source, entries, &mut writer) else {
            report.unfinished = true;
            continue;
        };
        report.entries_damaged += copied.iter().filter(|(_, place)| place.is_none()).count();
        moved.extend(copied.into_iter().map(|(offset, place)| ((pack, offset), place)));
        report.packs_compacted += 1;
        plan.packs_to_remove.push((pack, lock));
    }
    let added = writer.written() - HEADER;
    if added == 0 {
        let _ = std::fs::remove_file(layout.pack(writer.id));
    } else {
        plan.inventory.committed.insert(writer.id, writer.written());
        report.size_bytes_after += added;
    }
    plan.inventory.entries.retain_mut(|entry| {
        let Place::Pack { pack, offset } = entry.place else { return true };
        match moved.get(&(pack, offset)) {
            None => true,
            Some(None) => false,
            Some(Some(place)) => {
                entry.place = *place;
                true
            }
        }
    });
    Ok(())
}

/// Copies one pack's entries and writes them out; where each is now, or nothing for one that is damaged.
fn copy(
    source: &Pack,
    mut entries: Vec<Entry>,
    writer: &mut PackWriter,
) -> Result<Vec<(u64, Option<Place>)>, Unwritten> {
    entries.sort_by_key(|entry| entry.key);
    let mut out = Vec::with_capacity(entries.len());
    for entry in entries {
        let Place::Pack { offset, .. } = entry.place else { continue };
        let whole = source
            .frame(offset, entry.len as usize)
            .ok()
            .filter(|bytes| frame::read(bytes).is_ok_and(|frame| frame.key == entry.key));
        let place = match whole {
            None => None,
            Some(bytes) => {
                let mut padded = bytes.to_vec();
                padded.resize(frame::span(entry.len as usize), 0);
                Some(Place::Pack { pack: writer.id, offset: writer.append(&padded)? })
            }
        };
        out.push((offset, place));
    }
    writer.flush()?;
    Ok(out)
}
