//! The manifest's bytes: fixed records that a check reads in place.
//!
//! ```text
//! 0    magic "DXSM"  version u32  time of the build i64 (ns, the file system's clock)
//! 16   cache id [16]  generation u64  options [32]
//! 72   packs u32  directories u32  entries u32  string bytes u32  payload bytes u64
//! 96   checksum of the payload [16]
//! 112  checksum [16] of bytes 0..112 and 128..payload
//! 128  packs: id [16] each
//! ..   directories, 64 bytes each, sorted by path
//!        path u32 (offset in the strings)  first entry u32  entries u32  flags u32 (1: its listing counts)
//!        inode u64  mtime i64  ctime i64  listing [16]  zero u64
//! ..   entries, 72 bytes each, sorted by name within their directory
//!        name u32  kind u8 (0: must not exist)  zero [3]  size u64  inode u64  mtime i64  ctime i64  sha256 [32]
//! ..   strings, each ending in NUL (so that they go to the kernel as they are); zeros up to a multiple of 64
//! ..   payload
//! ```

use dx_schemas::bytes::{Reader, Short, Write as _};

use crate::sys::stat::FileStat;

pub(super) const MAGIC: [u8; 4] = *b"DXSM";
pub(super) const VERSION: u32 = 1;
pub(super) const HEADER: usize = 128;
pub(super) const CHECKSUM_AT: usize = 112;
pub(super) const TIME_AT: usize = 8;
pub(super) const PACK_BYTES: usize = 16;
pub(super) const DIRECTORY_BYTES: usize = 64;
pub(super) const ENTRY_BYTES: usize = 72;
pub(super) const ABSENT: u8 = 0;
pub(super) const LISTED: u32 = 1;

/// Where stat data begins in a record, for the rewrite after an equal rehash.
pub(super) const DIRECTORY_STAT_AT: usize = 16;
pub(super) const ENTRY_STAT_AT: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DirectoryRecord {
    pub(super) path: u32,
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) listed: bool,
    /// The size is not recorded: file systems disagree on what a directory's size is.
    pub(super) stat: FileStat,
    pub(super) listing: [u8; 16],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EntryRecord {
    pub(super) name: u32,
    pub(super) kind: u8,
    pub(super) stat: FileStat,
    pub(super) sha256: [u8; 32],
}

pub(super) fn put_directory_stat(out: &mut Vec<u8>, stat: &FileStat) {
    out.put_u64(stat.inode);
    out.put_u64(stat.mtime_ns as u64);
    out.put_u64(stat.ctime_ns as u64);
}

pub(super) fn put_entry_stat(out: &mut Vec<u8>, stat: &FileStat) {
    out.put_u64(stat.size_bytes);
    put_directory_stat(out, stat);
}

impl DirectoryRecord {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        for value in [self.path, self.first, self.count, if self.listed { LISTED } else { 0 }] {
            out.put_u32(value);
        }
        put_directory_stat(out, &self.stat);
        out.extend_from_slice(&self.listing);
        out.put_u64(0);
    }

    pub(super) fn read(raw: &[u8]) -> Result<DirectoryRecord, Short> {
        let mut reader = Reader::new(raw);
        let (path, first, count, flags) = (reader.u32()?, reader.u32()?, reader.u32()?, reader.u32()?);
        let stat = read_stat(&mut reader, 0)?;
        Ok(DirectoryRecord {
            path,
            first,
            count,
            listed: flags & LISTED != 0,
            stat,
            listing: reader.array()?,
        })
    }
}

impl EntryRecord {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.put_u32(self.name);
        out.extend_from_slice(&[self.kind, 0, 0, 0]);
        put_entry_stat(out, &self.stat);
        out.extend_from_slice(&self.sha256);
    }

    pub(super) fn read(raw: &[u8]) -> Result<EntryRecord, Short> {
        let mut reader = Reader::new(raw);
        let name = reader.u32()?;
        let [kind, ..] = reader.array::<4>()?;
        let size = reader.u64()?;
        let stat = read_stat(&mut reader, size)?;
        Ok(EntryRecord { name, kind, stat, sha256: reader.array()? })
    }
}

fn read_stat(reader: &mut Reader<'_>, size_bytes: u64) -> Result<FileStat, Short> {
    let (inode, mtime, ctime) = (reader.u64()?, reader.u64()?, reader.u64()?);
    Ok(FileStat { size_bytes, inode, mtime_ns: mtime as i64, ctime_ns: ctime as i64 })
}

pub(super) fn checksum(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    let mut out = [0; 16];
    out.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    out
}
