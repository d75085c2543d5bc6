//! Collecting what a build looks at, and writing it in one go.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dx_schemas::bytes::Write as _;
use dx_schemas::digest::{ContentId, Hex};

use super::check::CheckOutcome;
use super::layout::{ABSENT, CHECKSUM_AT, DirectoryRecord, EntryRecord, HEADER, MAGIC, VERSION, checksum};
use super::load::{Manifest, split};
use super::read::Listing;
use super::{FileKind, FileStat};
use crate::format::CacheId;
use crate::pack::PackId;
use crate::sys::{files, stat};

/// What the recorded result depends on beside files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub cache: CacheId,
    /// [`crate::Session::generation`], or what the build's own gc made of it.
    pub generation: u64,
    pub packs: Vec<PackId>,
    /// Digest of everything else: options, versions, arguments. The driver's to define.
    pub options: [u8; 32],
}

pub struct Builder {
    scratch: Scratch,
    state_file: PathBuf,
    directories: BTreeMap<Vec<u8>, Directory>,
}

#[derive(Default)]
struct Directory {
    listing: Option<(FileStat, [u8; 16])>,
    entries: BTreeMap<Vec<u8>, Entry>,
}

struct Entry {
    kind: u8,
    stat: FileStat,
    sha256: [u8; 32],
}

/// The file that will become the state file. Making it tells the time by the file system's clock.
pub(super) struct Scratch {
    path: PathBuf,
    file: Option<File>,
    pub(super) time_ns: i64,
}

impl Scratch {
    pub(super) fn create(state_file: &Path) -> io::Result<Scratch> {
        let folder = state_file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut name = state_file.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.tmp", Hex(&files::random()?[..8])));
        let path = folder.join(name);
        let file = File::create_new(&path)?;
        let (found, _) = stat::stat_at(file.as_fd(), c"")?;
        Ok(Scratch { path, file: Some(file), time_ns: found.mtime_ns })
    }

