//! Iterators of the builtin containers. All have the same three words; the type says what they mean.

pub mod methods;

use crate::error::PyResult;
use crate::gc::word_object;
use crate::ids::{self, TypeId};
use crate::slots::{NextFn, Slots};
use crate::spec::{Layout, MethodDef, TypeSpec};
use crate::thread::Thread;
use crate::types::int::arith;
use crate::value::Value;

word_object! {
    /// `source` becomes None at the end; `position` and `extra` are small ints or what the type needs.
    pub struct IteratorObject: ITERATOR { source, position, extra }
}

const fn iterator(name: &'static str, next: NextFn, methods: &'static [MethodDef]) -> TypeSpec {
    TypeSpec {
        layout: Some(Layout::fixed::<IteratorObject>()),
        slots: Slots { iter: Some(|_, iterator| Ok(iterator)), next: Some(next), ..Slots::EMPTY },
        methods,
        ..TypeSpec::new(name)
    }
}

pub static LIST_SPEC: TypeSpec = iterator("list_iterator", next_list, methods::LIST);
pub static LIST_REVERSE_SPEC: TypeSpec =
    iterator("list_reverseiterator", next_list_reverse, methods::LIST_REVERSE);
pub static TUPLE_SPEC: TypeSpec = iterator("tuple_iterator", next_tuple, methods::TUPLE);
pub static STR_SPEC: TypeSpec = iterator("str_iterator", next_str, methods::STR);
pub static STR_ASCII_SPEC: TypeSpec = iterator("str_ascii_iterator", next_str_ascii, methods::STR_ASCII);
pub static BYTES_SPEC: TypeSpec = iterator("bytes_iterator", next_bytes, methods::BYTES);
pub static BYTEARRAY_SPEC: TypeSpec = iterator("bytearray_iterator", next_bytes, methods::BYTES);
pub static RANGE_SPEC: TypeSpec = iterator("range_iterator", next_range, methods::RANGE);
pub static LONG_RANGE_SPEC: TypeSpec = iterator("longrange_iterator", next_long_range, methods::LONG_RANGE);
pub static SET_SPEC: TypeSpec = iterator("set_iterator", next_set, methods::SET);
pub static SEQUENCE_SPEC: TypeSpec = iterator("iterator", next_sequence, methods::SEQUENCE);
pub static CALLABLE_SPEC: TypeSpec = iterator("callable_iterator", next_callable, methods::CALLABLE);

/// A new iterator of one of these types.
#[inline]
pub fn new(thread: &Thread, class: TypeId, source: Value, position: i64, extra: Value) -> Value {
    IteratorObject::make(thread, class.0, source, Value::small(position), extra).value()
}

/// `iter(range)`.
pub fn of_range(thread: &Thread, range: Value) -> Value {
    let Some(range) = range.downcast::<crate::types::range::RangeObject>() else { return Value::NONE };
    match range.small() {
        // Position is the next value, extra the step, source the number of values left.
        Some((start, step, length)) => IteratorObject::make(
            thread,
            ids::RANGE_ITERATOR.0,
            Value::small(length),
            Value::small(start),
            Value::small(step),
        )
        .value(),
        None => IteratorObject::make(
            thread,
            ids::LONG_RANGE_ITERATOR.0,
            range.length.get(),
            range.start.get(),
            range.step.get(),
        )
        .value(),
    }
}

#[inline(always)]
fn taken(value: Value) -> Option<crate::gc::Gc<IteratorObject>> {
    value.downcast::<IteratorObject>()
}

/// Advances over items by index; the source is given up at the end.
#[inline(always)]
fn by_index(iterator: Value, item: impl FnOnce(Value, usize) -> Option<Value>) -> Option<Value> {
    let iterator = taken(iterator)?;
    let source = iterator.source.get();
    if source.is_none() {
        return None;
    }
    let position = iterator.position.get().small_value();
    let found = item(source, position as usize);
    match found {
        Some(_) => iterator.position.set(Value::small(position + 1)),
        None => iterator.source.set(Value::NONE),
    }
    found
}

fn next_list(_: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    Ok(by_index(iterator, |source, at| source.as_list()?.get(at)))
}

fn next_tuple(_: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    Ok(by_index(iterator, |source, at| source.tuple_items()?.get(at).copied()))
}

fn next_list_reverse(_: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    let Some(iterator) = taken(iterator) else { return Ok(None) };
    let position = iterator.position.get().small_value();
    let found = match iterator.source.get().as_list() {
        Some(list) if position >= 0 => list.get(position as usize),
        _ => None,
    };
    match found {
        Some(_) => iterator.position.set(Value::small(position - 1)),
        None => {
            iterator.source.set(Value::NONE);
            iterator.position.set(Value::small(-1));
        }
    }
    Ok(found)
}

