//! Tests that lean on those before them in their file, which another worker ran, or nobody. Such a file runs in one worker
//! from the next run on.

use std::collections::BTreeMap;

use super::Engine;
use crate::failure::Failure;
use crate::tally::{Done, Kept};

/// Seconds that tests may take which selection had left out: who has just edited something waits for them.
const MOMENT: f64 = 1.0;

/// Files with some of their tests, in order.
type Files = BTreeMap<u32, Vec<u32>>;

impl Engine<'_> {
    /// Failures of tests that did not run after those before them in their file, once more after these.
    pub(super) fn look_after_their_files(&mut self, but: &[(u32, u32)]) -> Result<(), Failure> {
        let mut failed = self.failed();
        failed.retain(|at| !but.contains(at) && self.ran_without_those_before(*at));
        let mut spent = 0.0;
        for (file, tests) in by_file(&failed) {
            if !self.is_affordable(file, &tests, &mut spent) {
                if !self.has_left_out_before(file, last(&tests)) {
                    self.together.try_next_time(&self.files[file as usize].id);
                }
                continue;
            }
            let kept = self.run_after_those_before(file, &tests, &[], &[])?;
            let passed: Vec<(u32, u32)> =
                tests.iter().map(|item| (file, *item)).filter(|at| self.passed(*at)).collect();
            self.put_back(kept, |at| !passed.contains(&at));
            if !passed.is_empty() {
                let id = self.files[file as usize].id.clone();
                self.together.see(&id);
                self.leaning.insert(id, passed.len());
            }
            passed.into_iter().for_each(|at| self.tell_settled(at));
        }
        Ok(())
    }

    /// Tests that failed after others and pass alone: those that fail after the tests before them in their file, and after what
    /// stands before it and ran in their worker, do so under pytest, too. So do those of which nobody has the time to find out.
    pub(super) fn fail_in_order(&mut self, harmed: &[(u32, u32)]) -> Result<Vec<(u32, u32)>, Failure> {
        let everything: Vec<u32> = (0..self.files.len() as u32).collect();
        let mut hold = Vec::new();
        let mut spent = 0.0;
        for (file, tests) in by_file(harmed) {
            let places = tests.iter().map(|item| (file, *item));
            let before = self.ran_before_the_file(file, &tests);
            let known = before.iter().filter_map(|at| self.tally.get(at.0, at.1));
            let seconds: f64 = known.map(Done::seconds).sum();
            if spent + seconds > self.patience() || !self.is_affordable(file, &tests, &mut spent) {
                hold.extend(places);
                continue;
            }
            spent += seconds;
            let kept = self.run_after_those_before(file, &tests, &before, &everything)?;
            hold.extend(places.filter(|at| self.has_failed(*at)));
            self.put_back(kept, |_| true);
        }
        Ok(hold)
    }

    fn is_affordable(&self, file: u32, tests: &[u32], spent: &mut f64) -> bool {
        let seconds = self.seconds_up_to(file, last(tests));
        let patience = if self.has_left_out_before(file, last(tests)) { MOMENT } else { self.patience() };
        let is = *spent + seconds <= patience;
        if is {
            *spent += seconds;
        }
        is
    }

    /// Runs a file up to the last of these tests, after others; what was known of them before. Tests that nobody asked for
    /// leave no trace.
    fn run_after_those_before(
        &mut self,
        file: u32,
        tests: &[u32],
        others: &[(u32, u32)],
        first: &[u32],
    ) -> Result<Vec<Kept>, Failure> {
        let own = (0..=last(tests)).map(|item| (file, item));
        let all: Vec<(u32, u32)> = others.iter().copied().chain(own).collect();
        let kept = self.again(&all, first)?;
        for at in all {
            if !kept.iter().any(|old| (old.done.file, old.done.item) == at) {
                self.tally.take(at.0, at.1);
            }
        }
        Ok(kept)
    }

    /// What ran in the workers that these tests failed in, before them, and stands in files before theirs.
    fn ran_before_the_file(&self, file: u32, tests: &[u32]) -> Vec<(u32, u32)> {
        let of = |at: (u32, u32)| self.first_failures.get(&at).map(|first| &first.done);
        let failed: Vec<&Done> = tests.iter().filter_map(|item| of((file, *item))).collect();
        let first = |done: &Done| *of((done.file, done.item)).unwrap_or(done);
        let ran_before = |done: &Done| {
            let ran = first(done);
            failed.iter().any(|failed| failed.worker == ran.worker && ran.start <= failed.start)
        };
        let before = self.tally.all().take_while(|done| done.file < file);
        before.filter(|done| ran_before(done)).map(|done| (done.file, done.item)).collect()
    }

    /// Whether selection left out a test before this one in its file.
    fn has_left_out_before(&self, file: u32, item: u32) -> bool {
        (0..item).any(|before| self.tally.get(file, before).is_none())
    }

    /// Whether a test before it in its file did not run in the same worker, before it.
    fn ran_without_those_before(&self, at: (u32, u32)) -> bool {
        let Some(own) = self.tally.get(at.0, at.1) else { return false };
        let ran_there = |done: &Done| done.worker == own.worker && done.start <= own.start;
        !(0..at.1).all(|item| self.tally.get(at.0, item).is_some_and(ran_there))
    }

    /// What the tests of a file take, as they did now or the last time.
    fn seconds_up_to(&self, file: u32, last: u32) -> f64 {
        let info = &self.files[file as usize];
        let known = self.memory.times(&info.id, &info.items);
        let of = |item: u32| {
            let now = self.tally.get(file, item).map(Done::seconds);
            now.unwrap_or_else(|| known.get(item as usize).copied().map_or(0.0, f64::from))
        };
        (0..=last).map(of).sum()
    }

    /// Files that were tried in one piece.
    pub(super) fn settle_tries(&mut self) {
        if self.ending.is_none() && self.tally.broken == 0 {
            for (file, info) in self.files.iter().enumerate() {
                let ran = || (0..info.items.len() as u32).map(|item| self.tally.get(file as u32, item));
                if self.together.has(&info.id) && ran().all(|done| done.is_some()) {
                    self.together.ran(&info.id, ran().flatten().any(Done::failed));
                }
            }
        }
        self.together.save(&self.settings.state);
    }
}

fn by_file(tests: &[(u32, u32)]) -> Files {
    let mut files = Files::new();
    for (file, item) in tests {
        files.entry(*file).or_default().push(*item);
    }
    files
}

fn last(tests: &[u32]) -> u32 {
    tests.iter().copied().max().unwrap_or_default()
}
