//! The workspace: where its root is, what its configuration says, where `.dx` and the cache lie.
//!
//! The root is the nearest folder upwards with `dx.toml`, `pyproject.toml` or `.git`; without any, the folder itself.
//! Keys and artifacts hold only paths relative to it, so a workspace may be moved or copied.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use dx_schemas::configuration::parse_size;
use dx_schemas::configuration::{Configuration, Pyproject};

use crate::failure::Failure;

/// Files that mark a root, in order of preference within one folder.
const MARKS: [&str; 3] = ["dx.toml", "pyproject.toml", ".git"];

#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// Absolute, links resolved.
    pub(crate) root: PathBuf,
    pub(crate) config: Configuration,
    /// The file that `config` came from.
    pub(crate) config_file: Option<PathBuf>,
}

impl Workspace {
    /// The workspace that `start` (a file or folder) lies in.
    pub(crate) fn find(start: &Path) -> Result<Workspace, Failure> {
        let start = fs::canonicalize(start).map_err(Failure::read(start))?;
        let folder = if start.is_dir() { start.as_path() } else { start.parent().unwrap_or(Path::new("/")) };
        let marked = folder.ancestors().find(|folder| MARKS.iter().any(|mark| folder.join(mark).exists()));
        let root = marked.unwrap_or(folder).to_path_buf();
        let (config, config_file) = read_config(&root)?;
        Ok(Workspace { root, config, config_file })
    }

    /// What can be thrown away at any time.
    pub(crate) fn dx(&self) -> PathBuf {
        self.root.join(".dx")
    }

    /// Version control has no use for it.
    pub(crate) fn hide_dx(&self) {
        let ignore = self.dx().join(".gitignore");
        if !ignore.exists() {
            let _ = fs::write(ignore, "*\n");
        }
    }

    /// `DX_CACHE`, the configuration, or the user's cache folder.
    pub(crate) fn cache_dir(&self) -> PathBuf {
        if let Some(dir) = std::env::var_os("DX_CACHE").filter(|dir| !dir.is_empty()) {
            return PathBuf::from(dir);
        }
        if let Some(dir) = &self.config.cache.dir {
            return self.root.join(dir);
        }
        user_cache().unwrap_or_else(|| self.dx()).join("dx")
    }

    /// Relative to the root where it lies in it; absolute otherwise.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// The options of one stage, sorted.
    pub(crate) fn stage_options(&self, stage: &str) -> Vec<(String, String)> {
        let short = stage.strip_prefix("dx-").unwrap_or(stage);
        let table = self.config.options.get(stage).or_else(|| self.config.options.get(short));
        table.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

fn user_cache() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
    set("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(set("HOME")?).join(".cache")))
}

fn read_config(root: &Path) -> Result<(Configuration, Option<PathBuf>), Failure> {
    let own = root.join("dx.toml");
    if let Some(text) = read_if_there(&own)? {
        let config = toml::from_str(&text)
            .map_err(|error| Failure::Config { path: own.clone(), reason: error.to_string() })?;
        return Ok((config, Some(own)));
    }
    let shared = root.join("pyproject.toml");
    if let Some(text) = read_if_there(&shared)? {
        let parsed: Pyproject = toml::from_str(&text)
            .map_err(|error| Failure::Config { path: shared.clone(), reason: error.to_string() })?;
        if let Some(config) = parsed.into_configuration() {
            return Ok((config, Some(shared)));
        }
    }
    Ok((Configuration::default(), None))
}

fn read_if_there(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::read(path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mark_is_the_root_and_its_configuration_counts() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("pyproject.toml"), "[tool.dx]\nroots = [\"lib\"]\n[tool.other]\nx = 1\n")
            .unwrap();
        let found = Workspace::find(&root.join("a/b")).unwrap();
        assert_eq!((found.root.as_path(), found.config.roots.len()), (root.as_path(), 1));
        fs::write(root.join("a/dx.toml"), "unknown = 1\n").unwrap();
        let error = Workspace::find(&root.join("a/b")).unwrap_err().to_string();
        assert!(error.contains("a/dx.toml") && error.contains("unknown"), "{error}");
    }
}
