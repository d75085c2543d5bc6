//! What a collection found, and everything that it depends on, so that the next one need not happen.
//!
//! One file for each way of calling (arguments, interpreter, environment): a stat manifest over all that was read and
//! listed, with the `.dxti` table of tests as its payload.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dx_cache::manifest::{Binding, Builder, FileKind, FileStat, Manifest, list_directory, read_file};
use dx_cache::{CacheId, Lookup};
use dx_schemas::digest::ContentId;
use dx_schemas::dxti::Dxti;

use crate::state::State;

/// Indexes that are kept of one workspace.
const KEPT: usize = 8;
/// A file that changed this shortly before the collection began may have been read before or after that.
const GRAIN: Duration = Duration::from_millis(20);
/// A file that did not change for so long before is believed by its stat data, as in the stat manifest.
const SETTLED_NS: i64 = 2_000_000_000;
/// Variables that change from shell to shell and say nothing to tests.
pub(crate) const VOLATILE: [&str; 14] = [
    "_",
    "COLUMNS",
    "LINES",
    "OLDPWD",
    "PWD",
    "SHLVL",
    "TERM",
    "TERM_PROGRAM",
    "WINDOWID",
    "PS1",
    "DX_CACHE",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_OUTPUT",
    "GITHUB_ENV",
];
/// pytest's options that change what is printed and not what is found.
const REPORTING: [&str; 14] = [
    "-v",
    "-vv",
    "-vvv",
    "-q",
    "-qq",
    "-s",
    "-x",
    "-l",
    "--verbose",
    "--quiet",
    "--exitfirst",
    "--showlocals",
    "--no-header",
    "--no-summary",
];

/// Digest of a way of calling.
pub(crate) fn call(python: &Path, folder: &Path, arguments: &[String]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    use std::os::unix::ffi::OsStrExt;
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(python.as_os_str().as_bytes());
    add(folder.as_os_str().as_bytes());
    for argument in arguments.iter().filter(|argument| !is_reporting(argument)) {
        add(argument.as_bytes());
    }
    let mut environment: Vec<_> = std::env::vars_os().collect();
    environment.sort();
    for (name, value) in environment {
        if !VOLATILE.iter().any(|volatile| name == *volatile) {
            add(name.as_bytes());
            add(value.as_bytes());
        }
    }
    *hasher.finalize().as_bytes()
}

fn is_reporting(argument: &str) -> bool {
    let prefixes = ["--tb=", "--color=", "--durations", "-r", "--maxfail", "--show-capture"];
    REPORTING.contains(&argument) || prefixes.iter().any(|prefix| argument.starts_with(prefix))
}

fn name(call: &[u8; 32]) -> String {
    format!("{}.dxti", &blake3::Hash::from_bytes(*call).to_hex()[..16])
}

/// What something depends on: a list of files and folders that becomes a stat manifest. Begins before anything is read.
pub(crate) struct Recording {
    builder: Builder,
    file: PathBuf,
    began: SystemTime,
    call: [u8; 32],
    files: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
    /// A path that is no text has been read: nobody could tell when what it names changes.
    nameless: bool,
}

impl Recording {
    /// `None` where nothing can be written, or where nobody would ask again: for single tests.
    pub(crate) fn begin(state: &State, call: [u8; 32], arguments: &[String]) -> Option<Recording> {
        if arguments.iter().any(|argument| argument.contains("::")) {
            return None;
        }
        state.prepare().ok()?;
        let began = SystemTime::now().checked_sub(GRAIN)?;
        let file = state.path(&name(&call));
        let builder = Builder::begin(&file).ok()?;
        Some(Recording {
            builder,
            file,
            began,
            call,
            files: BTreeSet::new(),
            folders: BTreeSet::new(),
            nameless: false,
        })
    }

    /// For what was read since `began`, before this process was there.
    pub(crate) fn since(file: &Path, began: SystemTime, call: [u8; 32]) -> Option<Recording> {
        let began = began.checked_sub(GRAIN)?;
        let builder = Builder::begin(file).ok()?;
        Some(Recording {
            builder,
            file: file.to_owned(),
            began,
            call,
            files: BTreeSet::new(),
            folders: BTreeSet::new(),
            nameless: false,
        })
    }

    pub(crate) fn call(&self) -> &[u8; 32] {
        &self.call
    }

    pub(crate) fn files(&mut self, paths: impl IntoIterator<Item = String>) {
        add(&mut self.files, &mut self.nameless, paths);
    }

    pub(crate) fn folders(&mut self, paths: impl IntoIterator<Item = String>) {
        add(&mut self.folders, &mut self.nameless, paths);
    }

