//! The build itself: files move through the stages, found in the cache or made by stage processes.
//!
//! ```text
//! file --read--> source --parse--> syntax --index--> index --codegen, per fragment--> code
//! ```
//!
//! Each step is the same: make the manifest of what the unit reads, look its key up, and only on a miss hand the bytes
//! to the stage. Nothing is ever marked dirty; a step whose inputs have the digests of the last build has the key of
//! the last build, and that is the cut-off. One thread owns all state; processes and pipes have threads of their own
//! and report over one channel. Files further down the pipeline go first, so that few are open at a time.

mod dispatch;
mod file;
mod outcome;
mod receive;
mod steps;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use dx_cache::manifest::FileStat;
use dx_schemas::ToolId;
use dx_schemas::diagnostic::Diagnostic;
use dx_schemas::events::{Event, Outcome};
use dx_schemas::request::Options;
use dx_schemas::stages::{self, StageSpec};

use crate::failure::Failure;
use crate::jobs::Jobs;
use crate::result::FileResult;
use crate::store::Store;
use crate::tool::{self, Tool};
use crate::trace::Trace;
use crate::worker::{Message, Worker};

/// Places in `stages::ALL`.
pub(crate) const PARSE: usize = 0;
pub(crate) const INDEX: usize = 1;
pub(crate) const CODEGEN: usize = 2;

use file::{FileWork, Task};
pub(crate) use file::{Planned, Previous};

/// How a build proves itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Proof {
    #[default]
    None,
    /// Every unit runs twice, under different labels, and must answer the same bytes.
    Determinism,
    /// Every unit runs, and must answer what the cache holds.
    Incremental,
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) jobs: usize,
    pub(crate) keep_going: bool,
    pub(crate) proof: Proof,
    /// A stage that says nothing for so long while it has work is ended.
    pub(crate) patience: Duration,
    /// Options of each stage, in the order of the table.
    pub(crate) options: Vec<Options>,
}

/// The stages that a build uses: specification and executable.
#[derive(Clone, Debug)]
pub(crate) struct Stages {
    pub(crate) tools: Vec<Tool>,
}

impl Stages {
    pub(crate) fn find() -> Result<Stages, Failure> {
        Ok(Stages { tools: stages::ALL.iter().map(|spec| tool::find(spec)).collect::<Result<_, _>>()? })
    }

    pub(crate) fn spec(&self, stage: usize) -> &'static StageSpec {
        stages::ALL[stage]
    }

    pub(crate) fn id(&self, stage: usize) -> ToolId {
        self.tools[stage].id
    }

    /// What all keys of a build have in common: another value, and no file of the last build is up to date.
    pub(crate) fn setup(&self, options: &[Options]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for (stage, tool) in self.tools.iter().enumerate() {
            hasher.update(&tool.id.0);
            for (name, value) in &options[stage] {
                for text in [name, value] {
                    hasher.update(&(text.len() as u64).to_le_bytes());
                    hasher.update(text.as_bytes());
                }
            }
            hasher.update(&[0xff]);
        }
        *hasher.finalize().as_bytes()
    }
}

/// What the build tells while it runs.
pub(crate) trait Observer {
    fn event(&mut self, event: Event);
    /// `done` of `total` files; called often.
    fn progress(&mut self, done: usize, total: usize, counts: &Counts);
}

/// Units by stage and outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts(pub BTreeMap<&'static str, BTreeMap<Outcome, u64>>);

impl Counts {
    pub(crate) fn total(&self, outcome: Outcome) -> u64 {
        self.0.values().filter_map(|by| by.get(&outcome)).sum()
    }

    fn add(&mut self, stage: &'static str, outcome: Outcome) {
        *self.0.entry(stage).or_default().entry(outcome).or_default() += 1;
    }
}

