//! Which Python runs the tests: the one asked for, the project's virtual environment, or the one on the path.

use std::env;
use std::path::{self, Path, PathBuf};

/// Names that a project's virtual environment goes by.
const FOLDERS: [&str; 3] = [".venv", "venv", "env"];

/// By its absolute path, so that however it is spelled it has one record and one warm parent. Symbolic links stay: they
/// are what makes a virtual environment.
pub(crate) fn find(asked: Option<&Path>, folder: &Path, root: &Path) -> Result<PathBuf, String> {
    let found = search(asked, folder, root)?;
    Ok(path::absolute(&found).unwrap_or(found))
}

fn search(asked: Option<&Path>, folder: &Path, root: &Path) -> Result<PathBuf, String> {
    if let Some(asked) = asked {
        return named(asked).ok_or_else(|| format!("no Python at '{}'", asked.display()));
    }
    if let Some(active) = env::var_os("VIRTUAL_ENV").filter(|value| !value.is_empty()) {
        return in_environment(Path::new(&active))
            .ok_or_else(|| format!("no Python in the active environment '{}'", active.to_string_lossy()));
    }
    for base in folder.ancestors().take_while(|base| base.starts_with(root)) {
        for name in FOLDERS {
            let environment = base.join(name);
            if environment.join("pyvenv.cfg").is_file()
                && let Some(python) = in_environment(&environment)
            {
                return Ok(python);
            }
        }
    }
    for name in ["python3", "python"] {
        if let Some(python) = on_path(name) {
            return Ok(python);
        }
    }
    Err("no Python: give one with --python, or make a virtual environment".to_owned())
}

fn named(asked: &Path) -> Option<PathBuf> {
    if asked.is_dir() {
        return in_environment(asked);
    }
    if asked.components().count() > 1 {
        return asked.is_file().then(|| asked.to_owned());
    }
    on_path(asked.to_str()?)
}

fn in_environment(environment: &Path) -> Option<PathBuf> {
    let python = environment.join("bin/python");
    python.is_file().then_some(python)
}

fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_interpreter_has_one_path() {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("venv/bin");
        std::fs::create_dir_all(&bin).unwrap();
        std::fs::write(bin.join("python"), "").unwrap();
        for spelled in ["venv", "venv/bin/python", "./venv", "venv//bin/./python"] {
            let asked = folder.path().join(spelled);
            let found = find(Some(&asked), folder.path(), folder.path()).unwrap();
            assert_eq!(found.as_os_str(), bin.join("python").as_os_str(), "{spelled}");
        }
    }
}
