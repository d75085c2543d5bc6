//! A pack: one append-only file of frames, written by one process at a time and read by any number.
//!
//! ```text
//! 0   magic "DXPK"   version u32   id [16]   zero [24]
//! 48  checksum [16]: BLAKE3 of bytes 0..48, its first 128 bits
//! 64  frames
//! ```
//!
//! Its writer holds an exclusive `flock`. Bytes up to the committed length (which indexes record) never change; what
//! follows is either being written, or was left by a process that died and is indexed by whoever finds it unlocked.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, PoisonError, RwLock};

use dx_schemas::digest::{Hex, from_hex};

use crate::blob::Blob;
use crate::frame::{self, Frame};
use crate::layout::Layout;
use crate::lookup::Miss;
use crate::sys::aligned::AlignedBytes;
use crate::sys::map::Mapping;

pub(crate) const HEADER: u64 = 64;
const MAGIC: [u8; 4] = *b"DXPK";
const VERSION: u32 = 1;

/// A pack's random name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackId(pub [u8; 16]);

impl PackId {
    pub fn parse(text: &str) -> Option<PackId> {
        from_hex(text).map(PackId)
    }

    /// The pack that a directory entry named `ID.pack` holds.
    pub(crate) fn of_file_name(name: &std::ffi::OsStr) -> Option<PackId> {
        PackId::parse(name.to_str()?.strip_suffix(".pack")?)
    }
}

impl fmt::Display for PackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Hex(&self.0))
    }
}

impl fmt::Debug for PackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PackId({})", Hex(&self.0[..4]))
    }
}

pub(crate) fn header(id: PackId) -> [u8; HEADER as usize] {
    let mut out = [0; HEADER as usize];
    out[..4].copy_from_slice(&MAGIC);
    out[4..8].copy_from_slice(&VERSION.to_le_bytes());
    out[8..24].copy_from_slice(&id.0);
    let checksum = blake3::hash(&out[..48]);
    out[48..].copy_from_slice(&checksum.as_bytes()[..16]);
    out
}

/// A pack opened for reading.
pub(crate) struct Pack {
    file: File,
    /// Grows with the file; nothing where files are not mapped. Blobs keep the mappings that they came from.
    view: Option<RwLock<Arc<Mapping>>>,
}

impl Pack {
    pub(crate) fn open(layout: &Layout, id: PackId, map: bool) -> Result<Pack, Miss> {
        let file = File::open(layout.pack(id)).map_err(|error| Miss::of(&error))?;
        Pack::of_file(file, id, map)
    }

    pub(crate) fn of_file(file: File, id: PackId, map: bool) -> Result<Pack, Miss> {
        let mut found = [0; HEADER as usize];
        match file.read_exact_at(&mut found, 0) {
            Ok(()) if found == header(id) => {}
            Ok(()) => return Err(Miss::Damaged("pack header")),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(Miss::Damaged("pack is shorter than its header"));
            }
            Err(error) => return Err(Miss::of(&error)),
        }
        let view = if map {
            let mapping = Mapping::whole(&file).map_err(|error| Miss::of(&error))?;
            Some(RwLock::new(Arc::new(mapping)))
        } else {
            None
        };
        Ok(Pack { file, view })
    }

    pub(crate) fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Bytes `offset..offset + len` of the file.
    pub(crate) fn bytes(&self, offset: u64, len: usize) -> Result<Blob, Miss> {
        const SHORT: Miss = Miss::Damaged("pack is shorter than its index says");
        let Some(view) = &self.view else {
            // The length is checked first, so a damaged one cannot make us allocate much.
            let size = self.size().map_err(|error| Miss::of(&error))?;
            if offset.checked_add(len as u64).is_none_or(|end| end > size) {
                return Err(SHORT);
            }
            let mut out = AlignedBytes::zeroed(len);
            self.file.read_exact_at(&mut out, offset).map_err(|error| Miss::of(&error))?;
            return Ok(Blob::owned(out));
        };
        let start = usize::try_from(offset).map_err(|_| SHORT)?;
        let end = start.checked_add(len).ok_or(SHORT)?;
        let mut map = view.read().unwrap_or_else(PoisonError::into_inner).clone();
        if map.len() < end {
            let mapping = Mapping::whole(&self.file).map_err(|error| Miss::of(&error))?;
            if mapping.len() < end {
                return Err(SHORT);
            }
            map = Arc::new(mapping);
            *view.write().unwrap_or_else(PoisonError::into_inner) = map.clone();
        }
        Ok(Blob::mapped(map, start..end))
    }

    /// The frame at `offset` whose payload has `len` bytes: header and payload, not yet proved whole.
    pub(crate) fn frame(&self, offset: u64, len: usize) -> Result<Blob, Miss> {
        self.bytes(offset, frame::HEADER + len)
    }

    /// Visits the whole frames from `from` on; returns the offset where they end.
    pub(crate) fn walk(&self, from: u64, mut visit: impl FnMut(u64, Frame<'_>)) -> Result<u64, Miss> {
        let size = self.size().map_err(|error| Miss::of(&error))?;
        let from = from.max(HEADER);
        let Some(len) = size.checked_sub(from) else { return Ok(from) };
        let bytes = self.bytes(from, usize::try_from(len).unwrap_or(usize::MAX))?;
        let end = frame::walk(&bytes, |at, found| {
            visit(from + at as u64, found);
            Ok(())
        });
        Ok(from + end.unwrap_or(0) as u64)
    }
}

/// The packs that are there, with their lengths; what vanishes meanwhile is left out.
pub(crate) fn list(layout: &Layout) -> io::Result<Vec<(PackId, u64)>> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(layout.packs())? {
        let entry = entry?;
        if let (Some(id), Ok(metadata)) = (PackId::of_file_name(&entry.file_name()), entry.metadata()) {
            out.push((id, metadata.len()));
        }
    }
    out.sort_unstable();
    Ok(out)
}
