//! What differs from a revision of the repository, for `--since`: paths, and for sources whose text at the revision is
//! known in parts, which fragments.
//!
//! It is joined with what changed since a test was recorded, and takes nothing away from that: a test whose record is of
//! another state than the revision's is compared with both.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::evidence::Input;
use super::fingerprint::CONFIGURATION;
use super::sources::{Sources, WHOLE};

/// The difference between the working tree and a revision.
pub(crate) struct Since {
    /// By absolute path; whether it is there on one side only.
    paths: HashMap<PathBuf, bool>,
    /// Changed sources as they were.
    before: Sources,
}

impl Since {
    /// The error says what the user named wrongly. `outline` is that of the changed sources at the revision.
    pub(crate) fn of(revision: &str, root: &Path, outline: Option<&Path>) -> Result<Since, String> {
        let top = git(root, &["rev-parse", "--show-toplevel"])
            .map_err(|error| format!("--since needs a git repository: {error}"))?;
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end().to_owned());
        let commit = format!("{revision}^{{commit}}");
        git(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
            .map_err(|_| format!("'{revision}' is no revision of the repository '{}'", top.display()))?;
        let tracked =
            git(&top, &["diff", "--name-status", "--no-renames", "-z", "--end-of-options", revision, "--"])?;
        let others = git(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?;
        let words: Vec<String> =
            tracked.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let mut paths: HashMap<PathBuf, bool> =
            words.chunks_exact(2).map(|pair| (top.join(&pair[1]), pair[0].starts_with(['A', 'D']))).collect();
        let others = others.split(|byte| *byte == 0).filter(|word| !word.is_empty());
        paths.extend(others.map(|word| (top.join(String::from_utf8_lossy(word).as_ref()), true)));
        Ok(Since { paths, before: Sources::of_outline(root, outline) })
    }

    /// Whether a file that is configured by is another one.
    pub(crate) fn configuration(&self, folders: &[&Path]) -> bool {
        folders
            .iter()
            .any(|folder| CONFIGURATION.iter().any(|name| self.paths.contains_key(&folder.join(name))))
    }

    /// Whether a fragment is another one, or may be.
    pub(crate) fn fragment(&self, file: &str, fragment: &str, now: &Sources) -> bool {
        if !self.paths.contains_key(&now.path(file)) {
            return false;
        }
        let digest = |sources: &Sources| sources.get(file).and_then(|source| source.digest(fragment));
        fragment == WHOLE || !self.before.is_listed(file) || digest(&self.before) != digest(now)
    }

    pub(crate) fn input(&self, input: &Input) -> bool {
        match input {
            Input::File(path) | Input::Size(path) => self.paths.contains_key(Path::new(path)),
            Input::Presence(path) => self.paths.get(Path::new(path)) == Some(&true),
            Input::Folder(folder) => {
                self.paths.iter().any(|(path, one_sided)| *one_sided && path.starts_with(folder))
            }
            Input::Name(_) => false,
        }
    }

    pub(crate) fn source(&self, path: &Path) -> bool {
        self.paths.contains_key(path)
    }
}

/// What git prints; or what it says instead.
fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("git does not start: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(text.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ").to_owned())
}
