//! Reading inputs so that the manifest can vouch for them: the stat data is taken before the bytes.
//!
//! If the file changes in between, its stat data differs at the next check, or its times lie after the manifest's, which
//! makes it racy. Either way it is hashed again, so no second look is needed here.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::layout::checksum;
use crate::sys::stat::{self, FileStat, Form};

/// A regular file's bytes and its stat data from just before they were read.
pub fn read_file(path: &Path) -> io::Result<(Vec<u8>, FileStat)> {
    // Without O_NONBLOCK, opening a pipe that somebody put in the tree would wait for ever.
    let mut file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    let (found, form) = stat::stat_at(file.as_fd(), c"")?;
    if form != Form::File {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.size_bytes).unwrap_or(0).min(1 << 30));
    file.read_to_end(&mut bytes)?;
    Ok((bytes, found))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    File,
    Directory,
    Link,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    pub name: OsString,
    pub kind: NameKind,
}

/// A directory's names, sorted by bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    pub names: Vec<Name>,
    pub(super) stat: FileStat,
    pub(super) digest: [u8; 16],
}

pub fn list_directory(path: &Path) -> io::Result<Listing> {
    let directory = File::open(path)?;
    let (stat, _) = stat::stat_at(directory.as_fd(), c"")?;
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let kind = if kind.is_symlink() {
            NameKind::Link
        } else if kind.is_dir() {
            NameKind::Directory
        } else if kind.is_file() {
            NameKind::File
        } else {
            NameKind::Other
        };
        names.push(Name { name: entry.file_name(), kind });
    }
    names.sort_unstable();
    let mut flat = Vec::new();
    for name in &names {
        flat.extend_from_slice(name.name.as_bytes());
        flat.extend_from_slice(&[0, name.kind as u8]);
    }
    Ok(Listing { digest: checksum(&[&flat]), names, stat: FileStat { size_bytes: 0, ..stat } })
}
