//! A lease: one small file that says "this process reads these packs", for gc to respect.
//!
//! A lease and not a lock: gc never waits for a `watch` that runs all day, it only leaves the packs alone that this
//! process has opened. (Those that it has not opened yet may move: it looks at the index again then.) The file is locked
//! (`flock`) while its session lives, so gc recognises a dead one on any kernel and in any container; process number and
//! start time stand in it for file systems without locks and for people.
//!
//! ```text
//! PID START
//! PACK          (one line each, added when the pack is opened)
//! ```

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use dx_schemas::digest::Hex;

use crate::layout::Layout;
use crate::pack::PackId;
use crate::sys::{files, process};

pub(crate) struct Lease {
    path: PathBuf,
    process: u32,
    file: File,
}

impl Lease {
    pub(crate) fn take(layout: &Layout) -> io::Result<Lease> {
        let name = format!("{}.lease", Hex(&files::random()?));
        let (scratch, path) = (layout.scratch().join(&name), layout.leases().join(&name));
        let pid = std::process::id();
        let text = format!("{pid} {}\n", process::start_time(pid).unwrap_or(0));
        let mut file = File::create_new(&scratch)?;
        // Locked and complete before it is visible: gc never meets a lease that looks dead or empty.
        let _ = file.try_lock();
        let shown = file.write_all(text.as_bytes()).and_then(|()| fs::rename(&scratch, &path));
        if let Err(error) = shown {
            let _ = fs::remove_file(&scratch);
            return Err(error);
        }
        Ok(Lease { path, process: pid, file })
    }

    /// Adds a pack. If it cannot be written down, gc may move the pack's entries, which this process will notice.
    pub(crate) fn pin(&mut self, pack: PackId) {
        if self.process == std::process::id() {
            let _ = self.file.write_all(format!("{pack}\n").as_bytes());
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // A forked child drops a copy of what is its parent's.
        if self.process == std::process::id() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What the living leases of other processes pin.
#[derive(Default, Debug)]
pub(crate) struct Pins {
    pub(crate) packs: HashSet<PackId>,
    pub(crate) leases: usize,
    /// A living lease that could not be read: everything counts as pinned.
    pub(crate) everything: bool,
}

impl Pins {
    pub(crate) fn holds(&self, pack: PackId) -> bool {
        self.everything || self.packs.contains(&pack)
    }
}

/// Reads all leases; those of dead processes are removed if `tidy` is set. This process's own pin nothing: it is the one
/// that asks for gc, and its mappings stay.
pub(crate) fn pins(layout: &Layout, tidy: bool) -> io::Result<Pins> {
    let mut pins = Pins::default();
    for entry in fs::read_dir(layout.leases())? {
        let path = entry?.path();
        match is_alive(&path) {
            Ok(true) => {}
            Ok(false) => {
                if tidy {
                    let _ = fs::remove_file(&path);
                }
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(_) => {
                pins.everything = true;
                continue;
            }
        }
        pins.leases += 1;
        match fs::read_to_string(&path) {
            Ok(text) if is_own(&text) => {}
            Ok(text) => {
                for line in text.lines().skip(1) {
                    match PackId::parse(line) {
                        Some(pack) => drop(pins.packs.insert(pack)),
                        None => pins.everything = true,
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => pins.everything = true,
        }
    }
    Ok(pins)
}

fn is_own(text: &str) -> bool {
    let pid = std::process::id();
    let start = process::start_time(pid).unwrap_or(0);
    text.lines().next() == Some(format!("{pid} {start}").as_str())
}

fn is_alive(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(_)) => {
            let text = fs::read_to_string(path)?;
            let Some((pid, start)) = text.lines().next().and_then(|line| line.split_once(' ')) else {
                return Ok(true);
            };
            let (Ok(pid), Ok(start)) = (pid.parse::<u32>(), start.parse::<u64>()) else { return Ok(true) };
            Ok(process::start_time(pid) == Some(start))
        }
    }
}
