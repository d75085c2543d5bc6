//! Writing a segment: sort, lay out, publish under a name that sorts after all that its writer knew.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use dx_schemas::bytes::Write as _;
use dx_schemas::digest::Hex;

use super::{ENTRY_BYTES, Entry, FAN_OUT_BYTES, HEADER, MAGIC, OWN_FILE, PACK_BYTES, Place, VERSION};
use crate::frame::UNIT;
use crate::layout::Layout;
use crate::pack::PackId;
use crate::sys::files;

/// Lays out `entries` (one per key; of several the last is kept). `committed` says how much of each pack is whole;
/// entries of packs that it does not name are left out.
pub(crate) fn encode(sequence: u64, mut entries: Vec<Entry>, committed: &BTreeMap<PackId, u64>) -> Vec<u8> {
    entries.retain(|entry| match entry.place {
        Place::Pack { pack, offset } => {
            committed.contains_key(&pack) && u32::try_from(offset / UNIT as u64).is_ok()
        }
        Place::File => true,
    });
    entries.reverse();
    entries.sort_by_key(|entry| entry.key);
    entries.dedup_by_key(|entry| entry.key);

    let used: std::collections::BTreeSet<PackId> = entries.iter().filter_map(Entry::pack).collect();
    let used: Vec<PackId> = used.into_iter().collect();
    let mut out =
        Vec::with_capacity(HEADER + used.len() * PACK_BYTES + FAN_OUT_BYTES + entries.len() * ENTRY_BYTES);
    out.extend_from_slice(&MAGIC);
    out.put_u32(VERSION);
    out.put_u32(entries.len() as u32);
    out.put_u32(used.len() as u32);
    out.put_u64(sequence);
    out.resize(HEADER, 0);
    for pack in &used {
        out.extend_from_slice(&pack.0);
        out.put_u64(committed.get(pack).copied().unwrap_or(0));
    }
    let mut end = 0;
    for byte in 0..=255u8 {
        while entries.get(end).is_some_and(|entry| entry.key.hash[0] <= byte) {
            end += 1;
        }
        out.put_u32(end as u32);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(&out[..48]);
    hasher.update(&out[HEADER..]);
    out[48..HEADER].copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    for entry in &entries {
        put_entry(&mut out, entry, &used);
    }
    out
}

fn put_entry(out: &mut Vec<u8>, entry: &Entry, packs: &[PackId]) {
    let at = out.len();
    let (pack, offset) = match entry.place {
        Place::Pack { pack, offset } => {
            let ordinal = packs.binary_search(&pack).map_or(OWN_FILE, |ordinal| ordinal as u32);
            (ordinal, (offset / UNIT as u64) as u32)
        }
        Place::File => (OWN_FILE, 0),
    };
    out.extend_from_slice(&entry.key.hash);
    out.put_u32(pack);
    out.put_u32(offset);
    out.put_u32(entry.len);
    out.put_u32(entry.used_minutes);
    out.extend_from_slice(&[entry.key.slot, entry.origin as u8, 0, 0]);
    let crc = crc32fast::hash(&out[at..]);
    out.put_u32(crc);
}

/// Makes an encoded segment visible.
pub(crate) fn publish(layout: &Layout, sequence: u64, bytes: &[u8]) -> io::Result<PathBuf> {
    let name = format!("{sequence:016x}-{}.seg", Hex(&files::random()?[..8]));
    let path = layout.segments().join(name);
    files::publish(&layout.scratch(), &path, bytes)?;
    Ok(path)
}
