//! Async generators: `asend`, `athrow`, `aclose` and the awaitables that they answer.
//!
//! A value of the generator's own `yield` arrives wrapped, anything else is what an `await` inside passes up to the
//! event loop.

use std::cell::Cell;

use dx_heap::{Header, Kind, KindInfo};
use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::gc::{Gc, Object};
use dx_object::hooks::{Resume, Resumed};
use dx_object::ids;
use dx_object::kinds::FIRST_FOREIGN;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, MethodDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::types::tuple::TupleObject;
use dx_object::value::Value;

use super::{GeneratorObject, Phase, methods, object, resume};

/// Kind of the wrapper around a yielded value.
const WRAPPED: Kind = Kind(FIRST_FOREIGN + 1);
/// Kind of the awaitables.
const STEP: Kind = Kind(FIRST_FOREIGN + 2);

#[repr(C)]
struct Wrapped {
    header: Header,
    value: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Wrapped {
    const KIND: Kind = WRAPPED;
}

/// One `asend`, `athrow` or `aclose`.
#[repr(C)]
struct Step {
    header: Header,
    generator: Cell<Value>,
    /// What is sent, or the tuple of `athrow`'s arguments; None with `aclose`.
    what: Cell<Value>,
    /// A small int of [`mode`].
    mode: Cell<Value>,
    /// A small int: 0 not begun, 1 under way, 2 done.
    state: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Step {
    const KIND: Kind = STEP;
}

mod mode {
    pub(super) const SEND: i64 = 0;
    pub(super) const THROW: i64 = 1;
    pub(super) const CLOSE: i64 = 2;
}

/// Bits of a generator's `flags`.
mod flag {
    pub(super) const CLOSED: u8 = 1;
    pub(super) const BUSY: u8 = 2;
}

pub(super) fn register(thread: &Thread) {
    thread.heap.set_kind(WRAPPED, KindInfo::WORDS);
    thread.heap.set_kind(STEP, KindInfo::WORDS);
}

/// Marks a value as yielded by the generator itself.
pub fn wrap(thread: &Thread, value: Value) -> Value {
    let cell =
        thread.heap.alloc(size_of::<Wrapped>(), Header::word(WRAPPED, ids::OBJECT.0, 0)).cast::<Wrapped>();
    // SAFETY: a new cell of this layout.
    unsafe {
        (*cell).value.set(value);
        Gc::from_raw(cell).value()
    }
}

fn step(thread: &Thread, generator: Value, what: Value, mode: i64) -> Value {
    let class = if mode == mode::SEND { ids::ASYNC_GENERATOR_SEND } else { ids::ASYNC_GENERATOR_THROW };
    let cell = thread.heap.alloc(size_of::<Step>(), Header::word(STEP, class.0, 0)).cast::<Step>();
    // SAFETY: a new cell of this layout.
    unsafe {
        (*cell).generator.set(generator);
        (*cell).what.set(what);
        (*cell).mode.set(Value::small(mode));
        (*cell).state.set(Value::small(0));
        Gc::from_raw(cell).value()
    }
}

/// Sends into an awaitable of an async generator; `None` for anything else.
pub fn send(thread: &Thread, awaitable: Value, sent: Value) -> Option<PyResult<Resumed>> {
    let step = awaitable.downcast::<Step>()?;
    Some(advance(thread, step, Ok(sent)))
}

fn parts(step: Gc<Step>) -> Option<(Gc<GeneratorObject>, i64, i64)> {
    Some((object(step.generator.get())?, step.mode.get().as_small()?, step.state.get().as_small()?))
}

/// Sends (`Ok`) or throws (`Err`) into a step.
fn advance(thread: &Thread, step: Gc<Step>, input: Result<Value, Value>) -> PyResult<Resumed> {
    let Some((generator, mode, state)) = parts(step) else { return Ok(Resumed::Returned(Value::NONE)) };
    let name = ["asend", "athrow", "aclose"][mode as usize];
    if state == 2 {
        return Err(thread.runtime_error(format_args!(
            "cannot reuse already awaited {}",
            if mode == mode::SEND { "__anext__()/asend()" } else { "aclose()/athrow()" }
        )));
    }
    let mut how = match input {
        Ok(sent) => Resume::Send(sent),
        Err(exception) => Resume::Throw(exception),
    };
    if state == 0 {
        if generator.flags.get() & flag::BUSY != 0 {
            step.state.set(Value::small(2));
            let what = if mode == mode::SEND { "anext" } else { name };
            return Err(
                thread.runtime_error(format_args!("{what}(): asynchronous generator is already running"))
            );
        }
        if generator.flags.get() & flag::CLOSED != 0 || generator.phase.get() == Phase::Finished {
            step.state.set(Value::small(2));
            return match mode {
                mode::CLOSE => Ok(Resumed::Returned(Value::NONE)),
                _ => Err(thread.raise_args(ids::STOP_ASYNC_ITERATION, &[])),
            };
        }
        if let Resume::Send(sent) = how {
            how = match mode {
                mode::SEND if sent.is_none() => Resume::Send(step.what.get()),
                mode::SEND => Resume::Send(sent),
                _ if !sent.is_none() => {
                    return Err(thread.runtime_error("can't send non-None value to a just-started coroutine"));
                }
                mode::CLOSE => {
                    generator.flags.set(generator.flags.get() | flag::CLOSED);
                    let exit = thread.builtin_type(ids::GENERATOR_EXIT).value();
                    Resume::Throw(thread.call(exit, &[])?)
                }
                _ => {
                    let args = step.what.get();
                    let args = args.downcast::<TupleObject>();
                    let args = args.as_ref().map_or(&[][..], |args| args.items());
                    Resume::Throw(methods::thrown(thread, "athrow", args)?)
                }
            };
        }
        step.state.set(Value::small(1));
        generator.flags.set(generator.flags.get() | flag::BUSY);
    }
    let result = resume(thread, generator.value(), how);
    settle(thread, step, generator, mode, result)
}

fn settle(
    thread: &Thread,
    step: Gc<Step>,
    generator: Gc<GeneratorObject>,
    mode: i64,
    result: PyResult<Resumed>,
) -> PyResult<Resumed> {
    let done = || {
        step.state.set(Value::small(2));
        generator.flags.set(generator.flags.get() & !flag::BUSY);
    };
    match result {
        Ok(Resumed::Yielded(value)) => match value.downcast::<Wrapped>() {
            Some(_) if mode == mode::CLOSE => {
                done();
                Err(thread.runtime_error("async generator ignored GeneratorExit"))
            }
            Some(wrapped) => {
                done();
                Ok(Resumed::Returned(wrapped.value.get()))
            }
            None => Ok(Resumed::Yielded(value)),
        },
        Ok(Resumed::Returned(_)) => {
            done();
            if mode == mode::CLOSE {
                return Ok(Resumed::Returned(Value::NONE));
            }
            Err(thread.raise_args(ids::STOP_ASYNC_ITERATION, &[]))
        }
        Err(raised) => {
            done();
            if mode == mode::CLOSE
                && (thread.catch(ids::STOP_ASYNC_ITERATION).is_some()
                    || thread.catch(ids::GENERATOR_EXIT).is_some())
            {
                return Ok(Resumed::Returned(Value::NONE));
            }
            Err(raised)
        }
    }
}

fn step_of(thread: &Thread, args: Args<'_>) -> PyResult<Gc<Step>> {
    args.get(0)
        .and_then(|value| value.downcast::<Step>())
        .ok_or_else(|| thread.type_error("not an awaitable"))
}

fn step_send(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let step = step_of(thread, args)?;
    let result = advance(thread, step, Ok(args.positional()[1]));
    methods::to_python(thread, result)
}

fn step_throw(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let step = step_of(thread, args)?;
    let exception = methods::thrown(thread, "throw", &args.positional()[1..])?;
    let result = advance(thread, step, Err(exception));
    methods::to_python(thread, result)
}

fn step_close(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let step = step_of(thread, args)?;
    if step.state.get() == Value::small(2) {
        return Ok(Value::NONE);
    }
    let exit = thread.call(thread.builtin_type(ids::GENERATOR_EXIT).value(), &[])?;
    match advance(thread, step, Err(exit)) {
        Ok(Resumed::Yielded(_)) => Err(thread.runtime_error("coroutine ignored GeneratorExit")),
        Ok(Resumed::Returned(_)) => Ok(Value::NONE),
        Err(raised) => {
            let quiet = [ids::STOP_ITERATION, ids::STOP_ASYNC_ITERATION, ids::GENERATOR_EXIT];
            if quiet.iter().any(|class| thread.catch(*class).is_some()) {
                Ok(Value::NONE)
            } else {
                Err(raised)
            }
        }
    }
}

fn step_next(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(step) = value.downcast::<Step>() else { return Ok(None) };
    match advance(thread, step, Ok(Value::NONE))? {
        Resumed::Yielded(value) => Ok(Some(value)),
        Resumed::Returned(value) if value.is_none() => Ok(None),
        Resumed::Returned(value) => Err(methods::stop_iteration(thread, value)),
    }
}

static STEP_METHODS: &[MethodDef] = &[
    MethodDef::new("send", Arity::One, step_send),
    MethodDef::new("throw", Arity::Positional(1, 3), step_throw),
    MethodDef::new("close", Arity::None, step_close),
];

const STEP_SLOTS: Slots = Slots {
    iter: Some(|_, step| Ok(step)),
    next: Some(step_next),
    await_: Some(|_, step| Ok(step)),
    ..Slots::EMPTY
};

/// Added to the type `async_generator_asend`.
pub static SEND_EXTENSION: TypeSpec =
    TypeSpec { slots: STEP_SLOTS, methods: STEP_METHODS, ..TypeSpec::new("async_generator_asend") };
/// Added to the type `async_generator_athrow`.
pub static THROW_EXTENSION: TypeSpec =
    TypeSpec { slots: STEP_SLOTS, methods: STEP_METHODS, ..TypeSpec::new("async_generator_athrow") };

fn asend(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let words = args.positional();
    Ok(step(thread, words[0], words[1], mode::SEND))
}

fn athrow(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let words = args.positional();
    let what = thread.tuple(&words[1..]);
    Ok(step(thread, words[0], what, mode::THROW))
}

fn aclose(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(step(thread, args.positional()[0], Value::NONE, mode::CLOSE))
}

static METHODS: &[MethodDef] = &[
    MethodDef::new("asend", Arity::One, asend),
    MethodDef::new("athrow", Arity::Positional(1, 3), athrow),
    MethodDef::new("aclose", Arity::None, aclose),
];

/// Added to the type `async_generator`.
pub static EXTENSION: TypeSpec = TypeSpec {
    slots: Slots {
        aiter: Some(|_, generator| Ok(generator)),
        anext: Some(|thread, generator| Ok(step(thread, generator, Value::NONE, mode::SEND))),
        repr: Some(methods::repr),
        ..Slots::EMPTY
    },
    methods: METHODS,
    getset: methods::ASYNC_GETSET,
    ..TypeSpec::new("async_generator")
};
