//! What one run knows from earlier ones, and leaves to later ones.

use std::path::Path;

use dx_schemas::dxti::DxtiBuilder;

use crate::durations::Durations;
use crate::index::{Index, Recording, call, prune};
use crate::state::State;

/// What a test is expected to take when nothing is known, in seconds.
const UNKNOWN_TEST: f32 = 0.001;

pub(super) struct Memory {
    durations: Durations,
    /// Writing the index anew; nothing where the one of the last run is still valid.
    recording: Option<Recording>,
    table: Option<Vec<u8>>,
    changed: bool,
    recalled: bool,
}

impl Memory {
    /// Begins before Python reads anything.
    pub(super) fn begin(state: &State, python: &Path, folder: &Path, arguments: &[String]) -> Memory {
        let recording = Recording::begin(state, call(python, folder, arguments), arguments);
        Memory { recording, ..Memory::without_index() }
    }

    /// For tests that were chosen: nobody asks for these files again, and the index would be of no use.
    pub(super) fn without_index() -> Memory {
        Memory {
            durations: Durations::default(),
            recording: None,
            table: None,
            changed: false,
            recalled: false,
        }
    }

    /// Whether what is read has to be known at the end.
    pub(super) fn records(&self) -> bool {
        self.recording.is_some()
    }

    /// Whether nothing was recalled yet.
    pub(super) fn is_fresh(&self) -> bool {
        !self.recalled
    }

    /// Reads what is kept, while Python starts.
    pub(super) fn recall(&mut self, state: &State) {
        self.recalled = true;
        self.durations = Durations::load(state);
        self.durations.next_run();
        if let Some(recording) = &self.recording
            && Index::load(state, recording.call()).is_some()
        {
            self.recording = None;
        }
    }

    pub(super) fn read(&mut self, files: &mut Vec<String>, folders: &mut Vec<String>) {
        if let Some(recording) = &mut self.recording {
            recording.files(files.drain(..));
            recording.folders(folders.drain(..));
        }
    }

    /// Expected seconds of a file.
    pub(super) fn expected(&self, file: &str) -> Option<f64> {
        self.durations.get(file)
    }

    /// Expected seconds of each test of a file; an unknown one is taken for an average one.
    pub(super) fn times(&self, file: &str, tests: &[String]) -> Vec<f32> {
        if self.durations.is_empty() {
            return vec![UNKNOWN_TEST; tests.len()];
        }
        let mut id = String::new();
        let known: Vec<Option<f32>> = tests
            .iter()
            .map(|test| {
                id.clear();
                id.push_str(file);
                id.push_str(test);
                self.durations.get(&id).map(|seconds| seconds as f32)
            })
            .collect();
        let count = known.iter().flatten().count();
        let average =
            if count == 0 { UNKNOWN_TEST } else { known.iter().flatten().sum::<f32>() / count as f32 };
        known.into_iter().map(|time| time.unwrap_or(average).max(1e-5)).collect()
    }

    pub(super) fn took(&mut self, id: &str, seconds: f64) {
        let before = self.durations.get(id);
        let close = |before: f64| (before - seconds).abs() < 0.002 + seconds * 0.25;
        if !before.is_some_and(close) {
            self.durations.set(id, seconds);
            self.changed = true;
        }
    }

    /// The tests that there are, for `--list`.
    pub(super) fn keep_index<'a>(&mut self, files: impl Iterator<Item = (&'a str, &'a [String])>) {
        if self.recording.is_none() {
            return;
        }
        let mut table = DxtiBuilder::default();
        for (path, tests) in files {
            table.file(path, tests.iter().map(String::as_str));
        }
        self.table = Some(table.finish());
    }

    pub(super) fn save(&mut self, state: &State) {
        if std::mem::take(&mut self.changed) {
            self.durations.save(state);
        }
        if let (Some(recording), Some(table)) = (self.recording.take(), self.table.take()) {
            recording.finish(&table);
            prune(state);
        }
        state.sweep();
    }
}
