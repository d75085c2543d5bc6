//! What changes a dict.

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::thread::{RootVec, Thread};
use crate::types::dict::{self, DictObject};
use crate::types::support::{call, get_item, set_item, type_name};
use crate::value::Value;

pub(super) fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let Some(dict) = value.as_dict() else { return Ok(()) };
    update_with(thread, dict, args, "dict")
}

pub(super) fn update(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let dict = this(thread, args)?;
    update_with(thread, dict, args.rest(), "update")?;
    Ok(Value::NONE)
}

fn update_with(thread: &Thread, dict: Gc<DictObject>, args: Args<'_>, function: &str) -> PyResult<()> {
    if args.len() > 1 {
        let given = args.len();
        return Err(thread.type_error(format_args!("{function} expected at most 1 argument, got {given}")));
    }
    if let Some(source) = args.get(0) {
        update_from(thread, dict, source)?;
    }
    for (name, value) in args.keywords() {
        dict.set(thread, name, value)?;
    }
    Ok(())
}

/// Adds the items of a mapping, or of an iterable of pairs.
pub fn update_from(thread: &Thread, dict: Gc<DictObject>, source: Value) -> PyResult<()> {
    if let Some(other) = source.as_dict()
        && source.header().is_some_and(|header| header.shape() == ids::DICT.0)
    {
        return dict.update(thread, &other);
    }
    let keys = thread.get_attr(source, thread.names().keys);
    if let Some(keys) = thread.catching(ids::ATTRIBUTE_ERROR, keys)? {
        let keys = call(thread, keys, &[])?;
        return thread.for_each(keys, |key| {
            let value = get_item(thread, source, key)?;
            dict.set(thread, key, value)
        });
    }
    let mut index = 0usize;
    thread.for_each(source, |pair| {
        let (key, value) = pair_of(thread, pair, index)?;
        index += 1;
        dict.set(thread, key, value)
    })
}

/// Key and value from an item of an iterable of pairs.
fn pair_of(thread: &Thread, pair: Value, index: usize) -> PyResult<(Value, Value)> {
    if let Some(&[key, value]) = pair.tuple_items() {
        return Ok((key, value));
    }
    let mut parts = RootVec::new(thread);
    if crate::types::support::is_iterable(thread, pair) {
        parts.extend_iterable(pair)?;
    } else {
        return Err(thread.type_error("object is not iterable"));
    }
    match parts[..] {
        [key, value] => Ok((key, value)),
        _ => {
            let length = parts.len();
            Err(thread.value_error(format_args!(
                "dictionary update sequence element #{index} has length {length}; 2 is required"
            )))
        }
    }
}

pub(super) fn setitem(thread: &Thread, value: Value, key: Value, item: Option<Value>) -> PyResult<()> {
    let Some(dict) = value.as_dict() else { return Ok(()) };
    match item {
        Some(item) => dict.set(thread, key, item),
        None => match dict.remove(thread, key)? {
            Some(_) => Ok(()),
            None => Err(thread.key_error(key)),
        },
    }
}

pub(super) fn setdefault(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let dict = this(thread, args)?;
    dict.set_default(thread, args.positional()[1], args.get(2).unwrap_or(Value::NONE))
}

pub(super) fn pop(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let dict = this(thread, args)?;
    let key = args.positional()[1];
    // An empty dict does not even hash the key.
    let found = if dict.is_empty() { None } else { dict.remove(thread, key)? };
    match found.or(args.get(2)) {
        Some(value) => Ok(value),
        None => Err(thread.key_error(key)),
    }
}

pub(super) fn popitem(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let dict = this(thread, args)?;
    let last = dict.last_position().and_then(|position| Some((position, dict.entry(position)?)));
    let Some((position, entry)) = last else {
        let message = thread.str("popitem(): dictionary is empty");
        return Err(thread.key_error(message));
    };
    let pair = thread.try_tuple(&[entry.key, entry.value])?;
    dict.remove_entry(position);
    Ok(pair)
}

pub(super) fn clear(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    this(thread, args)?.clear();
    Ok(Value::NONE)
}

pub(super) fn fromkeys(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let class = args.positional()[0];
    let value = args.get(2).unwrap_or(Value::NONE);
    let made = call(thread, class, &[])?;
    let plain = class == thread.builtin_type(ids::DICT).value();
    thread.for_each(args.positional()[1], |key| match made.as_dict() {
        Some(dict) if plain => dict.set(thread, key, value),
        _ => set_item(thread, made, key, value),
    })?;
    Ok(made)
}

pub(super) fn or(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let (Some(a), Some(b)) = (left.as_dict(), right.as_dict()) else { return Ok(Value::NOT_IMPLEMENTED) };
    let merged = dict::new(thread);
    merged.update(thread, &a)?;
    merged.update(thread, &b)?;
    Ok(merged.value())
}

pub(super) fn inplace_or(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let Some(dict) = left.as_dict() else { return Ok(Value::NOT_IMPLEMENTED) };
    if right.as_dict().is_none() && !crate::types::support::is_iterable(thread, right) {
        let name = type_name(thread, right);
        return Err(thread.type_error(format_args!("'{name}' object is not iterable")));
    }
    update_from(thread, dict, right)?;
    Ok(left)
}
