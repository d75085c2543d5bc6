//! What an entry is found by: content by its digest, a record by (kind, lane, action).

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use dx_schemas::digest::{ActionId, ContentId};
use serde::{Deserialize, Serialize};

/// What a record says of its action. Each kind is a name space of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RecordKind {
    /// Full key -> what the action produced.
    Result = 1,
    /// Key -> another key under which the same outcome stands.
    Alias = 2,
    /// Base key -> the reads found on the way.
    Trace = 3,
}

/// Production results and those of a stage version that only runs beside it never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Lane {
    Production = 0,
    Shadow = 1,
}

/// Who made an entry. A driver may refuse to run native code that this machine did not make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Origin {
    Local = 0,
    Import = 1,
    Remote = 2,
}

impl Origin {
    pub(crate) fn from_code(code: u8) -> Option<Origin> {
        match code {
            0 => Some(Origin::Local),
            1 => Some(Origin::Import),
            2 => Some(Origin::Remote),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordKey {
    pub kind: RecordKind,
    pub lane: Lane,
    pub id: ActionId,
}

impl RecordKey {
    /// The key of an action's production result, the common case.
    pub fn result(id: ActionId) -> RecordKey {
        RecordKey { kind: RecordKind::Result, lane: Lane::Production, id }
    }
}

/// The key in frames and indexes: 32 bytes of hash, then one byte that keeps the name spaces apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EntryKey {
    pub(crate) hash: [u8; 32],
    pub(crate) slot: u8,
}

const SLOT_CONTENT: u8 = 0;
const SLOT_SHADOW: u8 = 0x10;

impl EntryKey {
    pub(crate) fn content(id: &ContentId) -> EntryKey {
        EntryKey { hash: id.sha256, slot: SLOT_CONTENT }
    }

    pub(crate) fn record(key: &RecordKey) -> EntryKey {
        let lane = if key.lane == Lane::Shadow { SLOT_SHADOW } else { 0 };
        EntryKey { hash: key.id.0, slot: key.kind as u8 | lane }
    }

    pub(crate) fn is_content(&self) -> bool {
        self.slot == SLOT_CONTENT
    }

    /// The record's key, or nothing for content and for slots that this version does not know.
    pub(crate) fn as_record(&self) -> Option<RecordKey> {
        let kind = match self.slot & !SLOT_SHADOW {
            1 => RecordKind::Result,
            2 => RecordKind::Alias,
            3 => RecordKind::Trace,
            _ => return None,
        };
        let lane = if self.slot & SLOT_SHADOW == 0 { Lane::Production } else { Lane::Shadow };
        Some(RecordKey { kind, lane, id: ActionId(self.hash) })
    }
}

impl Hash for EntryKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for word in self.hash.as_chunks::<8>().0 {
            state.write_u64(u64::from_le_bytes(*word));
        }
        state.write_u8(self.slot);
    }
}

/// A map by key. Keys are digests already, so a few multiplications do; they are seeded because the keys of imported
/// records are a stranger's choice.
pub(crate) type KeyMap<V> = HashMap<EntryKey, V, Seed>;

#[derive(Clone, Copy)]
pub(crate) struct Seed(u64);

impl Default for Seed {
    fn default() -> Seed {
        Seed(RandomState::new().build_hasher().finish())
    }
}

impl BuildHasher for Seed {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded(self.0)
    }
}

/// Multiplies into 128 bits and folds the halves together, word by word.
pub(crate) struct Folded(u64);

impl Hasher for Folded {
    fn write_u64(&mut self, word: u64) {
        let wide = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = wide as u64 ^ (wide >> 64) as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
