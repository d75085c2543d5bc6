//! Files that are no Python where some tests are none either: conftests and plugins alone know which of them are tests, so
//! what is new among them is offered to pytest.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::sources::Sources;
use crate::tree::walk;

/// All of a project, by name.
pub(super) fn others(sources: &Sources) -> BTreeSet<String> {
    let root = sources.path("");
    let mut found = BTreeSet::new();
    let mut enter = |_: &Path| Ok::<(), Infallible>(());
    let mut file = |path: PathBuf| {
        if path.extension().is_none_or(|end| end != "py" && end != "pyc") {
            found.insert(sources.name(&path.to_string_lossy()));
        }
    };
    let Ok(()) = walk(&root, &root, &mut enter, &mut file);
    found.retain(|name| !name.split('/').any(|part| part.starts_with('.')));
    found
}

/// Whether a file was not there yet when a run began, or nobody knows: it was made since, or put there as it was, which
/// changes its inode and not its content.
pub(super) fn is_newer(path: &Path, began: i64) -> bool {
    let Ok(meta) = fs::symlink_metadata(path) else { return true };
    let began_at = SystemTime::UNIX_EPOCH + Duration::from_nanos(u64::try_from(began).unwrap_or_default());
    changed(&meta) > began
        && (modified(&meta) <= began || meta.created().map_or(true, |created| created > began_at))
}

/// Nanoseconds since the epoch.
pub(super) fn modified(meta: &Metadata) -> i64 {
    meta.mtime() * 1_000_000_000 + meta.mtime_nsec()
}

pub(super) fn changed(meta: &Metadata) -> i64 {
    meta.ctime() * 1_000_000_000 + meta.ctime_nsec()
}
