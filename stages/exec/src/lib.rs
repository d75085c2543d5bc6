//! Runs an image or plain source on dx's own Python runtime.
//!
//! This crate wires the runtime's crates together: options, the front end for plain source, the finder, start and end
//! of a program.

mod finder;
mod front;
mod image;
mod options;
mod program;

pub use options::Options;
pub use program::main;
