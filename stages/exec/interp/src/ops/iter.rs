//! Iteration and unpacking.

use dx_object::error::{PyResult, Raised};
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::iterators::IteratorObject;
use dx_object::types::list::ListObject;
use dx_object::types::tuple::TupleObject;
use dx_object::value::Value;

use super::exactly;
use crate::code::word::Word;
use crate::frame::Window;
use crate::generator::{self, GeneratorObject};

/// Outcome of the inline part of FOR_ITER.
pub enum Quick {
    Item(Value),
    End,
    /// A generator that can be entered.
    Generator,
    Other,
}

/// The next item of the iterators that loops use most.
#[inline(always)]
pub fn quick_next(_: &Thread, iterator: Value) -> Quick {
    let Some(header) = iterator.header() else { return Quick::Other };
    let shape = header.shape();
    if shape == ids::RANGE_ITERATOR.0 {
        return match range(iterator_of(iterator)) {
            Some(value) => Quick::Item(value),
            None => Quick::End,
        };
    }
    if shape == ids::LIST_ITERATOR.0 {
        let iterator = iterator_of(iterator);
        let Some(list) = exactly::<ListObject>(iterator.source.get(), ids::LIST) else { return Quick::Other };
        let at = iterator.position.get().small_value();
        return match list.get(at as usize) {
            Some(value) => {
                iterator.position.set(Value::small(at + 1));
                Quick::Item(value)
            }
            None => Quick::Other,
        };
    }
    if shape == ids::TUPLE_ITERATOR.0 {
        let iterator = iterator_of(iterator);
        let Some(tuple) = exactly::<TupleObject>(iterator.source.get(), ids::TUPLE) else {
            return Quick::Other;
        };
        let at = iterator.position.get().small_value();
        return match tuple.items().get(at as usize) {
            Some(&value) => {
                iterator.position.set(Value::small(at + 1));
                Quick::Item(value)
            }
            None => Quick::Other,
        };
    }
    if shape == ids::GENERATOR.0 {
        // SAFETY: exact instances of the type are generator cells.
        let object: Gc<GeneratorObject> = unsafe { Gc::from_raw(iterator.cell().cast()) };
        if generator::can_enter(object) {
            return Quick::Generator;
        }
    }
    Quick::Other
}

#[inline(always)]
fn iterator_of(value: Value) -> Gc<IteratorObject> {
    // SAFETY: callers compared the shape with that of a builtin iterator type, all of which have this layout.
    unsafe { Gc::from_raw(value.cell().cast()) }
}

#[inline(always)]
fn range(iterator: Gc<IteratorObject>) -> Option<Value> {
    let left = iterator.source.get().small_value();
    if left <= 0 {
        return None;
    }
    let value = iterator.position.get();
    iterator.source.set(Value::small(left - 1));
    // Beyond the last value the sum may leave the small range; nobody reads it then.
    let next = value.small_value() + iterator.extra.get().small_value();
    iterator.position.set(Value::from_word(((next << 2) | 1) as u64));
    Some(value)
}

/// Whether `iter(value)` has something to start from.
pub fn is_iterable(thread: &Thread, value: Value) -> bool {
    let class = thread.type_of(value);
    class.slots().iter.is_some() || class.slots().getitem.is_some()
}

/// UNPACK: exactly `count` items.
#[inline(never)]
pub fn unpack(thread: &Thread, regs: Window, first: usize, value: Value, count: usize) -> PyResult<()> {
    if let Some(tuple) = exactly::<TupleObject>(value, ids::TUPLE) {
        return spread(thread, regs, first, tuple.items(), count);
    }
    if let Some(list) = exactly::<ListObject>(value, ids::LIST) {
        return spread(thread, regs, first, list.items(), count);
    }
    let iterator = start(thread, value)?;
    let mut items = RootVec::new(thread);
    while items.len() < count {
        match thread.next(iterator)? {
            Some(item) => items.push(item),
            None => return Err(too_few(thread, "", count, items.len())),
        }
    }
    if thread.next(iterator)?.is_some() {
        return Err(thread.value_error(format_args!("too many values to unpack (expected {count})")));
    }
    spread(thread, regs, first, &items, count)
}

/// The iterator of a value to be unpacked.
fn start(thread: &Thread, value: Value) -> PyResult<Value> {
    if !is_iterable(thread, value) {
        let kind = thread.type_of(value).name_str();
        return Err(thread.type_error(format_args!("cannot unpack non-iterable {kind} object")));
    }
    thread.iter(value)
}

#[inline(always)]
fn spread(thread: &Thread, regs: Window, first: usize, items: &[Value], count: usize) -> PyResult<()> {
    if items.len() != count {
        return Err(wrong_count(thread, items.len(), count));
    }
    for (index, &item) in items.iter().enumerate() {
        regs.set(first + index, item);
    }
    Ok(())
}

#[cold]
fn wrong_count(thread: &Thread, got: usize, count: usize) -> Raised {
    if got < count {
        return too_few(thread, "", count, got);
    }
    thread.value_error(format_args!("too many values to unpack (expected {count}, got {got})"))
}

#[cold]
fn too_few(thread: &Thread, least: &str, count: usize, got: usize) -> Raised {
    thread.value_error(format_args!("not enough values to unpack (expected {least}{count}, got {got})"))
}

/// UNPACK_EX: items before the star, a list, items after it.
pub fn unpack_ex(thread: &Thread, regs: Window, first: usize, value: Value, counts: Word) -> PyResult<()> {
    let (before, after) = (counts.name(), counts.cache());
    let iterator = start(thread, value)?;
    let mut items = RootVec::new(thread);
    items.extend_iterable(iterator)?;
    if items.len() < before + after {
        return Err(too_few(thread, "at least ", before + after, items.len()));
    }
    let rest = thread.list(&items[before..items.len() - after])?;
    for (index, &item) in items[..before].iter().enumerate() {
        regs.set(first + index, item);
    }
    regs.set(first + before, rest);
    for (index, &item) in items[items.len() - after..].iter().enumerate() {
        regs.set(first + before + 1 + index, item);
    }
    Ok(())
}
