//! Where things are in the cache directory.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::pack::PackId;

#[derive(Clone, Debug)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(crate) const DIRECTORIES: [&'static str; 5] = ["packs", "segments", "leases", "blobs", "tmp"];
    /// Beside the cache's own: the standard library's sources, which dx-exec may unpack before any cache was opened.
    const LIBRARY: &'static str = "library";

    pub(crate) fn new(root: &Path) -> Layout {
        Layout { root: root.to_path_buf() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn format(&self) -> PathBuf {
        self.root.join("FORMAT")
    }

    pub(crate) fn generation(&self) -> PathBuf {
        self.root.join("GENERATION")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("LOCK")
    }

    pub(crate) fn packs(&self) -> PathBuf {
        self.root.join("packs")
    }

    pub(crate) fn pack(&self, id: PackId) -> PathBuf {
        self.root.join(format!("packs/{id}.pack"))
    }

    pub(crate) fn segments(&self) -> PathBuf {
        self.root.join("segments")
    }

    pub(crate) fn leases(&self) -> PathBuf {
        self.root.join("leases")
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Whether an entry of the directory is one that dx makes there: all else is somebody's who did not mean a cache.
    pub(crate) fn is_own_entry(&self, name: &OsStr) -> io::Result<bool> {
        let files = ["FORMAT", "GENERATION", "LOCK"];
        if Layout::DIRECTORIES.iter().chain(&files).any(|known| name == *known) {
            return Ok(true);
        }
        if name != Layout::LIBRARY {
            return Ok(false);
        }
        for entry in fs::read_dir(self.root.join(Layout::LIBRARY))? {
            if !is_library_name(entry?.file_name().as_encoded_bytes()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A folder of sources is named by their digest, one that is not finished has an extension too.
fn is_library_name(name: &[u8]) -> bool {
    let digest = name.split(|byte| *byte == b'.').next().unwrap_or_default();
    digest.len() == 16 && digest.iter().all(u8::is_ascii_hexdigit)
}
