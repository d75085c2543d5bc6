//! What changes a list.

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::thread::{RootVec, Thread};
use crate::types::slice::Indices;
use crate::types::support::sequence::{self, Subscript};
use crate::types::support::{is_iterable, size};
use crate::value::Value;

pub(super) fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let values = args.expect(thread, "list", 0, 1)?;
    let Some(list) = value.as_list() else { return Ok(()) };
    list.clear();
    match values.first() {
        Some(&iterable) => extend_with(thread, value, iterable),
        None => Ok(()),
    }
}

pub(super) fn append(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    this(thread, args)?.push(thread, args.positional()[1])?;
    Ok(Value::NONE)
}

/// `list.extend(iterable)`: items appear one by one, so that an error leaves those drawn so far.
pub(super) fn extend_with(thread: &Thread, value: Value, iterable: Value) -> PyResult<()> {
    let Some(list) = value.as_list() else { return Ok(()) };
    if let Some(other) = iterable.downcast::<crate::types::list::ListObject>() {
        return list.extend(thread, other.items());
    }
    if let Some(other) = iterable.downcast::<crate::types::tuple::TupleObject>() {
        return list.extend(thread, other.items());
    }
    thread.for_each(iterable, |item| list.push(thread, item))
}

pub(super) fn extend(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    this(thread, args)?;
    extend_with(thread, args.positional()[0], args.positional()[1])?;
    Ok(Value::NONE)
}

pub(super) fn pop(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let list = this(thread, args)?;
    let index = match args.get(1) {
        None => match list.pop() {
            Some(item) => return Ok(item),
            None => return Err(thread.index_error("pop from empty list")),
        },
        Some(index) => size(thread, index)?,
    };
    if list.is_empty() {
        return Err(thread.index_error("pop from empty list"));
    }
    match sequence::position(index, list.len()) {
        Some(at) => Ok(list.remove(at)),
        None => Err(thread.index_error("pop index out of range")),
    }
}

pub(super) fn insert(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let list = this(thread, args)?;
    let index = size(thread, args.positional()[1])?;
    let len = list.len();
    let at = if index < 0 { len.saturating_sub(index.unsigned_abs()) } else { (index as usize).min(len) };
    list.insert(thread, at, args.positional()[2])?;
    Ok(Value::NONE)
}

pub(super) fn remove(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let list = this(thread, args)?;
    let wanted = args.positional()[1];
    let mut index = 0;
    while let Some(item) = list.get(index) {
        if item == wanted || thread.equal(item, wanted)? {
            // The comparison may have made the list shorter.
            if index < list.len() {
                list.remove(index);
            }
            return Ok(Value::NONE);
        }
        index += 1;
    }
    Err(thread.value_error("list.remove(x): x not in list"))
}

pub(super) fn clear(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    this(thread, args)?.clear();
    Ok(Value::NONE)
}

pub(super) fn reverse(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    this(thread, args)?.reverse();
    Ok(Value::NONE)
}

pub(super) fn inplace_concat(thread: &Thread, list: Value, iterable: Value) -> PyResult<Value> {
    extend_with(thread, list, iterable)?;
    Ok(list)
}

pub(super) fn inplace_repeat(thread: &Thread, value: Value, times: isize) -> PyResult<Value> {
    let Some(list) = value.as_list() else { return Ok(Value::NOT_IMPLEMENTED) };
    let times = usize::try_from(times).unwrap_or(0);
    if times == 0 {
        list.clear();
        return Ok(value);
    }
    let items = RootVec::from_slice(thread, list.items());
    let Some(more) = items.len().checked_mul(times - 1) else { return Err(thread.memory_error("")) };
    list.reserve(thread, more)?;
    for _ in 1..if items.is_empty() { 1 } else { times } {
        list.extend(thread, &items)?;
    }
    Ok(value)
}

pub(super) fn setitem(thread: &Thread, value: Value, key: Value, item: Option<Value>) -> PyResult<()> {
    let Some(list) = value.as_list() else { return Ok(()) };
    match sequence::subscript(thread, key, list.len(), &sequence::LIST_STORE)? {
        Subscript::Index(index) => {
            match item {
                Some(item) => list.set(thread, index, item),
                None => drop(list.remove(index)),
            }
            Ok(())
        }
        Subscript::Slice(indices) => match item {
            Some(items) => set_slice(thread, value, key, indices, items),
            None => delete_slice(value, indices, thread),
        },
    }
}

fn set_slice(thread: &Thread, value: Value, key: Value, indices: Indices, source: Value) -> PyResult<()> {
    let Some(list) = value.as_list() else { return Ok(()) };
    let mut items = RootVec::new(thread);
    if let Some(other) = source.downcast::<crate::types::list::ListObject>() {
        items.extend(other.items());
    } else {
        if !is_iterable(thread, source) {
            let message = if indices.step == 1 {
                "can only assign an iterable"
            } else {
                "must assign iterable to extended slice"
            };
            return Err(thread.type_error(message));
        }
        items.extend_iterable(source)?;
    }
    // Drawing the items may have changed the list.
    let Subscript::Slice(indices) = sequence::subscript(thread, key, list.len(), &sequence::LIST_STORE)?
    else {
        return Ok(());
    };
    if indices.step == 1 {
        let start = indices.start as usize;
        return list.splice(thread, start, start + indices.count, &items);
    }
    if items.len() != indices.count {
        let (given, wanted) = (items.len(), indices.count);
        return Err(thread.value_error(format_args!(
            "attempt to assign sequence of size {given} to extended slice of size {wanted}"
        )));
    }
    for (at, &item) in sequence::positions(indices).zip(items.iter()) {
        list.set(thread, at, item);
    }
    Ok(())
}

fn delete_slice(value: Value, indices: Indices, thread: &Thread) -> PyResult<()> {
    let Some(list) = value.as_list() else { return Ok(()) };
    if indices.count == 0 {
        return Ok(());
    }
    if indices.step == 1 {
        let start = indices.start as usize;
        return list.splice(thread, start, start + indices.count, &[]);
    }
    let mut gone: Vec<usize> = sequence::positions(indices).collect();
    gone.sort_unstable();
    let mut kept = RootVec::new(thread);
    let mut next = gone.iter().peekable();
    for (at, &item) in list.items().iter().enumerate() {
        if next.next_if(|&&gone| gone == at).is_none() {
            kept.push(item);
        }
    }
    list.splice(thread, 0, list.len(), &kept)
}
