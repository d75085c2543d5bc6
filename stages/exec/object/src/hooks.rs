//! What the object model needs from the interpreter, filled in when the interpreter starts.

use std::cell::Cell;

use crate::args::Args;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Value;

/// How a generator or coroutine is resumed.
#[derive(Clone, Copy)]
pub enum Resume {
    /// `next()` and `send(value)`.
    Send(Value),
    /// `throw(exception)`: an exception instance.
    Throw(Value),
}

/// What a resumed generator did.
#[derive(Clone, Copy)]
pub enum Resumed {
    Yielded(Value),
    Returned(Value),
}

pub type CallHook = fn(&Thread, Value, Args<'_>) -> PyResult<Value>;
pub type ResumeHook = fn(&Thread, Value, Resume) -> PyResult<Resumed>;
/// First argument and `__class__` of the running frame.
pub type SuperHook = fn(&Thread) -> PyResult<(Value, Value)>;
/// Exception, what was being done, the object it was done with.
pub type UnraisableHook = fn(&Thread, Value, &str, Value);

/// Functions of the interpreter. Until they are set they raise SystemError.
pub struct Hooks {
    /// Calls a Python function (`types::function::FunctionObject`).
    pub call_function: Cell<CallHook>,
    /// Resumes a generator, coroutine or async generator object.
    pub resume: Cell<ResumeHook>,
    /// `__import__(name, globals, locals, fromlist, level)`.
    pub import: Cell<fn(&Thread, Args<'_>) -> PyResult<Value>>,
    /// Globals of the running Python frame, or UNBOUND.
    pub globals: Cell<fn(&Thread) -> Value>,
    /// `(first argument, __class__ cell value)` of the running Python frame, for `super()` without arguments.
    pub super_arguments: Cell<SuperHook>,
    /// Reports an exception that cannot be raised, with what was being done: (exception, message, object).
    pub unraisable: Cell<UnraisableHook>,
}

impl Default for Hooks {
    fn default() -> Hooks {
        Hooks {
            call_function: Cell::new(|thread, _, _| Err(no_interpreter(thread))),
            resume: Cell::new(|thread, _, _| Err(no_interpreter(thread))),
            import: Cell::new(|thread, _| Err(no_interpreter(thread))),
            globals: Cell::new(|_| Value::UNBOUND),
            super_arguments: Cell::new(|thread| Err(thread.runtime_error("super(): no current frame"))),
            unraisable: Cell::new(|_, _, _, _| {}),
        }
    }
}

fn no_interpreter(thread: &Thread) -> crate::error::Raised {
    thread.system_error("no interpreter is attached")
}
