//! What wraps every stage: the only code that reads argv and standard input, so that a stage is a pure function.
//!
//! A stage is a library with a type that implements [`Stage`], and an executable of two lines:
//!
//! ```ignore
//! //! The dx-parse executable; everything is in the library and the shell.
//! dx_shell::stage_main!(dx_parse::Parse);
//! ```
//!
//! `stages/README.md` documents the contract that this crate enforces.

mod arguments;
mod batch;
mod describe;
mod oneshot;
mod output;
mod panic;
mod program;
mod stage;
mod tool_id;
mod work;

pub use dx_schemas::request::{Input, Request, Response};
pub use mimalloc::MiMalloc as Allocator;
pub use program::main;
pub use stage::{OptionInfo, Stage, StageInfo};
pub use tool_id::{Note, tool_id_from_hex};
