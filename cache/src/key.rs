//! What an entry is found by: content by its digest, a record by (kind, lane, action).

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
