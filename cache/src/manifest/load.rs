//! A manifest as it was last written, mapped.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use dx_schemas::bytes::{Reader, Short};
use dx_schemas::digest::ContentId;

use super::layout::{
    ABSENT, CHECKSUM_AT, DIRECTORY_BYTES, DirectoryRecord, ENTRY_BYTES, EntryRecord, HEADER, MAGIC,
    PACK_BYTES, VERSION, checksum,
};
use super::{FileKind, FileStat};
use crate::format::CacheId;
use crate::lookup::{Lookup, Miss};
use crate::pack::PackId;
use crate::sys::files;
use crate::sys::map::Mapping;

pub struct Manifest {
    bytes: Bytes,
    state_file: PathBuf,
    root: PathBuf,
    pub(super) header: Header,
    /// Whether the payload is whole, once somebody asked: hashing it costs more than all else.
    whole: OnceLock<bool>,
}

enum Bytes {
    Mapped(Mapping),
    Owned(Vec<u8>),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) time_ns: i64,
    pub(super) cache: CacheId,
    pub(super) generation: u64,
    pub(super) options: [u8; 32],
    pub(super) directories: usize,
    pub(super) entries: usize,
    directories_at: usize,
    entries_at: usize,
    strings_at: usize,
    pub(super) body_end: usize,
    payload_checksum: [u8; 16],
}

/// One file, or one name that must not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Relative to the root, or absolute.
    pub path: PathBuf,
    /// Nothing for a name that must not exist.
    pub file: Option<(FileKind, FileStat, ContentId)>,
}

impl Manifest {
    /// Maps and checks the state file of the tree at `root`. An absent or damaged one is a miss.
    pub fn load(state_file: &Path, root: &Path) -> Lookup<Manifest> {
        match Manifest::open(state_file, root) {
            Ok(manifest) => Lookup::Hit(manifest),
            Err(miss) => Lookup::Miss(miss),
        }
    }