fn next_str_ascii(thread: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    Ok(by_index(iterator, |source, at| {
        let byte = *source.str_bytes()?.get(at)?;
        Some(thread.char_str(u32::from(byte)))
    }))
}

/// `position` is a byte offset; `extra` counts characters, for `__length_hint__` and pickling.
fn next_str(thread: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    let Some(iterator) = taken(iterator) else { return Ok(None) };
    let offset = iterator.position.get().small_value() as usize;
    let source = iterator.source.get();
    let code =
        source.str_bytes().and_then(|bytes| crate::types::str::code_points(bytes.get(offset..)?).next());
    let Some(code) = code else {
        iterator.source.set(Value::NONE);
        return Ok(None);
    };
    let bytes = match code {
        0..0x80 => 1,
        0x80..0x800 => 2,
        0x800..0x1_0000 => 3,
        _ => 4,
    };
    iterator.position.set(Value::small(offset as i64 + bytes));
    iterator.extra.set(Value::small(iterator.extra.get().as_small().unwrap_or(0) + 1));
    Ok(Some(thread.char_str(code)))
}

fn next_bytes(_: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    Ok(by_index(iterator, |source, at| {
        source.bytes_like()?.get(at).map(|&byte| Value::small(i64::from(byte)))
    }))
}

fn next_range(_: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    let Some(iterator) = taken(iterator) else { return Ok(None) };
    let left = iterator.source.get().small_value();
    if left <= 0 {
        return Ok(None);
    }
    let value = iterator.position.get();
    let next = value.small_value() + iterator.extra.get().small_value();
    iterator.source.set(Value::small(left - 1));
    // Beyond the last value the sum may leave the small range; nobody reads it then.
    iterator.position.set(Value::try_small(next).unwrap_or(Value::ZERO));
    Ok(Some(value))
}

fn next_long_range(thread: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    let Some(iterator) = taken(iterator) else { return Ok(None) };
    let int = crate::ops::int_of;
    let left = int(iterator.source.get());
    if left.is_zero() || left.is_negative() {
        return Ok(None);
    }
    let value = iterator.position.get();
    let next = arith::add(thread, int(value), int(iterator.extra.get()))?;
    let rest = arith::sub(thread, left, crate::types::int::Int::Small(1))?;
    iterator.store(thread, &iterator.position, next);
    iterator.store(thread, &iterator.source, rest);
    Ok(Some(value))
}

/// `extra` is the size the set had.
fn next_set(thread: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    let Some(iterator) = taken(iterator) else { return Ok(None) };
    let Some(set) = iterator.source.get().as_set() else { return Ok(None) };
    if iterator.extra.get() != Value::small(set.len() as i64) {
        iterator.extra.set(Value::small(-1));
        return Err(thread.runtime_error("Set changed size during iteration"));
    }
    match set.next_entry(iterator.position.get().small_value() as usize) {
        Some((at, entry)) => {
            iterator.position.set(Value::small(at as i64 + 1));
            Ok(Some(entry.key))
        }
        None => {
            iterator.source.set(Value::NONE);
            Ok(None)
        }
    }
}

/// Iteration by `__getitem__` with 0, 1, 2, ... until IndexError or StopIteration.
fn next_sequence(thread: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    let Some(iterator) = taken(iterator) else { return Ok(None) };
    let source = iterator.source.get();
    if source.is_none() {
        return Ok(None);
    }
    let position = iterator.position.get();
    match thread.getitem(source, position) {
        Ok(item) => {
            iterator.position.set(thread.int(position.small_value() + 1));
            Ok(Some(item))
        }
        Err(raised) => {
            if thread.catch(ids::INDEX_ERROR).is_some() || thread.catch(ids::STOP_ITERATION).is_some() {
                iterator.source.set(Value::NONE);
                return Ok(None);
            }
            Err(raised)
        }
    }
}

/// `iter(callable, sentinel)`: `extra` is the sentinel.
fn next_callable(thread: &Thread, iterator: Value) -> PyResult<Option<Value>> {
    let Some(iterator) = taken(iterator) else { return Ok(None) };
    let callable = iterator.source.get();
    if callable.is_none() {
        return Ok(None);
    }
    let value = match thread.call(callable, &[]) {
        Ok(value) => value,
        Err(_) if thread.catch(ids::STOP_ITERATION).is_some() => {
            iterator.source.set(Value::NONE);
            return Ok(None);
        }
        Err(raised) => return Err(raised),
    };
    if thread.equal(value, iterator.extra.get())? {
        iterator.source.set(Value::NONE);
        return Ok(None);
    }
    Ok(Some(value))
}
