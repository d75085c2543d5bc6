//! Tests that run after all because others left something behind.

use super::super::settings::Settings;
use super::super::together::Together;
use super::{Selection, Which};
use crate::select::{Choice, Reason};

/// What a test left behind, and who may meet it.
#[derive(Clone, Debug)]
pub(crate) struct Left {
    pub(crate) id: String,
    pub(crate) trace: Trace,
}

#[derive(Clone, Debug)]
pub(crate) enum Trace {
    /// A name in a module holds something else: whoever reaches the module.
    Name { file: String, name: String },
    /// Everybody who runs in the same process.
    Process(String),
}

/// Tests that run after all.
pub(crate) struct Growth {
    count: usize,
    why: String,
    /// None where every test runs.
    choice: Option<Choice>,
}

impl Growth {
    pub(crate) fn text(&self) -> String {
        let tests = if self.count == 1 { "test that was cached runs" } else { "tests that were cached run" };
        format!("dx: {}: {} {tests}, too", self.why, self.count)
    }
}

impl Selection {
    /// Whether tests may be added: once, where there are some, and where what they cover is not kept instead.
    pub(crate) fn may_grow(&self, settings: &Settings) -> bool {
        let covers =
            self.record.as_ref().is_some_and(|record| record.coverage) && self.cover(settings).is_some();
        self.which == Which::Affected && !self.grown && self.cached() > 0 && !covers
    }

    pub(crate) fn failed_before(&self, id: &str) -> bool {
        self.record.as_ref().and_then(|record| record.tests.get(id)).is_some_and(|test| test.failed)
    }

    /// The tests that can see what others left, if some of them were not to run.
    pub(crate) fn growth(&self, left: &[Left], settings: &Settings) -> Option<Growth> {
        if left.is_empty() {
            return None;
        }
        let process = left.iter().find_map(|left| match &left.trace {
            Trace::Process(text) => Some(format!("{} fails, and {text}", left.id)),
            Trace::Name { .. } => None,
        });
        if let Some(why) = process {
            return Some(Growth { count: self.cached(), why, choice: None });
        }
        let (mut choice, record) = (self.choice.clone()?, self.record.as_ref()?);
        let known = choice.cached.len();
        let mut why = None;
        for Left { id, trace } in left {
            if let Trace::Name { file, name } = trace {
                let file = self.sources.name(file);
                let reason = Reason::Left { id: id.clone(), name: name.clone(), file: file.clone() };
                if choice.reach(record, &self.sources, &file, &reason) {
                    why.get_or_insert_with(|| reason.to_string());
                }
            }
        }
        choice.keep_together(Together::load(&settings.state).seen());
        let count = known - choice.cached.len();
        Some(Growth { count, why: why?, choice: Some(choice) })
    }

    pub(crate) fn grow(&mut self, growth: Growth) {
        self.grown = true;
        self.everything = growth.choice.is_none().then_some(growth.why);
        self.choice = growth.choice;
    }
}
