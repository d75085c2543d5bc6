//! Workers that are started together with their parent, where it is known that it cannot be forked.
//!
//! A process with threads is never forked, so its workers are processes of their own, which import what it imports. Most
//! suites that start threads do so in every run: that is remembered, and their workers then start at once.

use serde_json::Value;

use super::settings::Settings;
use crate::failure::Failure;
use crate::message::{Setup, Spawned, Start};
use crate::parent::{Handles, Parent};
use crate::state::State;
use crate::sys::process;
use crate::worker::Worker;

/// What all workers of a run have in common.
pub(crate) struct Identity {
    pub(crate) base_ns: u64,
    pub(crate) run: String,
}

impl Identity {
    pub(super) fn new() -> Identity {
        let base_ns = process::monotonic_ns();
        Identity { base_ns, run: format!("{:x}{:x}", std::process::id(), base_ns) }
    }

    pub(super) fn setup(&self, terminal: bool, names: bool) -> Setup {
        let group = process::process_group();
        Setup { terminal, group, run: self.run.clone(), base_ns: self.base_ns, names }
    }
}

pub(super) struct Early {
    /// How many workers they were told that there are.
    pub(super) count: usize,
    /// By lane, the last one first.
    pub(super) workers: Vec<(Worker, Parent)>,
}

impl Early {
    /// As many as the plan will probably ask for.
    pub(super) fn start(settings: &Settings, identity: &Identity) -> Result<Early, Failure> {
        let count = settings.likely_workers();
        let mut workers = Vec::new();
        for lane in (0..count).rev() {
            let (mut worker, handles) = Worker::prepare(lane, lane as u64 + 1)?;
            let process = spawn(settings, lane, count, None, identity.setup(false, false), &handles)?;
            worker.forked(process.pid());
            workers.push((worker, process));
        }
        Ok(Early { count, workers })
    }
}

/// A worker that comes to the same point as its parent by itself.
pub(super) fn spawn(
    settings: &Settings,
    lane: usize,
    count: usize,
    input: Option<Value>,
    setup: Setup,
    handles: &Handles,
) -> Result<Parent, Failure> {
    let fds = handles.fds();
    let spawned = Some(Spawned { number: lane, count, fds, base: None, input, setup });
    let start = Start { spawned, ..settings.start(false) };
    Parent::spawn(&settings.launch(), &start, &fds)
}

/// Whether the last run that was called in this way had threads before it had workers.
pub(super) struct Threads<'a> {
    state: &'a State,
    name: String,
}

impl<'a> Threads<'a> {
    pub(super) fn of(settings: &'a Settings) -> Threads<'a> {
        let key = crate::warm::key(&settings.python, &settings.folder, &settings.arguments);
        let name = format!("threads-{}", &blake3::Hash::from_bytes(key).to_hex()[..16]);
        Threads { state: &settings.state, name }
    }

    pub(super) fn are_expected(&self) -> bool {
        self.state.path(&self.name).exists()
    }

    pub(super) fn learn(&self, threads: usize) {
        if threads > 1 && !self.are_expected() {
            let _ = self.state.write(&self.name, b"");
        } else if threads <= 1 && self.are_expected() {
            let _ = std::fs::remove_file(self.state.path(&self.name));
        }
    }
}
