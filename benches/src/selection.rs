//! `dx-testrun --affected` on real projects: after random edits, and along their histories, no test may keep an outcome
//! that a run of everything does not confirm.
//!
//! Each step edits the project, lets dx run what is affected, then pytest everything. What dx knows of a test is the
//! outcome of its last run; where pytest says otherwise, the test was missed. pytest-testmon does the same steps, and
//! the shares that both select are set side by side. Between random edits everything is put back, records and all;
//! along a history records go on from commit to commit.

mod steps;
mod view;
mod work;

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::suites::{self, prepare};
use steps::Tally;
use work::Work;
pub use work::install_testmon;

/// What the command line asked for.
#[derive(Debug)]
pub struct Session {
    pub suites: PathBuf,
    pub root: PathBuf,
    pub python: PathBuf,
    /// The folder of the dx executables.
    pub bin: PathBuf,
    pub mutations: u64,
    pub history: usize,
    /// A clone of the project's repository, for its history.
    pub repository: Option<PathBuf>,
    pub seed: u64,
    pub workers: usize,
    /// Do the same with pytest-testmon.
    pub peer: bool,
}

impl Session {
    /// False when a test was missed.
    pub fn run(&self, names: &[String]) -> io::Result<bool> {
        let mut sound = true;
        for suite in suites::select(names).map_err(io::Error::other)? {
            let place = prepare::prepare(suite, &self.suites, &self.python)?;
            fs::create_dir_all(&self.root)?;
            let root = fs::canonicalize(&self.root)?.join(suite.name);
            if self.peer {
                work::install_testmon(&place)?;
            }
            if self.mutations > 0 {
                let work = Work::copied(place.again(), &root.join("edits"), self)?;
                sound &= said(suite.name, "edits", &steps::mutations(&work, self)?);
            }
            if let (Some(repository), true) = (&self.repository, self.history > 0) {
                let work = Work::cloned(place, &root.join("history"), self, repository)?;
                sound &= said(suite.name, "commits", &steps::history(&work, self)?);
            }
        }
        Ok(sound)
    }
}

fn said(name: &str, what: &str, tally: &Tally) -> bool {
    let steps = tally.steps.max(1) as f64;
    println!(
        "{name}: {} {what}, {} with other outcomes ({} tests), {} tests missed, {} ran with another outcome; selected of all tests: {:.1} %",
        tally.steps,
        tally.telling,
        tally.changed,
        tally.missed,
        tally.unequal,
        tally.selected / steps * 100.0,
    );
    if tally.peer_steps > 0 {
        println!(
            "{name}: testmon, {} {what}: {:.1} % selected, {} tests missed",
            tally.peer_steps,
            tally.peer_selected / tally.peer_steps as f64 * 100.0,
            tally.peer_missed,
        );
    }
    tally.missed == 0
}
