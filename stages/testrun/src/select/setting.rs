//! What every test of a run depends on.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::fingerprint;

/// What everything depends on: a difference here runs every test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub(crate) site: BTreeSet<String>,
    pub(crate) distributions: Digest,
    pub(crate) configuration: Digest,
    pub(crate) python: Digest,
}

/// Variables that are read where nobody sees it: by Python and pytest as they start, and by libraries.
const UNSEEN: [&str; 5] = ["TZ", "LANG", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"];
const UNSEEN_PREFIXES: [&str; 3] = ["PYTHON", "PYTEST_", "LC_"];
/// Those of them that say nothing of any test, or are set for each of them.
const SILENT: [&str; 8] = [
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
    "PYTHONPYCACHEPREFIX",
    "PYTHONSTARTUP",
    "PYTHON_HISTORY",
    "PYTHON_COLORS",
    "PYTEST_CURRENT_TEST",
    "PYTEST_VERSION",
];

fn read_unseen() -> Vec<(String, String)> {
    let is_one = |name: &str| {
        let is_known =
            UNSEEN.contains(&name) || UNSEEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        is_known && !SILENT.contains(&name) && !name.starts_with("PYTEST_XDIST_")
    };
    let text = |value: OsString| value.to_string_lossy().into_owned();
    let all = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
    let mut found: Vec<_> = all.filter(|(name, value)| is_one(name) && !value.is_empty()).collect();
    found.sort();
    found
}

/// The setting of a run, from what its processes told.
pub(crate) fn setting(site: &BTreeSet<String>, python: &Path, folders: &[&Path]) -> Setting {
    let real = std::fs::canonicalize(python).unwrap_or_else(|_| python.to_owned());
    let meta = std::fs::metadata(&real);
    let stamp = meta.map_or_else(
        |_| String::new(),
        |meta| format!("{} {} {}", meta.len(), meta.mtime(), meta.mtime_nsec()),
    );
    let variables = read_unseen();
    let real = real.to_string_lossy().into_owned();
    let variables = variables.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    let parts = [real.as_bytes(), stamp.as_bytes()].into_iter().chain(variables);
    Setting {
        distributions: fingerprint::distributions(site.iter()),
        configuration: fingerprint::configuration(folders),
        python: Digest::of(parts),
        site: site.clone(),
    }
}
