//! Reading a segment in place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use dx_schemas::bytes::{Reader, Short, u32_at};

use super::{ENTRY_BYTES, Entry, FAN_OUT_BYTES, HEADER, MAGIC, OWN_FILE, PACK_BYTES, Place, VERSION};
use crate::frame::UNIT;
use crate::key::{EntryKey, Origin};
use crate::layout::Layout;
use crate::lookup::Miss;
use crate::pack::PackId;
use crate::sys::map::Mapping;

pub(crate) struct Segment {
    source: Source,
    path: PathBuf,
    sequence: u64,
    packs: Vec<(PackId, u64)>,
    fan_out: usize,
    count: usize,
}

enum Source {
    Mapped(Mapping),
    Owned(Vec<u8>),
}

impl Segment {
    pub(crate) fn open(path: &Path, map: bool) -> Result<Segment, Miss> {
        let source = (|| {
            Ok(if map {
                Source::Mapped(Mapping::whole(&File::open(path)?)?)
            } else {
                Source::Owned(fs::read(path)?)
            })
        })();
        Segment::parse(source.map_err(|error| Miss::of(&error))?, path)
    }

    #[cfg(test)]
    pub(crate) fn of_bytes(bytes: Vec<u8>) -> Result<Segment, Miss> {
        Segment::parse(Source::Owned(bytes), Path::new(""))
    }

    fn parse(source: Source, path: &Path) -> Result<Segment, Miss> {
        let bytes = source.bytes();
        let (sequence, packs, count, fan_out) =
            head(bytes).map_err(|_| Miss::Damaged("index segment does not match its checksum"))?;
        Ok(Segment { path: path.to_path_buf(), sequence, packs, fan_out, count, source })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The packs it points into, with the length up to which each was whole when the segment was written.
    pub(crate) fn packs(&self) -> &[(PackId, u64)] {
        &self.packs
    }

    pub(crate) fn find(&self, key: &EntryKey) -> Result<Option<Entry>, Miss> {
        let bytes = self.source.bytes();
        let fan_out = &bytes[self.fan_out..self.fan_out + FAN_OUT_BYTES];
        let first = usize::from(key.hash[0]);
        // The checksum covers the fan-out; the bounds are checked all the same, they guard a slice.
        let mut low = if first == 0 { 0 } else { u32_at(fan_out, first - 1) as usize };
        let mut high = (u32_at(fan_out, first) as usize).min(self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let raw = self.raw(middle);
            match raw[..32].cmp(&key.hash).then(raw[48].cmp(&key.slot)) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.entry(middle).map(Some),
            }
        }
        Ok(None)
    }

    /// All entries in order; damaged ones as misses.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<Entry, Miss>> + '_ {
        (0..self.count).map(|index| self.entry(index))
    }

    fn raw(&self, index: usize) -> &[u8] {
        let at = self.fan_out + FAN_OUT_BYTES + index * ENTRY_BYTES;
        &self.source.bytes()[at..at + ENTRY_BYTES]
    }

    fn entry(&self, index: usize) -> Result<Entry, Miss> {
        let raw = self.raw(index);
        self.decode(raw).ok_or(Miss::Damaged("index entry does not match its checksum"))
    }

    fn decode(&self, raw: &[u8]) -> Option<Entry> {
        let mut reader = Reader::new(raw);
        let hash = reader.array().ok()?;
        let (pack, offset) = (reader.u32().ok()?, reader.u32().ok()?);
        let (len, used_minutes) = (reader.u32().ok()?, reader.u32().ok()?);
        let [slot, origin, _, _] = reader.array::<4>().ok()?;
        if reader.u32().ok()? != crc32fast::hash(&raw[..ENTRY_BYTES - 4]) {
            return None;
        }
        let place = if pack == OWN_FILE {
            Place::File
        } else {
            let (pack, committed) = *self.packs.get(pack as usize)?;
            let offset = u64::from(offset) * UNIT as u64;
            if offset + crate::frame::span(len as usize) as u64 > committed {
                return None;
            }
            Place::Pack { pack, offset }
        };
        let key = EntryKey { hash, slot };
        Some(Entry { key, place, len, used_minutes, origin: Origin::from_code(origin)? })
    }
}

impl Source {
    fn bytes(&self) -> &[u8] {
        match self {
            Source::Mapped(map) => map,
            Source::Owned(bytes) => bytes,
        }
    }
}

type Head = (u64, Vec<(PackId, u64)>, usize, usize);

fn head(bytes: &[u8]) -> Result<Head, Short> {
    let mut reader = Reader::new(bytes);
    let (magic, version) = (reader.array::<4>()?, reader.u32()?);
    let (count, pack_count) = (reader.u32()? as usize, reader.u32()? as usize);
    let sequence = reader.u64()?;
    reader.take(24)?;
    let checksum: [u8; 16] = reader.array()?;
    let table = reader.table(pack_count, PACK_BYTES)?;
    let fan_out = reader.position();
    reader.take(FAN_OUT_BYTES)?;
    reader.table(count, ENTRY_BYTES)?;
    reader.finish()?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes[..48]);
    hasher.update(&bytes[HEADER..fan_out + FAN_OUT_BYTES]);
    if magic != MAGIC || version != VERSION || hasher.finalize().as_bytes()[..16] != checksum {
        return Err(Short { at: 0 });
    }
    let mut packs = Vec::with_capacity(pack_count);
    let mut reader = Reader::new(table);
    for _ in 0..pack_count {
        packs.push((PackId(reader.array()?), reader.u64()?));
    }
    Ok((sequence, packs, count, fan_out))
}

/// The segments that are there, newest first.
pub(crate) fn list(layout: &Layout) -> io::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for entry in fs::read_dir(layout.segments())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "seg") {
            out.push(path);
        }
    }
    out.sort_unstable_by(|a, b| b.cmp(a));
    Ok(out)
}
