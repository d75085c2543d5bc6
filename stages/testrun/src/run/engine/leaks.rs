//! What tests left behind: told once for each test, however often it ran, and listed below pytest's summary.
//!
//! Who fails halfway may leave what it would have put in order, and under pytest the tests after it meet that. So those
//! that selection left out run after all, if they can see it.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use super::super::selection::{Left, Trace};
use super::Engine;
use crate::message::Note;
use crate::report::Event;

/// Lines below the summary. Reports have them all.
const LINES: usize = 20;

#[derive(Debug, Default)]
pub(super) struct Leaks {
    known: HashSet<(u32, u32, String)>,
    lines: Vec<String>,
    /// What other tests of the same process can see, by test.
    left: BTreeMap<(u32, u32), Vec<Trace>>,
}

impl Leaks {
    pub(super) fn tell(&self, text: &mut String) {
        for line in self.lines.iter().take(LINES) {
            let _ = writeln!(text, "dx: {line}");
        }
        if self.lines.len() > LINES {
            let rest = self.lines.len() - LINES;
            let _ = writeln!(text, "dx: {rest} more like these; --report and --events have them all");
        }
    }
}

impl Engine<'_> {
    pub(super) fn leaked(&mut self, file: u32, item: u32, note: Note) {
        let traces = self.leaks.left.entry((file, item)).or_default();
        match note.what.as_str() {
            "names" => {
                traces.push(Trace::Name { file: note.file, name: note.text });
                return;
            }
            "folder" | "environment" | "path" | "modules" => traces.push(Trace::Process(note.text.clone())),
            _ => {}
        }
        if self.settings.leaks && self.leaks.known.insert((file, item, note.what.clone())) {
            let id = self.id(file, item);
            self.leaks.lines.push(format!("{id} {}", note.text));
            self.reporters.tell(&Event::Leak { id: &id, what: &note.what, text: &note.text });
        }
    }

    /// Whether tests that selection left out can still be added.
    pub(super) fn may_run_more(&self) -> bool {
        let in_order = !self.settings.isolate && self.settings.shuffle.is_none();
        in_order && self.selection.is_some_and(|selection| selection.may_grow(self.settings))
    }

    /// What tests leave that fail and did not the last time.
    pub(in crate::run) fn left_by_failures(&self) -> Vec<Left> {
        let Some(selection) = self.selection.filter(|_| self.may_run_more()) else { return Vec::new() };
        if self.ending.is_some() || self.tally.broken > 0 {
            return Vec::new();
        }
        let failed = self.failed().into_iter().map(|at| (at, self.id(at.0, at.1)));
        failed
            .filter(|(_, id)| !selection.failed_before(id))
            .flat_map(|(at, id)| {
                let traces = self.leaks.left.get(&at).map_or(&[][..], Vec::as_slice);
                traces.iter().map(move |trace| Left { id: id.clone(), trace: trace.clone() })
            })
            .collect()
    }
}
