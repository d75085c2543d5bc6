//! Lookups.

use std::sync::Arc;

use dx_schemas::digest::{ActionId, ContentId};

use super::{Known, Session, Writer, lock, read, write};
use crate::blob::Blob;
use crate::frame;
use crate::index::Index;
use crate::key::{EntryKey, Origin, RecordKey};
use crate::large;
use crate::lookup::{Lookup, Miss, Record};
use crate::options::Verification;
use crate::pack::{Pack, PackId};
use crate::segment::{Entry, Place};

impl Session {
    /// The bytes with this digest.
    pub fn get(&self, id: &ContentId) -> Lookup<Blob> {
        let key = EntryKey::content(id);
        self.find(&key, Some(id)).map(|(blob, _)| blob)
    }

    pub fn get_many(&self, ids: &[ContentId]) -> Vec<Lookup<Blob>> {
        ids.iter().map(|id| self.get(id)).collect()
    }

    /// The production result of an action.
    pub fn get_action(&self, id: &ActionId) -> Lookup<Record> {
        self.get_record(&RecordKey::result(*id))
    }

    pub fn get_actions(&self, ids: &[ActionId]) -> Vec<Lookup<Record>> {
        ids.iter().map(|id| self.get_action(id)).collect()
    }

    pub fn get_record(&self, key: &RecordKey) -> Lookup<Record> {
        self.find(&EntryKey::record(key), None).map(|(bytes, origin)| Record { bytes, origin })
    }

    /// Whether the content is indexed, without reading it: for planning only, a later `get` may still miss.
    pub fn seems_present(&self, id: &ContentId) -> bool {
        let key = EntryKey::content(id);
        read(&self.fresh).contains_key(&key)
            || read(&self.memory).contains_key(&key)
            || read(&self.index).candidates(&key).any(|found| found.is_ok())
    }

    fn find(&self, key: &EntryKey, id: Option<&ContentId>) -> Lookup<(Blob, Origin)> {
        match self.find_unreported(key, id) {
            Ok((blob, entry)) => Lookup::Hit((blob, entry.origin)),
            Err(miss) => {
                if miss != Miss::Absent {
                    lock(&self.damaged).insert(*key, miss.clone());
                }
                Lookup::Miss(miss)
            }
        }
    }

    /// As `find`, without a note of damage. A pack that vanished may have been compacted by gc: then the entry stands
    /// elsewhere, in an index that this session has not seen.
    pub(crate) fn find_unreported(
        &self,
        key: &EntryKey,
        id: Option<&ContentId>,
    ) -> Result<(Blob, Entry), Miss> {
        if let Some(Known { entry, bytes: Some(bytes) }) = read(&self.known).get(key)
            && id.is_none_or(|id| id.size_bytes == u64::from(entry.len))
        {
            return Ok((bytes.clone(), *entry));
        }
        let mut found = self.find_indexed(key, id);
        if matches!(found, Err(Miss::Gone)) {
            let known = read(&self.index).clone();
            match Index::load(self.cache.layout(), self.cache.maps_files()) {
                Ok(index) if !index.is_same(&known) => {
                    *write(&self.index) = Arc::new(index);
                    found = self.find_indexed(key, id);
                }
                _ => {}
            }
        }
        if let Ok((bytes, entry)) = &found {
            // Copies are not kept: they would double the memory of what the caller holds anyway.
            self.note_used(*entry, bytes.is_mapped().then(|| bytes.clone()));
        }
        found
    }

    /// Tries what this session wrote, then the segments from newest to oldest; the first usable copy wins.
    fn find_indexed(&self, key: &EntryKey, id: Option<&ContentId>) -> Result<(Blob, Entry), Miss> {
        if let Some((origin, blob)) = read(&self.memory).get(key) {
            let len = blob.len() as u32;
            let entry =
                Entry { key: *key, place: Place::File, len, used_minutes: self.now(), origin: *origin };
            return Ok((blob.clone(), entry));
        }
        let mut worst = Miss::Absent;
        let fresh = read(&self.fresh).get(key).copied();
        let index = read(&self.index).clone();
        for candidate in fresh.map(Ok).into_iter().chain(index.candidates(key)) {
            match candidate.and_then(|entry| Ok((self.load(&entry, id)?, entry))) {
                Ok(hit) => return Ok(hit),
                Err(miss) => worst = miss,
            }
        }
        // A large file is found by its address even if its index entry was lost.
        if let Some(id) = id.filter(|id| id.size_bytes >= self.cache.options().large_bytes_min as u64)
            && worst == Miss::Absent
            && let Ok(len) = u32::try_from(id.size_bytes)
        {
            let entry = Entry { key: *key, place: Place::File, len, used_minutes: 0, origin: Origin::Local };
            return Ok((self.load(&entry, Some(id))?, entry));
        }
        Err(worst)
    }

    pub(super) fn load(&self, entry: &Entry, id: Option<&ContentId>) -> Result<Blob, Miss> {
        if id.is_some_and(|id| id.size_bytes != u64::from(entry.len)) {
            return Err(Miss::Damaged("index entry has another length"));
        }
        match entry.place {
            Place::Pack { pack, offset } => self.load_frame(entry, pack, offset),
            Place::File => {
                let id = id.ok_or(Miss::Damaged("record without a place"))?;
                self.load_file(id)
            }
        }
    }

    fn load_frame(&self, entry: &Entry, pack: PackId, offset: u64) -> Result<Blob, Miss> {
        let len = entry.len as usize;
        let whole = frame::HEADER + len;
        {
            let writer = lock(&self.writer);
            if let Writer::Open { current, .. } = &*writer
                && current.id == pack
                && let Some(bytes) = current.buffered(offset, whole)
            {
                return Ok(Blob::copy_of(&bytes[frame::HEADER..]));
            }
        }
        let bytes = self.pack(pack)?.frame(offset, len)?;
        let frame = frame::read(&bytes)?;
        if frame.key != entry.key || frame.payload.len() != len {
            return Err(Miss::Damaged("index points to another frame"));
        }
        let digest = ContentId { sha256: entry.key.hash, size_bytes: u64::from(entry.len) };
        if entry.key.is_content()
            && self.cache.options().verification == Verification::Digest
            && !digest.matches(frame.payload)
        {
            return Err(Miss::Damaged("content does not match its digest"));
        }
        Ok(bytes.part(frame::HEADER..whole))
    }

    fn load_file(&self, id: &ContentId) -> Result<Blob, Miss> {
        let blob = large::read(self.cache.layout(), id, self.cache.maps_files())?;
        if !id.matches(&blob) {
            return Err(Miss::Damaged("content does not match its digest"));
        }
        Ok(blob)
    }

    fn pack(&self, id: PackId) -> Result<Arc<Pack>, Miss> {
        if let Some(pack) = read(&self.packs).get(&id) {
            return Ok(pack.clone());
        }
        if let Some(lease) = &mut *lock(&self.lease) {
            lease.pin(id);
        }
        let pack = Arc::new(Pack::open(self.cache.layout(), id, self.cache.maps_files())?);
        Ok(write(&self.packs).entry(id).or_insert(pack).clone())
    }
}
