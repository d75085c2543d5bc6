//! Exceptions as the interpreter treats them: context and cause, and how uncaught ones are shown.

pub mod carets;
pub mod group;
pub mod print;
pub mod source;
pub mod suggest;
pub mod syntax;

use std::io::Write as _;

use dx_object::gc::Gc;
use dx_object::thread::Thread;
use dx_object::types::exception::ExceptionObject;
use dx_object::value::Value;

/// The exception, for an instance of BaseException.
#[inline]
pub fn object(value: Value) -> Option<Gc<ExceptionObject>> {
    value.as_exception()
}

/// A field that may never have been set.
pub fn or_none(value: Value) -> Value {
    if value.is_unbound() { Value::NONE } else { value }
}

/// The traceback, or None.
pub fn traceback(exception: Value) -> Value {
    object(exception).map_or(Value::NONE, |object| or_none(object.traceback.get()))
}

pub fn set_traceback(thread: &Thread, exception: Value, traceback: Value) {
    if let Some(object) = object(exception) {
        object.store(thread, &object.traceback, traceback);
    }
}

/// Makes the handled exception the context of one that native code raised, unless it has a context.
pub fn chain_context(thread: &Thread, exception: Value) {
    let handled = thread.handled.get();
    if handled.is_none() || handled == exception {
        return;
    }
    if let Some(object) = object(exception)
        && or_none(object.context.get()).is_none()
    {
        set_context(thread, exception);
    }
}

/// `raise`: the handled exception becomes the context, and no cycle comes of it.
pub fn set_context(thread: &Thread, exception: Value) {
    let handled = thread.handled.get();
    if handled.is_none() || handled == exception {
        return;
    }
    let Some(raised) = object(exception) else { return };
    // If the new exception is already among the contexts of the handled one, the chain is cut before it. A second
    // pointer at half speed finds cycles that programs made by assignment.
    let mut at = object(handled);
    let mut slow = at;
    let mut odd = false;
    while let Some(current) = at {
        let context = or_none(current.context.get());
        if context == exception {
            current.store(thread, &current.context, Value::NONE);
            break;
        }
        at = object(context);
        if odd {
            slow = slow.and_then(|slow| object(or_none(slow.context.get())));
            if slow.is_some() && slow == at {
                break;
            }
        }
        odd = !odd;
    }
    raised.store(thread, &raised.context, handled);
}

/// `raise ... from cause`; None only suppresses the context.
pub fn set_cause(thread: &Thread, exception: Value, cause: Value) {
    if let Some(object) = object(exception) {
        object.store(thread, &object.cause, cause);
        object.suppress_context.set(true);
    }
}

/// For exceptions that the interpreter puts in place of another.
pub fn set_cause_and_context(thread: &Thread, exception: Value, cause: Value) {
    set_cause(thread, exception, cause);
    if let Some(object) = object(exception) {
        object.store(thread, &object.context, cause);
    }
}

/// Shows an exception that nobody can catch, as `sys.unraisablehook` does.
pub fn unraisable(thread: &Thread, exception: Value, message: &str, what: Value) {
    let mut out = if message.is_empty() { "Exception ignored in".to_owned() } else { message.to_owned() };
    if !what.is_none() && !what.is_unbound() {
        match crate::repr_text(thread, what) {
            Ok(text) => out.push_str(&format!(": {text}")),
            Err(_) => {
                thread.take_exception();
                out.push_str(": <object repr() failed>");
            }
        }
    }
    out.push('\n');
    out.push_str(&print::render(thread, exception));
    // Standard error may be closed; nobody is left to tell then.
    let _ = std::io::stderr().write_all(out.as_bytes());
}