/// A file with its findings.
#[derive(Debug)]
pub(crate) struct Finished {
    /// `None` when a stage died on it: it will be tried again.
    pub(crate) result: Option<FileResult>,
    pub(crate) path: String,
    /// The source's stat data from before it was read.
    pub(crate) stat: Option<FileStat>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Failures that are not the user's: a stage that died, an answer that differed.
    pub(crate) failures: Vec<String>,
    /// The failure is that the file cannot be read.
    pub(crate) unreadable: bool,
}

/// Everything that a build made.
#[derive(Debug, Default)]
pub(crate) struct Product {
    /// In the order of finishing.
    pub(crate) files: Vec<Finished>,
    pub(crate) counts: Counts,
    /// The build stopped early because something failed and `-k` was not given.
    pub(crate) stopped: bool,
}

pub(crate) struct Engine<'a> {
    store: &'a Store,
    stages: &'a Stages,
    settings: &'a Settings,
    observer: &'a mut dyn Observer,
    trace: &'a mut Trace,
    jobs: Jobs,
    files: Vec<FileWork>,
    /// Files not yet looked at.
    waiting: VecDeque<usize>,
    /// Tasks ready to be sent, by stage.
    ready: Vec<VecDeque<Task>>,
    /// Units of stages that died while several were under way; they run alone.
    suspects: Vec<VecDeque<Task>>,
    workers: Vec<Option<Worker>>,
    batches: HashMap<u64, dispatch::Batch>,
    batch_next: u64,
    generation_next: u64,
    /// Deaths of a stage since it last answered.
    deaths: Vec<u32>,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    product: Product,
    done: usize,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(
        store: &'a Store,
        stages: &'a Stages,
        settings: &'a Settings,
        observer: &'a mut dyn Observer,
        trace: &'a mut Trace,
    ) -> Engine<'a> {
        let (sender, receiver) = channel();
        let count = stages.tools.len();
        Engine {
            store,
            stages,
            settings,
            observer,
            trace,
            jobs: Jobs::new(settings.jobs),
            files: Vec::new(),
            waiting: VecDeque::new(),
            ready: (0..count).map(|_| VecDeque::new()).collect(),
            suspects: (0..count).map(|_| VecDeque::new()).collect(),
            workers: (0..count).map(|_| None).collect(),
            batches: HashMap::new(),
            batch_next: 1,
            generation_next: 1,
            deaths: vec![0; count],
            sender,
            receiver,
            product: Product::default(),
            done: 0,
        }
    }

    /// Adds a file; more may be added whenever [`Engine::run`] has returned.
    pub(crate) fn add(&mut self, planned: Planned) {
        self.waiting.push_back(self.files.len());
        self.files.push(FileWork::new(planned));
    }

    /// Works until nothing is left (or, without `-k`, until something failed and nothing is under way).
    pub(crate) fn run(&mut self) -> Result<(), Failure> {
        loop {
            if !self.is_stopping() {
                self.dispatch()?;
            }
            if self.batches.is_empty() {
                let idle = self.waiting.is_empty()
                    && self.ready.iter().chain(&self.suspects).all(VecDeque::is_empty);
                if idle || self.is_stopping() {
                    break;
                }
                continue;
            }
            match self.receiver.recv_timeout(self.settings.patience) {
                Ok(message) => self.receive(message)?,
                Err(RecvTimeoutError::Timeout) => self.end_silent_stages(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while let Ok(message) = self.receiver.try_recv() {
                self.receive(message)?;
            }
        }
        self.observer.progress(self.done, self.files.len(), &self.product.counts);
        Ok(())
    }

    fn is_stopping(&self) -> bool {
        self.product.stopped
    }

    /// Ends the stages and hands over what was made.
    pub(crate) fn finish(mut self) -> Product {
        self.workers.clear();
        std::mem::take(&mut self.product)
    }

    /// The results made so far, for those who look for more files in them.
    pub(crate) fn product(&self) -> &Product {
        &self.product
    }
}
