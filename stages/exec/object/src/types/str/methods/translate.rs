//! `translate` and `maketrans`.

use dx_text::wtf8;

use super::{str_argument, this};
use crate::args::Args;
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::dict;
use crate::types::str::from_wtf8;
use crate::types::support::get_item;
use crate::value::Value;

pub(super) fn translate(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let table = args.positional()[1];
    let mut out = Vec::with_capacity(string.bytes().len());
    let mut at = 0;
    while at < string.bytes().len() {
        let (point, width) = wtf8::decode(string.bytes(), at);
        at += width;
        let mapped = get_item(thread, table, Value::small(point.into()));
        let Some(mapped) = thread.catching(ids::LOOKUP_ERROR, mapped)? else {
            wtf8::push(&mut out, point);
            continue;
        };
        if mapped.is_none() {
            continue;
        }
        if let Some(text) = mapped.str_bytes() {
            out.extend_from_slice(text);
        } else if let Some(code) = mapped.as_small() {
            match u32::try_from(code) {
                Ok(code @ 0..0x11_0000) => wtf8::push(&mut out, code),
                _ => return Err(thread.value_error("character mapping must be in range(0x110000)")),
            }
        } else {
            return Err(thread.type_error("character mapping must return integer, None or str"));
        }
    }
    Ok(from_wtf8(thread, &out).value())
}

pub(super) fn maketrans(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let table = dict::new(thread);
    let Some(first) = args.get(0) else { return Ok(table.value()) };
    let code = |text: &[u8]| Value::small(wtf8::decode(text, 0).0.into());
    let Some(second) = args.get(1) else {
        return from_mapping(thread, first);
    };
    let to = str_argument(thread, second, "maketrans", 2)?;
    let Some(from) = first.as_str() else {
        return Err(
            thread.type_error("first maketrans argument must be a string if there is a second argument")
        );
    };
    if from.len() != to.len() {
        return Err(thread.value_error("the first two maketrans arguments must have equal length"));
    }
    for ((_, key), (_, value)) in wtf8::code_points(from.bytes()).zip(wtf8::code_points(to.bytes())) {
        table.set(thread, Value::small(key.into()), Value::small(value.into()))?;
    }
    if let Some(third) = args.get(2) {
        let dropped = str_argument(thread, third, "maketrans", 3)?;
        for (at, _) in wtf8::code_points(dropped.bytes()) {
            table.set(thread, code(&dropped.bytes()[at..]), Value::NONE)?;
        }
    }
    Ok(table.value())
}

fn from_mapping(thread: &Thread, mapping: Value) -> PyResult<Value> {
    let Some(source) = mapping.as_dict() else {
        return Err(thread.type_error("if you give only one argument to maketrans it must be a dict"));
    };
    let table = dict::new(thread);
    let mut position = 0;
    while let Some((at, entry)) = source.next_entry(position) {
        position = at + 1;
        let key = match entry.key.as_str() {
            Some(text) if text.len() == 1 => Value::small(wtf8::decode(text.bytes(), 0).0.into()),
            Some(_) => {
                return Err(thread.value_error("string keys in translate table must be of length 1"));
            }
            None if entry.key.is_small() => entry.key,
            None => {
                return Err(thread.type_error("keys in translate table must be strings or integers"));
            }
        };
        table.set(thread, key, entry.value)?;
    }
    Ok(table.value())
}
