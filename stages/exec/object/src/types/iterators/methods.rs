//! Methods of the builtin containers' iterators: `__length_hint__`, `__reduce__`, `__setstate__`.

use super::IteratorObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::spec::{Arity, MethodDef};
use crate::thread::Thread;
use crate::types::support::{builtin, size};
use crate::value::Value;

fn this(args: Args<'_>) -> Option<Gc<IteratorObject>> {
    args.get(0)?.downcast()
}

/// How many items the source has.
fn source_len(thread: &Thread, source: Value) -> PyResult<usize> {
    if source.is_none() { Ok(0) } else { thread.len(source) }
}

/// For iterators that count up through a sequence.
fn hint(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(iterator) = this(args) else { return Ok(Value::ZERO) };
    let len = source_len(thread, iterator.source.get())? as i64;
    let position = iterator.position.get().as_small().unwrap_or(0);
    Ok(Value::small((len - position).max(0)))
}

fn hint_reverse(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(iterator) = this(args) else { return Ok(Value::ZERO) };
    let left = iterator.position.get().as_small().unwrap_or(-1) + 1;
    let len = source_len(thread, iterator.source.get())? as i64;
    Ok(Value::small(if len < left { 0 } else { left }))
}

/// For strings that are not ASCII, whose position is in bytes: `extra` counts characters.
fn hint_str(_: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(iterator) = this(args) else { return Ok(Value::ZERO) };
    let len = iterator.source.get().as_str().map_or(0, |text| text.len() as i64);
    Ok(Value::small((len - iterator.extra.get().as_small().unwrap_or(0)).max(0)))
}

/// For ranges, whose `source` is the number of items left.
fn hint_range(_: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(this(args).map_or(Value::ZERO, |iterator| iterator.source.get()))
}

fn hint_set(_: &Thread, args: Args<'_>) -> PyResult<Value> {
    let left = this(args).and_then(|iterator| {
        let set = iterator.source.get().as_set()?;
        if iterator.extra.get() != Value::small(set.len() as i64) {
            return None;
        }
        let from = usize::try_from(iterator.position.get().as_small()?).ok()?;
        let mut position = from;
        let mut count = 0;
        while let Some((at, _)) = set.next_entry(position) {
            count += 1;
            position = at + 1;
        }
        Some(count)
    });
    Ok(Value::small(left.unwrap_or(0)))
}

/// `(iter, (source,), position)`, or an empty iterator of the kind when it is finished.
fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(iterator) = this(args) else { return Ok(Value::NONE) };
    let iter = builtin(thread, "iter")?;
    let source = iterator.source.get();
    if source.is_none() {
        let shape = iterator.header().shape();
        let empty = match shape {
            _ if shape == ids::TUPLE_ITERATOR.0 => thread.try_tuple(&[])?,
            _ if shape == ids::STR_ITERATOR.0 || shape == ids::STR_ASCII_ITERATOR.0 => thread.empty_str(),
            _ if shape == ids::LIST_ITERATOR.0 => thread.list(&[])?,
            _ => thread.try_tuple(&[])?,
        };
        let arguments = thread.try_tuple(&[empty])?;
        return thread.try_tuple(&[iter, arguments]);
    }
    let arguments = thread.try_tuple(&[source])?;
    let position = if iterator.header().shape() == ids::STR_ITERATOR.0 {
        iterator.extra.get()
    } else {
        iterator.position.get()
    };
    thread.try_tuple(&[iter, arguments, position])
}

fn reduce_reverse(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(iterator) = this(args) else { return Ok(Value::NONE) };
    let source = iterator.source.get();
    if source.is_none() {
        let iter = builtin(thread, "iter")?;
        let empty = thread.list(&[])?;
        let arguments = thread.try_tuple(&[empty])?;
        return thread.try_tuple(&[iter, arguments]);
    }
    let reversed = builtin(thread, "reversed")?;
    let arguments = thread.try_tuple(&[source])?;
    thread.try_tuple(&[reversed, arguments, iterator.position.get()])
}

/// Sets the position, clamped to what the source has.
fn setstate(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(iterator) = this(args) else { return Ok(Value::NONE) };
    let source = iterator.source.get();
    if source.is_none() {
        return Ok(Value::NONE);
    }
    let len = source_len(thread, source)? as i64;
    let position = (size(thread, args.positional()[1])? as i64).clamp(0, len);
    if let (true, Some(text)) = (iterator.header().shape() == ids::STR_ITERATOR.0, source.as_str()) {
        let offset = text.offset_of(thread, position as usize);
        iterator.position.set(Value::small(offset as i64));
        iterator.extra.set(Value::small(position));
    } else {
        iterator.position.set(Value::small(position));
    }
    Ok(Value::NONE)
}

fn setstate_reverse(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(iterator) = this(args) else { return Ok(Value::NONE) };
    let source = iterator.source.get();
    if !source.is_none() {
        let len = source_len(thread, source)? as i64;
        let position = (size(thread, args.positional()[1])? as i64).clamp(-1, len - 1);
        iterator.position.set(Value::small(position));
    }
    Ok(Value::NONE)
}

const FORWARD: [MethodDef; 3] = [
    MethodDef::new("__length_hint__", Arity::None, hint),
    MethodDef::new("__reduce__", Arity::None, reduce),
    MethodDef::new("__setstate__", Arity::One, setstate),
];

pub(super) static LIST: &[MethodDef] = &FORWARD;
pub(super) static TUPLE: &[MethodDef] = &FORWARD;
pub(super) static STR_ASCII: &[MethodDef] = &FORWARD;
pub(super) static BYTES: &[MethodDef] = &FORWARD;
pub(super) static STR: &[MethodDef] = &[
    MethodDef::new("__length_hint__", Arity::None, hint_str),
    MethodDef::new("__reduce__", Arity::None, reduce),
    MethodDef::new("__setstate__", Arity::One, setstate),
];
pub(super) static LIST_REVERSE: &[MethodDef] = &[
    MethodDef::new("__length_hint__", Arity::None, hint_reverse),
    MethodDef::new("__reduce__", Arity::None, reduce_reverse),
    MethodDef::new("__setstate__", Arity::One, setstate_reverse),
];
pub(super) static RANGE: &[MethodDef] = &[MethodDef::new("__length_hint__", Arity::None, hint_range)];
pub(super) static LONG_RANGE: &[MethodDef] = &[MethodDef::new("__length_hint__", Arity::None, hint_range)];
pub(super) static SET: &[MethodDef] = &[MethodDef::new("__length_hint__", Arity::None, hint_set)];
pub(super) static SEQUENCE: &[MethodDef] = &FORWARD;
pub(super) static CALLABLE: &[MethodDef] = &[];
