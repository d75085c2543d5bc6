//! Runs pytest suites: a worker is pytest, in a process forked from one that has done all that comes before the tests.
//!
//! Rust owns scheduling, isolation, time limits and reports; Python owns what a test means. `python/` holds the
//! worker's side, `schemas/src/testrun.rs` what the two say to each other, `run.rs` the loop between them.

mod arguments;
mod command;
mod config;
pub mod durations;
mod failure;
mod index;
mod interpreter;
mod lanes;
mod message;
mod parent;
pub mod queue;
mod report;
mod ring;
mod run;
mod script;
mod select;
mod state;
mod sys;
pub mod tally;
mod tree;
mod warm;
mod watch;
mod worker;

pub use command::main;
