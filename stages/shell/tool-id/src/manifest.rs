//! Reading of the few lines of manifests and of the lock file that the id needs.
//!
//! By hand, because a TOML library in a build script costs each stage seconds of build time, and because cargo writes
//! the lock file in one fixed form. Manifests are ours: one dependency a line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One package of the lock file.
#[derive(Debug, Default)]
pub(crate) struct Locked {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Empty for workspace members.
    pub(crate) checksum: String,
    /// `name`, or `name version` where the name alone is ambiguous.
    pub(crate) dependencies: Vec<String>,
}

impl Locked {
    pub(crate) fn matches(&self, reference: &str) -> bool {
        match reference.split_once(' ') {
            Some((name, rest)) => {
                self.name == name && self.version == rest.split(' ').next().unwrap_or_default()
            }
            None => self.name == reference,
        }
    }
}

pub(crate) fn lock_file(text: &str) -> Vec<Locked> {
    let mut out: Vec<Locked> = Vec::new();
    for line in text.lines() {
        let value = |line: &str| line.split('"').nth(1).unwrap_or_default().to_owned();
        if line == "[[package]]" {
            out.push(Locked::default());
        } else if let Some(package) = out.last_mut() {
            match line.split(" = ").next() {
                Some("name") => package.name = value(line),
                Some("version") => package.version = value(line),
                Some("checksum") => package.checksum = value(line),
                _ if line.starts_with(" \"") => package.dependencies.push(value(line)),
                _ => {}
            }
        }
    }
    out
}

/// The lines of one `[section]`, without blanks and comments.
pub(crate) fn section<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let header = format!("[{name}]");
    text.lines()
        .skip_while(|line| line.trim() != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .collect()
}

/// Normal dependencies of one of our manifests, without development and build ones.
pub(crate) fn member_dependencies(manifest: &str) -> Vec<String> {
    section(manifest, "dependencies")
        .iter()
        .filter_map(|line| line.split(['=', '.', ' ']).next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Folder of each workspace member by package name.
pub(crate) fn member_folders(workspace: &Path, manifest: &str) -> BTreeMap<String, PathBuf> {
    let mut out = BTreeMap::new();
    let members = manifest
        .lines()
        .skip_while(|line| !line.starts_with("members"))
        .skip(1)
        .take_while(|line| *line != "]");
    for line in members {
        let Some(folder) = line.trim().strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        let folder = workspace.join(folder);
        let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        let name = section(&text, "package")
            .iter()
            .find_map(|line| line.strip_prefix("name = \""))
            .and_then(|rest| rest.split('"').next())
            .map(str::to_owned);
        if let Some(name) = name {
            out.insert(name, folder);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n \"b\",\n \"c 2.0.0\",\n]\n\n[[package]]\nname = \"c\"\nversion = \"2.0.0\"\nsource = \"registry\"\nchecksum = \"ff\"\n";

    #[test]
    fn the_lock_file_is_read_as_cargo_writes_it() {
        let lock = lock_file(LOCK);
        assert_eq!(lock.len(), 2);
        assert_eq!(lock[0].dependencies, ["b", "c 2.0.0"]);
        assert!(lock[1].matches("c 2.0.0") && lock[1].matches("c") && !lock[1].matches("c 1.0.0"));
        assert_eq!(lock[1].checksum, "ff");
    }

    #[test]
    fn development_dependencies_are_no_part_of_a_stage() {
        let manifest = "[package]\nname = \"x\"\n\n[dependencies]\n# why\ndx-schemas.workspace = true\nserde = \"1\"\n\n[dev-dependencies]\nproptest = \"1\"\n";
        assert_eq!(member_dependencies(manifest), ["dx-schemas", "serde"]);
    }
}
