//! What tests left behind: told once for each test, however often it ran, and listed below pytest's summary.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::Engine;
use crate::message::Note;
use crate::report::Event;

/// Lines below the summary. Reports have them all.
const LINES: usize = 20;

#[derive(Debug, Default)]
pub(super) struct Leaks {
    known: HashSet<(u32, u32, String)>,
    lines: Vec<String>,
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
    pub(super) fn leaked(&mut self, file: u32, item: u32, note: &Note) {
        if self.leaks.known.insert((file, item, note.what.clone())) {
            let id = self.id(file, item);
            self.leaks.lines.push(format!("{id} {}", note.text));
            self.reporters.tell(&Event::Leak { id: &id, what: &note.what, text: &note.text });
        }
    }
}
