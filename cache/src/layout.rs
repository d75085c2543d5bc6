//! Where things are in the cache directory.

use std::path::{Path, PathBuf};

use crate::pack::PackId;

#[derive(Clone, Debug)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(crate) const DIRECTORIES: [&'static str; 5] = ["packs", "segments", "leases", "blobs", "tmp"];

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
}
