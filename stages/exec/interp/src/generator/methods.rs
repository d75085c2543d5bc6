//! `send`, `throw`, `close` and attributes of generators and coroutines.

use dx_object::args::Args;
use dx_object::error::{PyResult, Raised};
use dx_object::gc::Gc;
use dx_object::hooks::{Resume, Resumed};
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, GetSetDef, MethodDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::value::Value;

use super::{GeneratorObject, Phase, asyncgen, object, resume};

/// What throwing into a delegate came to.
pub enum Thrown {
    Yielded(Value),
    Returned(Value),
    /// The exception goes on in the generator that delegated.
    Raise(Value),
}

/// Sends into any iterator.
pub fn send(thread: &Thread, iterator: Value, sent: Value) -> PyResult<Resumed> {
    if object(iterator).is_some_and(|object| !object.is_async()) {
        return resume(thread, iterator, Resume::Send(sent));
    }
    if let Some(result) = asyncgen::send(thread, iterator, sent) {
        return result;
    }
    if !sent.is_none() {
        let method = thread.get_attr(iterator, thread.names().send)?;
        let result = thread.call(method, &[sent]);
        return stopped(thread, result);
    }
    // A Python `__next__` is called as a method, so that the value of its StopIteration is not lost.
    let class = thread.type_of(iterator);
    if let Some(next) = class.lookup(thread, thread.names().__next__)
        && next.header().is_some_and(|header| header.shape() == ids::FUNCTION.0)
    {
        let result = thread.call(next, &[iterator]);
        return stopped(thread, result);
    }
    Ok(match thread.next(iterator)? {
        Some(value) => Resumed::Yielded(value),
        None => Resumed::Returned(Value::NONE),
    })
}

/// Turns StopIteration into its value.
pub fn stopped(thread: &Thread, result: PyResult<Value>) -> PyResult<Resumed> {
    match result {
        Ok(value) => Ok(Resumed::Yielded(value)),
        Err(raised) => match thread.catch(ids::STOP_ITERATION) {
            Some(exception) => thread.get_attr(exception, thread.names().value).map(Resumed::Returned),
            None => Err(raised),
        },
    }
}

/// Throws into what a generator delegates to.
pub fn throw_into_delegate(
    thread: &Thread,
    object: Gc<GeneratorObject>,
    exception: Value,
) -> PyResult<Thrown> {
    let Some(delegate) = object.awaited() else { return Ok(Thrown::Raise(exception)) };
    object.phase.set(Phase::Running);
    let result = throw_into(thread, delegate, exception);
    object.phase.set(Phase::Delegating);
    match result {
        Ok(Some(Resumed::Yielded(value))) => Ok(Thrown::Yielded(value)),
        Ok(Some(Resumed::Returned(value))) => Ok(Thrown::Returned(value)),
        Ok(None) => Ok(Thrown::Raise(exception)),
        Err(_) => Ok(Thrown::Raise(thread.take_exception())),
    }
}

/// `None`: the delegate has no `throw`, or was closed for a GeneratorExit.
fn throw_into(thread: &Thread, delegate: Value, exception: Value) -> PyResult<Option<Resumed>> {
    let is_exit = thread.type_of(exception).is_subtype(thread.builtin_type(ids::GENERATOR_EXIT));
    let own = super::object(delegate).is_some_and(|object| !object.is_async());
    if is_exit {
        if own {
            close(thread, delegate)?;
        } else {
            let method = thread.get_attr(delegate, thread.names().close);
            if let Some(method) = thread.catching(ids::ATTRIBUTE_ERROR, method)? {
                thread.call(method, &[])?;
            }
        }
        return Ok(None);
    }
    if own {
        return resume(thread, delegate, Resume::Throw(exception)).map(Some);
    }
    let method = thread.get_attr(delegate, thread.names().throw);
    let Some(method) = thread.catching(ids::ATTRIBUTE_ERROR, method)? else { return Ok(None) };
    let result = thread.call(method, &[exception]);
    stopped(thread, result).map(Some)
}

