//! What the run loop tells, and who prints it. Reporters only print; they decide nothing.

mod events;
mod github;
mod html;
mod progress_fancy;
mod progress_plain;

use dx_schemas::testrun::{LEAN, Outcome};

use crate::failure::Failure;
use crate::message::{self, Report};
use crate::tally::{Done, Tally};

pub(crate) use events::Events;
pub(crate) use github::GitHub;
pub(crate) use html::{Call, Html};
pub(crate) use progress_fancy::Fancy;
pub(crate) use progress_plain::Plain;

/// Something that happened.
pub(crate) enum Event<'a> {
    /// pytest's own words: its header or its summary.
    Text(&'a str),
    /// What is used, for the first line.
    Started {
        workers: usize,
        how: &'a str,
    },
    /// A file's items are known.
    Collected {
        file: u32,
        tests: u64,
    },
    /// A test is done, with its reports.
    Test(TestEvent<'a>),
    /// What counts of a test that was told otherwise: it passes only after the whole session was collected.
    Settled(TestEvent<'a>),
    /// A file could not be collected, or was skipped as a whole.
    File {
        id: &'a str,
        report: &'a Report,
    },
    /// The same of a file that pytest's own report names already.
    Known {
        id: &'a str,
        report: &'a Report,
    },
    /// Something that people should know, on a line of its own.
    Note(&'a str),
    /// All tests so far run once more, with others, for this reason: only that counts.
    Again(&'a str),
    /// How many tests pytest deselected, and the names of those that a report asked for.
    LeftOut {
        count: u64,
        ids: &'a [String],
    },
    /// A test left something behind, which changes no outcome.
    Leak {
        id: &'a str,
        what: &'a str,
        text: &'a str,
    },
    /// A debugger takes the terminal, or gives it back.
    Debugger(bool),
    /// The tests are done; pytest's summary follows.
    Drained,
    Done {
        status: u8,
        seconds: f64,
        summary: &'a [(Outcome, u64)],
    },
}

/// A finished test.
pub(crate) struct TestEvent<'a> {
    pub(crate) file: u32,
    pub(crate) id: &'a str,
    pub(crate) outcomes: &'a [Outcome],
    pub(crate) seconds: f64,
    /// Set-up, call and teardown.
    pub(crate) times_us: [u32; 3],
    /// Since the run began; 0 where it is not known.
    pub(crate) start_us: u32,
    pub(crate) worker: u32,
    pub(crate) reports: &'a [Report],
    /// The same in pytest's own form, one JSON object each.
    pub(crate) lines: &'a [Vec<u8>],
    /// Why this test was selected, where something was.
    pub(crate) why: Option<&'a str>,
    pub(crate) attempt: u32,
    /// It did not take pytest's own way.
    pub(crate) lean: bool,
    /// Tests of the whole run, where they are known.
    pub(crate) total: Option<u64>,
}

/// What a finished test's result does not say of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About<'a> {
    pub(crate) id: &'a str,
    pub(crate) why: Option<&'a str>,
    pub(crate) attempt: u32,
    pub(crate) total: Option<u64>,
}

impl About<'_> {
    /// The event of a test, with its reports.
    pub(crate) fn tell(&self, done: &Done, tally: &Tally, tell: impl FnOnce(TestEvent<'_>)) {
        let lines = tally.reports_of(done.file, done.item);
        let reports: Vec<Report> = lines.iter().map(|line| message::read(line).unwrap_or_default()).collect();
        let outcomes: Vec<Outcome> = done.categories().collect();
        tell(TestEvent {
            file: done.file,
            id: self.id,
            outcomes: &outcomes,
            seconds: done.seconds(),
            times_us: done.times,
            start_us: done.start,
            worker: done.worker,
            reports: &reports,
            lines,
            why: self.why,
            attempt: self.attempt,
            lean: done.flags & LEAN != 0,
            total: self.total,
        });
    }
}

pub(crate) trait Reporter {
    fn event(&mut self, event: &Event<'_>);
    /// Called several times a second.
    fn tick(&mut self) {}
    /// After the last event: what could not be written.
    fn finish(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// pytest's letter for an outcome that no plugin named otherwise.
pub(crate) fn letter(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => ".",
        Outcome::Failed => "F",
        Outcome::Error => "E",
        Outcome::Skipped => "s",
        Outcome::XFailed => "x",
        Outcome::XPassed => "X",
        Outcome::Other => "",
    }
}

/// pytest's word for an outcome.
pub(crate) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "PASSED",
        Outcome::Failed => "FAILED",
        Outcome::Error => "ERROR",
        Outcome::Skipped => "SKIPPED",
        Outcome::XFailed => "XFAIL",
        Outcome::XPassed => "XPASS",
        Outcome::Other => "",
    }
}

/// The SGR colour that pytest gives an outcome.
pub(crate) fn color(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "32",
        Outcome::Failed | Outcome::Error => "31",
        Outcome::Skipped | Outcome::XFailed | Outcome::XPassed => "33",
        Outcome::Other => "0",
    }
}
