//! Sending work: which units travel in one batch, and how many batches are under way.

use std::time::Instant;

use dx_schemas::request::{BatchWriter, Body, Sent};
use dx_schemas::{Artifact, ContentId, Kind, SectionKind};

use super::file::{FileWork, Task, UnitTask};
use super::{CODEGEN, Engine, PARSE, Proof};
use crate::failure::Failure;
use crate::worker::Worker;

/// A batch is filled up to this many bytes of input, as long as every job has one.
const BATCH_BYTES: usize = 512 << 10;

/// Units under way in one stage process.
pub(super) struct Batch {
    pub(super) stage: usize,
    pub(super) generation: u64,
    pub(super) units: Vec<Flying>,
    pub(super) sent: Instant,
}

/// One unit of a batch. When the build proves determinism it is sent twice.
pub(super) struct Flying {
    pub(super) file: usize,
    /// `None` once it is answered.
    pub(super) unit: Option<UnitTask>,
    /// The first of two answers.
    pub(super) first: Option<Vec<u8>>,
}

impl Engine<'_> {
    /// Sends as much as the job limit allows; later stages first, new files last.
    pub(super) fn dispatch(&mut self) -> Result<(), Failure> {
        loop {
            let Some(stage) = self.next_stage() else {
                match self.waiting.pop_front() {
                    Some(file) => self.start(file)?,
                    None => return Ok(()),
                }
                if self.is_stopping() {
                    return Ok(());
                }
                continue;
            };
            if stage == PARSE && !self.waiting.is_empty() && self.wants_more(stage) {
                // More files in hand make fuller batches.
                if let Some(file) = self.waiting.pop_front() {
                    self.start(file)?;
                }
                continue;
            }
            if !self.jobs.start() {
                return Ok(());
            }
            let tasks = self.take_batch(stage);
            self.send(stage, tasks)?;
        }
    }

    /// The last stage of the pipeline that has work it may do now.
    fn next_stage(&self) -> Option<usize> {
        (0..self.ready.len()).rev().find(|stage| {
            let suspects = &self.suspects[*stage];
            if suspects.is_empty() && !self.is_alone(*stage) {
                !self.ready[*stage].is_empty()
            } else {
                // A stage that died is fed one unit at a time until the culprit is known.
                !suspects.is_empty() && !self.is_flying(*stage)
            }
        })
    }

    fn is_flying(&self, stage: usize) -> bool {
        self.batches.values().any(|batch| batch.stage == stage)
    }

    /// A suspect is under way by itself.
    fn is_alone(&self, stage: usize) -> bool {
        self.deaths[stage] > 0 && self.is_flying(stage)
    }

    fn wants_more(&self, stage: usize) -> bool {
        let enough = BATCH_BYTES * self.jobs.limit();
        let mut bytes = 0;
        for task in &self.ready[stage] {
            bytes += self.weight(task);
            if bytes >= enough {
                return false;
            }
        }
        true
    }

    fn weight(&self, task: &Task) -> usize {
        let work = &self.files[task.file];
        let source = work.source.as_ref().map_or(0, |(_, bytes)| bytes.len());
        // Trees and code cost more than their source; a rough measure is all that batching needs.
        if task.stage == CODEGEN { source / 2 + task.units.len() * 256 } else { source + 256 }
    }

    fn take_batch(&mut self, stage: usize) -> Vec<Task> {
        if let Some(suspect) = self.suspects[stage].pop_front() {
            return vec![suspect];
        }
        let all: usize = self.ready[stage].iter().map(|task| self.weight(task)).sum();
        // A share for each job, so that the last batch does not run while the other jobs are idle.
        let share = (all / (2 * self.jobs.limit())).min(BATCH_BYTES);
        let mut tasks = Vec::new();
        let mut bytes = 0;
        while let Some(task) = self.ready[stage].pop_front() {
            bytes += self.weight(&task);
            tasks.push(task);
            if bytes >= share {
                break;
            }
        }
        tasks
    }

    fn send(&mut self, stage: usize, tasks: Vec<Task>) -> Result<(), Failure> {
        let mut writer = BatchWriter::default();
        let mut units = Vec::new();
        let twice = self.settings.proof == Proof::Determinism;
        for task in tasks {
            let open = Open::of(&self.files[task.file]);
            for unit in task.units {
                let name = self.unit_name(task.file, stage, unit.fragment);
                let sent = open.inputs(stage, unit.fragment);
                writer.add(&name, &self.settings.options[stage], &sent);
                if twice {
                    writer.add("again", &self.settings.options[stage], &sent);
                }
                units.push(Flying { file: task.file, unit: Some(unit), first: None });
            }
        }
        let id = self.batch_next;
        self.batch_next += 1;
        let frame = writer.finish(id);
        let worker = match self.workers[stage].take() {
            Some(worker) => worker,
            None => {
                let generation = self.generation_next;
                self.generation_next += 1;
                Worker::spawn(
                    self.stages.spec(stage),
                    &self.stages.tools[stage],
                    stage,
                    generation,
                    self.jobs.limit(),
                    self.sender.clone(),
                )?
            }
        };
        let generation = worker.generation;
        worker.send(frame);
        self.workers[stage] = Some(worker);
        self.batches.insert(id, Batch { stage, generation, units, sent: self.trace.now() });
        Ok(())
    }
}

/// The artifacts of a file, opened once for all its units.
struct Open<'a> {
    source: Option<&'a (ContentId, Vec<u8>)>,
    artifacts: Vec<Artifact<'a>>,
}

impl<'a> Open<'a> {
    fn of(work: &'a FileWork) -> Open<'a> {
        let made = [(&work.syntax, Kind::Syntax), (&work.index, Kind::Index)];
        let open = |(made, kind): (&'a Option<super::file::Made>, Kind)| {
            Artifact::open_as(&made.as_ref()?.bytes, kind).ok()
        };
        Open { source: work.source.as_ref(), artifacts: made.into_iter().filter_map(open).collect() }
    }

    fn inputs(&self, stage: usize, fragment: u32) -> Vec<Sent<'_>> {
        let spec = dx_schemas::stages::ALL[stage];
        let mut out = Vec::new();
        if let Some((id, bytes)) = self.source.filter(|_| spec.reads_source()) {
            out.push(Sent { kind: SectionKind::Source, ordinal: 0, id: *id, body: Body::Inline(bytes) });
        }
        for artifact in &self.artifacts {
            for section in spec.sections_of(artifact, fragment) {
                // The stage checks each input against its digest, so it is not checked here as well.
                let bytes = artifact.section_unchecked(section.kind, section.ordinal).unwrap_or_default();
                out.push(Sent {
                    kind: section.kind,
                    ordinal: section.ordinal,
                    id: section.id,
                    body: Body::Inline(bytes),
                });
            }
        }
        out
    }
}