/// The result of a resume as `send` gives it: StopIteration at the end.
pub fn to_python(thread: &Thread, result: PyResult<Resumed>) -> PyResult<Value> {
    match result? {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) => Err(stop_iteration(thread, value)),
    }
}

/// `StopIteration(value)`, also for values that are tuples or exceptions.
pub fn stop_iteration(thread: &Thread, value: Value) -> Raised {
    thread.stop_iteration(value)
}

/// `close()`.
pub fn close(thread: &Thread, generator: Value) -> PyResult<Value> {
    let Some(object) = object(generator) else { return Ok(Value::NONE) };
    match object.phase.get() {
        Phase::Created => {
            object.phase.set(Phase::Finished);
            return Ok(Value::NONE);
        }
        Phase::Finished => return Ok(Value::NONE),
        _ => {}
    }
    let exit = thread.call(thread.builtin_type(ids::GENERATOR_EXIT).value(), &[])?;
    match resume(thread, generator, Resume::Throw(exit)) {
        Ok(Resumed::Yielded(_)) => {
            Err(thread.runtime_error(format_args!("{} ignored GeneratorExit", object.noun())))
        }
        Ok(Resumed::Returned(value)) => Ok(value),
        Err(raised) => {
            if thread.catch(ids::STOP_ITERATION).is_some() || thread.catch(ids::GENERATOR_EXIT).is_some() {
                return Ok(Value::NONE);
            }
            Err(raised)
        }
    }
}

/// The exception that the arguments of `throw` describe.
pub fn thrown(thread: &Thread, name: &str, args: &[Value]) -> PyResult<Value> {
    let (what, value, traceback) = match *args {
        [what] => (what, Value::NONE, Value::NONE),
        [what, value] => (what, value, Value::NONE),
        [what, value, traceback] => (what, value, traceback),
        _ => return Err(thread.type_error(format_args!("{name} expected 1 to 3 arguments"))),
    };
    if !traceback.is_none() && traceback.downcast::<dx_object::types::traceback::TracebackObject>().is_none()
    {
        return Err(thread.type_error("throw() third argument must be a traceback object"));
    }
    let exception = if crate::exception::object(what).is_some() {
        if !value.is_none() {
            return Err(thread.type_error("instance exception may not have a separate value"));
        }
        what
    } else if what.as_type().is_some_and(|class| class.is_subtype(thread.builtin_type(ids::BASE_EXCEPTION))) {
        if crate::exception::object(value).is_some() && thread.type_of(value).value() == what {
            value
        } else if value.is_none() {
            crate::ops::raise::instance(thread, what, "")?
        } else if let Some(items) = value.tuple_items() {
            thread.call(what, items)?
        } else {
            thread.call(what, &[value])?
        }
    } else {
        let kind = thread.type_of(what).name_str();
        return Err(thread.type_error(format_args!(
            "exceptions must be classes or instances deriving from BaseException, not {kind}"
        )));
    };
    if !traceback.is_none() {
        crate::exception::set_traceback(thread, exception, traceback);
    }
    Ok(exception)
}

fn receiver(thread: &Thread, args: Args<'_>) -> PyResult<Gc<GeneratorObject>> {
    args.get(0).and_then(object).ok_or_else(|| thread.type_error("descriptor requires a 'generator' object"))
}

fn send_method(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let object = receiver(thread, args)?;
    let result = resume(thread, object.value(), Resume::Send(args.positional()[1]));
    to_python(thread, result)
}

fn throw_method(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let object = receiver(thread, args)?;
    let exception = thrown(thread, "throw", &args.positional()[1..])?;
    let result = resume(thread, object.value(), Resume::Throw(exception));
    to_python(thread, result)
}

fn close_method(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    close(thread, receiver(thread, args)?.value())
}

