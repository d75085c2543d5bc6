//! Puts: they never fail for the caller; what cannot be written stays in memory and the session says why.

use std::io;

use dx_schemas::digest::{ActionId, ContentId};

use super::{Session, lock, write};
use crate::blob::Blob;
use crate::frame;
use crate::key::{EntryKey, Origin, RecordKey};
use crate::large;
use crate::lookup::Miss;
use crate::segment::{Entry, Place};

/// Of one file, as long as it is gone when it is opened.
const WRITES_MAX: usize = 3;

impl Session {
    /// Stores bytes under their digest. What is there already, and whole, is not written again.
    pub fn put(&self, bytes: &[u8]) -> ContentId {
        let id = ContentId::of(bytes);
        self.put_known(&id, bytes, Origin::Local);
        id
    }

    pub fn put_many<B: AsRef<[u8]>>(&self, contents: &[B]) -> Vec<ContentId> {
        contents.iter().map(|bytes| self.put(bytes.as_ref())).collect()
    }

    /// Stores the production result of an action, replacing an earlier one.
    pub fn put_action(&self, id: &ActionId, record: &[u8]) {
        self.put_record(&RecordKey::result(*id), Origin::Local, record);
    }

    pub fn put_actions<B: AsRef<[u8]>>(&self, records: &[(ActionId, B)]) {
        for (id, record) in records {
            self.put_action(id, record.as_ref());
        }
    }

    pub fn put_record(&self, key: &RecordKey, origin: Origin, record: &[u8]) {
        self.store(EntryKey::record(key), origin, record, None);
    }

    /// As [`Session::put`], for a caller that has just computed the digest of `bytes`.
    pub(crate) fn put_known(&self, id: &ContentId, bytes: &[u8], origin: Origin) {
        debug_assert_eq!(*id, ContentId::of(bytes));
        self.store(EntryKey::content(id), origin, bytes, Some(id));
    }

    pub(super) fn store(&self, key: EntryKey, origin: Origin, bytes: &[u8], id: Option<&ContentId>) {
        let earlier = lock(&self.damaged).remove(&key);
        let damage = match self.find_unreported(&key, id) {
            Ok((found, _)) if found[..] == *bytes => return,
            Ok(_) if id.is_some() => Some(Miss::Damaged("content does not match its digest")),
            Ok(_) | Err(Miss::Absent) => earlier,
            Err(miss) => Some(miss),
        };
        if let Some(miss) = damage {
            let subject = match id {
                Some(id) => format!("content {id}"),
                None => format!("record {}", ActionId(key.hash)),
            };
            self.repaired(subject, &miss.to_string());
        }
        let Ok(len) = u32::try_from(bytes.len()) else {
            return self.keep_in_memory(key, origin, bytes);
        };
        let mut entry = Entry { key, place: Place::File, len, used_minutes: self.now(), origin };
        let mut kept = None;
        if let Some(id) = id.filter(|_| bytes.len() >= self.cache.options().large_bytes_min) {
            if !self.is_storing() {
                return self.keep_in_memory(key, origin, bytes);
            }
            match self.write_large(id, bytes) {
                Ok(found) => kept = found,
                Err(error) => {
                    self.turn_off(format!("cannot write to the cache: {error}"));
                    return self.keep_in_memory(key, origin, bytes);
                }
            }
        } else if bytes.len() > frame::PAYLOAD_BYTES_MAX {
            return self.keep_in_memory(key, origin, bytes);
        } else {
            let mut encoded = Vec::new();
            frame::append(&mut encoded, &key, origin, bytes);
            match self.append(&encoded) {
                Some(place) => entry.place = place,
                None => return self.keep_in_memory(key, origin, bytes),
            }
        }
        write(&self.fresh).insert(key, entry);
        self.note_used(entry, kept);
    }

    /// A large file is opened at once: it would be gone for this session too if somebody removed it. That may happen before
    /// it is opened, where a gc had found it dead and it was stored again since.
    fn write_large(&self, id: &ContentId, bytes: &[u8]) -> io::Result<Option<Blob>> {
        for _ in 0..WRITES_MAX {
            large::write(self.cache.layout(), bytes)?;
            if !self.cache.maps_files() {
                return Ok(None);
            }
            match large::read(self.cache.layout(), id, true) {
                Err(Miss::Absent) => {}
                // It is there, if perhaps not for mapping.
                read => return Ok(read.ok()),
            }
        }
        // What is missing in the end is stored once more with the commit.
        Ok(Some(Blob::copy_of(bytes)))
    }

    pub(super) fn keep_in_memory(&self, key: EntryKey, origin: Origin, bytes: &[u8]) {
        write(&self.known).remove(&key);
        write(&self.memory).insert(key, (origin, Blob::copy_of(bytes)));
    }
}