    fn open(state_file: &Path, root: &Path) -> Result<Manifest, Miss> {
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => Miss::Absent,
            kind => Miss::Unreadable(kind),
        };
        let bytes = if files::is_network(state_file) {
            Bytes::Owned(std::fs::read(state_file).map_err(unreadable)?)
        } else {
            let file = File::open(state_file).map_err(unreadable)?;
            Bytes::Mapped(Mapping::whole(&file).map_err(unreadable)?)
        };
        let header = parse(&bytes).map_err(|_| Miss::Damaged("state file does not match its checksum"))?;
        let (state_file, root) = (state_file.to_path_buf(), root.to_path_buf());
        let manifest = Manifest { bytes, header, state_file, root, whole: OnceLock::new() };
        manifest.validate().map_err(|_| Miss::Damaged("state file has records out of bounds"))?;
        Ok(manifest)
    }

    /// Every reference of a record is in bounds, so that the accessors below need no error.
    fn validate(&self) -> Result<(), Short> {
        let short = Short { at: 0 };
        let strings = self.strings();
        if strings.last().is_some_and(|last| *last != 0) {
            return Err(short);
        }
        let mut next = 0;
        for index in 0..self.header.directories {
            let directory = self.directory(index);
            next += directory.count as usize;
            let in_order = directory.first as usize + directory.count as usize == next;
            if !in_order || directory.path as usize >= strings.len() {
                return Err(short);
            }
        }
        let names_fit = (0..self.header.entries).all(|index| {
            let entry = self.entry(index);
            (entry.name as usize) < strings.len()
                && (entry.kind == ABSENT || FileKind::from_code(entry.kind).is_some())
        });
        if names_fit && next == self.header.entries { Ok(()) } else { Err(short) }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn state_file(&self) -> &Path {
        &self.state_file
    }

    pub fn packs(&self) -> impl Iterator<Item = PackId> + '_ {
        self.bytes[HEADER..self.header.directories_at].as_chunks().0.iter().map(|id| PackId(*id))
    }

    /// What the driver stored beside the table, proved whole.
    pub fn payload(&self) -> Lookup<&[u8]> {
        let payload = self.payload_unproved();
        if *self.whole.get_or_init(|| checksum(&[payload]) == self.header.payload_checksum) {
            Lookup::Hit(payload)
        } else {
            Lookup::Miss(Miss::Damaged("payload of the state file does not match its checksum"))
        }
    }

    /// The payload as it stands there, for a driver that reads little of it and checks that by itself.
    pub fn payload_unproved(&self) -> &[u8] {
        &self.bytes[self.header.body_end..]
    }

    /// What was recorded for a path, by binary search.
    pub fn item(&self, path: &Path) -> Option<Item> {
        let (directory, name) = split(path)?;
        let found =
            partition(self.header.directories, |index| self.path_bytes(&self.directory(index)) < directory);
        let record = (found < self.header.directories).then(|| self.directory(found))?;
        if self.path_bytes(&record) != directory {
            return None;
        }
        let first = record.first as usize;
        let offset = partition(record.count as usize, |at| self.name_bytes(&self.entry(first + at)) < name);
        let entry = (offset < record.count as usize).then(|| self.entry(first + offset))?;
        (self.name_bytes(&entry) == name).then(|| self.item_of(&record, &entry))
    }

    /// The content id recorded for a file; valid as far as a check found the file unchanged.
    pub fn content_id(&self, path: &Path) -> Option<ContentId> {
        self.item(path)?.file.map(|(_, _, id)| id)
    }

    /// All files and absent names, by directory and name.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        (0..self.header.directories).flat_map(move |index| {
            let directory = self.directory(index);
            let first = directory.first as usize;
            (first..first + directory.count as usize).map(move |at| self.item_of(&directory, &self.entry(at)))
        })
    }

    /// The directories whose listings count.
    pub fn listed_directories(&self) -> impl Iterator<Item = PathBuf> + '_ {
        (0..self.header.directories)
            .map(|index| self.directory(index))
            .filter(|directory| directory.listed)
            .map(|directory| self.directory_path(&directory))
    }

    fn item_of(&self, directory: &DirectoryRecord, entry: &EntryRecord) -> Item {
        let file = FileKind::from_code(entry.kind).map(|kind| {
            (kind, entry.stat, ContentId { sha256: entry.sha256, size_bytes: entry.stat.size_bytes })
        });
        Item { path: self.entry_path(directory, entry), file }
    }

    pub(super) fn entry_name(&self, entry: &EntryRecord) -> &OsStr {
        OsStr::from_bytes(self.name_bytes(entry))
    }

    pub(super) fn entry_path(&self, directory: &DirectoryRecord, entry: &EntryRecord) -> PathBuf {
        let name = OsStr::from_bytes(self.name_bytes(entry));
        match self.path_bytes(directory) {
            b"." => PathBuf::from(name),
            path => Path::new(OsStr::from_bytes(path)).join(name),
        }
    }

    pub(super) fn directory_path(&self, directory: &DirectoryRecord) -> PathBuf {
        PathBuf::from(OsStr::from_bytes(self.path_bytes(directory)))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn directory_at(&self, index: usize) -> usize {
        self.header.directories_at + index * DIRECTORY_BYTES
    }

    pub(super) fn entry_at(&self, index: usize) -> usize {
        self.header.entries_at + index * ENTRY_BYTES
    }

    pub(super) fn directory(&self, index: usize) -> DirectoryRecord {
        let at = self.directory_at(index);
        DirectoryRecord::read(&self.bytes[at..at + DIRECTORY_BYTES])
            .unwrap_or_else(|_| unreachable!("fixed size"))
    }

    pub(super) fn entry(&self, index: usize) -> EntryRecord {
        let at = self.entry_at(index);
        EntryRecord::read(&self.bytes[at..at + ENTRY_BYTES]).unwrap_or_else(|_| unreachable!("fixed size"))
    }

    fn strings(&self) -> &[u8] {
        &self.bytes[self.header.strings_at..self.header.body_end]
    }

    /// A string as the kernel takes it.
    pub(super) fn text(&self, offset: u32) -> &CStr {
        CStr::from_bytes_until_nul(&self.strings()[offset as usize..]).unwrap_or_default()
    }

    fn path_bytes(&self, directory: &DirectoryRecord) -> &[u8] {
        self.text(directory.path).to_bytes()
    }

    fn name_bytes(&self, entry: &EntryRecord) -> &[u8] {
        self.text(entry.name).to_bytes()
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

/// The directory (`.` for the root) and the name in it; nothing for a path that names no file.
pub(super) fn split(path: &Path) -> Option<(&[u8], &[u8])> {
    let name = path.file_name()?.as_bytes();
    let directory = path.parent()?.as_os_str().as_bytes();
    Some((if directory.is_empty() { b"." } else { directory }, name))
}

fn partition(len: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

fn parse(bytes: &[u8]) -> Result<Header, Short> {
    let mut reader = Reader::new(bytes);
    let (magic, version) = (reader.array::<4>()?, reader.u32()?);
    let time_ns = reader.u64()? as i64;
    let cache = CacheId(reader.array()?);
    let (generation, options) = (reader.u64()?, reader.array()?);
    let (packs, directories) = (reader.u32()? as usize, reader.u32()? as usize);
    let (entries, strings) = (reader.u32()? as usize, reader.u32()? as usize);
    let payload = reader.u64()?;
    let payload_checksum = reader.array()?;
    let found: [u8; 16] = reader.array()?;
    reader.table(packs, PACK_BYTES)?;
    let directories_at = reader.position();
    reader.table(directories, DIRECTORY_BYTES)?;
    let entries_at = reader.position();
    reader.table(entries, ENTRY_BYTES)?;
    let strings_at = reader.position();
    reader.take(strings)?;
    let body_end = reader.position();
    let sound = magic == MAGIC && version == VERSION && reader.remaining() as u64 == payload;
    if !sound || checksum(&[&bytes[..CHECKSUM_AT], &bytes[HEADER..body_end]]) != found {
        return Err(Short { at: 0 });
    }
    Ok(Header {
        time_ns,
        cache,
        generation,
        options,
        directories,
        entries,
        directories_at,
        entries_at,
        strings_at,
        body_end,
        payload_checksum,
    })
}
