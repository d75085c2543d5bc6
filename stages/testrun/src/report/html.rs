//! `--report html`: the run as one page that needs nothing else, neither a network nor scripts.
//!
//! Everything is kept until the run is over and then written at once: a page is there as a whole, or the one of the run
//! before stays. What is here collects; `html/page.rs` writes.

mod ansi;
mod page;
mod timeline;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use dx_schemas::testrun::Outcome;
use serde::Deserialize;

use super::{Event, Reporter, TestEvent};
use crate::failure::Failure;

/// How the run was called, for whoever reads the page.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) command: Vec<String>,
    pub(crate) folder: PathBuf,
    pub(crate) python: PathBuf,
}

pub(crate) struct Html {
    path: PathBuf,
    run: Run,
    /// Id -> its row.
    rows: HashMap<String, usize>,
    failure: Option<Failure>,
}

/// Everything that the page tells.
#[derive(Debug)]
struct Run {
    call: Call,
    began: SystemTime,
    /// What pytest said before the first test, and after the last one.
    header: String,
    closing: String,
    workers: usize,
    how: String,
    tests: Vec<Row>,
    files: Vec<FileNote>,
    notes: Vec<String>,
    /// Tests and what they left behind.
    leaks: Vec<(String, String)>,
    deselected: u64,
    /// As many of them as have a name.
    left_out: Vec<String>,
    counts: Vec<(Outcome, u64)>,
    status: u8,
    seconds: f64,
}

/// One test, with its last try.
#[derive(Debug, Default)]
struct Row {
    id: String,
    outcomes: Vec<Outcome>,
    seconds: f64,
    times_us: [u32; 3],
    /// Since the run began.
    start_us: u32,
    worker: u32,
    tries: u32,
    /// Why it was selected.
    why: Option<String>,
    /// A skip's or an expected failure's reason.
    reason: String,
    details: Vec<Detail>,
    /// It passes only after the whole session was collected.
    order_dependent: bool,
}

/// A failure of a test.
#[derive(Debug)]
struct Detail {
    attempt: u32,
    /// Set-up, call or teardown, where it is known.
    when: String,
    text: String,
    place: String,
    sections: Vec<(String, String)>,
}

/// A file that could not be collected, or that was skipped as a whole.
#[derive(Debug)]
struct FileNote {
    id: String,
    category: String,
    text: String,
}

/// What of a report's JSON is for people, beyond what every reporter reads.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Captured {
    when: String,
    category: String,
    sections: serde_json::Value,
    report: serde_json::Value,
}

impl Captured {
    /// Titles and texts, of pytest's own report or of a crash.
    fn sections(&self) -> Vec<(String, String)> {
        let both = [&self.report["sections"], &self.sections];
        let listed = both.into_iter().filter_map(serde_json::Value::as_array).flatten();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        listed
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .filter(|(_, content)| !content.is_empty())
            .collect()
    }
}

impl Html {
    /// Nothing is written before the end; that there is a folder to write into is looked at now.
    pub(crate) fn new(path: &Path, call: Call) -> Result<Html, Failure> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(error) = folder.and_then(|folder| fs::read_dir(folder).err()) {
            return Err(Failure::Write { path: path.to_owned(), error });
        }
        let run = Run {
            call,
            began: SystemTime::now(),
            header: String::new(),
            closing: String::new(),
            workers: 0,
            how: String::new(),
            tests: Vec::new(),
            files: Vec::new(),
            notes: Vec::new(),
            leaks: Vec::new(),
            deselected: 0,
            left_out: Vec::new(),
            counts: Vec::new(),
            status: 0,
            seconds: 0.0,
        };
        Ok(Html { path: path.to_owned(), run, rows: HashMap::new(), failure: None })
    }

    fn test(&mut self, test: &TestEvent<'_>, order_dependent: bool) {
        let at = *self.rows.entry(test.id.to_owned()).or_insert_with(|| {
            self.run.tests.push(Row { id: test.id.to_owned(), ..Row::default() });
            self.run.tests.len() - 1
        });
        let row = &mut self.run.tests[at];
        row.tries += 1;
        row.outcomes = test.outcomes.to_vec();
        (row.seconds, row.times_us) = (test.seconds, test.times_us);
        (row.start_us, row.worker) = (test.start_us, test.worker);
        row.why = test.why.map(str::to_owned);
        row.order_dependent |= order_dependent;
        row.reason.clear();
        for (report, line) in test.reports.iter().zip(test.lines) {
            match report.category.as_str() {
                "failed" | "error" => row.details.push(detail(test.attempt, report, line)),
                "skipped" | "xfailed" | "xpassed" => report.text.clone_into(&mut row.reason),
                _ => {}
            }
        }
    }

    fn begin_again(&mut self, why: &str) {
        let run = &mut self.run;
        (run.tests, run.files, run.leaks, run.left_out) = Default::default();
        (run.header, run.workers) = Default::default();
        run.notes.push(why.to_owned());
        self.rows.clear();
    }

    fn file(&mut self, id: &str, report: &crate::message::Report) {
        let category = report.category.clone();
        self.run.files.push(FileNote { id: id.to_owned(), category, text: report.text.clone() });
    }

    /// Writes the page beside its place, then moves it there.
    fn write(&self) -> Result<(), Failure> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = self.path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        let written =
            fs::write(&temporary, page::render(&self.run)).and_then(|()| fs::rename(&temporary, &self.path));
        written.map_err(|error| {
            let _ = fs::remove_file(&temporary);
            Failure::Write { path: self.path.clone(), error }
        })
    }
}

fn detail(attempt: u32, report: &crate::message::Report, line: &[u8]) -> Detail {
    let captured: Captured = crate::message::read(line).unwrap_or_default();
    let place = report.crash.as_ref().map(|crash| format!("{}:{}", crash.path, crash.line));
    Detail {
        attempt,
        sections: captured.sections(),
        when: if captured.category == "error" { captured.when } else { String::new() },
        text: report.text.clone(),
        place: place.unwrap_or_default(),
    }
}

impl Reporter for Html {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) if self.run.workers == 0 => self.run.header.push_str(text),
            Event::Text(text) => self.run.closing.push_str(text),
            Event::Started { workers, how } => {
                (self.run.workers, self.run.how) = (*workers, (*how).to_owned());
            }
            Event::Test(test) => self.test(test, false),
            Event::Settled(test) => self.test(test, true),
            Event::File { id, report } | Event::Known { id, report } => self.file(id, report),
            Event::Again(text) => self.begin_again(text),
            Event::Note(text) => self.run.notes.push((*text).to_owned()),
            Event::Leak { id, text, .. } => self.run.leaks.push(((*id).to_owned(), (*text).to_owned())),
            Event::LeftOut { count, ids } => {
                (self.run.deselected, self.run.left_out) = (*count, ids.to_vec());
            }
            Event::Done { status, seconds, summary } => {
                (self.run.status, self.run.seconds) = (*status, *seconds);
                self.run.counts = summary.to_vec();
                self.failure = self.write().err();
            }
            Event::Collected { .. } | Event::Debugger(_) | Event::Drained => {}
        }
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.failure.take().map_or(Ok(()), Err)
    }
}
