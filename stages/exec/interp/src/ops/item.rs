//! Subscripts: exact lists, tuples, dicts and strings without a slot call.

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::dict::DictObject;
use dx_object::types::list::ListObject;
use dx_object::types::str::StrObject;
use dx_object::types::tuple::TupleObject;
use dx_object::value::Value;

use super::exactly;

/// Index of an item, counting from the end when negative.
#[inline(always)]
fn position(key: Value, len: usize) -> Option<usize> {
    if !key.is_small() {
        return None;
    }
    let index = key.small_value();
    let index = if index < 0 { index.wrapping_add(len as i64) } else { index };
    ((index as u64) < len as u64).then_some(index as usize)
}

/// `None`: the general way.
#[inline(always)]
pub fn quick_load(_: &Thread, object: Value, key: Value) -> Option<Value> {
    if let Some(list) = exactly::<ListObject>(object, ids::LIST) {
        return list.get(position(key, list.len())?);
    }
    if let Some(tuple) = exactly::<TupleObject>(object, ids::TUPLE) {
        return tuple.items().get(position(key, tuple.len())?).copied();
    }
    None
}

#[inline(never)]
pub fn load(thread: &Thread, object: Value, key: Value) -> PyResult<Value> {
    if let Some(dict) = exactly::<DictObject>(object, ids::DICT) {
        return match dict.get(thread, key)? {
            Some(value) => Ok(value),
            None => Err(thread.key_error(key)),
        };
    }
    if let Some(string) = exactly::<StrObject>(object, ids::STR)
        && let Some(index) = position(key, string.len())
    {
        return Ok(string.char_at(thread, index));
    }
    thread.getitem(object, key)
}

/// Whether it was stored.
#[inline(always)]
pub fn quick_store(thread: &Thread, object: Value, key: Value, value: Value) -> bool {
    if let Some(list) = exactly::<ListObject>(object, ids::LIST)
        && let Some(index) = position(key, list.len())
    {
        list.set(thread, index, value);
        return true;
    }
    false
}

#[inline(never)]
pub fn store(thread: &Thread, object: Value, key: Value, value: Value) -> PyResult<()> {
    if let Some(dict) = exactly::<DictObject>(object, ids::DICT) {
        return dict.set(thread, key, value);
    }
    thread.setitem(object, key, value)
}

/// `value in container`.
#[inline(always)]
pub fn contains(thread: &Thread, container: Value, value: Value) -> PyResult<bool> {
    match exactly::<DictObject>(container, ids::DICT) {
        Some(dict) => dict.contains(thread, value),
        None => thread.contains(container, value),
    }
}
