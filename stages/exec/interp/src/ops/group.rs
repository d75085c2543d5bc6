//! `except*`: exception groups are split by handlers and put together again.

use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::class::TypeObject;
use dx_object::value::Value;

use crate::exception;

/// MATCH_GROUP: (part that matches, rest), None where there is none.
pub fn split(thread: &Thread, exception: Value, pattern: Value) -> PyResult<(Value, Value)> {
    if exception.is_none() {
        return Ok((Value::NONE, Value::NONE));
    }
    check(thread, pattern)?;
    if super::raise::matches(thread, exception, pattern)? {
        if is_group(thread, exception) {
            return Ok((exception, Value::NONE));
        }
        // A bare exception is handled as a group of one.
        let group = thread.builtin_type(ids::EXCEPTION_GROUP).value();
        let one = thread.tuple(&[exception]);
        let wrapped = thread.call(group, &[thread.str(""), one])?;
        if let (Some(object), Some(inner)) = (exception::object(wrapped), exception::object(exception)) {
            object.store(thread, &object.traceback, inner.traceback.get());
        }
        return Ok((wrapped, Value::NONE));
    }
    if !is_group(thread, exception) {
        return Ok((Value::NONE, exception));
    }
    let method = thread.get_attr(exception, thread.intern("split"))?;
    let pair = thread.call(method, &[pattern])?;
    match pair.tuple_items() {
        Some(&[part, rest, ..]) => Ok((part, rest)),
        Some(items) => Err(thread.type_error(format_args!(
            "{}.split must return a 2-tuple, got tuple of size {}",
            thread.type_of(exception).name_str(),
            items.len()
        ))),
        None => Err(thread.type_error(format_args!(
            "{}.split must return a tuple, not {}",
            thread.type_of(exception).name_str(),
            thread.type_of(pair).name_str()
        ))),
    }
}

/// Exception groups themselves cannot be caught by `except*`.
fn check(thread: &Thread, pattern: Value) -> PyResult<()> {
    let group = thread.builtin_type(ids::BASE_EXCEPTION_GROUP);
    let single = [pattern];
    let classes = pattern.tuple_items().unwrap_or(&single);
    for class in classes {
        match class.downcast::<TypeObject>() {
            Some(class) if class.is_subtype(group) => {
                return Err(thread
                    .type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
            }
            Some(class) if class.is_subtype(thread.builtin_type(ids::BASE_EXCEPTION)) => {}
            _ => {
                return Err(thread
                    .type_error("catching classes that do not inherit from BaseException is not allowed"));
            }
        }
    }
    Ok(())
}

fn is_group(thread: &Thread, exception: Value) -> bool {
    thread.type_of(exception).is_subtype(thread.builtin_type(ids::BASE_EXCEPTION_GROUP))
}

/// FINISH_GROUP: what to raise after all handlers. The list's last item is the rest that nothing matched, or None;
/// the others were raised by handlers.
pub fn finish(thread: &Thread, original: Value, raised: Value) -> PyResult<Value> {
    let items = RootVec::from_slice(thread, raised.as_list().as_ref().map_or(&[][..], |list| list.items()));
    let kept = items.iter().filter(|item| !item.is_none()).count();
    if kept == 0 {
        return Ok(Value::NONE);
    }
    if !is_group(thread, original) {
        // A bare exception that nothing matched goes on as it is.
        let mut raised = RootVec::new(thread);
        items.iter().filter(|item| !item.is_none()).for_each(|&item| raised.push(item));
        if kept == 1 {
            return Ok(raised[0]);
        }
        return group(thread, "", &raised);
    }
    let mut new = RootVec::new(thread);
    let mut passed = RootVec::new(thread);
    for &item in items.iter().filter(|item| !item.is_none()) {
        if is_part(thread, original, item) { passed.push(item) } else { new.push(item) }
    }
    let rest = match passed.len() {
        0 => Value::NONE,
        1 => passed[0],
        _ => {
            // Parts that were raised again are put together in the shape of the original.
            let mut leaves = RootVec::new(thread);
            for &part in passed.iter() {
                collect(thread, part, &mut leaves);
            }
            exception::group::projection(thread, original, &leaves)?
        }
    };
    if new.is_empty() {
        return Ok(rest);
    }
    if !rest.is_none() {
        new.push(rest);
    }
    if new.len() == 1 {
        return Ok(new[0]);
    }
    group(thread, "", &new)
}

fn group(thread: &Thread, message: &str, items: &[Value]) -> PyResult<Value> {
    let class: Gc<TypeObject> = thread.builtin_type(ids::BASE_EXCEPTION_GROUP);
    let list = thread.list(items)?;
    thread.call(class.value(), &[thread.str(message), list])
}

/// Whether `part` was split off `original`: same traceback, context and cause.
fn is_part(_: &Thread, original: Value, part: Value) -> bool {
    let (Some(original), Some(part)) = (exception::object(original), exception::object(part)) else {
        return false;
    };
    original.traceback.get() == part.traceback.get()
        && original.context.get() == part.context.get()
        && original.cause.get() == part.cause.get()
}

fn collect(thread: &Thread, part: Value, leaves: &mut RootVec<'_>) {
    match exception::group::members(thread, part) {
        Some(members) => members.iter().for_each(|&member| collect(thread, member, leaves)),
        None => leaves.push(part),
    }
}
