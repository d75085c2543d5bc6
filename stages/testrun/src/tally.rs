//! What was found: outcomes by test, the reports for pytest's summary, and whether everything adds up.

use std::collections::BTreeMap;

use dx_schemas::testrun::{AnswerFrame, COLLECTING, Outcome, PART_FAILED, TEARDOWN_ERROR};

/// One finished test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    pub file: u32,
    pub item: u32,
    pub outcome: Outcome,
    pub flags: u16,
    /// Set-up, call, teardown in microseconds.
    pub times: [u32; 3],
    /// Microseconds since the run began.
    pub start: u32,
    pub worker: u32,
}

impl Done {
    /// What a worker says with a message of kind `Result`.
    pub fn of(frame: &AnswerFrame<'_>, worker: u32) -> Done {
        Done {
            file: frame.file,
            item: frame.item,
            outcome: frame.outcome,
            flags: frame.flags,
            times: frame.times,
            start: frame.start,
            worker,
        }
    }

    /// pytest's categories: a test whose teardown fails, or a part of it, counts twice.
    pub fn categories(&self) -> impl Iterator<Item = Outcome> {
        let part = (self.flags & PART_FAILED != 0).then_some(Outcome::Failed);
        let end = (self.flags & TEARDOWN_ERROR != 0).then_some(Outcome::Error);
        std::iter::once(self.outcome).chain(part).chain(end)
    }

    pub fn failed(&self) -> bool {
        self.categories().any(Outcome::is_failure)
    }

    pub fn seconds(&self) -> f64 {
        self.times.iter().map(|time| f64::from(*time)).sum::<f64>() / 1e6
    }
}

/// A test that was taken out, with its reports.
#[derive(Clone, Debug)]
pub struct Kept {
    pub done: Done,
    reports: Vec<Vec<u8>>,
}

/// The sum of a run.
#[derive(Debug, Default)]
pub struct Tally {
    done: BTreeMap<(u32, u32), Done>,
    /// Reports in pytest's own form, one JSON object each, by file and item.
    reports: BTreeMap<(u32, u32), Vec<Vec<u8>>>,
    pub failures: u64,
    /// Files that could not be collected.
    pub broken: u64,
    pub collected: u64,
    pub deselected: u64,
    /// Tests that were reported twice: never in a sound run.
    pub twice: u64,
    /// Tests that failed and passed when tried again.
    pub flaky: Vec<(u32, u32)>,
}

impl Tally {
    /// Counts a test; false if it was counted before.
    pub fn add(&mut self, done: Done) -> bool {
        self.failures += u64::from(done.failed());
        if let Some(old) = self.done.insert((done.file, done.item), done) {
            self.failures -= u64::from(old.failed());
            self.twice += 1;
            return false;
        }
        true
    }

    /// Takes a test out, so that its next try counts instead.
    pub fn take(&mut self, file: u32, item: u32) -> Option<Kept> {
        let done = self.done.remove(&(file, item))?;
        self.failures -= u64::from(done.failed());
        Some(Kept { done, reports: self.reports.remove(&(file, item)).unwrap_or_default() })
    }

    /// Puts a test back in place of whatever is known of it now.
    pub fn put(&mut self, kept: Kept) {
        let at = (kept.done.file, kept.done.item);
        self.take(at.0, at.1);
        self.failures += u64::from(kept.done.failed());
        self.done.insert(at, kept.done);
        self.reports.insert(at, kept.reports);
    }

    pub fn report(&mut self, file: u32, item: u32, line: Vec<u8>) {
        self.reports.entry((file, item)).or_default().push(line);
    }

    /// Reports of a test that is not finished, which will run again.
    pub fn drop_unfinished(&mut self, file: u32, item: u32) {
        if !self.done.contains_key(&(file, item)) {
            self.reports.remove(&(file, item));
        }
    }

    /// Takes out the reports of a test that ended before its result.
    pub fn cut_short(&mut self, file: u32, item: u32) -> Vec<Vec<u8>> {
        self.reports.remove(&(file, item)).unwrap_or_default()
    }

    pub fn get(&self, file: u32, item: u32) -> Option<&Done> {
        self.done.get(&(file, item))
    }

    /// All tests in pytest's order.
    pub fn all(&self) -> impl Iterator<Item = &Done> {
        self.done.values()
    }

    pub fn finished(&self) -> u64 {
        self.done.len() as u64
    }

    /// The categories that have tests, and how many.
    pub fn counts(&self) -> Vec<(Outcome, u64)> {
        let counted = Outcome::ALL.iter().map(|outcome| (*outcome, self.count(*outcome)));
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// How many tests are in a category.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.done.values().flat_map(Done::categories).filter(|category| *category == outcome).count() as u64
    }

    /// Reports in pytest's order: it collects all files before it runs the first test.
    pub fn reports_in_order(&self) -> impl Iterator<Item = &[u8]> {
        let key = |(file, item): (u32, u32)| (item != COLLECTING, file, item);
        let mut keys: Vec<_> = self.reports.keys().copied().collect();
        keys.sort_by_key(|at| key(*at));
        keys.into_iter().flat_map(|at| self.reports[&at].iter().map(Vec::as_slice))
    }

    /// The reports of one test.
    pub fn reports_of(&self, file: u32, item: u32) -> &[Vec<u8>] {
        self.reports.get(&(file, item)).map_or(&[], Vec::as_slice)
    }
}