pub(super) fn next(thread: &Thread, generator: Value) -> PyResult<Option<Value>> {
    match resume(thread, generator, Resume::Send(Value::NONE))? {
        Resumed::Yielded(value) => Ok(Some(value)),
        // The value of the StopIteration is for `send`, the builtin `next` and `yield from`, which do not ask here.
        Resumed::Returned(_) => Ok(None),
    }
}

pub(super) fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(object) = object(value) else { return Ok(Value::NONE) };
    let name = crate::text(object.qualname.get());
    let noun = match (object.is_async(), object.is_coroutine()) {
        (true, _) => "async_generator",
        (_, true) => "coroutine",
        _ => "generator",
    };
    Ok(thread.str_format(format_args!("<{noun} object {name} at {:#x}>", value.id())))
}

macro_rules! attributes {
    ($table:ident, $prefix:literal, $awaited:literal) => {
        pub(super) static $table: &[GetSetDef] = &[
            GetSetDef::new("__name__", |_, g| Ok(field(g, |g| g.name.get())), Some(set_name)),
            GetSetDef::new("__qualname__", |_, g| Ok(field(g, |g| g.qualname.get())), Some(set_qualname)),
            GetSetDef::new(concat!($prefix, "_code"), |_, g| Ok(field(g, |g| g.code().value.get())), None),
            GetSetDef::new(
                concat!($prefix, "_running"),
                |_, g| Ok(field(g, |g| Value::bool(g.phase.get() == Phase::Running))),
                None,
            ),
            GetSetDef::new(
                concat!($prefix, "_suspended"),
                |_, g| {
                    Ok(field(g, |g| {
                        Value::bool(matches!(g.phase.get(), Phase::Suspended | Phase::Delegating))
                    }))
                },
                None,
            ),
            GetSetDef::new(concat!($prefix, "_frame"), crate::frame_object::of_generator, None),
            GetSetDef::new($awaited, |_, g| Ok(field(g, |g| g.awaited().unwrap_or(Value::NONE))), None),
        ];
    };
}

attributes!(GETSET, "gi", "gi_yieldfrom");
attributes!(COROUTINE_GETSET, "cr", "cr_await");
attributes!(ASYNC_GETSET, "ag", "ag_await");

fn field(value: Value, get: impl FnOnce(Gc<GeneratorObject>) -> Value) -> Value {
    object(value).map_or(Value::NONE, get)
}

fn set_text(
    thread: &Thread,
    generator: Value,
    value: Option<Value>,
    what: &str,
    field: fn(&GeneratorObject) -> &std::cell::Cell<Value>,
) -> PyResult<()> {
    let Some(value) = value.filter(|value| value.as_str().is_some()) else {
        return Err(thread.type_error(format_args!("{what} must be set to a string object")));
    };
    if let Some(object) = object(generator) {
        object.store(thread, field(&object), value);
    }
    Ok(())
}

fn set_name(thread: &Thread, generator: Value, value: Option<Value>) -> PyResult<()> {
    set_text(thread, generator, value, "__name__", |g| &g.name)
}

fn set_qualname(thread: &Thread, generator: Value, value: Option<Value>) -> PyResult<()> {
    set_text(thread, generator, value, "__qualname__", |g| &g.qualname)
}

static METHODS: &[MethodDef] = &[
    MethodDef::new("send", Arity::One, send_method),
    MethodDef::new("throw", Arity::Positional(1, 3), throw_method),
    MethodDef::new("close", Arity::None, close_method),
];

/// Added to the type `generator`.
pub static EXTENSION: TypeSpec = TypeSpec {
    slots: Slots { iter: Some(|_, g| Ok(g)), next: Some(next), repr: Some(repr), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeSpec::new("generator")
};

/// Added to the type `coroutine`.
pub static COROUTINE_EXTENSION: TypeSpec = TypeSpec {
    slots: Slots { await_: Some(super::awaitable::wrapper), repr: Some(repr), ..Slots::EMPTY },
    methods: METHODS,
    getset: COROUTINE_GETSET,
    ..TypeSpec::new("coroutine")
};
