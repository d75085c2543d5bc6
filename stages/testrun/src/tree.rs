//! Which folders of a project hold sources: all but those that tools keep for themselves.

use std::fs;
use std::path::{Path, PathBuf};

/// What dx, pytest and Python write by themselves.
const OWN: [&str; 3] = [".dx", "__pycache__", ".pytest_cache"];
/// Folders of other tools, environments and packages that others wrote.
const TOOLS: [&str; 19] = [
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".venv",
    "venv",
    "site-packages",
    "node_modules",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    ".eggs",
    ".idea",
    ".vscode",
    ".ipynb_checkpoints",
    ".direnv",
    "htmlcov",
];
/// Folders that builds write, where they are no packages.
const BUILDS: [&str; 3] = ["build", "dist", "target"];

/// Whether a path is written by dx, pytest or Python alone.
pub(crate) fn is_own(path: &Path) -> bool {
    let name = path.as_os_str().as_encoded_bytes();
    path.iter().any(|part| OWN.iter().any(|own| part == *own))
        || name.ends_with(b".pyc")
        || name.ends_with(b".pyo")
}

/// Whether a folder of this name holds no sources of the project.
pub(crate) fn is_foreign(name: &str) -> bool {
    OWN.contains(&name)
        || TOOLS.contains(&name)
        || name.ends_with(".egg-info")
        || name.ends_with(".dist-info")
}

/// The same, by what is in it.
fn is_marked(folder: &Path, name: &str, at_top: bool) -> bool {
    let has = |file: &str| folder.join(file).exists();
    has("pyvenv.cfg") || has("CACHEDIR.TAG") || (at_top && BUILDS.contains(&name) && !has("__init__.py"))
}

/// Whether `folder`, somewhere below `root`, may hold sources.
pub(crate) fn holds_sources(root: &Path, folder: &Path) -> bool {
    let Ok(below) = folder.strip_prefix(root) else { return false };
    let mut at = root.to_owned();
    for (depth, part) in below.iter().enumerate() {
        at.push(part);
        let name = part.to_string_lossy();
        if is_foreign(&name) || is_marked(&at, &name, depth == 0) {
            return false;
        }
    }
    true
}

/// Tells of `folder` and all folders below it that may hold sources, each before what is in it is listed, and then of
/// the files in it. Links to folders are not followed.
pub(crate) fn walk<E>(
    root: &Path,
    folder: &Path,
    enter: &mut impl FnMut(&Path) -> Result<(), E>,
    file: &mut impl FnMut(PathBuf),
) -> Result<(), E> {
    if !holds_sources(root, folder) {
        return Ok(());
    }
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        enter(&folder)?;
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                file(path);
                continue;
            }
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !is_foreign(&name) && !is_marked(&path, &name, folder == root) {
                open.push(path);
            }
        }
    }
    Ok(())
}
