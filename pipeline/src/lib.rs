//! The driver: it decides which stages have to run, runs them, and explains why. It links no stage.

mod build;
mod closure;
mod command;
mod edges;
mod engine;
mod failure;
mod findings;
mod jobs;
mod known;
mod library;
mod log;
mod module_name;
mod observe;
mod resolve;
mod result;
mod run;
mod search;
mod signals;
mod snapshot;
mod state;
mod store;
mod tell;
mod tool;
mod trace;
mod worker;
mod workspace;

pub use command::main;
