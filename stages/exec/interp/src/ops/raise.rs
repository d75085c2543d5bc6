//! `raise`, `except` and `with`.

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::class::TypeObject;
use dx_object::value::Value;

use crate::exception;

/// RAISE and RAISE_FROM: leaves the exception to be raised, or the error about it, in the thread.
pub fn raise(thread: &Thread, what: Value, cause: Option<Value>) {
    let Ok(exception) = instance(thread, what, "exceptions must derive from BaseException") else { return };
    if let Some(cause) = cause {
        let cause = if cause.is_none() {
            Ok(Value::NONE)
        } else {
            instance(thread, cause, "exception causes must derive from BaseException")
        };
        let Ok(cause) = cause else { return };
        exception::set_cause(thread, exception, cause);
    }
    exception::set_context(thread, exception);
    thread.set_exception(exception);
}

/// The exception instance that a class or instance stands for.
pub fn instance(thread: &Thread, what: Value, message: &str) -> PyResult<Value> {
    if exception::object(what).is_some() {
        return Ok(what);
    }
    if let Some(class) = what.downcast::<TypeObject>()
        && class.is_subtype(thread.builtin_type(ids::BASE_EXCEPTION))
    {
        let made = thread.call(what, &[])?;
        if exception::object(made).is_some() {
            return Ok(made);
        }
        let (class, made) = (crate::text_of(thread, what), thread.type_of(made).value());
        let made = crate::text_of(thread, made);
        return Err(thread.type_error(format_args!(
            "calling {class} should have returned an instance of BaseException, not {made}"
        )));
    }
    Err(thread.type_error(message))
}

/// Bare `raise`: sets the handled exception again; false if there is none and the error is set instead.
pub fn again(thread: &Thread) -> bool {
    let handled = thread.handled.get();
    if exception::object(handled).is_none() {
        let _ = thread.runtime_error("No active exception to reraise");
        return false;
    }
    thread.set_exception(handled);
    true
}

/// Whether an exception matches the class or tuple of classes of an `except`.
pub fn matches(thread: &Thread, exception: Value, pattern: Value) -> PyResult<bool> {
    let base = thread.builtin_type(ids::BASE_EXCEPTION);
    let is_class = |value: Value| value.downcast::<TypeObject>().is_some_and(|class| class.is_subtype(base));
    let class = thread.type_of(exception);
    if let Some(items) = pattern.tuple_items() {
        if !items.iter().all(|&item| is_class(item)) {
            return Err(not_exception(thread));
        }
        return Ok(items.iter().any(|&item| is_subtype(class, item)));
    }
    if !is_class(pattern) {
        return Err(not_exception(thread));
    }
    Ok(is_subtype(class, pattern))
}

fn is_subtype(class: dx_object::gc::Gc<TypeObject>, base: Value) -> bool {
    base.downcast::<TypeObject>().is_some_and(|base| class.is_subtype(base))
}

#[cold]
fn not_exception(thread: &Thread) -> dx_object::error::Raised {
    thread.type_error("catching classes that do not inherit from BaseException is not allowed")
}

pub fn is_stop_async(thread: &Thread, exception: Value) -> bool {
    thread.type_of(exception).is_subtype(thread.builtin_type(ids::STOP_ASYNC_ITERATION))
}

/// WITH_EXCEPTION: `exit(type, value, traceback)`.
pub fn with_exception(thread: &Thread, exit: (Value, Value), exception: Value) -> PyResult<Value> {
    let class = thread.type_of(exception).value();
    let traceback = exception::object(exception).map_or(Value::NONE, |object| object.traceback.get());
    let traceback = if traceback.is_unbound() { Value::NONE } else { traceback };
    if exit.1.is_unbound() {
        thread.call(exit.0, &[class, exception, traceback])
    } else {
        thread.call(exit.0, &[exit.1, class, exception, traceback])
    }
}
