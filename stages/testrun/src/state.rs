//! Where the runner keeps what it remembers: `.dx/testrun` of the workspace, which can be thrown away at any time.

use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::sys::process;

/// Files that mark a workspace's root, as in `pipeline/src/workspace.rs`.
const MARKS: [&str; 3] = ["dx.toml", "pyproject.toml", ".git"];

/// Nobody is still writing a file that is as old as this.
const STALE: Duration = Duration::from_secs(3600);

#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) root: PathBuf,
    folder: PathBuf,
}

impl State {
    /// The state of the workspace that `folder` lies in.
    pub(crate) fn of(folder: &Path) -> State {
        let marked = folder.ancestors().find(|above| MARKS.iter().any(|mark| above.join(mark).exists()));
        let root = marked.unwrap_or(folder).to_path_buf();
        State { folder: root.join(".dx").join("testrun"), root }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder, made if need be; git does not see it.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        let ignore = self.root.join(".dx").join(".gitignore");
        if !self.folder.is_dir() {
            fs::create_dir_all(&self.folder)?;
        }
        if !ignore.exists() {
            fs::write(ignore, "*\n")?;
        }
        Ok(())
    }

    /// Replaces a file whole or not at all.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.prepare()?;
        let path = self.path(name);
        let temporary = self.path(&format!("{name}.{}.tmp", std::process::id()));
        let written = fs::File::create(&temporary)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&temporary, &path));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    /// Holds a file for this process while the handle lives: two that change it do so one after the other.
    pub(crate) fn lock(&self, name: &str) -> io::Result<fs::File> {
        self.prepare()?;
        let file = fs::File::create(self.path(&format!("{name}.lock")))?;
        file.lock()?;
        Ok(file)
    }

    /// Removes what runs that were killed left half-written. A run that goes on is done with such a file long before.
    pub(crate) fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if name.as_bytes().starts_with(b"python-") {
                let Ok(modules) = fs::read_dir(entry.path()) else { continue };
                modules.flatten().for_each(|module| remove_if_stale(&module));
            } else {
                remove_if_stale(&entry);
            }
        }
    }

    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path(name)).ok()
    }

    /// What tells a file from the one that replaces it.
    pub(crate) fn stamp(&self, name: &str) -> Option<[i64; 4]> {
        let meta = fs::metadata(self.path(name)).ok()?;
        Some([meta.ino() as i64, meta.len() as i64, meta.mtime(), meta.mtime_nsec()])
    }
}

/// Half-written files are called `NAME.tmp`, or `NAME.PID` where Python writes them.
fn remove_if_stale(entry: &fs::DirEntry) {
    let name = entry.file_name();
    let ending = name.as_bytes().rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    if ending != b"tmp" && !ending.iter().all(u8::is_ascii_digit) {
        return;
    }
    let age =
        entry.metadata().and_then(|meta| meta.modified()).map(|then| then.elapsed().unwrap_or_default());
    if age.is_ok_and(|age| age > STALE) {
        let _ = fs::remove_file(entry.path());
    }
}

/// Where sockets lie, and what finds no place beside the state: short paths, nobody else's.
pub(crate) fn runtime_folder() -> io::Result<PathBuf> {
    let user = process::user();
    let base = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_dir());
    let folder = base.map_or_else(
        || std::env::temp_dir().join(format!("dx-testrun-{user}")),
        |base| base.join("dx-testrun"),
    );
    if !folder.is_dir() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    }
    let meta = fs::symlink_metadata(&folder)?;
    if !meta.is_dir() || meta.uid() != user || meta.mode() & 0o077 != 0 {
        let why = format!("'{}' is not a private folder of this user", folder.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    Ok(folder)
}
