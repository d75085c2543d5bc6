//! `--events`: one JSON object a line for programs that watch a run.
//!
//! A `test` line per outcome of a test (two where the teardown failed after the test passed), a `file` line for a file
//! that could not be collected, a `settled` line for a test that fails only where its file is collected alone (that one
//! counts, not its `test` line), a `leak` line for what a test left behind, an `again` line where all tests before it run once
//! more, with others (those lines count for nothing then), and a last line `done`. Keys and events may follow in version 1;
//! readers skip what they do not know.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;

use super::{Event, Reporter, TestEvent};
use crate::failure::Failure;

const VERSION: u32 = 1;

pub(crate) struct Events {
    out: BufWriter<File>,
}

impl Events {
    pub(crate) fn create(path: &Path) -> Result<Events, Failure> {
        let file = File::create(path).map_err(|error| Failure::Write { path: path.to_owned(), error })?;
        Ok(Events { out: BufWriter::new(file) })
    }

    fn line(&mut self, value: &serde_json::Value) {
        // A full disk must not end the run; the file is short then, and has no `done` line.
        let _ = writeln!(self.out, "{value}");
    }

    fn test(&mut self, test: &TestEvent<'_>) {
        for outcome in test.outcomes {
            let report = test.reports.iter().find(|report| report.category == outcome.name());
            let mut line = json!({
                "v": VERSION, "event": "test", "id": test.id, "outcome": outcome.name(),
                "seconds": test.seconds, "worker": test.worker,
            });
            if test.attempt > 0 {
                line["attempt"] = json!(test.attempt + 1);
            }
            if test.lean {
                line["lane"] = json!("lean");
            }
            if let Some(why) = test.why {
                line["why"] = json!(why);
            }
            if let Some(text) = report.map(|report| &report.text).filter(|text| !text.is_empty()) {
                line["text"] = json!(text);
            }
            self.line(&line);
        }
    }
}

impl Reporter for Events {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { workers, how } => {
                self.line(&json!({"v": VERSION, "event": "start", "workers": workers, "how": how}));
            }
            Event::Test(test) => self.test(test),
            Event::Settled(test) => self.line(&json!({
                "v": VERSION, "event": "settled", "id": test.id, "outcome": test.outcomes.first().map(|o| o.name()),
                "why": "order-dependent",
            })),
            Event::File { id, report } | Event::Known { id, report } => self.line(&json!({
                "v": VERSION, "event": "file", "id": id, "outcome": report.category, "text": report.text,
            })),
            Event::Leak { id, what, text } => {
                self.line(&json!({"v": VERSION, "event": "leak", "id": id, "what": what, "text": text}));
            }
            Event::Again(text) => self.line(&json!({"v": VERSION, "event": "again", "text": text})),
            Event::Note(text) => self.line(&json!({"v": VERSION, "event": "note", "text": text})),
            Event::Done { status, seconds, summary } => {
                let counts: serde_json::Map<_, _> = summary
                    .iter()
                    .map(|(outcome, count)| (outcome.name().to_owned(), json!(count)))
                    .collect();
                self.line(&json!({
                    "v": VERSION, "event": "done", "exit": status, "seconds": seconds, "counts": counts,
                }));
                let _ = self.out.flush();
            }
            _ => {}
        }
    }
}
