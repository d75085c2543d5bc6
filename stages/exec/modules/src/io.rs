//! Files: `open`, the standard streams, and the types behind them.
//!
//! One native object stands for all of CPython's layers: a text file, a buffered and a raw binary one differ in
//! their type and in flags. `stdout.buffer` is a second object over the same state.

mod attributes;
mod buffer;
mod file;
mod methods;
mod opening;
mod read;
mod write;

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::types::{module as modules, native};
use dx_object::value::Value;

pub use opening::standard_stream;
pub(crate) use write::write_text;

pub(crate) fn register(thread: &Thread) {
    file::register(thread);
}

/// The builtin function `open`.
pub(crate) fn open(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    opening::open(thread, args)
}

/// Writes out what the standard streams still hold; errors are ignored, as at the exit of CPython.
pub fn flush_standard_streams(thread: &Thread) {
    for name in ["stdout", "stderr"] {
        let Some(stream) = crate::builtins::sys_attribute(thread, name) else { continue };
        if let Some(state) = file::state_of(stream) {
            let _ = state.borrow_mut().flush();
        }
    }
}

static FUNCTIONS: &[MethodDef] = &[MethodDef::new("open", Arity::Any, open)];

/// Module `_io`: the types of files and `open`.
pub(crate) fn module(thread: &Thread) -> PyResult<Value> {
    let module = modules::new(thread, "_io", Value::NONE)?;
    let Some(dict) = module.dict() else { return Ok(module.value()) };
    for def in FUNCTIONS {
        dict.set_text(thread, def.name, native::function(thread, def, thread.intern("_io")))?;
    }
    for spec in file::TYPES {
        dict.set_text(thread, spec.name, thread.spec_type(spec, thread).value())?;
    }
    dict.set_text(thread, "DEFAULT_BUFFER_SIZE", Value::small(128 << 10))?;
    let blocking = thread.builtin_type(dx_object::ids::BLOCKING_IO_ERROR).value();
    dict.set_text(thread, "BlockingIOError", blocking)?;
    Ok(module.value())
}
