//! The loop between the queue and the workers: one thread, which waits for all of them at once.

mod bundles;
mod frames;
mod leaks;
mod leaning;
mod lifecycle;
mod limits;
mod second_look;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dx_schemas::testrun::{Answer, Order, Outcome};
use leaks::Leaks;

use super::memory::Memory;
use super::selection::{self, Selection};
use super::settings::Settings;
use super::start::Origin;
use super::together::Together;
use super::{Conclusion, Reporters, conclude, conclusion, feed};
use crate::failure::{Failure, When};
use crate::message::{self, Finish, Plan, PlanFile, Reaped, Stopped, Text};
use crate::parent::Parent;
use crate::queue::{FileState, Mode, Queue, Span, Step};
use crate::report::Event;
use crate::select::{Evidence, WholeFiles};
use crate::sys::{poll, signals};
use crate::tally::{Kept, Tally};
use crate::worker::{Stage, Worker};

/// How often limits are looked at and the live line is drawn.
const TICK: Duration = Duration::from_millis(10);
/// What a file is expected to take when nothing is known, in seconds.
const UNKNOWN_FILE: f64 = 0.005;

/// A file of the run and the ids of its tests, once known.
#[derive(Debug, Default)]
struct FileInfo {
    id: String,
    items: Vec<String>,
    /// It could not be collected; nothing of it runs.
    broken: bool,
    /// The worker whose collection of it counts.
    collector: Option<u64>,
}

pub(super) struct Engine<'a> {
    settings: &'a Settings,
    parent: Parent,
    plan: Plan,
    origin: Origin,
    selection: Option<&'a Selection>,
    evidence: Evidence,
    /// An audit found that selection would have been wrong.
    missed: bool,
    reporters: Reporters,
    mode: Mode,
    queue: Queue,
    files: Vec<FileInfo>,
    workers: Vec<Worker>,
    tally: Tally,
    ending: Option<Stopped>,
    /// Answers to reaps, as they come.
    reaped: Vec<(u32, Reaped)>,
    /// How often each failed test was tried again.
    attempts: std::collections::HashMap<(u32, u32), u32>,
    interrupts: u32,
    /// Workers that died between tests, in a row.
    idle_deaths: u32,
    /// What they measured is lost with them.
    has_lost_workers: bool,
    /// Files under whose collection a worker died once.
    died_collecting: std::collections::HashSet<u32>,
    /// Ports that two workers wanted.
    ports_told: BTreeSet<u16>,
    /// Something of ours went wrong; the run cannot be called good.
    faults: Vec<String>,
    /// What sessions of workers ended with after all of their tests.
    ended_badly: Vec<String>,
    order_dependent: Vec<String>,
    together: Together,
    /// Files with tests that passed only after those before them, and how many.
    leaning: BTreeMap<String, usize>,
    leaks: Leaks,
    /// Tests that somebody has looked into: they run once.
    debugged: std::collections::HashSet<(u32, u32)>,
    /// Names of deselected tests.
    left_out: Vec<String>,
    /// Failures that did not hold after whole collection.
    first_failures: std::collections::HashMap<(u32, u32), Kept>,
    /// Failures are being looked at again: nothing is told yet.
    looking_again: bool,
    serials: u64,
    memory: Memory,
    /// Workers that are processes of their own; their control sockets say nothing of interest.
    spawned: Vec<Parent>,
}

