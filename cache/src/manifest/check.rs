//! The check that a null build consists of.
//!
//! First pass: `fstatat` of every entry, on a few threads, each directory opened once per slice of work. Nothing is
//! allocated for what is as recorded. Second pass, only over what differs or is racy: hash it. The file system's time is
//! taken between the passes, which is enough: an entry that the first pass found equal and not racy keeps an old change
//! time, so any later change of it shows.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use dx_schemas::digest::ContentId;

use super::FileStat;
use super::build::Scratch;
use super::layout::{
    ABSENT, CHECKSUM_AT, DIRECTORY_STAT_AT, ENTRY_STAT_AT, EntryRecord, HEADER, TIME_AT, checksum,
    put_directory_stat, put_entry_stat,
};
use super::load::Manifest;
use super::read::{list_directory, read_file};
use crate::cache::Cache;
use crate::format::CacheId;
use crate::sys::stat::{self, Form};

/// How long before the manifest's time a file must have changed last to be believed by its stat data.
const RACY_NS: i64 = 2_000_000_000;

/// Entries per slice of work: small enough to share evenly, large enough that opening directories does not count.
const SLICE: usize = 256;

/// What differs from the manifest beside files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("the options are not those of the last build")]
    Options,
    #[error("the cache is not the one of the last build")]
    OtherCache,
    #[error("something was removed from the cache since the last build")]
    Generation,
    #[error("a pack of the last build is gone")]
    PackGone,
    #[error("the root directory cannot be opened")]
    Root,
}

/// What a check found; paths are as they were recorded.
#[derive(Debug, Default)]
pub struct CheckOutcome {
    pub invalid: Option<Invalid>,
    pub modified: Vec<PathBuf>,
    pub removed: Vec<PathBuf>,
    /// Names that were absent and exist now.
    pub appeared: Vec<PathBuf>,
    /// Directories with another set of names (or none any more).
    pub directories: Vec<PathBuf>,
    /// Entries that had to be hashed and were equal.
    pub rehashed: usize,
    /// The file system's time before anything was hashed.
    time_ns: i64,
    fresh_entries: BTreeMap<usize, FileStat>,
    fresh_directories: BTreeMap<usize, FileStat>,
    changed_entries: HashSet<usize>,
    changed_directories: HashSet<usize>,
}

impl CheckOutcome {
    /// Nothing differs: the last build's result stands.
    pub fn is_unchanged(&self) -> bool {
        self.invalid.is_none() && self.changed_entries.is_empty() && self.changed_directories.is_empty()
    }

    pub(super) fn time_ns(&self) -> i64 {
        self.time_ns
    }

    pub(super) fn keeps_entry(&self, index: usize) -> bool {
        !self.changed_entries.contains(&index)
    }

    pub(super) fn keeps_directory(&self, index: usize) -> bool {
        !self.changed_directories.contains(&index)
    }

    pub(super) fn entry_stat(&self, index: usize) -> Option<FileStat> {
        self.fresh_entries.get(&index).copied()
    }

    pub(super) fn directory_stat(&self, index: usize) -> Option<FileStat> {
        self.fresh_directories.get(&index).copied()
    }
}

/// A part of one directory's entries; the first part also looks at the directory itself.
struct Slice {
    directory: usize,
    first: usize,
    end: usize,
    whole: bool,
}

#[derive(Clone, Copy)]
enum Finding {
    Removed(usize),
    Appeared(usize),
    /// Not a regular file any more, or of another size.
    Modified(usize),
    /// To be hashed: other stat data, or racy.
    Suspect(usize),
    DirectoryGone(usize),
    SuspectDirectory(usize),
}

enum Verdict {
    Equal(FileStat),
    Different,
    Gone,
}

