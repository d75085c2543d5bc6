//! `--trace FILE`: what ran when, as a Chrome trace that Perfetto opens.

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use crate::failure::Failure;

pub(crate) struct Trace {
    start: Instant,
    spans: Option<Vec<Value>>,
}

impl Trace {
    pub(crate) fn new(wanted: bool) -> Trace {
        Trace { start: Instant::now(), spans: wanted.then(Vec::new) }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.spans.is_some()
    }

    pub(crate) fn now(&self) -> Instant {
        Instant::now()
    }

    /// A span; spans of one track may overlap, so they are asynchronous events.
    pub(crate) fn span(&mut self, track: &str, name: &str, from: Instant, details: &Value) {
        let start = self.start;
        if let Some(spans) = &mut self.spans {
            let micros = |at: Instant| at.saturating_duration_since(start).as_secs_f64() * 1e6;
            let id = spans.len();
            let event = |phase: &str, at: f64| {
                json!({
                    "name": name, "cat": track, "ph": phase, "ts": at, "id": id,
                    "pid": 1, "tid": 1, "args": details,
                })
            };
            let (begin, end) = (event("b", micros(from)), event("e", micros(Instant::now())));
            spans.extend([begin, end]);
        }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = json!({ "traceEvents": self.spans.as_deref().unwrap_or_default() }).to_string();
        fs::write(path, text).map_err(Failure::write(path))
    }
}