impl<'a> Engine<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        parent: Parent,
        mut plan: Plan,
        origin: Origin,
        reporters: Reporters,
        mut memory: Memory,
        selection: Option<&'a Selection>,
    ) -> Result<Engine<'a>, Failure> {
        memory.read(&mut plan.read, &mut plan.listed);
        let mode = if plan.whole.is_some() { Mode::Whole } else { Mode::Files };
        let mut tally = Tally::default();
        tally.deselected = plan.deselected;
        let mut files = Vec::new();
        let mut states = Vec::new();
        let found = std::mem::take(&mut plan.files);
        for file in found.iter().cloned() {
            let mut state = FileState::unknown(memory.expected(&file.id).unwrap_or(UNKNOWN_FILE));
            if mode == Mode::Whole {
                state.collect(memory.times(&file.id, &file.items), file.groups);
                tally.collected += file.items.len() as u64;
            }
            states.push(state);
            files.push(FileInfo { id: file.id, items: file.items, broken: false, collector: None });
        }
        let together = Together::load(&settings.state);
        let bundles = bundles::of(&found, settings, &memory, selection, &together);
        let chosen: u64 = bundles::chosen(&bundles, &found);
        if mode == Mode::Whole {
            let wants = |file: &PlanFile, test: &String| {
                selection.is_none_or(|selection| selection.wants(&format!("{}{test}", file.id)))
            };
            let left_out =
                |file: &PlanFile| file.items.iter().filter(|test| !wants(file, test)).count() as u64;
            let cached: u64 = found.iter().map(left_out).sum();
            tally.deselected += tally.collected - chosen - cached.min(tally.collected - chosen);
            tally.collected = chosen;
        }
        let workers = if plan.pdb { 1 } else { settings.workers.min(bundles.len()).max(1) };
        let mut queue = Queue::new(states, bundles, workers);
        if settings.isolate {
            queue.isolate();
        }
        if plan.ordered {
            queue.keep_order();
        }
        Ok(Engine {
            settings,
            parent,
            left_out: std::mem::take(&mut plan.left_out),
            plan,
            origin,
            selection,
            evidence: Evidence::default(),
            missed: false,
            reporters,
            mode,
            queue,
            files,
            workers: Vec::new(),
            tally,
            ending: None,
            reaped: Vec::new(),
            attempts: std::collections::HashMap::new(),
            interrupts: 0,
            idle_deaths: 0,
            has_lost_workers: false,
            died_collecting: std::collections::HashSet::new(),
            ports_told: BTreeSet::new(),
            faults: Vec::new(),
            ended_badly: Vec::new(),
            order_dependent: Vec::new(),
            together,
            leaning: BTreeMap::new(),
            leaks: Leaks::default(),
            debugged: std::collections::HashSet::new(),
            first_failures: std::collections::HashMap::new(),
            looking_again: false,
            serials: 0,
            memory,
            spawned: Vec::new(),
        })
    }

    pub(super) fn dissolve(self) -> (Parent, Reporters) {
        (self.parent, self.reporters)
    }

    /// Runs everything; afterwards no worker is left.
    pub(super) fn run(&mut self) -> Result<(), Failure> {
        if self.files.is_empty() {
            return Ok(());
        }
        let count = self.queue.workers();
        let collected = match self.plan.whole.as_deref() {
            Some("warm") => String::new(),
            Some(reason) => format!(", collected as a whole ({reason})"),
            None => ", collected file by file".to_owned(),
        };
        let apart = if self.plan.threads > 1 {
            ", workers apart (pytest's process has threads or an event loop)"
        } else if count > 1 && !self.plan.nodes.is_empty() {
            ", workers apart (a plugin configures each of them)"
        } else {
            ""
        };
        let single = self.settings.shared_port.map_or(String::new(), |port| {
            format!(", one since tests listen on port {port} (-n 2 asks for more)")
        });
        let how = format!("{}{collected}{apart}{single}", self.origin.how);
        for lane in 0..count {
            self.start_worker(lane, count)?;
        }
        self.await_header()?;
        self.reporters.tell(&Event::Started { workers: count, how: &how });
        self.drive()?;
        self.second_look()?;
        self.retry()?;
        self.finish_workers()?;
        self.reporters.tell(&Event::Drained);
        Ok(())
    }

    /// The workers run already; what they write waits until the header has been printed.
    fn await_header(&mut self) -> Result<(), Failure> {
        while self.plan.late && signals::interrupts() < 2 {
            if poll::readable(&[self.parent.fd()], TICK)?[0] {
                self.read_parent()?;
            }
        }
        Ok(())
    }

    /// Lets workers work until nothing is left to do.
    fn drive(&mut self) -> Result<(), Failure> {
        while !self.at_rest() {
            self.turn(TICK)?;
        }
        Ok(())
    }

    fn at_rest(&self) -> bool {
        let resting = |worker: &Worker| {
            matches!(worker.stage, Stage::Idle | Stage::Gone) || worker.dismissed && worker.said_goodbye
        };
        self.queue.is_done() && self.workers.iter().all(resting)
            || self.workers.iter().all(|worker| worker.stage == Stage::Gone)
    }

    /// Waits for something, and deals with everything that happened.
    fn turn(&mut self, wait: Duration) -> Result<(), Failure> {
        let mut fds = vec![self.parent.fd()];
        for worker in self.workers.iter().filter(|worker| worker.stage != Stage::Gone) {
            fds.extend(worker.watch_fd());
            if !worker.hung_up {
                fds.push(worker.control_fd());
            }
        }
        let spawned_from = fds.len();
        fds.extend(self.spawned.iter().filter(|process| !process.is_silent()).map(Parent::fd));
        let ready = poll::readable(&fds, wait)?;
        if ready[0] {
            self.read_parent()?;
        }
        for fd in fds[spawned_from..]
            .iter()
            .zip(&ready[spawned_from..])
            .filter(|(_, ready)| **ready)
            .map(|(fd, _)| *fd)
        {
            self.spawned.iter_mut().filter(|process| process.fd() == fd).for_each(Parent::ignore);
        }
        for lane in 0..self.workers.len() {
            if self.workers[lane].stage != Stage::Gone {
                self.read_worker(lane)?;
            }
        }
        self.check_interrupts();
        self.check_limits();
        self.release_hungry();
        self.reporters.tick();
        Ok(())
    }

    fn execute(&mut self, steps: Vec<Step>) {
        for (lane, command) in steps {
            let worker = &mut self.workers[lane];
            if worker.stage == Stage::Gone {
                continue;
            }
            if matches!(command, crate::queue::Command::Run(_)) {
                worker.hungry_since = None;
                if worker.stage == Stage::Idle {
                    worker.stage = Stage::Running;
                }
            }
            worker.execute(command);
        }
    }

    fn id(&self, file: u32, item: u32) -> String {
        let Some(info) = self.files.get(file as usize) else { return String::new() };
        match info.items.get(item as usize) {
            Some(rest) => [info.id.as_str(), rest].concat(),
            None => info.id.clone(),
        }
    }

    /// Nothing more is begun; what runs ends.
    fn stop(&mut self, ending: Stopped) {
        if self.ending.is_none() {
            self.ending = Some(ending);
        }
        self.queue.stop();
        for worker in self.workers.iter().filter(|worker| worker.stage == Stage::Running) {
            worker.execute(crate::queue::Command::Want(true));
        }
    }

    /// Ends the session of a run that counts for nothing: another one with more tests follows.
    pub(super) fn abandon(&mut self) -> Result<Conclusion, Failure> {
        let conclusion = conclude(&mut self.parent, &Finish::default())?;
        self.settle();
        Ok(conclusion)
    }

    /// Gives everything to the parent, whose pytest sums it up.
    pub(super) fn finish(&mut self) -> Result<Conclusion, Failure> {
        let stopped = self.ending.is_some();
        let missing = self.tally.collected.saturating_sub(self.tally.finished());
        if missing > 0 && !stopped && self.tally.broken == 0 {
            self.faults.push(format!("{missing} collected tests did not report"));
        }
        if self.tally.twice > 0 {
            self.faults.push(format!("{} tests reported twice", self.tally.twice));
        }
        self.reporters.tell(&Event::LeftOut { count: self.tally.deselected, ids: &self.left_out });
        feed::feed(&mut self.parent, self.tally.reports_in_order())?;
        let finish = self.finish_message();
        self.parent.send_json(Order::Finish, &[], &finish)?;
        // While pytest sums up; what it keeps of coverage belongs to what is kept here.
        self.remember();
        let covered = finish.coverage.is_some();
        if !covered {
            self.keep_evidence(false);
        }
        let mut conclusion = conclusion(&mut self.parent, |_| {})?;
        if covered {
            self.keep_evidence(true);
        }
        self.settle();
        conclusion.missed = self.missed;
        conclusion.counts = self.tally.counts();
        conclusion.ran = self.tally.finished();
        for id in &self.order_dependent {
            conclusion
                .text
                .push_str(&format!("dx: {id} passes only after the whole session was collected\n"));
        }
        for (file, count) in &self.leaning {
            let (tests, pass, those) =
                if *count == 1 { ("test", "passes", "it") } else { ("tests", "pass", "them") };
            conclusion.text.push_str(&format!(
                "dx: {count} {tests} of {file} {pass} only after those before {those}: it is one piece from now on\n"
            ));
        }
        self.leaks.tell(&mut conclusion.text);
        for text in &self.ended_badly {
            conclusion.text.push_str(text);
            // As under pytest, whose process ends with it.
            conclusion.status = conclusion.status.max(1);
        }
        if !self.faults.is_empty() {
            for fault in &self.faults {
                conclusion.text.push_str(&format!("dx-testrun: internal error: {fault}\n"));
            }
            conclusion.status = 3;
        }
        Ok(conclusion)
    }

    /// Keeps what the next run can use: how long things took, and what there is.
    ///
    /// Shares by time must come out the same on every machine, so a run of one share changes no times.
    fn remember(&mut self) {
        if self.settings.partition.is_some_and(|partition| partition.by_time) {
            return;
        }
        let mut file_seconds = vec![0.0; self.files.len()];
        for done in self.tally.all() {
            self.memory.took(&self.id(done.file, done.item), done.seconds());
            if let Some(sum) = file_seconds.get_mut(done.file as usize) {
                *sum += done.seconds();
            }
        }
        let complete = self.ending.is_none() && self.faults.is_empty() && self.tally.broken == 0;
        let known = |file: usize| self.mode == Mode::Whole || self.queue.files[file].is_collected();
        for (info, seconds) in self.files.iter().zip(&file_seconds) {
            self.memory.took(&info.id, *seconds);
        }
        if complete && (0..self.files.len()).all(known) {
            let files = self.files.iter().map(|info| (info.id.as_str(), info.items.as_slice()));
            self.memory.keep_index(files);
        }
        self.memory.save(&self.settings.state);
    }

    /// Keeps what tests used, for the choice of the next run; says what an audit found.
    fn keep_evidence(&mut self, covered: bool) {
        // That pytest has no tests in the files that were offered is worth keeping, too.
        let has_found = self.evidence.is_there() || self.files.is_empty() && !self.settings.among.is_empty();
        let Some(selection) = self.selection.filter(|_| has_found) else { return };
        let ids: Vec<String> = self.tally.all().map(|done| self.id(done.file, done.item)).collect();
        let ran = selection::ran(&self.tally, &ids, &self.order_dependent);
        if selection.is_audit() {
            let (missed, saved) = selection.audit(&ran);
            for id in &missed {
                let text = format!("dx: audit: {id} would have been left out, and its outcome changed");
                self.reporters.tell(&Event::Note(&text));
            }
            self.missed = !missed.is_empty();
            let text = format!(
                "dx: audit: {} missed; selection would have saved {saved:.2} s of tests",
                missed.len()
            );
            self.reporters.tell(&Event::Note(&text));
        }
        let whole = |number: usize| self.mode == Mode::Whole || self.queue.files[number].is_collected();
        let files = self.files.iter().enumerate().filter(|(number, info)| whole(*number) && !info.broken);
        let found = selection::Found {
            rootdir: &self.plan.root,
            patterns: &self.plan.patterns,
            coverage: self.plan.coverage,
            covered: covered && self.is_complete() && !self.has_lost_workers,
            whole_files: whole_files(files.map(|(_, info)| info)),
            ended: self.is_complete(),
            sees_all: !self.has_lost_workers,
            all: self.settings.among.is_empty() && self.settings.partition.is_none(),
        };
        selection.keep(self.settings, &self.evidence, found, &ran);
    }

    fn is_complete(&self) -> bool {
        self.ending.is_none() && self.faults.is_empty() && self.tally.broken == 0
    }

    fn finish_message(&self) -> Finish {
        let mut counts = std::collections::BTreeMap::new();
        let flaky = self.tally.flaky.len() as u64;
        counts.insert("passed".to_owned(), self.tally.count(Outcome::Passed) - flaky);
        if flaky > 0 {
            counts.insert("flaky".to_owned(), flaky);
        }
        let passed = self.tally.all().filter(|done| done.outcome == Outcome::Passed);
        let ids = if self.plan.ids {
            passed.map(|done| self.id(done.file, done.item)).collect()
        } else {
            Vec::new()
        };
        let ending = self.ending.clone().unwrap_or_default();
        Finish {
            plain: false,
            counts,
            collected: self.tally.collected,
            deselected: self.tally.deselected,
            broken: self.tally.broken,
            ids,
            ending: (!ending.ending.is_empty()).then_some(ending.ending),
            reason: ending.reason,
            returncode: ending.returncode,
            coverage: self
                .selection
                .filter(|_| self.plan.covered)
                .and_then(|selection| selection.cover(self.settings)),
        }
    }

    /// The parent answers a request; everything else that comes meanwhile is dealt with, too.
    fn read_parent(&mut self) -> Result<(), Failure> {
        if !self.parent.fill()? {
            let status = self.parent.end();
            return Err(super::crash::gone(When::Testing, status));
        }
        while let Some(frame) = self.parent.next()? {
            match frame.kind {
                Answer::Forked => {
                    let (lane, pid) = (frame.item as usize, frame.file);
                    if let Some(worker) = self.workers.get_mut(lane) {
                        worker.forked(pid);
                    }
                }
                Answer::Header => {
                    let header: Text = message::read(&frame.payload)?;
                    self.reporters.tell(&Event::Text(&header.text));
                    self.plan.late = false;
                }
                Answer::Evidence => self.evidence.add(0, &frame.payload)?,
                Answer::Reaped => {
                    let reaped = message::read(&frame.payload)?;
                    let pid = frame.file;
                    self.reaped.push((pid, reaped));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Failures that may be looked at again.
    fn failed(&self) -> Vec<(u32, u32)> {
        let failed = self.tally.all().filter(|done| done.failed()).map(|done| (done.file, done.item));
        failed.filter(|at| !self.debugged.contains(at)).collect()
    }

    fn spans_of(&self, items: &[(u32, u32)]) -> Vec<Span> {
        items.iter().map(|(file, item)| Span { file: *file, first: *item, count: 1, pinned: false }).collect()
    }
}

/// A file may come more than once where pytest's order goes back to it.
fn whole_files<'a>(files: impl Iterator<Item = &'a FileInfo>) -> WholeFiles<'a> {
    let mut out = WholeFiles::new();
    for info in files {
        out.entry(&info.id).or_default().extend(info.items.iter().map(String::as_str));
    }
    out
}