    /// Writes the manifest with its payload. What changed since the recording began, or is gone, is written so that no
    /// check will find it unchanged: nobody knows which state of it was read.
    pub(crate) fn finish(mut self, payload: &[u8]) {
        let began =
            self.began.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos() as i64);
        let late = |stat: &FileStat| stat.mtime_ns >= began || stat.ctime_ns >= began;
        let temporary = std::env::temp_dir();
        let mut sound = !self.nameless;
        let old = match Manifest::load(&self.file, Path::new("/")) {
            Lookup::Hit(manifest) => Some(manifest),
            Lookup::Miss(_) => None,
        };
        for path in self.files.iter().filter(|path| is_lasting(path)) {
            if let Some((stat, id)) = old.as_ref().and_then(|old| known(old, path, began)) {
                self.builder.file(FileKind::Source, path, stat, id);
                continue;
            }
            match read_file(path) {
                Ok((_, stat)) if late(&stat) => self.builder.absent(path),
                Ok((bytes, stat)) => self.builder.file(FileKind::Source, path, stat, ContentId::of(&bytes)),
                // It was looked for in vain, unless it is gone only now.
                Err(_) if was_absent(path, self.began) => self.builder.absent(path),
                Err(_) => sound &= path.starts_with(&temporary),
            }
        }
        for folder in self.folders.iter().filter(|folder| is_lasting(folder)) {
            let changed = |meta: fs::Metadata| meta.modified().is_ok_and(|time| time >= self.began);
            if fs::metadata(folder).is_ok_and(changed) {
                self.builder.absent(folder);
            } else if let Ok(listing) = list_directory(folder) {
                self.builder.directory(folder, &listing);
            }
        }
        let binding = Binding { cache: CacheId::NONE, generation: 0, packs: Vec::new(), options: self.call };
        if sound {
            let _ = self.builder.finish(&binding, payload);
        }
    }
}

fn add(known: &mut BTreeSet<PathBuf>, nameless: &mut bool, paths: impl IntoIterator<Item = String>) {
    for path in paths {
        *nameless |= path.contains(char::REPLACEMENT_CHARACTER);
        known.insert(PathBuf::from(path));
    }
}

/// What an earlier manifest says of a file that has not changed since long before this recording.
fn known(old: &Manifest, path: &Path, began_ns: i64) -> Option<(FileStat, ContentId)> {
    let (_, stat, id) = old.item(path)?.file?;
    let meta = fs::metadata(path).ok()?;
    let now = FileStat {
        size_bytes: meta.size(),
        inode: meta.ino(),
        mtime_ns: meta.mtime() * 1_000_000_000 + meta.mtime_nsec(),
        ctime_ns: meta.ctime() * 1_000_000_000 + meta.ctime_nsec(),
    };
    let settled = now.mtime_ns.max(now.ctime_ns) < began_ns - SETTLED_NS;
    (settled && now == stat).then_some((stat, id))
}

/// Whether a name that is not there was not there since `began` either: its folder has not changed.
fn was_absent(path: &Path, began: SystemTime) -> bool {
    let above = path.ancestors().skip(1).find_map(|folder| fs::metadata(folder).ok());
    above.is_some_and(|meta| !meta.is_dir() || meta.modified().is_ok_and(|time| time < began))
}

fn is_lasting(path: &Path) -> bool {
    path.is_absolute() && !["/proc", "/sys", "/dev"].iter().any(|folder| path.starts_with(folder))
}

/// What has changed of all that a manifest vouches for; nothing if it still holds.
pub(crate) fn changed(file: &Path, call: &[u8; 32]) -> Option<String> {
    let Lookup::Hit(manifest) = Manifest::load(file, Path::new("/")) else {
        return Some("its list".to_owned());
    };
    let outcome = manifest.check(None, call, 2);
    if outcome.is_unchanged() {
        return None;
    }
    let paths = [&outcome.modified, &outcome.removed, &outcome.appeared, &outcome.directories];
    let first = paths.into_iter().flatten().next();
    Some(
        first.map_or("the way of calling".to_owned(), |path| {
            format!("'/{}'", path.display()).replace("//", "/")
        }),
    )
}

/// Removes the oldest indexes.
pub(crate) fn prune(state: &State) {
    let Ok(entries) = fs::read_dir(state.path("")) else { return };
    let mut found: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "dxti"))
        .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
        .collect();
    found.sort();
    for (_, path) in found.iter().rev().skip(KEPT) {
        let _ = fs::remove_file(path);
    }
}

/// The index of the last collection called in this way, if nothing that it depends on has changed.
pub(crate) struct Index(Manifest);

impl Index {
    pub(crate) fn load(state: &State, call: &[u8; 32]) -> Option<Index> {
        let Lookup::Hit(manifest) = Manifest::load(&state.path(&name(call)), Path::new("/")) else {
            return None;
        };
        manifest.check(None, call, 2).is_unchanged().then_some(Index(manifest))
    }

    pub(crate) fn table(&self) -> Option<Dxti<'_>> {
        let Lookup::Hit(payload) = self.0.payload() else { return None };
        Dxti::open(payload).ok()
    }
}
