//! What comes back: answers, and the ends of stage processes.
//!
//! A stage that dies is a bug of ours or an act of the outside world; either way it costs one unit, not the build. If
//! several units were under way, each runs again by itself; one that twice ends the stage by itself is the culprit (once
//! may have been somebody's `kill`).

use std::sync::Arc;

use dx_schemas::events::Outcome;
use dx_schemas::record::Record;
use dx_schemas::request::{self, Answer};
use dx_schemas::{Artifact, ContentId};
use serde_json::json;

use super::file::{Made, Task, UnitTask};
use super::{CODEGEN, Engine, INDEX, PARSE, Proof};
use crate::failure::Failure;
use crate::store::Held;
use crate::worker::{Arrival, Message};

/// A stage that dies this often in a row without one answer will not do better.
const DEATHS_MAX: u32 = 16;

impl Engine<'_> {
    pub(super) fn receive(&mut self, message: Message) -> Result<(), Failure> {
        match message.arrival {
            Arrival::Answer(answer) => self.answered(message.stage, answer),
            Arrival::Closed { complaint } => self.died(message.stage, message.generation, complaint),
        }
        Ok(())
    }

    /// Nothing arrived for too long: stages with work under way are ended, and their deaths are handled like any other.
    pub(super) fn end_silent_stages(&mut self) {
        for stage in 0..self.workers.len() {
            let is_owing = self.batches.values().any(|batch| batch.stage == stage);
            if let Some(worker) = self.workers[stage].as_mut().filter(|_| is_owing) {
                worker.kill();
            }
        }
    }

    fn answered(&mut self, stage: usize, answer: Answer) {
        let twice = self.settings.proof == Proof::Determinism;
        let Some(batch) = self.batches.get_mut(&answer.id) else { return };
        let index = answer.index as usize;
        let (index, again) = if twice { (index / 2, index % 2 == 1) } else { (index, false) };
        let Some(flying) = batch.units.get_mut(index) else { return };
        let file = flying.file;
        if twice && !again && answer.outcome == request::Outcome::Artifact {
            flying.first = Some(answer.body);
            return;
        }
        let first = flying.first.take();
        let Some(unit) = flying.unit.take() else { return };
        if batch.units.iter().all(|flying| flying.unit.is_none()) {
            self.land(answer.id);
        }
        if answer.outcome != request::Outcome::Panicked {
            self.deaths[stage] = 0;
        }
        match answer.outcome {
            request::Outcome::Artifact => {
                if first.is_some_and(|first| first != answer.body) {
                    let reason = "two runs gave different bytes: the stage is not deterministic";
                    self.failed(file, stage, &unit, reason);
                } else {
                    self.made(file, stage, unit, answer.body);
                }
            }
            request::Outcome::Refused | request::Outcome::Panicked => {
                let reason = String::from_utf8_lossy(&answer.body).into_owned();
                self.failed(file, stage, &unit, &reason);
            }
        }
    }

    /// All units of a batch are accounted for.
    fn land(&mut self, id: u64) {
        if let Some(batch) = self.batches.remove(&id) {
            self.jobs.end();
            if self.trace.is_on() {
                let name = self.stages.spec(batch.stage).name;
                let first = batch.units.first().map_or(0, |flying| flying.file);
                let details = json!({ "units": batch.units.len(), "first": self.files[first].planned.path });
                self.trace.span(name, &format!("{} units", batch.units.len()), batch.sent, &details);
            }
        }
    }

    /// A stage answered a unit with an artifact: keep it, record it, go on with the file.
    fn made(&mut self, file: usize, stage: usize, unit: UnitTask, bytes: Vec<u8>) {
        let spec = self.stages.spec(stage);
        if let Err(error) = Artifact::open_as(&bytes, spec.writes) {
            let reason = format!("it made an unreadable artifact: {error}");
            return self.failed(file, stage, &unit, &reason);
        }
        let id = self.store.put(&bytes);
        if unit.expected.is_some_and(|expected| expected != id) {
            let reason = format!("it now makes {id}, the cache holds another result under the same key");
            return self.failed(file, stage, &unit, &reason);
        }
        self.record(unit.key, id, unit.manifest);
        self.report(file, stage, unit.fragment, Outcome::Ran, unit.reason, Some(unit.key), unit.old_key);
        let made = Made { key: unit.key, id, bytes: Held::Own(Arc::new(bytes)) };
        match stage {
            PARSE => self.parsed(file, made),
            INDEX => self.indexed(file, made),
            _ => {
                self.coded(file, unit.fragment, made);
                self.close_code_unit(file);
            }
        }
    }

    fn record(&self, key: dx_schemas::ActionId, id: ContentId, manifest: dx_schemas::manifest::Manifest) {
        self.store.put_result(&key, &Record::new(id, manifest));
    }

    fn failed(&mut self, file: usize, stage: usize, unit: &UnitTask, reason: &str) {
        self.fail(file, stage, unit.fragment, reason, Some(unit.key));
        if stage == CODEGEN {
            self.close_code_unit(file);
        } else {
            self.conclude(file);
        }
    }

    fn close_code_unit(&mut self, file: usize) {
        let work = &mut self.files[file];
        work.open = work.open.saturating_sub(1);
        if work.open == 0 {
            self.conclude(file);
        }
    }

    fn died(&mut self, stage: usize, generation: u64, complaint: Option<String>) {
        let current = self.workers[stage].take_if(|worker| worker.generation == generation);
        let status = current.map(|worker| worker.bury());
        let lost: Vec<u64> = self
            .batches
            .iter()
            .filter(|(_, batch)| batch.stage == stage && batch.generation == generation)
            .map(|(id, _)| *id)
            .collect();
        let mut tasks = Vec::new();
        for id in lost {
            if let Some(batch) = self.batches.get_mut(&id) {
                for flying in &mut batch.units {
                    if let Some(unit) = flying.unit.take() {
                        tasks.push(Task { file: flying.file, stage, units: vec![unit] });
                    }
                }
            }
            self.land(id);
        }
        if tasks.is_empty() {
            // It panicked on a unit that it told us about, or it was idle: nothing is owed.
            return;
        }
        self.deaths[stage] += 1;
        let how = complaint.unwrap_or_else(|| status.unwrap_or_else(|| "it closed its pipe".to_owned()));
        let alone = tasks.len() == 1;
        let tried = |task: &Task| task.units.iter().all(|unit| unit.died_alone);
        if (alone && tasks.iter().all(tried)) || self.deaths[stage] > DEATHS_MAX {
            let reason = format!("the stage ended while it was working on it ({how})");
            for task in tasks {
                for unit in task.units {
                    self.failed(task.file, stage, &unit, &reason);
                }
            }
            if self.suspects[stage].is_empty() {
                self.deaths[stage] = 0;
            }
            return;
        }
        for task in &mut tasks {
            task.units.iter_mut().for_each(|unit| unit.died_alone = alone);
        }
        // Those that wait longest first: a culprit must not hold up the others.
        self.suspects[stage].extend(tasks);
    }
}
