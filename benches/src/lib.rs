//! Whole-program benchmarks beside peers: processes are timed from outside, in pairs that alternate.
//!
//! A figure of one side alone says little on a shared machine, so every result is a ratio to a peer that ran in the
//! same minutes. CPU time is user and system time of the process and its waited-for children.

pub mod affected;
pub mod memory;
pub mod project;
pub mod selection;
pub mod stages;
pub mod suites;
pub mod timing;
pub mod trivial;
pub mod watch;
