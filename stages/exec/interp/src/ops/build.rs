//! Displays: lists, sets, dicts, strings and slices.

use dx_object::error::{PyResult, Raised};
use dx_object::ids;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::dict::DictObject;
use dx_object::types::list::ListObject;
use dx_object::types::set::{self, SetObject};
use dx_object::types::tuple::TupleObject;
use dx_object::value::Value;

use super::exactly;
use crate::call::function_text;

pub fn slice(thread: &Thread, parts: &[Value]) -> Value {
    thread.slice(parts[0], parts[1], parts[2])
}

pub fn list(thread: &Thread, items: &[Value]) -> PyResult<Value> {
    thread.list(items)
}

pub fn set(thread: &Thread, items: &[Value]) -> PyResult<Value> {
    let set = set::new(thread, ids::SET);
    for &item in items {
        set.add(thread, item)?;
    }
    Ok(set.value())
}

pub fn map(thread: &Thread, pairs: &[Value]) -> PyResult<Value> {
    let dict = thread.dict();
    for pair in pairs.chunks_exact(2) {
        dict.set(thread, pair[0], pair[1])?;
    }
    Ok(dict.value())
}

/// Joins strings: the parts of an f-string.
pub fn string(thread: &Thread, parts: &[Value]) -> PyResult<Value> {
    let mut bytes =
        Vec::with_capacity(parts.iter().map(|part| part.str_bytes().map_or(0, <[u8]>::len)).sum());
    for part in parts {
        bytes.extend_from_slice(part.str_bytes().unwrap_or_default());
    }
    Ok(thread.str_from_wtf8(&bytes))
}

fn list_of(value: Value) -> dx_object::gc::Gc<ListObject> {
    debug_assert!(value.has_kind::<ListObject>());
    // SAFETY: the code generator names the list that a display or comprehension is building.
    unsafe { dx_object::gc::Gc::from_raw(value.cell().cast()) }
}

#[inline(always)]
pub fn list_append(thread: &Thread, list: Value, item: Value) -> PyResult<()> {
    list_of(list).push(thread, item)
}

pub fn list_extend(thread: &Thread, list: Value, iterable: Value) -> PyResult<()> {
    let list = list_of(list);
    if let Some(tuple) = exactly::<TupleObject>(iterable, ids::TUPLE) {
        return list.extend(thread, tuple.items());
    }
    if !super::iter::is_iterable(thread, iterable) {
        let kind = thread.type_of(iterable).name_str();
        return Err(thread.type_error(format_args!("Value after * must be an iterable, not {kind}")));
    }
    thread.for_each(iterable, |item| list.push(thread, item))
}

pub fn list_to_tuple(thread: &Thread, list: Value) -> Value {
    thread.tuple(list_of(list).items())
}

pub fn set_add(thread: &Thread, set: Value, item: Value) -> PyResult<()> {
    match set.downcast::<SetObject>() {
        Some(set) => set.add(thread, item).map(|_| ()),
        None => Err(thread.system_error("SET_ADD without a set")),
    }
}

pub fn set_update(thread: &Thread, set: Value, iterable: Value) -> PyResult<()> {
    match set.downcast::<SetObject>() {
        Some(set) => set.update(thread, iterable),
        None => Err(thread.system_error("SET_UPDATE without a set")),
    }
}

fn dict_of(thread: &Thread, value: Value) -> PyResult<dx_object::gc::Gc<DictObject>> {
    value.as_dict().ok_or_else(|| thread.system_error("a dict display without its dict"))
}

pub fn map_add(thread: &Thread, dict: Value, key: Value, value: Value) -> PyResult<()> {
    dict_of(thread, dict)?.set(thread, key, value)
}

/// `**mapping` in a dict display.
pub fn dict_update(thread: &Thread, dict: Value, mapping: Value) -> PyResult<()> {
    let dict = dict_of(thread, dict)?;
    if let Some(other) = exactly::<DictObject>(mapping, ids::DICT) {
        return dict.update(thread, &other);
    }
    let Some(keys) = keys_of(thread, mapping)? else {
        let kind = thread.type_of(mapping).name_str();
        return Err(thread.type_error(format_args!("'{kind}' object is not a mapping")));
    };
    for &key in keys.iter() {
        let value = thread.getitem(mapping, key)?;
        dict.set(thread, key, value)?;
    }
    Ok(())
}

/// `mapping.keys()`; `None` when there is no such method.
fn keys_of<'t>(thread: &'t Thread, mapping: Value) -> PyResult<Option<RootVec<'t>>> {
    let method = thread.get_attr(mapping, thread.names().keys);
    let Some(method) = thread.catching(ids::ATTRIBUTE_ERROR, method)? else { return Ok(None) };
    let keys = thread.call(method, &[])?;
    let mut all = RootVec::new(thread);
    all.extend_iterable(keys)?;
    Ok(Some(all))
}

/// `**mapping` in a call of `callee`: a repeated name is an error.
pub fn dict_merge(thread: &Thread, dict: Value, mapping: Value, callee: Value) -> PyResult<()> {
    let dict = dict_of(thread, dict)?;
    let mut pairs = RootVec::new(thread);
    if let Some(other) = exactly::<DictObject>(mapping, ids::DICT) {
        for entry in other.iter() {
            pairs.push(entry.key);
            pairs.push(entry.value);
        }
    } else {
        let Some(keys) = keys_of(thread, mapping)? else {
            let kind = thread.type_of(mapping).name_str();
            let callee = function_text(thread, callee);
            return Err(
                thread.type_error(format_args!("{callee} argument after ** must be a mapping, not {kind}"))
            );
        };
        for &key in keys.iter() {
            let value = thread.getitem(mapping, key)?;
            pairs.push(key);
            pairs.push(value);
        }
    }
    for pair in pairs.chunks_exact(2) {
        if dict.get(thread, pair[0])?.is_some() {
            return Err(repeated(thread, callee, pair[0]));
        }
        dict.set(thread, pair[0], pair[1])?;
    }
    Ok(())
}

#[cold]
fn repeated(thread: &Thread, callee: Value, key: Value) -> Raised {
    let callee = function_text(thread, callee);
    if key.as_str().is_none() {
        return thread.type_error(format_args!("{callee} keywords must be strings"));
    }
    thread
        .type_error(format_args!("{callee} got multiple values for keyword argument '{}'", crate::text(key)))
}
