//! From a file's path to the module it is, and back to the units that events and `explain` name.
//!
//! `src/pkg/mod.py` is `pkg.mod` when `src` is a configured root, or when `src` has no `__init__.py` and `pkg` has one:
//! the rule by which Python's own tools guess. A package's `__init__.py` is the package.

use std::path::{Path, PathBuf};

/// A file as a module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ModuleName {
    pub(crate) name: String,
    pub(crate) package: bool,
    /// The folder that absolute imports of it start from.
    pub(crate) root: PathBuf,
}

/// `has_init(folder)` tells whether the folder has an `__init__.py`.
pub(crate) fn of_file(file: &Path, roots: &[PathBuf], mut has_init: impl FnMut(&Path) -> bool) -> ModuleName {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = file.parent().unwrap_or(Path::new(""));
    let package = stem == "__init__";
    let configured =
        roots.iter().filter(|root| folder.starts_with(root)).max_by_key(|root| root.as_os_str().len());
    let root = match configured {
        Some(root) => root.clone(),
        None => folder.ancestors().find(|folder| !has_init(folder)).unwrap_or(folder).to_path_buf(),
    };
    let mut parts: Vec<String> = folder
        .strip_prefix(&root)
        .unwrap_or(Path::new(""))
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if !package {
        parts.push(stem);
    }
    let name = if parts.is_empty() { "__init__".to_owned() } else { parts.join(".") };
    ModuleName { name, package, root }
}

/// `pkg.mod:Class.method`; `pkg.mod:` for the module's body.
pub(crate) fn fragment_unit(module: &str, fragment: &str) -> String {
    format!("{module}:{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(file: &str, roots: &[&str], inits: &[&str]) -> (String, bool) {
        let roots: Vec<PathBuf> = roots.iter().map(PathBuf::from).collect();
        let found =
            of_file(Path::new(file), &roots, |folder| inits.iter().any(|init| folder == Path::new(init)));
        (found.name, found.package)
    }

    #[test]
    fn packages_end_where_the_init_files_end() {
        assert_eq!(name("/w/src/a.py", &[], &[]), ("a".into(), false));
        assert_eq!(name("/w/src/p/q/m.py", &[], &["/w/src/p", "/w/src/p/q"]), ("p.q.m".into(), false));
        assert_eq!(name("/w/src/p/__init__.py", &[], &["/w/src/p"]), ("p".into(), true));
    }

    #[test]
    fn a_configured_root_makes_namespace_packages_possible() {
        assert_eq!(name("/w/src/p/q/m.py", &["/w", "/w/src"], &[]), ("p.q.m".into(), false));
        assert_eq!(name("/w/other/m.py", &["/w/src"], &[]), ("m".into(), false));
    }
}
