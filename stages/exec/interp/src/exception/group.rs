//! Exception groups: members, and a group cut down to some of its leaves.

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use super::object;

/// The exceptions of a group; `None` for an ordinary exception.
pub fn members(thread: &Thread, exception: Value) -> Option<RootVec<'_>> {
    if !thread.type_of(exception).is_subtype(thread.builtin_type(ids::BASE_EXCEPTION_GROUP)) {
        return None;
    }
    let Ok(tuple) = thread.get_attr(exception, thread.names().exceptions) else {
        thread.take_exception();
        return None;
    };
    tuple.tuple_items().map(|items| RootVec::from_slice(thread, items))
}

/// The group in its shape, with only those leaves that are in `leaves`; None if there are none.
pub fn projection(thread: &Thread, group: Value, leaves: &[Value]) -> PyResult<Value> {
    let Some(all) = members(thread, group) else {
        return Ok(if leaves.contains(&group) { group } else { Value::NONE });
    };
    thread.check_stack()?;
    let mut kept = RootVec::new(thread);
    for &member in all.iter() {
        let part = projection(thread, member, leaves)?;
        if !part.is_none() {
            kept.push(part);
        }
    }
    if kept.is_empty() {
        return Ok(Value::NONE);
    }
    if kept.len() == all.len() && kept.iter().eq(all.iter()) {
        return Ok(group);
    }
    let list = thread.list(&kept)?;
    let method = thread.get_attr(group, thread.intern("derive"))?;
    let part = thread.call(method, &[list])?;
    if let (Some(part), Some(group)) = (object(part), object(group)) {
        part.store(thread, &part.traceback, group.traceback.get());
        part.store(thread, &part.context, group.context.get());
        part.store(thread, &part.cause, group.cause.get());
    }
    Ok(part)
}
