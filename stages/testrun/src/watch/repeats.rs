//! Files that change while tests run: by somebody's hand, and then another run is due, or by the tests themselves, and
//! then another run would do the same again, without end.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::filter::is_source;

/// Runs in a row after which a file that changed during each of them is taken for what tests write.
const DATA_MAX: u32 = 2;
/// The same of sources, which hardly any test writes.
const SOURCES_MAX: u32 = 10;

/// What changed during the last runs.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// Digest after the last run in which it changed, and how many runs in a row it did.
    seen: HashMap<PathBuf, ([u8; 32], u32)>,
    /// Files that tests write: what happens to them during a run does not count.
    written: HashSet<PathBuf>,
}

impl Repeats {
    /// Somebody changed these files between runs: nothing that follows is a repetition.
    pub(super) fn forget(&mut self, files: &BTreeSet<PathBuf>) {
        self.seen.clear();
        self.written.retain(|path| !files.contains(path));
    }

    /// Those of the files that changed during a run for which another run is due; and those that tests seem to write.
    pub(super) fn due(&mut self, files: BTreeSet<PathBuf>) -> (BTreeSet<PathBuf>, Vec<PathBuf>) {
        let before = std::mem::take(&mut self.seen);
        let (mut due, mut written) = (BTreeSet::new(), Vec::new());
        for path in files.into_iter().filter(|path| !self.written.contains(path)) {
            let digest = digest(&path);
            let (old, times) = before.get(&path).copied().unwrap_or_default();
            let times = times + 1;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let most = if is_source(&path, &name) { SOURCES_MAX } else { DATA_MAX };
            self.seen.insert(path.clone(), (digest, times));
            if times > 1 && old == digest {
                // It was written anew, and is what the last run saw.
            } else if times > most {
                written.push(path);
            } else {
                due.insert(path);
            }
        }
        self.written.extend(written.iter().cloned());
        (due, written)
    }
}

fn digest(path: &Path) -> [u8; 32] {
    fs::read(path).map_or([0; 32], |bytes| *blake3::hash(&bytes).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(repeats: &mut Repeats, path: &Path, text: &str) -> (usize, usize) {
        fs::write(path, text).unwrap();
        let (due, written) = repeats.due(BTreeSet::from([path.to_owned()]));
        (due.len(), written.len())
    }

    #[test]
    fn what_tests_write_is_told_once_they_have_done_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("log.txt");
        let mut repeats = Repeats::default();
        assert_eq!(after(&mut repeats, &data, "1"), (1, 0));
        assert_eq!(after(&mut repeats, &data, "2"), (1, 0));
        assert_eq!(after(&mut repeats, &data, "3"), (0, 1));
        assert_eq!(after(&mut repeats, &data, "4"), (0, 0));
        repeats.forget(&BTreeSet::from([data.clone()]));
        assert_eq!(after(&mut repeats, &data, "4"), (1, 0));
        // The same again is no change.
        assert_eq!(after(&mut repeats, &data, "4"), (0, 0));
    }

    #[test]
    fn who_saves_a_source_often_is_believed() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.py");
        let mut repeats = Repeats::default();
        for turn in 0..SOURCES_MAX {
            assert_eq!(after(&mut repeats, &source, &turn.to_string()), (1, 0));
        }
    }
}
