//! Failures that other tests may have to do with: do they hold when everything is collected, and after the tests that stand
//! before them in their file?
//!
//! Some tests lean on imports that collecting another file makes, or on names that their own file took over before another
//! test replaced them. They pass under pytest, which collects everything first, and fail here. So a failure counts only
//! after it was seen in a process that collected the whole session; and a pass there counts only if the test fails once
//! more in a process that did not (in a fresh one; in the one that it failed in, which remembers what ran there; after the
//! same tests as there in another one), or else it is merely flaky.
//!
//! Who fails after what ran before it may do so under pytest, too: not if it passes after that part of it which stands
//! before it in pytest's order.

use std::collections::{BTreeMap, BTreeSet};

use dx_schemas::testrun::Outcome;

use super::Engine;
use crate::failure::Failure;
use crate::queue::Mode;
use crate::tally::{Done, Kept};
use crate::worker::Stage;

/// Seconds of tests that may run once more to find out what made one fail.
const PATIENCE: f64 = 10.0;

impl Engine<'_> {
    pub(super) fn second_look(&mut self) -> Result<(), Failure> {
        if !self.plan.nodes.is_empty() {
            // There are as many workers as a plugin has configured, and no other can be made.
            return Ok(());
        }
        let in_order = !self.settings.isolate && self.settings.shuffle.is_none();
        let apart = in_order && self.queue.workers() > 1;
        let left_out = in_order && self.selection.is_some_and(|selection| selection.cached() > 0);
        let collected_less = self.mode == Mode::Files && self.files.len() > 1;
        let flaky = if collected_less || apart || left_out { self.look_alone()? } else { Vec::new() };
        if apart || left_out {
            self.look_after_their_files(&flaky)?;
        }
        self.settle_tries();
        Ok(())
    }

    /// Alone, in a process that collected everything; the failures that did not hold there and count all the same.
    fn look_alone(&mut self) -> Result<Vec<(u32, u32)>, Failure> {
        let failed = self.failed();
        if failed.is_empty() || self.ending.is_some() {
            return Ok(Vec::new());
        }
        let everything: Vec<u32> = (0..self.files.len() as u32).collect();
        let first = self.again(&failed, &everything)?;
        let passed: Vec<(u32, u32)> = failed.iter().copied().filter(|at| self.passed(*at)).collect();
        self.put_back(first, |at| !passed.contains(&at));
        if passed.is_empty() || self.ending.is_some() {
            return Ok(Vec::new());
        }
        let mut flaky = passed.clone();
        if self.mode == Mode::Files {
            // The same ones: what ends a fixture is laid on the last test that has it.
            let second = self.again(&failed, &[])?;
            flaky.retain(|at| !self.has_failed(*at));
            // What passed after whole collection and fails without is order-dependent: the pass is pytest's outcome.
            self.put_back(second, |_| true);
        }
        let mut harmed = flaky.clone();
        for (lane, tests) in self.where_they_failed(&flaky) {
            let there = self.again_in(lane, &tests)?;
            flaky.retain(|at| !tests.contains(at) || !self.has_failed(*at));
            self.put_back(there, |_| true);
        }
        for tests in self.before(&flaky) {
            let third = self.again(&tests, &[])?;
            flaky.retain(|at| !tests.contains(at) || !self.has_failed(*at));
            self.put_back(third, |_| true);
        }
        harmed.retain(|at| !flaky.contains(at));
        let hold = self.fail_in_order(&harmed)?;
        flaky.extend(hold);
        for at in passed {
            if flaky.contains(&at) {
                self.restore_first_failure(at);
            } else {
                let id = self.id(at.0, at.1);
                self.order_dependent.push(id);
                self.tell_settled(at);
            }
        }
        Ok(flaky)
    }

    /// Where nobody waits and nothing is kept for a next run, as long as all tests took.
    pub(super) fn patience(&self) -> f64 {
        let all = if self.settings.ci { self.tally.all().map(Done::seconds).sum() } else { 0.0 };
        PATIENCE.max(all)
    }

    /// Says what counts of a test that was told otherwise.
    pub(super) fn tell_settled(&mut self, at: (u32, u32)) {
        if let Some(done) = self.tally.get(at.0, at.1).copied() {
            self.tell_test(&done, true);
        }
    }

    /// These tests by the workers that they failed in, as far as those are still there.
    fn where_they_failed(&self, failed: &[(u32, u32)]) -> BTreeMap<usize, Vec<(u32, u32)>> {
        let mut lanes = BTreeMap::<usize, Vec<(u32, u32)>>::new();
        for at in failed {
            let lane = self.first_failures.get(at).map(|first| first.done.worker as usize);
            let waits = |lane: &usize| {
                self.workers.get(*lane).is_some_and(|worker| worker.stage == Stage::Idle && !worker.dismissed)
            };
            if let Some(lane) = lane.filter(waits) {
                lanes.entry(lane).or_default().push(*at);
            }
        }
        lanes
    }

    /// For each worker that these tests failed in, what it ran up to the last of them; nothing where that takes too long.
    fn before(&self, failed: &[(u32, u32)]) -> Vec<Vec<(u32, u32)>> {
        let first: Vec<Done> =
            failed.iter().filter_map(|at| Some(self.first_failures.get(at)?.done)).collect();
        let workers: BTreeSet<u32> = first.iter().map(|done| done.worker).collect();
        let of_worker = |worker: u32| {
            let last = first.iter().filter(|done| done.worker == worker).map(|done| done.start).max()?;
            let others = self.tally.all().filter(|done| !failed.contains(&(done.file, done.item)));
            let mut ran: Vec<&Done> =
                others.chain(&first).filter(|done| done.worker == worker && done.start <= last).collect();
            ran.sort_by_key(|done| done.start);
            let seconds: f64 = ran.iter().map(|done| done.seconds()).sum();
            (seconds <= self.patience()).then(|| ran.iter().map(|done| (done.file, done.item)).collect())
        };
        workers.into_iter().filter_map(of_worker).collect()
    }

    /// Runs tests once more in a fresh process; what was known of them before.
    pub(super) fn again(&mut self, items: &[(u32, u32)], first: &[u32]) -> Result<Vec<Kept>, Failure> {
        self.look_again(items, |engine| engine.run_apart(items, first))
    }

    /// The same in a worker that waits.
    fn again_in(&mut self, lane: usize, items: &[(u32, u32)]) -> Result<Vec<Kept>, Failure> {
        self.look_again(items, |engine| engine.run_in(lane, items))
    }

    fn look_again(
        &mut self,
        items: &[(u32, u32)],
        run: impl FnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<Vec<Kept>, Failure> {
        let mut kept = Vec::new();
        for at in items {
            kept.extend(self.tally.take(at.0, at.1));
            self.queue.reopen(at.0, at.1);
        }
        self.looking_again = true;
        let done = run(self);
        self.looking_again = false;
        done.map(|()| kept)
    }

    pub(super) fn passed(&self, at: (u32, u32)) -> bool {
        self.tally.get(at.0, at.1).is_some_and(|done| done.outcome != Outcome::Other && !done.failed())
    }

    /// Whether it failed once more; who interrupted the run has not seen that.
    pub(super) fn has_failed(&self, at: (u32, u32)) -> bool {
        self.tally.get(at.0, at.1).is_some_and(|done| done.failed())
    }

    /// What was known before counts again for the tests that `which` chooses; it is remembered for the others.
    pub(super) fn put_back(&mut self, kept: Vec<Kept>, which: impl Fn((u32, u32)) -> bool) {
        for old in kept {
            let at = (old.done.file, old.done.item);
            if which(at) {
                self.tally.put(old);
            } else {
                self.first_failures.insert(at, old);
            }
        }
    }

    fn restore_first_failure(&mut self, at: (u32, u32)) {
        if let Some(old) = self.first_failures.remove(&at) {
            self.tally.put(old);
        }
    }
}
