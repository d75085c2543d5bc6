//! The watch filter: whether what happened to a file may concern a test. Pure: it knows paths and looks at nothing.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::select::Known;
use crate::tree;

/// What happened to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Something is being written into a file.
    Writing,
    /// Who wrote it has closed it.
    Written,
    /// A file has come to be; it may still be written.
    Made,
    /// A whole file came from elsewhere, in the place of another or not.
    Came,
    Gone,
    /// A folder came or went, with all that is in it.
    Folder,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
}

/// Files with these names or endings configure pytest or are code; they count before anybody has read them.
const NAMES: [&str; 8] = [
    "pytest.ini",
    ".pytest.ini",
    "pytest.toml",
    ".pytest.toml",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
    "dx.toml",
];
const ENDINGS: [&str; 4] = ["py", "pyi", "so", "pth"];

/// What counts, by what is known of the project's tests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Folders that the project's sources lie below.
    roots: Vec<PathBuf>,
    /// Reports that the runner itself writes.
    outputs: HashSet<PathBuf>,
    /// Files that a test read, or that its code lies in.
    files: HashSet<PathBuf>,
    /// Folders whose names a test read.
    folders: HashSet<PathBuf>,
    /// There are tests of which nobody knows what they read.
    unknown: bool,
}

impl Filter {
    /// Before anything is known of the tests, every file of the project counts.
    pub(crate) fn new(roots: Vec<PathBuf>, outputs: HashSet<PathBuf>, known: Option<&Known>) -> Filter {
        Filter {
            roots,
            outputs,
            files: known.map(|known| known.files.clone()).unwrap_or_default(),
            folders: known.map(|known| known.folders.clone()).unwrap_or_default(),
            unknown: known.is_none_or(|known| known.unknown),
        }
    }

    /// Whether a change may concern a test.
    pub(crate) fn counts(&self, change: &Change) -> bool {
        let path = change.path.as_path();
        if self.outputs.contains(path) || tree::is_own(path) {
            return false;
        }
        let renames = !matches!(change.kind, Kind::Writing | Kind::Written);
        let is_listed = renames && path.parent().is_some_and(|folder| self.folders.contains(folder));
        if is_listed || self.files.contains(path) {
            return true;
        }
        if change.kind == Kind::Folder {
            return self.files.iter().chain(&self.folders).any(|known| known.starts_with(path));
        }
        let Some(below) = self.roots.iter().find_map(|root| path.strip_prefix(root).ok()) else {
            return false;
        };
        let foreign = below.iter().any(|part| tree::is_foreign(&part.to_string_lossy()));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !foreign && !is_passing(&name) && (self.unknown || is_source(path, &name))
    }
}

/// Code or configuration.
pub(crate) fn is_source(path: &Path, name: &str) -> bool {
    NAMES.contains(&name)
        || path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
}

/// Files that editors and tools keep only for a while, or write as they go.
fn is_passing(name: &str) -> bool {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let is_vims = name.starts_with('.') && ends(&[".swp", ".swo", ".swn", ".swx", ".swpx"]);
    let is_a_probe = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_digit());
    let is_emacs = name.starts_with(".#") || name.starts_with('#') && name.ends_with('#');
    is_vims
        || is_a_probe
        || is_emacs
        || ends(&["~", ".tmp", ".temp", ".bak", ".orig", ".rej", ".part", ".lock", ".log", ".pid"])
        || name.starts_with(".goutputstream-")
        || ends(&["___jb_tmp___", "___jb_old___"])
        || name == ".coverage"
        || name.starts_with(".coverage.")
}

#[cfg(test)]
mod tests;