    pub(super) fn publish(mut self, state_file: &Path, parts: &[&[u8]]) -> io::Result<()> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        for part in parts {
            file.write_all(part)?;
        }
        drop(file);
        fs::rename(&self.path, state_file)?;
        self.path = PathBuf::new();
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes what killed builds left beside the state file.
fn remove_stale(state_file: &Path) -> io::Result<()> {
    let Some(name) = state_file.file_name() else { return Ok(()) };
    let folder = state_file.parent().unwrap_or(Path::new("."));
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.file_name();
        let is_ours =
            found.as_bytes().strip_prefix(name.as_bytes()).is_some_and(|rest| rest.ends_with(b".tmp"));
        let age = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .map(|time| SystemTime::now().duration_since(time).unwrap_or(Duration::ZERO));
        if is_ours && age.is_ok_and(|age| age > Duration::from_secs(3600)) {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

impl Builder {
    /// To be called before the first input is read: what changes from here on will be hashed again by the next check.
    pub fn begin(state_file: &Path) -> io::Result<Builder> {
        let scratch = Scratch::create(state_file)?;
        let _ = remove_stale(state_file);
        Ok(Builder { scratch, state_file: state_file.to_path_buf(), directories: BTreeMap::new() })
    }

    /// A file that was read: `path` relative to the root or absolute, `stat` from before the read. A path without a
    /// file name, or with a zero byte, cannot have been read and is ignored.
    pub fn file(&mut self, kind: FileKind, path: &Path, stat: FileStat, id: ContentId) {
        // The recorded size is the digest's, so that a file which grew while it was read differs at the next check.
        let stat = FileStat { size_bytes: id.size_bytes, ..stat };
        self.insert(path, Entry { kind: kind as u8, stat, sha256: id.sha256 });
    }

    /// A name that was looked for and not found; its appearance is a change.
    pub fn absent(&mut self, path: &Path) {
        self.insert(path, Entry { kind: ABSENT, stat: FileStat::default(), sha256: [0; 32] });
    }

    /// A directory whose names were looked at; another set of names is a change. The root is an empty path or `.`.
    pub fn directory(&mut self, path: &Path, listing: &Listing) {
        self.directory_of(path.as_os_str().as_bytes()).listing = Some((listing.stat, listing.digest));
    }

    /// Takes over everything that `outcome` (a check of `manifest`) found unchanged.
    pub fn carry(&mut self, manifest: &Manifest, outcome: &CheckOutcome) {
        self.carry_where(manifest, outcome, |_, _| true);
    }

    /// As [`Builder::carry`], for the paths (of files, absent names and directories) that `keep` wants.
    pub fn carry_if(&mut self, manifest: &Manifest, outcome: &CheckOutcome, keep: impl Fn(&Path) -> bool) {
        self.carry_where(manifest, outcome, |directory, name| {
            let is_root = directory.as_os_str() == ".";
            match (is_root, name.is_empty()) {
                (_, true) => keep(directory),
                (true, false) => keep(Path::new(name)),
                (false, false) => keep(&directory.join(name)),
            }
        });
    }

    /// `keep` is asked with a directory and a name in it; an empty name stands for the directory itself.
    fn carry_where(
        &mut self,
        manifest: &Manifest,
        outcome: &CheckOutcome,
        keep: impl Fn(&Path, &OsStr) -> bool,
    ) {
        // What the check hashed is as old as the check.
        self.scratch.time_ns = self.scratch.time_ns.min(outcome.time_ns());
        for index in 0..manifest.header.directories {
            let record = manifest.directory(index);
            let path = manifest.directory_path(&record);
            let mut listing = None;
            if record.listed && outcome.keeps_directory(index) && keep(&path, OsStr::new("")) {
                let stat = outcome.directory_stat(index).unwrap_or(record.stat);
                listing = Some((stat, record.listing));
            }
            let range = record.first as usize..(record.first + record.count) as usize;
            let kept: Vec<_> = range
                .filter(|at| outcome.keeps_entry(*at))
                .map(|at| (at, manifest.entry(at)))
                .filter(|(_, entry)| keep(&path, manifest.entry_name(entry)))
                .map(|(at, entry)| {
                    let stat = outcome.entry_stat(at).unwrap_or(entry.stat);
                    let name = manifest.entry_name(&entry).as_bytes().to_vec();
                    (name, Entry { kind: entry.kind, stat, sha256: entry.sha256 })
                })
                .collect();
            if listing.is_some() || !kept.is_empty() {
                let directory = self.directory_of(path.as_os_str().as_bytes());
                directory.listing = listing.or(directory.listing);
                directory.entries.extend(kept);
            }
        }
    }

    fn insert(&mut self, path: &Path, entry: Entry) {
        if path.as_os_str().as_bytes().contains(&0) {
            return;
        }
        if let Some((directory, name)) = split(path) {
            self.directory_of(directory).entries.insert(name.to_vec(), entry);
        }
    }

    fn directory_of(&mut self, path: &[u8]) -> &mut Directory {
        let path = if path.is_empty() { b"." } else { path };
        if !self.directories.contains_key(path) {
            self.directories.insert(path.to_vec(), Directory::default());
        }
        self.directories.entry(path.to_vec()).or_default()
    }

    /// Writes the state file: the old one or the new one is there at any moment.
    pub fn finish(self, binding: &Binding, payload: &[u8]) -> io::Result<()> {
        let mut strings = Vec::new();
        let (mut directories, mut entries) = (Vec::new(), Vec::new());
        let (mut directory_count, mut entry_count) = (0u32, 0u32);
        let mut intern = |text: &[u8]| {
            let at = strings.len() as u32;
            strings.extend_from_slice(text);
            strings.push(0);
            at
        };
        for (path, directory) in &self.directories {
            let (stat, listing) = directory.listing.unwrap_or_default();
            let count = directory.entries.len() as u32;
            let listed = directory.listing.is_some();
            let path = intern(path);
            DirectoryRecord { path, first: entry_count, count, listed, stat, listing }.put(&mut directories);
            for (name, entry) in &directory.entries {
                let name = intern(name);
                EntryRecord { name, kind: entry.kind, stat: entry.stat, sha256: entry.sha256 }
                    .put(&mut entries);
            }
            directory_count += 1;
            entry_count += count;
        }
        let before_strings = HEADER + binding.packs.len() * 16 + directories.len() + entries.len();
        strings.resize((before_strings + strings.len()).next_multiple_of(64) - before_strings, 0);
        if u32::try_from(strings.len()).is_err() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many names for a state file"));
        }

        let mut out = Vec::with_capacity(before_strings + strings.len());
        out.extend_from_slice(&MAGIC);
        out.put_u32(VERSION);
        out.put_u64(self.scratch.time_ns as u64);
        out.extend_from_slice(&binding.cache.0);
        out.put_u64(binding.generation);
        out.extend_from_slice(&binding.options);
        out.put_u32(binding.packs.len() as u32);
        out.put_u32(directory_count);
        out.put_u32(entry_count);
        out.put_u32(strings.len() as u32);
        out.put_u64(payload.len() as u64);
        out.extend_from_slice(&checksum(&[payload]));
        out.resize(HEADER, 0);
        for pack in &binding.packs {
            out.extend_from_slice(&pack.0);
        }
        out.extend_from_slice(&directories);
        out.extend_from_slice(&entries);
        out.extend_from_slice(&strings);
        let sum = checksum(&[&out[..CHECKSUM_AT], &out[HEADER..]]);
        out[CHECKSUM_AT..HEADER].copy_from_slice(&sum);
        self.scratch.publish(&self.state_file, &[&out, payload])
    }
}
