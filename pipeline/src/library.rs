//! The standard library's sources on disk: unpacked once, then a source tree like any other.
//!
//! They lie in the cache's folder because they are shared like it; only this file and the image know where.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The folder with the sources, below `base` and named by what is in it; made if it is not there.
pub(crate) fn folder(base: &Path) -> Result<PathBuf, Failure> {
    dx_pylib::folder_in(base).map_err(Failure::write(base))
}
