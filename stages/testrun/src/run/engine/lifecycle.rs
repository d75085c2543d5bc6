//! Workers begin and end.

use std::time::Duration;

use dx_schemas::testrun::{COLLECTING, Order, OrderFrame, Outcome};

use super::super::crash;
use super::super::early::{self, Early};
use super::super::ports;
use super::Engine;
use crate::failure::Failure;
use crate::message::{self, Reaped, Report};
use crate::queue::Mode;
use crate::report::Event;
use crate::sys::process;
use crate::tally::Done;
use crate::worker::{Stage, Worker};

/// Workers that may die between tests, one after the other, before the run gives up.
const IDLE_DEATHS_MAX: u32 = 3;
/// How long a worker that has said goodbye may take to end.
const GOODBYE: Duration = Duration::from_secs(2);

impl Engine<'_> {
    /// Forks the worker of a lane and gives it its first orders.
    pub(super) fn start_worker(&mut self, lane: usize, count: usize) -> Result<(), Failure> {
        self.serials += 1;
        let terminal = self.plan.pdb || (self.plan.capture == "no" && count == 1);
        let plain = self.plan.threads > 1 && self.plan.nodes.is_empty();
        let usable = |early: &Early| early.count == count && plain && !terminal;
        self.origin.early = self.origin.early.take().filter(usable);
        let worker = if let Some((worker, process)) =
            self.origin.early.as_mut().and_then(|early| early.workers.pop())
        {
            self.spawned.push(process);
            worker
        } else {
            let (mut worker, handles) = Worker::prepare(lane, self.serials)?;
            let setup = self.origin.identity.setup(terminal, self.looking_again && self.may_run_more());
            let input = self.plan.nodes.get(lane).filter(|_| count > 1).cloned();
            if self.plan.threads > 1 || input.is_some() {
                let process = early::spawn(self.settings, lane, count, input, setup, &handles)?;
                worker.forked(process.pid());
                self.spawned.push(process);
            } else {
                self.parent.fork(&[lane as u32, count as u32], &setup, &handles.fds())?;
            }
            worker
        };
        if lane < self.workers.len() {
            self.workers[lane] = worker;
        } else {
            self.workers.push(worker);
        }
        let steps = self.queue.refill(lane);
        self.execute(steps);
        // A worker that is alone and knows all that it has to do need not be told later.
        let alone = count == 1 && self.mode == Mode::Whole && self.queue.knows_all(lane);
        if alone || self.settings.isolate {
            self.workers[lane].send(Order::Finish, &[]);
            self.workers[lane].dismissed = true;
        }
        Ok(())
    }

    /// The process has ended and everything that it wrote is read.
    pub(super) fn ended(&mut self, lane: usize) -> Result<(), Failure> {
        let reaped = self.reap(self.workers[lane].pid)?;
        let current = self.workers[lane].current();
        let stage = self.workers[lane].stage;
        let orderly = self.workers[lane].said_goodbye;
        let why = self.workers[lane].killed.clone().unwrap_or_else(|| crash::why(&reaped));
        let stacks = if orderly { String::new() } else { self.workers[lane].stacks() };
        self.workers[lane].sweep();
        if orderly && (self.workers[lane].dismissed || matches!(stage, Stage::Finishing | Stage::Idle)) {
            let rest = self.queue.lost(lane, None);
            if self.settings.isolate
                && self.ending.is_none()
                && (!rest.is_empty() || self.queue.has_waiting())
            {
                self.queue.revive(lane);
                self.queue.give(lane, rest.into_iter());
                return self.start_worker(lane, self.queue.workers());
            }
            return Ok(());
        }
        self.has_lost_workers = true;
        if let Some(port) = self.workers[lane].wants {
            return self.give_way(lane, port);
        }
        if stage == Stage::Finishing && current.is_none() {
            self.faults.push(format!("gw{lane} died at the end of its session: {why}"));
            self.queue.lost(lane, None);
            return Ok(());
        }
        let culprit = current.map(|current| (current.file, current.item.unwrap_or(COLLECTING)));
        let culprit = culprit.filter(|(file, item)| {
            *item == COLLECTING
                || !self.queue.files.get(*file as usize).is_some_and(|state| state.is_done(*item))
        });
        // A file that is collected gets a second chance: that it killed its worker is not certain before the second time.
        let culprit = culprit.filter(|(file, item)| *item != COLLECTING || !self.is_first_death(lane, *file));
        let rest = self.queue.lost(lane, culprit);
        if let Some(current) = current.filter(|_| culprit.is_some()) {
            let seconds = process::monotonic_ns().saturating_sub(current.began) as f64 / 1e9;
            self.blame(lane, current.file, current.item, &why, &stacks, seconds);
            self.idle_deaths = 0;
        } else {
            self.idle_deaths += 1;
            let doing = match current {
                Some(current) if current.item.is_none() => {
                    format!("collecting '{}'", self.id(current.file, COLLECTING))
                }
                _ => "between tests".to_owned(),
            };
            self.reporters.tell(&Event::Note(&format!("dx: worker 'gw{lane}' died {doing}: {why}")));
        }
        if rest.is_empty() && !self.queue.has_common() || self.ending.is_some() {
            return Ok(());
        }
        if self.idle_deaths > IDLE_DEATHS_MAX {
            self.faults.push(format!("workers keep dying between tests: {why}"));
            return Ok(());
        }
        for span in &rest {
            self.tally.drop_unfinished(span.file, span.first);
        }
        self.queue.revive(lane);
        self.queue.give(lane, rest.into_iter());
        let count = self.queue.workers();
        self.start_worker(lane, count)
    }

    /// What a worker had to do that wanted a port of another one is done by that one.
    fn give_way(&mut self, lane: usize, port: u16) -> Result<(), Failure> {
        if let Some(current) = self.workers[lane].current()
            && current.item.is_none()
        {
            self.forget_collection(lane, current.file);
        }
        let rest = self.queue.lost(lane, None);
        let is_there = |worker: &Worker| {
            matches!(worker.stage, Stage::Running | Stage::Idle)
                && !worker.dismissed
                && worker.ports.contains(&port)
        };
        let owner = self.workers.iter().position(is_there);
        let whose = owner.map_or("another worker".to_owned(), |owner| format!("gw{owner}"));
        if self.ports_told.insert(port) {
            let text = format!(
                "dx: gw{lane} wanted port {port}, which {whose} listens on: its tests run there, from now on in one worker"
            );
            self.reporters.tell(&Event::Note(&text));
        }
        ports::remember(&self.settings.state, port);
        if rest.is_empty() || self.ending.is_some() {
            return Ok(());
        }
        for span in &rest {
            self.tally.drop_unfinished(span.file, span.first);
        }
        let Some(owner) = owner else {
            self.queue.revive(lane);
            self.queue.give(lane, rest.into_iter());
            return self.start_worker(lane, self.queue.workers());
        };
        self.queue.give(owner, rest.into_iter());
        let steps = self.queue.refill(owner);
        self.execute(steps);
        Ok(())
    }

    /// Whether no other worker died while it collected this file. What this one said of it is forgotten then, since another
    /// will say it all. A worker that the runner killed has had its chance.
    fn is_first_death(&mut self, lane: usize, file: u32) -> bool {
        if self.workers[lane].killed.is_some() || !self.died_collecting.insert(file) {
            return false;
        }
        self.forget_collection(lane, file);
        true
    }

    fn forget_collection(&mut self, lane: usize, file: u32) {
        if let Some(info) = self.files.get_mut(file as usize)
            && info.collector == Some(self.workers[lane].serial)
        {
            info.collector = None;
            self.tally.drop_unfinished(file, COLLECTING);
        }
    }

    /// Lays a death on the test, or the file, that the worker was busy with.
    fn blame(&mut self, lane: usize, file: u32, item: Option<u32>, why: &str, stacks: &str, seconds: f64) {
        let id = self.id(file, item.unwrap_or(COLLECTING));
        let text = if self.workers[lane].killed.is_some() {
            why.to_owned()
        } else {
            format!("worker 'gw{lane}' crashed while running '{id}': {why}")
        };
        let Some(item) = item else {
            let report = Report {
                category: "error".to_owned(),
                letter: "E".to_owned(),
                word: "ERROR".to_owned(),
                id: id.clone(),
                text: text.clone(),
                ..Report::default()
            };
            self.tally.report(
                file,
                COLLECTING,
                crash::line("collect-crash", &id, &text, &crash::sections(stacks, &[]), seconds),
            );
            self.file_report(file, &report);
            return;
        };
        let before = self.cut_short(file, item);
        self.tally.report(
            file,
            item,
            crash::line("crash", &id, &text, &crash::sections(stacks, &before), seconds),
        );
        self.done(Done {
            file,
            item,
            outcome: Outcome::Failed,
            flags: 0,
            times: [0, (seconds * 1e6).min(f64::from(u32::MAX)) as u32, 0],
            start: 0,
            worker: lane as u32,
        });
    }

    /// What a test reported before it was cut short; of it, only warnings stay.
    fn cut_short(&mut self, file: u32, item: u32) -> Vec<Report> {
        let mut before = Vec::new();
        for line in self.tally.cut_short(file, item) {
            let report: Report = message::read(&line).unwrap_or_default();
            if report.kind == "warning" {
                self.tally.report(file, item, line);
            } else {
                before.push(report);
            }
        }
        before
    }

    /// The parent collects its child; nobody else can.
    fn reap(&mut self, pid: u32) -> Result<Reaped, Failure> {
        if let Some(at) = self.spawned.iter().position(|process| process.pid() == pid) {
            return Ok(self.spawned.swap_remove(at).reap());
        }
        self.parent.send(&OrderFrame::new(Order::Reap, &[pid]), &[])?;
        loop {
            if let Some(at) = self.reaped.iter().position(|(of, _)| *of == pid) {
                return Ok(self.reaped.swap_remove(at).1);
            }
            self.read_parent()?;
        }
    }

    /// Ends the sessions of all workers and waits for them.
    pub(super) fn finish_workers(&mut self) -> Result<(), Failure> {
        for worker in &mut self.workers {
            if matches!(worker.stage, Stage::Idle | Stage::Running) {
                if !worker.dismissed {
                    worker.send(Order::Finish, &[]);
                }
                worker.stage = Stage::Finishing;
            }
        }
        while self.workers.iter().any(|worker| worker.stage != Stage::Gone && !worker.said_goodbye) {
            self.turn(super::TICK)?;
        }
        Ok(())
    }

    /// Workers that have said goodbye may still be ending while pytest sums up.
    pub(super) fn settle(&mut self) {
        for worker in self.workers.iter_mut().filter(|worker| worker.stage != Stage::Gone) {
            worker.wait(GOODBYE);
            worker.sweep();
        }
    }

    /// Tests that failed run again, each time in a fresh process, until they pass or there were enough tries.
    pub(super) fn retry(&mut self) -> Result<(), Failure> {
        for _ in 0..self.settings.retries {
            let failed = self.failed();
            if failed.is_empty() || self.ending.is_some() {
                return Ok(());
            }
            for at in &failed {
                self.tally.take(at.0, at.1);
                self.queue.reopen(at.0, at.1);
                *self.attempts.entry(*at).or_default() += 1;
            }
            self.run_apart(&failed, &[])?;
            for at in failed {
                if self
                    .tally
                    .get(at.0, at.1)
                    .is_some_and(|done| done.outcome == Outcome::Passed && !done.failed())
                {
                    self.tally.flaky.push(at);
                }
            }
        }
        Ok(())
    }

    /// Runs tests in a fresh worker, after collecting `first`.
    pub(super) fn run_apart(&mut self, items: &[(u32, u32)], first: &[u32]) -> Result<(), Failure> {
        let lane = self.queue.add_worker();
        let count = self.queue.workers().min(self.settings.workers.max(1));
        self.run_unshared(|engine| {
            // In a session that is a whole everything is collected.
            if first.is_empty() || engine.mode == Mode::Whole {
                // It may be told that nothing follows as soon as it is there.
                let spans = engine.spans_of(items);
                engine.queue.give(lane, spans.into_iter());
                return engine.start_worker(lane, count);
            }
            engine.start_worker(lane, count)?;
            for file in first {
                engine.workers[lane].send(Order::Collect, &[*file]);
            }
            engine.hand_out(lane, items);
            Ok(())
        })
    }

    /// Runs tests in this worker, which waits.
    pub(super) fn run_in(&mut self, lane: usize, items: &[(u32, u32)]) -> Result<(), Failure> {
        self.run_unshared(|engine| {
            engine.hand_out(lane, items);
            Ok(())
        })
    }

    /// Begins something and sees it to its end; no other worker takes a part of it.
    fn run_unshared(&mut self, begin: impl FnOnce(&mut Self) -> Result<(), Failure>) -> Result<(), Failure> {
        let shared = self.queue.share(false);
        let done = begin(self).and_then(|()| self.drive());
        self.queue.share(shared);
        done
    }

    fn hand_out(&mut self, lane: usize, items: &[(u32, u32)]) {
        let spans = self.spans_of(items);
        self.queue.give(lane, spans.into_iter());
        let steps = self.queue.refill(lane);
        self.execute(steps);
    }
}
