//! What a record says of the world, for who waits for a change of it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::evidence::Input;
use super::record::Record;

/// Everything that a change of could concern a known test.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// Files that were read, or that code lies in.
    pub(crate) files: HashSet<PathBuf>,
    /// Folders whose names were read.
    pub(crate) folders: HashSet<PathBuf>,
    /// There are tests of which nobody knows what they read.
    pub(crate) unknown: bool,
    /// Where pytest's ids begin.
    pub(crate) rootdir: PathBuf,
}

impl Known {
    pub(crate) fn of(record: &Record, root: &Path) -> Known {
        let mut known = Known {
            files: record.files.iter().map(|name| root.join(name)).collect(),
            folders: record.setting.site.iter().map(PathBuf::from).collect(),
            unknown: record.tests.values().any(|test| test.used.is_none()),
            rootdir: PathBuf::from(&record.rootdir),
        };
        let above = |name: &String| root.join(name).parent().map(Path::to_owned);
        known.folders.extend(record.others.iter().filter_map(above));
        for (input, _) in &record.inputs {
            match input {
                Input::File(path) | Input::Presence(path) | Input::Size(path) => {
                    known.files.insert(root.join(path));
                }
                Input::Folder(path) => drop(known.folders.insert(root.join(path))),
                Input::Name(_) => {}
            }
        }
        known
    }
}
