//! The standard library's sources on disk: unpacked once, then a source tree like any other.
//!
//! They lie in the cache's folder because they are shared like it; only this file and the image know where.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The folder with the sources, below `base` and named by what is in it; made if it is not there.
pub(crate) fn folder(base: &Path) -> Result<PathBuf, Failure> {
    let folder = base.join("library").join(dx_pylib::DIGEST);
    if folder.is_dir() {
        return Ok(folder);
    }
    let sources = dx_pylib::Sources::unpack().map_err(Failure::read("the embedded library"))?;
    // Whole or not at all: another process may do the same, and either may be killed.
    let unfinished = folder.with_extension(format!("{}.tmp", std::process::id()));
    for (name, bytes) in sources.files() {
        let file = unfinished.join(name);
        let parent = file.parent().unwrap_or(&unfinished);
        fs::create_dir_all(parent).map_err(Failure::write(parent))?;
        fs::write(&file, bytes).map_err(Failure::write(&file))?;
    }
    if let Err(error) = fs::rename(&unfinished, &folder) {
        let _ = fs::remove_dir_all(&unfinished);
        if !folder.is_dir() {
            return Err(Failure::write(&folder)(error));
        }
    }
    Ok(folder)
}
