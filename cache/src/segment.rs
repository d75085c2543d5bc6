//! One sorted index: which entry is where. Each build that stored something publishes one; gc merges them.
//!
//! ```text
//! 0    magic "DXSG"  version u32  entries u32  packs u32  sequence u64  zero [24]
//! 48   checksum [16] of bytes 0..48, the pack table and the fan-out
//! 64   pack table: per pack id [16], committed length u64
//! ..   fan-out: for each first byte of a key, where its entries end, u32 x 256
//! ..   entries, 56 bytes each, sorted by (key, slot)
//!        key [32]  pack u32 (all ones: a file of its own)  offset / 64 u32  payload bytes u32
//!        last use in minutes u32  slot u8  origin u8  zero u16  crc32 of the 52 bytes before u32
//! ```
//!
//! The head is checked when a segment is opened, an entry when it is used: a lookup must not cost a pass over half a
//! million entries. A damaged key can hide an entry (a miss), never show a wrong one, because the frame it points to
//! carries the key again. File names are `SEQUENCE-RANDOM.seg`, so that sorting them backwards gives newest first.

mod read;
mod write;

pub(crate) use read::{Segment, list};
pub(crate) use write::{encode, publish};

use crate::key::{EntryKey, Origin};
use crate::pack::PackId;

const MAGIC: [u8; 4] = *b"DXSG";
const VERSION: u32 = 1;
const HEADER: usize = 64;
const PACK_BYTES: usize = 24;
const FAN_OUT_BYTES: usize = 256 * 4;
const ENTRY_BYTES: usize = 56;
const OWN_FILE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: EntryKey,
    pub(crate) place: Place,
    pub(crate) len: u32,
    pub(crate) used_minutes: u32,
    pub(crate) origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A frame that begins at `offset`.
    Pack { pack: PackId, offset: u64 },
    /// A file of its own (`large.rs`).
    File,
}

impl Entry {
    pub(crate) fn pack(&self) -> Option<PackId> {
        match self.place {
            Place::Pack { pack, .. } => Some(pack),
            Place::File => None,
        }
    }

    /// Bytes on disk.
    pub(crate) fn stored_bytes(&self) -> u64 {
        match self.place {
            Place::Pack { .. } => crate::frame::span(self.len as usize) as u64,
            Place::File => u64::from(self.len),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::Miss;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn entry(hash: [u8; 32], slot: u8, offset: u32, len: u32) -> Entry {
        let place = if offset == 0 {
            Place::File
        } else {
            Place::Pack { pack: PackId([hash[0] % 3; 16]), offset: u64::from(offset) * 64 }
        };
        let origin = if slot == 2 { Origin::Import } else { Origin::Local };
        Entry { key: EntryKey { hash, slot }, place, len, used_minutes: len / 2, origin }
    }

    prop_compose! {
        fn entries()(raw in prop::collection::vec((any::<[u8; 32]>(), 0u8..4, 0u32..9999, any::<u32>()), 0..80))
            -> Vec<Entry>
        {
            raw.into_iter().map(|(hash, slot, offset, len)| entry(hash, slot, offset, len)).collect()
        }
    }

    fn committed() -> BTreeMap<PackId, u64> {
        (0..3).map(|n| (PackId([n; 16]), u64::MAX)).collect()
    }

    proptest! {
        #[test]
        fn what_was_written_is_found_and_nothing_else(entries in entries(), other in any::<[u8; 32]>()) {
            let bytes = encode(3, entries.clone(), &committed());
            let segment = Segment::of_bytes(bytes).unwrap();
            prop_assert_eq!(segment.sequence(), 3);
            for entry in &entries {
                prop_assert_eq!(segment.find(&entry.key), Ok(Some(*entry)));
            }
            prop_assert_eq!(segment.find(&EntryKey { hash: other, slot: 0 }), Ok(None));
            prop_assert_eq!(segment.entries().count(), entries.len());
        }

        #[test]
        fn damage_hides_entries_but_never_invents_one(entries in entries(), at in any::<prop::sample::Index>(),
            bit in 0u8..8, cut in any::<prop::sample::Index>())
        {
            let good = encode(1, entries.clone(), &committed());
            let mut bad = good.clone();
            bad[at.index(good.len())] ^= 1 << bit;
            for bytes in [bad, good[..cut.index(good.len())].to_vec()] {
                let Ok(segment) = Segment::of_bytes(bytes) else { continue };
                for entry in &entries {
                    match segment.find(&entry.key) {
                        Ok(Some(found)) => prop_assert_eq!(found, *entry),
                        Ok(None) | Err(Miss::Damaged(_)) => {}
                        Err(other) => prop_assert!(false, "unexpected {:?}", other),
                    }
                }
            }
        }
    }
}
