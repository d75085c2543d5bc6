//! Modules that CPython writes in C, one file or folder each.
//!
//! [`install`] completes a thread that can run code: the builtin functions that need no frame, the files behind
//! `open` and the standard streams, and module `sys`. [`NATIVE`] lists what `import` finds here.

mod abc;
pub mod builtins;
mod codecs;
mod collections;
mod convert;
mod errno;
mod functools;
mod gc;
mod generic_alias;
pub mod io;
mod itertools;
mod library;
mod math;
mod operator;
mod posix;
mod random;
mod record;
mod sre;
mod string;
mod struct_sequence;
pub mod sys;
mod thread;
mod time;
mod weakref;
mod wide;

use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::value::Value;

/// Makes a module; called when it is first imported.
pub type Make = fn(&Thread) -> PyResult<Value>;

/// The native modules by name, one line each.
pub static NATIVE: &[(&str, Make)] = &[
    ("_io", io::module),
    ("_abc", |thread| abc::MODULE.make(thread)),
    ("_codecs", |thread| codecs::MODULE.make(thread)),
    ("_collections", |thread| collections::MODULE.make(thread)),
    ("_functools", |thread| functools::MODULE.make(thread)),
    ("_operator", |thread| operator::MODULE.make(thread)),
    ("_random", |thread| random::MODULE.make(thread)),
    ("_sre", |thread| sre::MODULE.make(thread)),
    ("_string", |thread| string::MODULE.make(thread)),
    ("_thread", |thread| thread::MODULE.make(thread)),
    ("_weakref", |thread| weakref::MODULE.make(thread)),
    ("errno", |thread| errno::MODULE.make(thread)),
    ("gc", |thread| gc::MODULE.make(thread)),
    ("itertools", |thread| itertools::MODULE.make(thread)),
    ("math", |thread| math::MODULE.make(thread)),
    ("posix", |thread| posix::MODULE.make(thread)),
    ("time", |thread| time::MODULE.make(thread)),
];

/// The maker of the native module with this name.
pub fn native(name: &str) -> Option<Make> {
    NATIVE.iter().find(|(known, _)| *known == name).map(|(_, make)| *make)
}

/// `sys.stdin`, `sys.stdout` or `sys.stderr`; None when the descriptor is closed.
pub fn standard_stream(thread: &Thread, descriptor: i32) -> PyResult<Value> {
    io::standard_stream(thread, descriptor)
}

/// Adds what this crate has to module `builtins`, and makes module `sys`.
pub fn install(thread: &Thread, settings: &sys::Settings) -> PyResult<()> {
    record::register(thread);
    wide::register(thread);
    generic_alias::install(thread);
    io::register(thread);
    builtins::install(thread)?;
    sys::make(thread, settings).map(drop)
}
