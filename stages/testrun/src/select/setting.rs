//! What every test of a run depends on.

use std::collections::BTreeSet;
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

/// The setting of a run, from what its processes told.
pub(crate) fn setting(site: &BTreeSet<String>, python: &Path, folders: &[&Path]) -> Setting {
    let real = std::fs::canonicalize(python).unwrap_or_else(|_| python.to_owned());
    let meta = std::fs::metadata(&real);
    let stamp = meta.map_or_else(
        |_| String::new(),
        |meta| format!("{} {} {}", meta.len(), meta.mtime(), meta.mtime_nsec()),
    );
    let names = [
        "PYTEST_ADDOPTS",
        "PYTEST_PLUGINS",
        "PYTHONPATH",
        "PYTHONHASHSEED",
        "PYTHONWARNINGS",
        "PYTHONOPTIMIZE",
        // Read where nobody sees it.
        "TZ",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
    ];
    let values = names.map(|name| std::env::var(name).unwrap_or_default());
    let real = real.to_string_lossy().into_owned();
    let parts = [real.as_bytes(), stamp.as_bytes()].into_iter().chain(values.iter().map(String::as_bytes));
    Setting {
        distributions: fingerprint::distributions(site.iter()),
        configuration: fingerprint::configuration(folders),
        python: Digest::of(parts),
        site: site.clone(),
    }
}
