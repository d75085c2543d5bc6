//! What only reads a dict.

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids::{self, TypeId};
use crate::slots::CompareOp;
use crate::thread::Thread;
use crate::types::dict::DictObject;
use crate::types::dict_views;
use crate::types::support::{call_method, empty_instance};
use crate::value::Value;

pub(super) fn new(thread: &Thread, class: Value, _: Args<'_>) -> PyResult<Value> {
    empty_instance(thread, class, ids::DICT)
}

pub(super) fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(dict) = value.as_dict() else { return Ok(Value::NOT_IMPLEMENTED) };
    if dict.is_empty() {
        return Ok(thread.intern("{}"));
    }
    let Some(_guard) = thread.enter_repr(value) else { return Ok(thread.intern("{...}")) };
    let mut text = vec![b'{'];
    let mut position = 0;
    while let Some((at, entry)) = dict.next_entry(position) {
        if text.len() > 1 {
            text.extend_from_slice(b", ");
        }
        for (part, end) in [(entry.key, &b": "[..]), (entry.value, b"")] {
            let part = thread.repr(part)?;
            text.extend_from_slice(part.str_bytes().unwrap_or_default());
            text.extend_from_slice(end);
        }
        position = at + 1;
    }
    text.push(b'}');
    Ok(thread.str_from_wtf8(&text))
}

pub(super) fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let (Some(a), Some(b)) = (left.as_dict(), right.as_dict()) else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(Value::bool(equal_dicts(thread, a, b)? == wanted))
}

/// Whether two dicts have the same keys with equal values.
pub fn equal_dicts(thread: &Thread, a: Gc<DictObject>, b: Gc<DictObject>) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((at, entry)) = a.next_entry(position) {
        let Some(other) = b.get_hashed(thread, entry.key, entry.hash)? else { return Ok(false) };
        if other != entry.value && !thread.equal(entry.value, other)? {
            return Ok(false);
        }
        position = at + 1;
    }
    Ok(true)
}

pub(super) fn getitem(thread: &Thread, value: Value, key: Value) -> PyResult<Value> {
    let Some(dict) = value.as_dict() else { return Ok(Value::NOT_IMPLEMENTED) };
    match dict.get(thread, key)? {
        Some(found) => Ok(found),
        None => missing(thread, value, key),
    }
}

/// What `d[key]` does for an absent key: `__missing__` of a subclass, or KeyError.
#[cold]
pub fn missing(thread: &Thread, dict: Value, key: Value) -> PyResult<Value> {
    let exact = dict.header().is_some_and(|header| header.shape() == ids::DICT.0);
    if !exact && let Some(value) = call_method(thread, dict, thread.names().__missing__, &[key])? {
        return Ok(value);
    }
    Err(thread.key_error(key))
}

pub(super) fn contains(thread: &Thread, value: Value, key: Value) -> PyResult<bool> {
    match value.as_dict() {
        Some(dict) => dict.contains(thread, key),
        None => Ok(false),
    }
}

pub(super) fn get(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let found = this(thread, args)?.get(thread, args.positional()[1])?;
    Ok(found.unwrap_or_else(|| args.get(2).unwrap_or(Value::NONE)))
}

pub(super) fn view(thread: &Thread, args: Args<'_>, class: TypeId) -> PyResult<Value> {
    let dict = this(thread, args)?;
    Ok(dict_views::new(thread, class, dict.value()).value())
}

pub(super) fn copy(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(this(thread, args)?.copy(thread)?.value())
}

pub(super) fn reversed(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let dict = this(thread, args)?;
    Ok(dict_views::iterate(thread, ids::DICT_REVERSE_KEY_ITERATOR, dict.value()))
}

pub(super) fn sizeof(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(64 + 24 * this(thread, args)?.capacity() as i64))
}
