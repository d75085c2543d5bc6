//! Writing frames to this session's packs, and what happens when that stops working.

use std::collections::HashSet;

use super::{Session, Writer, lock, read, write};
use crate::blob::Blob;
use crate::frame;
use crate::pack::PackId;
use crate::segment::{Entry, Place};
use crate::writer::{PackWriter, Unwritten};

/// A pack that has grown to this is finished and another begun: gc removes and compacts whole packs in bounded time.
const PACK_BYTES_MAX: u64 = 128 << 20;

impl Session {
    /// Appends an encoded frame; nothing if it could not be written.
    pub(super) fn append(&self, encoded: &[u8]) -> Option<Place> {
        let mut writer = lock(&self.writer);
        self.let_go_if_forked(&mut writer);
        if let Writer::Idle = *writer {
            let index = read(&self.index).clone();
            let opened = PackWriter::open(self.cache.layout(), &index, self.cache.maps_files());
            *writer = self.opened(opened, Vec::new());
        }
        let Writer::Open { current, .. } = &mut *writer else { return None };
        let pack = current.id;
        let offset = match current.append(encoded) {
            Ok(offset) => offset,
            Err(unwritten) => {
                // The last of the frames handed back is the caller's own; it lands in memory with the others.
                self.rescue(&mut writer, unwritten);
                return None;
            }
        };
        if offset >= PACK_BYTES_MAX {
            self.roll_over(&mut writer);
        }
        Some(Place::Pack { pack, offset })
    }

    fn opened(&self, opened: std::io::Result<PackWriter>, finished: Vec<PackWriter>) -> Writer {
        match opened {
            Ok(opened) => {
                write(&self.packs).insert(opened.id, opened.reader.clone());
                lock(&self.written).insert(opened.id, opened.written());
                Writer::Open { current: Box::new(opened), finished }
            }
            Err(error) => Writer::Off(format!("cannot write to the cache: {error}")),
        }
    }

    /// Begins another pack. The old one stays locked until its entries are published, or gc would think it dead.
    fn roll_over(&self, writer: &mut Writer) {
        self.flush_into(writer);
        if let Writer::Open { current, mut finished } = std::mem::replace(writer, Writer::Idle) {
            finished.push(*current);
            *writer = self.opened(PackWriter::create(self.cache.layout(), self.cache.maps_files()), finished);
        }
    }

    /// Writes what is buffered and notes how much of the pack is whole.
    pub(super) fn flush(&self) {
        let mut writer = lock(&self.writer);
        self.let_go_if_forked(&mut writer);
        self.flush_into(&mut writer);
    }

    /// In a forked child: what the parent had buffered stays readable here, and the parent alone writes it.
    fn let_go_if_forked(&self, writer: &mut Writer) {
        if !self.is_forked() || matches!(writer, Writer::Off(_)) {
            return;
        }
        let error = std::io::Error::other("the session belongs to the process that this one was forked from");
        let frames = match writer {
            Writer::Open { current, .. } => current.take_buffer(),
            _ => Vec::new(),
        };
        self.rescue(writer, Unwritten { error, frames });
    }

    fn flush_into(&self, writer: &mut Writer) {
        let Writer::Open { current, .. } = writer else { return };
        let flushed = current.flush();
        lock(&self.written).insert(current.id, current.written());
        if let Err(unwritten) = flushed {
            self.rescue(writer, unwritten);
        }
    }

    /// The disk is full (or worse): what was buffered moves to memory, and nothing is written from here on.
    fn rescue(&self, writer: &mut Writer, unwritten: Unwritten) {
        *writer = Writer::Off(format!("cannot write to the cache: {}", unwritten.error));
        let mut fresh = write(&self.fresh);
        let mut memory = write(&self.memory);
        let _ = frame::walk(&unwritten.frames, |_, found| {
            fresh.remove(&found.key);
            memory.insert(found.key, (found.origin, Blob::copy_of(found.payload)));
            Ok(())
        });
    }

    /// If somebody cleared the cache under this session, what it has not published yet is written to a new pack. (The
    /// old one has no name any more, but can be read as long as it is open.)
    pub(super) fn save_removed(&self) {
        let removed: HashSet<PackId> = match &*lock(&self.writer) {
            Writer::Open { current, finished } => finished
                .iter()
                .chain([&**current])
                .filter(|pack| pack.is_removed())
                .map(|pack| pack.id)
                .collect(),
            _ => return,
        };
        if removed.is_empty() {
            return;
        }
        self.flush();
        let is_lost = |entry: &Entry| entry.pack().is_some_and(|pack| removed.contains(&pack));
        let lost: Vec<Entry> = read(&self.fresh).values().filter(|entry| is_lost(entry)).copied().collect();
        let saved: Vec<(Entry, Blob)> =
            lost.iter().filter_map(|entry| Some((*entry, self.load(entry, None).ok()?))).collect();
        {
            let mut writer = lock(&self.writer);
            if let Writer::Open { current, .. } = &*writer
                && removed.contains(&current.id)
            {
                *writer = Writer::Idle;
            }
        }
        write(&self.fresh).retain(|_, entry| !is_lost(entry));
        for (entry, bytes) in saved {
            let mut encoded = Vec::new();
            frame::append(&mut encoded, &entry.key, entry.origin, &bytes);
            match self.append(&encoded) {
                Some(place) => drop(write(&self.fresh).insert(entry.key, Entry { place, ..entry })),
                None => self.keep_in_memory(entry.key, entry.origin, &bytes),
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // What is buffered is whole; written out, the next session finds it. An error loses only work.
        self.flush();
    }
}