impl Manifest {
    /// Compares everything recorded with what is there. When all is unchanged but some entries had to be hashed, the
    /// state file is written again (best effort), so that the next check need not hash them.
    pub fn check(&self, cache: Option<&Cache>, options: &[u8; 32], threads: usize) -> CheckOutcome {
        let mut outcome = CheckOutcome { invalid: self.invalid(cache, options), ..CheckOutcome::default() };
        let Ok(root) = File::open(self.root()) else {
            outcome.invalid = Some(Invalid::Root);
            outcome.changed_directories = (0..self.header.directories).collect();
            outcome.changed_entries = (0..self.header.entries).collect();
            return outcome;
        };
        let slices = self.slices();
        let findings =
            parallel(slices.len(), threads, |index, out| self.look(root.as_fd(), &slices[index], out));
        let mut suspects = Vec::new();
        for finding in findings {
            match finding {
                Finding::Suspect(_) | Finding::SuspectDirectory(_) => suspects.push(finding),
                Finding::Removed(at) => self.note(&mut outcome, at, |outcome| &mut outcome.removed),
                Finding::Appeared(at) => self.note(&mut outcome, at, |outcome| &mut outcome.appeared),
                Finding::Modified(at) => self.note(&mut outcome, at, |outcome| &mut outcome.modified),
                Finding::DirectoryGone(at) => self.note_directory(&mut outcome, at),
            }
        }
        let scratch = if suspects.is_empty() { None } else { Scratch::create(self.state_file()).ok() };
        outcome.time_ns = match &scratch {
            Some(scratch) => scratch.time_ns,
            None if suspects.is_empty() => i64::MAX,
            None => self.header.time_ns,
        };
        let verdicts = parallel(suspects.len(), threads, |index, out| {
            out.push((suspects[index], self.compare(suspects[index])));
        });
        for (finding, verdict) in verdicts {
            match (finding, verdict) {
                (Finding::SuspectDirectory(at), Verdict::Equal(found)) => {
                    outcome.fresh_directories.insert(at, found);
                }
                (Finding::SuspectDirectory(at), _) => self.note_directory(&mut outcome, at),
                (Finding::Suspect(at), Verdict::Equal(found)) => {
                    outcome.fresh_entries.insert(at, found);
                    outcome.rehashed += 1;
                }
                (Finding::Suspect(at), Verdict::Different) => {
                    self.note(&mut outcome, at, |outcome| &mut outcome.modified);
                }
                (Finding::Suspect(at), Verdict::Gone) => {
                    self.note(&mut outcome, at, |outcome| &mut outcome.removed);
                }
                _ => {}
            }
        }
        for paths in
            [&mut outcome.modified, &mut outcome.removed, &mut outcome.appeared, &mut outcome.directories]
        {
            paths.sort_unstable();
        }
        if let Some(scratch) = scratch
            && outcome.is_unchanged()
        {
            // A state file that cannot be written costs the next check the same hashing, nothing else.
            let _ = self.rewrite(scratch, &outcome);
        }
        outcome
    }

    fn invalid(&self, cache: Option<&Cache>, options: &[u8; 32]) -> Option<Invalid> {
        if self.header.options != *options {
            return Some(Invalid::Options);
        }
        if self.header.cache == CacheId::NONE {
            return None;
        }
        let Some(cache) = cache else { return Some(Invalid::OtherCache) };
        if cache.id() != self.header.cache {
            return Some(Invalid::OtherCache);
        }
        if cache.gc_generation() != self.header.generation {
            return Some(Invalid::Generation);
        }
        self.packs().any(|pack| !cache.has_pack(pack)).then_some(Invalid::PackGone)
    }

    fn slices(&self) -> Vec<Slice> {
        let mut out = Vec::with_capacity(self.header.directories);
        for directory in 0..self.header.directories {
            let record = self.directory(directory);
            let (first, end) = (record.first as usize, (record.first + record.count) as usize);
            let mut at = first;
            loop {
                let next = (at + SLICE).min(end);
                out.push(Slice { directory, first: at, end: next, whole: at == first });
                at = next;
                if at == end {
                    break;
                }
            }
        }
        out
    }

    fn look(&self, root: BorrowedFd<'_>, slice: &Slice, out: &mut Vec<Finding>) {
        let directory = self.directory(slice.directory);
        let opened = stat::open_directory(root, self.text(directory.path));
        if directory.listed && slice.whole {
            match opened.as_ref().map(|fd| stat::stat_at(fd.as_fd(), c"")) {
                Ok(Ok((found, _))) => {
                    let found = FileStat { size_bytes: 0, ..found };
                    if found != directory.stat || self.is_racy(&found) {
                        out.push(Finding::SuspectDirectory(slice.directory));
                    }
                }
                _ => out.push(Finding::DirectoryGone(slice.directory)),
            }
        }
        for index in slice.first..slice.end {
            let entry = self.entry(index);
            let found = match &opened {
                Ok(fd) => stat::stat_at(fd.as_fd(), self.text(entry.name)),
                Err(error) => Err(error.kind().into()),
            };
            out.extend(self.judge(index, &entry, found));
        }
    }

