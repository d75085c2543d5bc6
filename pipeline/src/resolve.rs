//! What imports mean: from a dotted name to the file that Python would find, by its own order of search.
//!
//! A resolution depends on names that are there *and* on names that are not: a new file can shadow another. Both are
//! covered by the listings of the folders that were looked into, which the stat manifest watches. Names come from
//! listings, not from opening files, so their case is exact on every file system.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use dx_cache::manifest::{NameKind, list_directory};
use dx_schemas::index::Import;

/// Where an import leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Module {
        file: PathBuf,
        package: bool,
    },
    /// A package without `__init__.py`: its folders.
    Namespace(Vec<PathBuf>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    File,
    Folder,
}

/// Answers questions about one state of the file system.
#[derive(Default)]
pub(crate) struct Resolver {
    folders: HashMap<PathBuf, Option<HashMap<String, Form>>>,
    found: HashMap<(Vec<PathBuf>, String), Option<Target>>,
}

impl Resolver {
    /// The module `dotted` on the search path `roots`.
    pub(crate) fn find(&mut self, roots: &[PathBuf], dotted: &str) -> Option<Target> {
        let key = (roots.to_vec(), dotted.to_owned());
        if let Some(found) = self.found.get(&key) {
            return found.clone();
        }
        let found = self.search(roots, dotted);
        self.found.insert(key, found.clone());
        found
    }

    fn search(&mut self, roots: &[PathBuf], dotted: &str) -> Option<Target> {
        let (path, last) = match dotted.rsplit_once('.') {
            None => (roots.to_vec(), dotted),
            Some((parent, last)) => match self.find(roots, parent)? {
                Target::Module { file, package: true } => (vec![file.parent()?.to_path_buf()], last),
                Target::Module { package: false, .. } => return None,
                Target::Namespace(folders) => (folders, last),
            },
        };
        self.in_folders(&path, last)
    }

    /// One name in the folders of a search path: a package, a module, or (only if neither is anywhere) a namespace.
    fn in_folders(&mut self, folders: &[PathBuf], name: &str) -> Option<Target> {
        if name.is_empty() {
            return None;
        }
        let mut portions = Vec::new();
        for folder in folders {
            if self.form(folder, name) == Some(Form::Folder) {
                let inner = folder.join(name);
                if self.form(&inner, "__init__.py") == Some(Form::File) {
                    return Some(Target::Module { file: inner.join("__init__.py"), package: true });
                }
                portions.push(inner);
            }
            let file = format!("{name}.py");
            if self.form(folder, &file) == Some(Form::File) {
                return Some(Target::Module { file: folder.join(file), package: false });
            }
        }
        (!portions.is_empty()).then_some(Target::Namespace(portions))
    }

    fn form(&mut self, folder: &Path, name: &str) -> Option<Form> {
        if !self.folders.contains_key(folder) {
            let listed = list(folder);
            self.folders.insert(folder.to_path_buf(), listed);
        }
        self.folders.get(folder)?.as_ref()?.get(name).copied()
    }

    /// The folders that were looked into, for the manifest.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &PathBuf> {
        self.folders.keys()
    }

    /// Every module that a file's imports may load, by name: all prefixes of dotted names, and the submodules that a
    /// `from` import may mean (an attribute of the package wins at run time; the file is needed all the same).
    pub(crate) fn imports(
        &mut self,
        roots: &[PathBuf],
        module: &str,
        package: bool,
        imports: &[Import],
    ) -> BTreeMap<String, Option<Target>> {
        let mut out = BTreeMap::new();
        for import in imports {
            let Some(base) = absolute(module, package, import) else { continue };
            for end in prefixes(&base) {
                let name = &base[..end];
                let target = self.find(roots, name);
                out.insert(name.to_owned(), target);
            }
            for name in import.names.iter().filter(|name| *name != "*") {
                let dotted = if base.is_empty() { name.clone() } else { format!("{base}.{name}") };
                // Only a package has submodules; anything else is an attribute.
                let may_be_module = match out.get(&base) {
                    Some(Some(Target::Module { package, .. })) => *package,
                    Some(Some(Target::Namespace(_))) => true,
                    _ => false,
                };
                if may_be_module {
                    let target = self.find(roots, &dotted);
                    out.insert(dotted, target);
                }
            }
        }
        out
    }
}

