//! How long to wait until who saves is done: what is written in one go leads to one run.
//!
//! One file that was closed or renamed into its place is whole, and a few milliseconds more are enough. A file that is
//! being written or has just gone will be whole or back soon. Whoever goes on writing is not waited for: what comes later
//! leads to another run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::filter::{Change, Kind};

/// After one whole file.
const SHORT: Duration = Duration::from_millis(5);
/// After the last of several: something like a checkout goes on.
const SEVERAL: Duration = Duration::from_millis(25);
/// After the last sign of a file that is not whole.
const UNSETTLED: Duration = Duration::from_millis(50);
/// Since the first.
const LONGEST: Duration = Duration::from_millis(300);

/// Changes that no run has seen.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    since: Option<(Instant, Instant)>,
    /// By path, whether it is whole.
    files: BTreeMap<PathBuf, bool>,
    everything: bool,
}

impl Quiet {
    pub(crate) fn add(&mut self, change: Change, now: Instant) {
        let whole = matches!(change.kind, Kind::Written | Kind::Came | Kind::Folder);
        self.files.insert(change.path, whole);
        self.heard(now);
    }

    /// Changes were lost: anything may have happened.
    pub(crate) fn add_everything(&mut self, now: Instant) {
        self.everything = true;
        self.heard(now);
    }

    fn heard(&mut self, now: Instant) {
        let first = self.since.map_or(now, |(first, _)| first);
        self.since = Some((first, now));
    }

    /// Whether something changed, and all of it is whole.
    pub(crate) fn is_whole(&self) -> bool {
        !self.everything && !self.files.is_empty() && self.files.values().all(|whole| *whole)
    }

    /// When a run may begin; nothing where nothing changed.
    pub(crate) fn due(&self) -> Option<Instant> {
        let (first, last) = self.since?;
        let wait = if !self.is_whole() {
            UNSETTLED
        } else if self.files.len() > 1 {
            SEVERAL
        } else {
            SHORT
        };
        Some((last + wait).min(first + LONGEST))
    }

    /// All of them, for a run that begins now.
    pub(crate) fn take(&mut self) -> Batch {
        let taken = std::mem::take(self);
        Batch { files: taken.files.into_keys().collect(), everything: taken.everything }
    }
}

/// What one run is for.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) files: BTreeSet<PathBuf>,
    /// Anything may have changed.
    pub(crate) everything: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(name: &str, kind: Kind) -> Change {
        Change { path: name.into(), kind }
    }

    #[test]
    fn a_whole_file_needs_little_time_and_others_more() {
        let now = Instant::now();
        let mut quiet = Quiet::default();
        assert_eq!(quiet.due(), None);
        quiet.add(change("a", Kind::Writing), now);
        assert_eq!(quiet.due(), Some(now + UNSETTLED));
        quiet.add(change("a", Kind::Written), now);
        assert_eq!(quiet.due(), Some(now + SHORT));
        quiet.add(change("b", Kind::Came), now);
        assert_eq!(quiet.due(), Some(now + SEVERAL));
        assert_eq!(quiet.take().files.len(), 2);
        assert_eq!(quiet.due(), None);
    }

    #[test]
    fn who_goes_on_writing_is_not_waited_for() {
        let now = Instant::now();
        let mut quiet = Quiet::default();
        for turn in 0..100 {
            quiet.add(change("a", Kind::Writing), now + turn * Duration::from_millis(20));
        }
        assert_eq!(quiet.due(), Some(now + LONGEST));
    }
}
