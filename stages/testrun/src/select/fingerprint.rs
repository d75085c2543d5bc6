//! Digests of what tests read outside the code.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use dx_schemas::ContentId;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::evidence::Input;
use crate::index::VOLATILE;

/// A file that changed this shortly before it was looked at may change again within the same tick of its clock.
pub(super) const GRAIN_NS: i64 = 20_000_000;

/// What something was like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    pub(crate) digest: Digest,
    /// Size, inode, modification and change time, where these vouch for the content.
    stamp: Option<(u64, u64, i64, i64)>,
}

impl Fingerprint {
    pub(crate) fn of(input: &Input) -> Fingerprint {
        match input {
            Input::File(path) => of_file(Path::new(path)),
            Input::Folder(path) => Fingerprint { digest: folder(Path::new(path), |_| true), stamp: None },
            Input::Presence(path) => Fingerprint { digest: kind(Path::new(path), false), stamp: None },
            Input::Size(path) => Fingerprint { digest: kind(Path::new(path), true), stamp: None },
            Input::Name(name) => Fingerprint { digest: variable(name), stamp: None },
        }
    }

    /// Whether the input is still what it was.
    pub(crate) fn holds(&self, input: &Input) -> bool {
        if let (Input::File(path), Some(stamp)) = (input, self.stamp)
            && stamp_of(Path::new(path)) == Some(stamp)
        {
            return true;
        }
        Fingerprint::of(input).digest == self.digest
    }
}

fn of_file(path: &Path) -> Fingerprint {
    let stamp = stamp_of(path);
    let Ok(bytes) = fs::read(path) else { return Fingerprint::default() };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as i64);
    let settled = stamp.filter(|(.., modified, changed)| (*modified).max(*changed) < now - GRAIN_NS);
    Fingerprint {
        digest: Digest::from(&ContentId::of(&bytes)),
        stamp: settled.filter(|_| stamp_of(path) == stamp),
    }
}

fn stamp_of(path: &Path) -> Option<(u64, u64, i64, i64)> {
    let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let time = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
    Some((
        meta.len(),
        meta.ino(),
        time(meta.mtime(), meta.mtime_nsec()),
        time(meta.ctime(), meta.ctime_nsec()),
    ))
}

/// What is there, and where a link leads; for a file perhaps its size.
fn kind(path: &Path, sized: bool) -> Digest {
    let Ok(own) = fs::symlink_metadata(path) else { return Digest::default() };
    let meta = fs::metadata(path).ok();
    let is = |of: fn(&fs::Metadata) -> bool| u8::from(meta.as_ref().is_some_and(of));
    let kinds = [u8::from(own.is_symlink()), is(fs::Metadata::is_file), is(fs::Metadata::is_dir)];
    let size = meta.filter(|meta| sized && meta.is_file()).map_or(0, |meta| meta.len());
    let target = if own.is_symlink() { fs::read_link(path).unwrap_or_default() } else { PathBuf::new() };
    Digest::of([kinds.as_slice(), &size.to_le_bytes(), target.as_os_str().as_encoded_bytes()].into_iter())
}

/// Where tools keep what they know from run to run.
const KEPT: [&str; 7] =
    ["__pycache__", ".dx", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".coverage"];

/// The names in a folder that count.
pub(crate) fn folder(path: &Path, counts: impl Fn(&str) -> bool) -> Digest {
    let Ok(entries) = fs::read_dir(path) else { return Digest::default() };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !KEPT.contains(&name.as_str()) && counts(name));
    names.sort();
    Digest::of(names.iter().map(String::as_bytes))
}

fn variable(name: &str) -> Digest {
    if name == "*" {
        let mut all: Vec<(String, String)> = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .filter(|(name, _)| !VOLATILE.contains(&name.as_str()))
            .collect();
        all.sort();
        return Digest::of(all.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
    }
    if VOLATILE.contains(&name) {
        return Digest::default();
    }
    use std::os::unix::ffi::OsStrExt;
    std::env::var_os(name).map_or(Digest::default(), |value| Digest::of([value.as_bytes()].into_iter()))
}

/// pytest's configuration files, in each folder where they may stand.
pub(crate) const CONFIGURATION: [&str; 7] =
    ["pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini", "setup.cfg"];

pub(crate) fn configuration(folders: &[&Path]) -> Digest {
    let paths: Vec<PathBuf> =
        folders.iter().flat_map(|folder| CONFIGURATION.map(|name| folder.join(name))).collect();
    let contents: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap_or_default()).collect();
    Digest::of(contents.iter().map(Vec::as_slice))
}

/// Which distributions are installed in folders of packages.
pub(crate) fn distributions<'a>(folders: impl Iterator<Item = &'a String>) -> Digest {
    let is_distribution =
        |name: &str| [".dist-info", ".egg-info", ".egg-link", ".pth"].iter().any(|end| name.ends_with(end));
    let mut all: Vec<Digest> = Vec::new();
    for path in folders.map(Path::new) {
        all.push(folder(path, is_distribution));
        // The same version may be installed again with other content: that is in the list of its files. Times would be
        // cheaper, but differ between machines.
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().ends_with(".dist-info") {
                let record = entry.path().join("RECORD");
                let list = fs::read(&record).unwrap_or_default();
                all.push(Digest::of([record.as_os_str().as_encoded_bytes(), &list].into_iter()));
            }
        }
    }
    all.sort_unstable();
    Digest::of(all.iter().map(Digest::as_bytes))
}
