//! `await`, `async for` and the wrapper that `coroutine.__await__` answers.

use dx_object::args::Args;
use dx_object::error::{PyResult, Raised};
use dx_object::gc::Gc;
use dx_object::hooks::Resume;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, MethodDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::types::iterators::IteratorObject;
use dx_object::value::Value;

use super::{GeneratorObject, Phase, methods, object, resume};

/// Remembers a coroutine so that one that is never awaited can be reported.
pub fn track(_: &Thread, _: Gc<GeneratorObject>) {}

/// GET_AWAITABLE. `code` says where it stands, for the message.
pub fn get(thread: &Thread, value: Value, code: usize) -> PyResult<Value> {
    if let Some(object) = object(value)
        && object.is_coroutine()
    {
        if object.awaited().is_some() || object.phase.get() == Phase::Running {
            return Err(thread.runtime_error("coroutine is being awaited already"));
        }
        return Ok(value);
    }
    let class = thread.type_of(value);
    let Some(slot) = class.slots().await_ else {
        let kind = class.name_str();
        return Err(match code {
            1 => thread.type_error(format_args!(
                "'async with' received an object from __aenter__ that does not implement __await__: {kind}"
            )),
            2 => thread.type_error(format_args!(
                "'async with' received an object from __aexit__ that does not implement __await__: {kind}"
            )),
            _ => thread.type_error(format_args!("'{kind}' object can't be awaited")),
        });
    };
    let iterator = slot(thread, value)?;
    if object(iterator).is_some_and(|object| object.is_coroutine()) {
        return Err(thread.type_error("__await__() returned a coroutine"));
    }
    if thread.type_of(iterator).slots().next.is_none() {
        let kind = thread.type_of(iterator).name_str();
        return Err(thread.type_error(format_args!("__await__() returned non-iterator of type '{kind}'")));
    }
    Ok(iterator)
}

/// GET_AITER.
pub fn aiter(thread: &Thread, value: Value) -> PyResult<Value> {
    let class = thread.type_of(value);
    let Some(slot) = class.slots().aiter else {
        let kind = class.name_str();
        return Err(thread
            .type_error(format_args!("'async for' requires an object with __aiter__ method, got {kind}")));
    };
    let iterator = slot(thread, value)?;
    if thread.type_of(iterator).slots().anext.is_none() {
        let kind = thread.type_of(iterator).name_str();
        return Err(thread.type_error(format_args!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {kind}"
        )));
    }
    Ok(iterator)
}

/// GET_ANEXT.
pub fn anext(thread: &Thread, value: Value) -> PyResult<Value> {
    let class = thread.type_of(value);
    let Some(slot) = class.slots().anext else {
        let kind = class.name_str();
        return Err(thread
            .type_error(format_args!("'async for' requires an iterator with __anext__ method, got {kind}")));
    };
    let awaitable = slot(thread, value)?;
    match get(thread, awaitable, 0) {
        Ok(iterator) => Ok(iterator),
        Err(raised) => Err(invalid_anext(thread, awaitable, raised)),
    }
}

#[cold]
fn invalid_anext(thread: &Thread, awaitable: Value, raised: Raised) -> Raised {
    if !thread.raised_is(ids::TYPE_ERROR) {
        return raised;
    }
    let cause = thread.take_exception();
    let kind = thread.type_of(awaitable).name_str();
    let raised =
        thread.type_error(format_args!("'async for' received an invalid object from __anext__: {kind}"));
    crate::exception::set_cause_and_context(thread, thread.exception(), cause);
    raised
}

/// `coroutine.__await__()`: an iterator over the coroutine.
pub fn wrapper(thread: &Thread, coroutine: Value) -> PyResult<Value> {
    let made = IteratorObject::make(thread, ids::COROUTINE_WRAPPER.0, coroutine, Value::NONE, Value::NONE);
    Ok(made.value())
}

fn inner(value: Value) -> Value {
    value.downcast::<IteratorObject>().map_or(Value::NONE, |wrapper| wrapper.source.get())
}

fn send(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let words = args.positional();
    let result = resume(thread, inner(words[0]), Resume::Send(words[1]));
    methods::to_python(thread, result)
}

fn throw(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let words = args.positional();
    let exception = methods::thrown(thread, "throw", &words[1..])?;
    let result = resume(thread, inner(words[0]), Resume::Throw(exception));
    methods::to_python(thread, result)
}

fn close(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    methods::close(thread, inner(args.positional()[0]))
}

static METHODS: &[MethodDef] = &[
    MethodDef::new("send", Arity::One, send),
    MethodDef::new("throw", Arity::Positional(1, 3), throw),
    MethodDef::new("close", Arity::None, close),
];

/// Added to the type `coroutine_wrapper`.
pub static EXTENSION: TypeSpec = TypeSpec {
    slots: Slots {
        iter: Some(|_, w| Ok(w)),
        next: Some(|thread, wrapper| methods::next(thread, inner(wrapper))),
        ..Slots::EMPTY
    },
    methods: METHODS,
    ..TypeSpec::new("coroutine_wrapper")
};