/// Byte lengths of `a`, `a.b`, `a.b.c` in `a.b.c`.
fn prefixes(dotted: &str) -> Vec<usize> {
    if dotted.is_empty() {
        return Vec::new();
    }
    dotted.match_indices('.').map(|(at, _)| at).chain([dotted.len()]).collect()
}

/// The absolute name behind an import; `None` where the dots lead out of the top package.
fn absolute(module: &str, package: bool, import: &Import) -> Option<String> {
    if import.level == 0 {
        return Some(import.module.clone());
    }
    let mut parts: Vec<&str> = module.split('.').collect();
    let up = import.level as usize - usize::from(package);
    if up >= parts.len() && !(package && up == 0) {
        return None;
    }
    parts.truncate(parts.len() - up);
    if !import.module.is_empty() {
        parts.push(&import.module);
    }
    Some(parts.join("."))
}

fn list(folder: &Path) -> Option<HashMap<String, Form>> {
    let listing = list_directory(folder).ok()?;
    let form = |name: &OsStr, kind: NameKind| match kind {
        NameKind::File => Some(Form::File),
        NameKind::Directory => Some(Form::Folder),
        NameKind::Link => {
            let found = std::fs::metadata(folder.join(name)).ok()?;
            Some(if found.is_dir() { Form::Folder } else { Form::File })
        }
        NameKind::Other => None,
    };
    let named = listing
        .names
        .iter()
        .filter_map(|name| Some((name.name.to_str()?.to_owned(), form(&name.name, name.kind)?)));
    Some(named.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn import(module: &str, level: u32, names: &[&str]) -> Import {
        Import {
            fragment: 0,
            module: module.into(),
            level,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            at_import: true,
            optional: false,
            type_checking: false,
        }
    }

    fn shown(root: &Path, target: &Option<Target>) -> String {
        let strip = |path: &PathBuf| path.strip_prefix(root).unwrap().display().to_string();
        match target {
            None => "-".into(),
            Some(Target::Module { file, .. }) => strip(file),
            Some(Target::Namespace(folders)) => {
                format!("namespace {}", folders.iter().map(strip).collect::<Vec<_>>().join(" "))
            }
        }
    }

    fn resolve(files: &[&str], roots: &[&str], module: &str, package: bool, what: Import) -> Vec<String> {
        let folder = tree(files);
        let roots: Vec<PathBuf> = roots.iter().map(|root| folder.path().join(root)).collect();
        let mut resolver = Resolver::default();
        let found = resolver.imports(&roots, module, package, &[what]);
        found.iter().map(|(name, target)| format!("{name} {}", shown(folder.path(), target))).collect()
    }

    #[test]
    fn packages_win_over_modules_and_both_over_namespaces() {
        let files = ["one/a/x.py", "two/a.py", "two/b.py", "two/b/__init__.py"];
        assert_eq!(resolve(&files, &["one", "two"], "m", false, import("a", 0, &[])), ["a two/a.py"]);
        assert_eq!(
            resolve(&files, &["one", "two"], "m", false, import("b", 0, &[])),
            ["b two/b/__init__.py"]
        );
        assert_eq!(
            resolve(&files, &["one"], "m", false, import("a.x", 0, &[])),
            ["a namespace one/a", "a.x one/a/x.py"]
        );
    }

    #[test]
    fn relative_imports_start_from_the_package() {
        let files = ["p/__init__.py", "p/m.py", "p/q/__init__.py", "p/q/n.py"];
        assert_eq!(
            resolve(&files, &[""], "p.q.n", false, import("m", 2, &["thing"])),
            ["p p/__init__.py", "p.m p/m.py"]
        );
        assert_eq!(
            resolve(&files, &[""], "p.q", true, import("", 1, &["n", "name"])),
            ["p p/__init__.py", "p.q p/q/__init__.py", "p.q.n p/q/n.py", "p.q.name -"]
        );
        assert!(resolve(&files, &[""], "p.q.n", false, import("x", 3, &[])).is_empty());
        assert!(resolve(&files, &[""], "n", false, import("x", 1, &[])).is_empty());
    }

    #[test]
    fn the_case_of_names_is_exact() {
        assert_eq!(resolve(&["Mod.py"], &[""], "m", false, import("mod", 0, &[])), ["mod -"]);
    }
}
