//! The register interpreter: frames, calls, exceptions, generators, inline caches.
//!
//! [`attach`] makes a thread of the object model able to run code; [`import::run_module`] runs a module. The loop is in
//! `run`, what its handlers call in `ops`, `call`, `generator`, `unwind`.

pub mod builtins;
pub mod cache;
pub mod call;
pub mod class;
pub mod code;
pub mod exception;
pub mod frame;
pub mod frame_object;
pub mod generator;
pub mod image;
pub mod import;
pub mod ops;
pub mod run;
#[cfg(debug_assertions)]
pub mod seen;
#[cfg(not(debug_assertions))]
#[path = "seen_disabled.rs"]
pub mod seen;
pub mod state;
pub mod template;
pub mod typing;
pub mod unwind;

use std::rc::Rc;

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::class::build::extend;
use dx_object::value::Value;

use frame::ThreadState;
use state::State;

/// Makes the first thread of an interpreter run Python code: hooks, types, module `builtins`.
pub fn attach(thread: &Thread) -> PyResult<()> {
    if !ThreadState::attach(thread, Rc::new(State::default())) {
        return Err(thread.memory_error("no address space for frames"));
    }
    generator::register(thread);
    frame_object::register(thread);
    template::register(thread);
    typing::register(thread);
    let extensions = [
        (ids::CODE, &code::object::EXTENSION),
        (ids::FRAME, &frame_object::EXTENSION),
        (ids::TRACEBACK, &frame_object::TRACEBACK_EXTENSION),
        (ids::GENERATOR, &generator::methods::EXTENSION),
        (ids::COROUTINE, &generator::methods::COROUTINE_EXTENSION),
        (ids::COROUTINE_WRAPPER, &generator::awaitable::EXTENSION),
        (ids::ASYNC_GENERATOR, &generator::asyncgen::EXTENSION),
        (ids::ASYNC_GENERATOR_SEND, &generator::asyncgen::SEND_EXTENSION),
        (ids::ASYNC_GENERATOR_THROW, &generator::asyncgen::THROW_EXTENSION),
        (ids::FUNCTION, &ops::function::EXTENSION),
        (ids::TYPE, &typing::UNION_OPERAND),
        (ids::NONE_TYPE, &typing::UNION_OPERAND),
    ];
    for (id, extension) in extensions {
        extend(thread, thread.builtin_type(id), extension);
    }
    let hooks = &thread.hooks;
    hooks.call_function.set(call::call_function);
    hooks.resume.set(generator::resume);
    hooks.import.set(import::dunder_import);
    hooks.globals.set(builtins::running_globals);
    hooks.super_arguments.set(builtins::super_arguments);
    hooks.unraisable.set(exception::unraisable);
    builtins::install(thread)
}

/// The text of a str, for messages.
pub fn text(value: Value) -> String {
    value.as_str().map_or_else(String::new, |text| text.to_lossy().into_owned())
}

/// `str(value)` for messages; what cannot be shown is empty.
pub fn text_of(thread: &Thread, value: Value) -> String {
    match thread.to_str(value) {
        Ok(value) => text(value),
        Err(_) => {
            thread.take_exception();
            String::new()
        }
    }
}

/// `repr(value)` as Rust text.
pub fn repr_text(thread: &Thread, value: Value) -> PyResult<String> {
    thread.repr(value).map(text)
}
