//! Finding source files below the paths that the user named.
//!
//! `.gitignore` prunes what is searched for (never what is imported, and never a file named outright). Links are
//! followed; a loop of links is reported, and two names of one real file are one file. A cache that lies in the tree is
//! not searched: the standard library unpacked in it is nobody's source. What was looked at on the way
//! (folders, ignore files) is returned too: the stat manifest watches it, so that a new file is noticed without a
//! search.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::failure::Failure;

const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Absolute, links resolved, each once, sorted.
    pub(crate) files: Vec<PathBuf>,
    /// Folders that were listed.
    pub(crate) folders: Vec<PathBuf>,
    /// Ignore files that were read.
    pub(crate) ignores: Vec<PathBuf>,
    /// What was left out, with the reason.
    pub(crate) warnings: Vec<String>,
}

/// Searches each of `paths` below `root`; not in `cache`, unless it is named.
pub(crate) fn search(root: &Path, paths: &[PathBuf], cache: &Path) -> Result<Found, Failure> {
    let cache = fs::canonicalize(cache).ok();
    let mut found = Found::default();
    // By real path: the same file under two names is one module.
    let mut files: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for path in paths {
        let path = fs::canonicalize(path).map_err(Failure::read(path))?;
        if path.is_dir() {
            walk(root, &path, cache.clone(), &mut found, &mut files);
        } else if path.to_str().is_none() {
            let text = format!(
                "`{}` cannot be built: its name is not UTF-8, so no import can name it",
                path.display()
            );
            return Err(Failure::Usage(text));
        } else {
            files.insert(path.clone(), path);
        }
    }
    for (real, named) in files {
        if named.to_str().is_none() {
            found.warnings.push(format!(
                "`{}` is left out: its name is not UTF-8, so no import can name it",
                named.display()
            ));
            continue;
        }
        found.files.push(real);
    }
    found.folders.sort();
    found.folders.dedup();
    found.ignores.sort();
    found.ignores.dedup();
    Ok(found)
}

fn walk(
    root: &Path,
    top: &Path,
    cache: Option<PathBuf>,
    found: &mut Found,
    files: &mut BTreeMap<PathBuf, PathBuf>,
) {
    let mut builder = WalkBuilder::new(top);
    builder.follow_links(true).require_git(false).git_global(false).parents(true);
    // The real path is asked for folders of the cache's name only.
    let is_cache = move |path: &Path| {
        cache.as_ref().is_some_and(|cache| {
            cache.file_name() == path.file_name() && fs::canonicalize(path).is_ok_and(|real| real == *cache)
        })
    };
    builder.filter_entry(move |entry| {
        entry.file_name() != "__pycache__" && (entry.depth() == 0 || !is_cache(entry.path()))
    });
    for entry in builder.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.warnings.push(error.to_string());
                continue;
            }
        };
        let kind = entry.file_type();
        if kind.is_some_and(|kind| kind.is_dir()) {
            found.folders.push(entry.path().to_path_buf());
            found.ignores.extend(
                IGNORE_FILES.iter().map(|name| entry.path().join(name)).filter(|path| path.is_file()),
            );
        } else if kind.is_some_and(|kind| kind.is_file()) && is_python(entry.path()) {
            let path = entry.into_path();
            let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            files.entry(real).or_insert(path);
        }
    }
    // Ignore files above the top count as well, up to the root.
    let above = top.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    for folder in above {
        found.ignores.extend(IGNORE_FILES.iter().map(|name| folder.join(name)).filter(|path| path.is_file()));
    }
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("a.py", ""),
            ("b c/d.py", ""),
            ("built/e.py", ""),
            (".gitignore", "built/\n"),
            ("notes.txt", ""),
            ("__pycache__/f.py", ""),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(found: &Found, root: &Path) -> Vec<String> {
        let root = fs::canonicalize(root).unwrap();
        found.files.iter().map(|file| file.strip_prefix(&root).unwrap().display().to_string()).collect()
    }

    #[test]
    fn ignored_folders_are_pruned_and_files_named_outright_are_not() {
        let folder = tree();
        let root = folder.path();
        let found = search(root, &[root.to_path_buf()], Path::new("nowhere")).unwrap();
        assert_eq!(names(&found, root), ["a.py", "b c/d.py"]);
        assert_eq!(found.ignores.len(), 1);
        let found = search(root, &[root.join("built/e.py")], Path::new("nowhere")).unwrap();
        assert_eq!(names(&found, root), ["built/e.py"]);
    }

    #[test]
    fn loops_end_links_are_one_file_and_odd_names_are_told() {
        let folder = tree();
        let root = folder.path();
        symlink(root, root.join("b c/loop")).unwrap();
        symlink(root.join("a.py"), root.join("z.py")).unwrap();
        fs::write(root.join(std::ffi::OsStr::from_bytes(b"odd\xff.py")), "").unwrap();
        let found = search(root, &[root.to_path_buf()], Path::new("nowhere")).unwrap();
        assert_eq!(names(&found, root), ["a.py", "b c/d.py"]);
        assert_eq!(found.warnings.len(), 2, "{:?}", found.warnings);
        let odd = root.join(std::ffi::OsStr::from_bytes(b"odd\xff.py"));
        assert!(search(root, &[odd], Path::new("nowhere")).is_err());
    }

    #[test]
    fn a_cache_in_the_tree_is_searched_only_when_named() {
        let folder = tree();
        let root = folder.path();
        let cache = root.join("b c");
        let found = search(root, &[root.to_path_buf()], &cache).unwrap();
        assert_eq!(names(&found, root), ["a.py"]);
        let found = search(root, std::slice::from_ref(&cache), &cache).unwrap();
        assert_eq!(names(&found, root), ["b c/d.py"]);
    }
}
