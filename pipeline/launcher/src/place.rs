//! Where this program lies, and which Python it belongs to.
//!
//! ```text
//! .venv/bin/dx   dx-testrun   dx-pipe   …   python      one folder: the environment's
//! ~/.local/bin/dx -> /elsewhere/venv/bin/dx             a link: the tool has an environment of its own
//! ```
//!
//! Outside an environment dx-testrun looks for a Python itself: an active environment, the project's, the path. So it
//! does when called by a link from elsewhere (pipx and uv install tools so): that environment holds the tool and not
//! the project's packages. `DX_PYTHON` says which, as for dx-testrun.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The folder of the executables.
    pub(crate) folder: PathBuf,
    /// The interpreter of the environment that the user called this program from.
    pub(crate) python: Option<PathBuf>,
}

/// `called` is the program's name as it was called.
pub(crate) fn find(called: &OsStr) -> Place {
    let exe = env::current_exe().unwrap_or_default();
    let asked = env::var_os("DX_PYTHON").is_some_and(|python| !python.is_empty());
    let mut place = beside(&exe, on_path(Path::new(called)).as_deref());
    if asked {
        place.python = None;
    }
    place
}

/// `exe` is the file itself, `called` the path by which it was found.
fn beside(exe: &Path, called: Option<&Path>) -> Place {
    let real = exe.parent().unwrap_or(Path::new("")).to_path_buf();
    let Some(folder) = called.filter(|called| same(called, exe)).and_then(Path::parent) else {
        return Place { python: python(&real), folder: real };
    };
    if same(folder, &real) {
        // As the user knows it: the folder's path may hold links.
        Place { python: python(folder), folder: folder.to_path_buf() }
    } else {
        Place { python: None, folder: real }
    }
}

fn same(one: &Path, other: &Path) -> bool {
    fs::canonicalize(one).ok().is_some_and(|one| fs::canonicalize(other).is_ok_and(|other| one == other))
}

/// Of a virtual or conda environment only: a folder like `/usr/bin` is everybody's.
fn python(folder: &Path) -> Option<PathBuf> {
    let environment = folder.parent()?;
    if !["pyvenv.cfg", "conda-meta"].iter().any(|mark| environment.join(mark).exists()) {
        return None;
    }
    ["python", "python3"].into_iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

fn on_path(called: &Path) -> Option<PathBuf> {
    if called.components().count() > 1 {
        return std::path::absolute(called).ok();
    }
    let path = env::var_os("PATH")?;
    let found = env::split_paths(&path).map(|folder| folder.join(called));
    found.filter(|path| path.is_file()).find_map(|path| std::path::absolute(path).ok())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// An environment with a `dx`, a link to it, and a link to its folder.
    fn scene(name: &str) -> PathBuf {
        let root = env::temp_dir().join(format!("dx-launcher-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        for folder in ["venv/bin", "local"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in ["venv/pyvenv.cfg", "venv/bin/dx", "venv/bin/python3"] {
            fs::write(root.join(file), "").unwrap();
        }
        symlink(root.join("venv/bin/dx"), root.join("local/dx")).unwrap();
        symlink(root.join("venv"), root.join("current")).unwrap();
        fs::canonicalize(root).unwrap()
    }

    #[test]
    fn the_python_beside_it() {
        let root = scene("beside");
        let exe = root.join("venv/bin/dx");
        let bin = root.join("venv/bin");
        let expected = Place { folder: bin.clone(), python: Some(bin.join("python3")) };
        assert_eq!(beside(&exe, Some(&exe)), expected);
        assert_eq!(beside(&exe, None), expected);
        // Called by a name that is another program's.
        assert_eq!(beside(&exe, Some(Path::new("/bin/sh"))), expected);
        fs::write(bin.join("python"), "").unwrap();
        assert_eq!(beside(&exe, Some(&exe)).python, Some(bin.join("python")));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_folder_for_all_programs_is_no_environment() {
        let root = scene("shared");
        fs::remove_file(root.join("venv/pyvenv.cfg")).unwrap();
        let exe = root.join("venv/bin/dx");
        assert_eq!(beside(&exe, Some(&exe)), Place { folder: root.join("venv/bin"), python: None });
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_linked_folder_is_the_same_environment() {
        let root = scene("folder");
        let bin = root.join("current/bin");
        let place = beside(&root.join("venv/bin/dx"), Some(&bin.join("dx")));
        assert_eq!(place, Place { python: Some(bin.join("python3")), folder: bin });
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_link_from_elsewhere_is_a_tool_of_its_own() {
        let root = scene("link");
        let place = beside(&root.join("venv/bin/dx"), Some(&root.join("local/dx")));
        assert_eq!(place, Place { python: None, folder: root.join("venv/bin") });
        fs::remove_dir_all(root).unwrap();
    }
}
