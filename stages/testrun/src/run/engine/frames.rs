//! What a worker says, and what follows from it.

use dx_schemas::testrun::{Answer, AnswerFrame, COLLECTING};

use super::Engine;
use crate::failure::Failure;
use crate::message::{self, Debugger, Note, PlanFile, Report, Stopped};
use crate::report::{About, Event};
use crate::sys::terminal;
use crate::tally::Done;
use crate::worker::Stage;

impl Engine<'_> {
    /// Reads everything that a worker wrote; notices its end.
    pub(super) fn read_worker(&mut self, lane: usize) -> Result<(), Failure> {
        // The end is looked for first: what was written before it is then already in the ring.
        let ended = self.workers[lane].has_ended();
        self.workers[lane].silence();
        if let Some(port) = self.workers[lane].wants.filter(|_| !ended) {
            self.workers[lane].kill(&format!("it wanted port {port}"));
        }
        self.workers[lane].drain();
        loop {
            match self.workers[lane].next() {
                Ok(Some(frame)) => self.frame(lane, &frame)?,
                Ok(None) => break,
                Err(error) => {
                    self.workers[lane].kill(&format!("its messages cannot be read: {error}"));
                    self.workers[lane].forget_messages();
                    break;
                }
            }
        }
        if ended && self.workers[lane].stage != Stage::Gone {
            self.ended(lane)?;
        }
        Ok(())
    }

    fn frame(&mut self, lane: usize, frame: &AnswerFrame<'_>) -> Result<(), Failure> {
        match frame.kind {
            Answer::Collected => self.collected(lane, frame)?,
            Answer::Result => self.result(lane, frame),
            Answer::Report => self.report(lane, frame)?,
            Answer::Unit if self.workers[lane].dismissed => {
                self.queue.unit_over(lane, frame.file, frame.item);
            }
            Answer::Unit => {
                let steps = self.queue.unit_done(lane, frame.file, frame.item);
                self.execute(steps);
            }
            Answer::Yielded => {
                let steps = self.queue.yielded(lane, frame.item);
                self.execute(steps);
            }
            Answer::Need => {
                let steps = self.queue.need(lane);
                self.execute(steps);
                self.workers[lane].hungry_since =
                    self.queue.is_hungry(lane).then(crate::sys::process::monotonic_ns);
            }
            // It may have been done before the parent's word that it was forked was read.
            Answer::Idle
                if matches!(self.workers[lane].stage, Stage::Running | Stage::Forking)
                    && !self.queue.busy(lane) =>
            {
                self.workers[lane].stage = Stage::Idle;
            }
            Answer::Stopped => {
                let stopped: Stopped = message::read(&frame.payload)?;
                self.worker_stops(lane, stopped);
            }
            Answer::Warning if self.is_news(lane, frame) => {
                self.tally.report(frame.file, frame.item, frame.payload.to_vec());
            }
            Answer::Evidence => {
                self.evidence.add(self.workers[lane].serial, &frame.payload)?;
            }
            Answer::Gone => self.workers[lane].said_goodbye = true,
            Answer::Note => {
                let note: Note = message::read(&frame.payload)?;
                if note.kind == "leak" {
                    self.leaked(frame.file, frame.item, note);
                    return Ok(());
                }
                if note.kind == "ended" {
                    self.ended_badly
                        .push(format!("dx: the session of gw{lane} ended with an error:\n{}", note.text));
                    return Ok(());
                }
                self.reporters.tell(&Event::Note(&format!("dx: gw{lane}: {}", note.text)));
            }
            Answer::Debugger => {
                let entering = message::read::<Debugger>(&frame.payload)?.entering;
                self.workers[lane].debugging = entering;
                self.debugged.insert((frame.file, frame.item));
                if !entering && self.settings.terminal {
                    terminal::take_foreground();
                }
                self.reporters.tell(&Event::Debugger(entering));
            }
            _ => {}
        }
        Ok(())
    }

    /// The items of a file, when the first worker says them.
    fn collected(&mut self, lane: usize, frame: &AnswerFrame<'_>) -> Result<(), Failure> {
        let mut found: PlanFile = message::read(&frame.payload)?;
        self.memory.read(&mut found.read, &mut found.listed);
        let Some(info) = self.files.get_mut(frame.file as usize) else { return Ok(()) };
        let state = &mut self.queue.files[frame.file as usize];
        if state.is_collected() {
            if info.items != found.items {
                let fault = format!("'{}' was collected differently by two workers", info.id);
                self.faults.push(fault);
            }
            return Ok(());
        }
        let tests = found.items.len() as u64;
        info.collector.get_or_insert(self.workers[lane].serial);
        state.collect(self.memory.times(&info.id, &found.items), found.groups);
        info.items = found.items;
        self.tally.collected += tests;
        self.tally.deselected += found.deselected;
        self.left_out.append(&mut found.left_out);
        self.reporters.tell(&Event::Collected { file: frame.file, tests });
        Ok(())
    }

    fn result(&mut self, lane: usize, frame: &AnswerFrame<'_>) {
        let done = Done::of(frame, self.workers[lane].number as u32);
        if self.files.get(done.file as usize).is_none_or(|info| done.item as usize >= info.items.len()) {
            self.faults.push(format!("a result for test {} of file {}", done.item, done.file));
            return;
        }
        self.idle_deaths = 0;
        self.done(done);
    }

    /// Counts a finished test, tells it, and looks whether that was one failure too many.
    pub(super) fn done(&mut self, done: Done) {
        self.queue.finish(done.file, done.item);
        self.tally.add(done);
        if self.looking_again {
            return;
        }
        self.tell_test(&done, false);
        self.check_maxfail();
    }

    /// Tells a finished test with its reports.
    pub(super) fn tell_test(&mut self, done: &Done, settled: bool) {
        let id = self.id(done.file, done.item);
        let why = self.selection.and_then(|selection| selection.reason(&id));
        let about = About {
            id: &id,
            why: why.as_deref(),
            attempt: self.attempts.get(&(done.file, done.item)).copied().unwrap_or(0),
            total: (self.mode == crate::queue::Mode::Whole).then_some(self.tally.collected),
        };
        let reporters = &mut self.reporters;
        about.tell(done, &self.tally, |test| {
            reporters.tell(&if settled { Event::Settled(test) } else { Event::Test(test) });
        });
    }

    pub(super) fn check_maxfail(&mut self) {
        let limit = self.plan.maxfail;
        if limit > 0 && self.tally.failures + self.tally.broken >= limit && self.ending.is_none() {
            let reason = format!("stopping after {limit} failures");
            self.stop(Stopped { ending: "failed".to_owned(), reason, returncode: None });
        }
    }

    /// What is said while a file is collected counts once, however many workers collect it.
    fn is_news(&mut self, lane: usize, frame: &AnswerFrame<'_>) -> bool {
        let number = self.workers[lane].serial;
        let known = self.files.get_mut(frame.file as usize);
        frame.item != COLLECTING || known.is_some_and(|info| *info.collector.get_or_insert(number) == number)
    }

    fn report(&mut self, lane: usize, frame: &AnswerFrame<'_>) -> Result<(), Failure> {
        if !self.is_news(lane, frame) {
            return Ok(());
        }
        self.tally.report(frame.file, frame.item, frame.payload.to_vec());
        if frame.item != COLLECTING {
            return Ok(());
        }
        let report: Report = message::read(&frame.payload)?;
        self.file_report(frame.file, &report);
        Ok(())
    }

    /// A file was skipped as a whole, or could not be collected.
    pub(super) fn file_report(&mut self, file: u32, report: &Report) {
        let failed = report.category == "error" || report.category == "failed";
        self.reporters.tell(&Event::File { id: &report.id, report });
        if !failed {
            return;
        }
        self.tally.broken += 1;
        if let Some(info) = self.files.get_mut(file as usize) {
            info.broken = true;
        }
        self.check_maxfail();
        if !self.plan.go_on && self.ending.is_none() {
            self.collect_the_rest();
        }
    }

    /// pytest runs nothing when a file cannot be collected, and names every such file: the rest is only collected.
    fn collect_the_rest(&mut self) {
        let ending = Stopped {
            ending: "broken".to_owned(),
            reason: "a file could not be collected".to_owned(),
            returncode: None,
        };
        self.stop(ending);
        let open: Vec<u32> = (0..self.files.len() as u32)
            .filter(|file| {
                !self.queue.files[*file as usize].is_collected() && !self.files[*file as usize].broken
            })
            .collect();
        let lanes: Vec<usize> = (0..self.workers.len())
            .filter(|lane| matches!(self.workers[*lane].stage, Stage::Running | Stage::Idle | Stage::Forking))
            .collect();
        for (file, lane) in open.iter().zip(lanes.iter().cycle()) {
            self.workers[*lane].after_take.push(*file);
        }
    }

    /// A worker's session stops: so does the run.
    fn worker_stops(&mut self, lane: usize, stopped: Stopped) {
        if stopped.ending == "internal" {
            self.faults.push(format!("in gw{lane}:\n{}", stopped.reason));
        }
        self.workers[lane].stage = Stage::Finishing;
        self.queue.lost(lane, None);
        self.workers[lane].send(dx_schemas::testrun::Order::Stop, &[]);
        self.stop(stopped);
    }
}
