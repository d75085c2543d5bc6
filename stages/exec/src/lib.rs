//! Runs an image or plain source on dx's own Python runtime.
//!
//! This crate wires the runtime's crates together: options, the front end for plain source, the finder, start and end
//! of a program.

pub mod finder;
pub mod front;
pub mod image;
pub mod options;
pub mod program;
mod streams;

pub use options::Options;
pub use program::main;