    fn judge(
        &self,
        index: usize,
        entry: &EntryRecord,
        found: io::Result<(FileStat, Form)>,
    ) -> Option<Finding> {
        match (entry.kind, found) {
            (ABSENT, Ok(_)) => Some(Finding::Appeared(index)),
            // What may not be looked at could not be found either.
            (ABSENT, Err(_)) => None,
            (_, Err(_)) => Some(Finding::Removed(index)),
            (_, Ok((found, form))) if form != Form::File || found.size_bytes != entry.stat.size_bytes => {
                Some(Finding::Modified(index))
            }
            (_, Ok((found, _))) => {
                (found != entry.stat || self.is_racy(&found)).then_some(Finding::Suspect(index))
            }
        }
    }

    /// Changed too recently, by the manifest's clock, for equal stat data to mean equal content. Any change of content
    /// sets the change time, which programs cannot set back; the modification time is for file systems without one.
    fn is_racy(&self, found: &FileStat) -> bool {
        let last = if found.ctime_ns == 0 { found.mtime_ns } else { found.ctime_ns };
        last > self.header.time_ns.saturating_sub(RACY_NS)
    }

    fn compare(&self, suspect: Finding) -> Verdict {
        match suspect {
            Finding::Suspect(index) => {
                let entry = self.entry(index);
                match read_file(&self.root().join(self.path_of(index))) {
                    Ok((bytes, found)) if ContentId::of(&bytes).sha256 == entry.sha256 => {
                        Verdict::Equal(found)
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Verdict::Gone,
                    _ => Verdict::Different,
                }
            }
            Finding::SuspectDirectory(index) => {
                let directory = self.directory(index);
                match list_directory(&self.root().join(self.directory_path(&directory))) {
                    Ok(listing) if listing.digest == directory.listing => Verdict::Equal(listing.stat),
                    _ => Verdict::Different,
                }
            }
            _ => Verdict::Different,
        }
    }

    fn note(
        &self,
        outcome: &mut CheckOutcome,
        index: usize,
        list: impl Fn(&mut CheckOutcome) -> &mut Vec<PathBuf>,
    ) {
        outcome.changed_entries.insert(index);
        let path = self.path_of(index);
        list(outcome).push(path);
    }

    fn note_directory(&self, outcome: &mut CheckOutcome, index: usize) {
        outcome.changed_directories.insert(index);
        outcome.directories.push(self.directory_path(&self.directory(index)));
    }

    fn path_of(&self, index: usize) -> PathBuf {
        let (mut low, mut high) = (0, self.header.directories);
        // The directory whose range holds the entry: the last one that begins at or before it and is not empty.
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if (self.directory(middle).first as usize) <= index { low = middle } else { high = middle }
        }
        self.entry_path(&self.directory(low), &self.entry(index))
    }

    fn rewrite(&self, scratch: Scratch, outcome: &CheckOutcome) -> io::Result<()> {
        let (body, payload) = self.bytes().split_at(self.header.body_end);
        let mut body = body.to_vec();
        body[TIME_AT..TIME_AT + 8].copy_from_slice(&scratch.time_ns.to_le_bytes());
        let mut raw = Vec::new();
        let mut patch = |at: usize, raw: &mut Vec<u8>| {
            body[at..at + raw.len()].copy_from_slice(raw);
            raw.clear();
        };
        for (index, found) in &outcome.fresh_directories {
            put_directory_stat(&mut raw, found);
            patch(self.directory_at(*index) + DIRECTORY_STAT_AT, &mut raw);
        }
        for (index, found) in &outcome.fresh_entries {
            put_entry_stat(&mut raw, found);
            patch(self.entry_at(*index) + ENTRY_STAT_AT, &mut raw);
        }
        let sum = checksum(&[&body[..CHECKSUM_AT], &body[HEADER..]]);
        body[CHECKSUM_AT..HEADER].copy_from_slice(&sum);
        scratch.publish(self.state_file(), &[&body, payload])
    }
}

/// Runs `work` for each index on up to `threads` threads, this one included; results come in no order.
fn parallel<T: Send>(count: usize, threads: usize, work: impl Fn(usize, &mut Vec<T>) + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut out = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return out;
            }
            work(index, &mut out);
        }
    };
    // A thread costs as much as a hundred stats.
    let threads = threads.min(count.div_ceil(4)).max(1);
    if threads == 1 {
        return run();
    }
    std::thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).filter_map(|_| std::thread::Builder::new().spawn_scoped(scope, run).ok()).collect();
        let mut out = run();
        for other in others {
            match other.join() {
                Ok(more) => out.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        out
    })
}
