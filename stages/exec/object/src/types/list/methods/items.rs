//! What only reads a list: items, slices, comparison, search, `+`, `*`, `repr`.

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::ids;
use crate::slots::CompareOp;
use crate::thread::{RootVec, Thread};
use crate::types::iterators;
use crate::types::support::sequence::{self, Subscript};
use crate::types::support::{bounds, empty_instance, type_name};
use crate::value::Value;

pub(super) fn new(thread: &Thread, class: Value, _: Args<'_>) -> PyResult<Value> {
    empty_instance(thread, class, ids::LIST)
}

pub(super) fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(list) = value.as_list() else { return Ok(Value::NOT_IMPLEMENTED) };
    if list.is_empty() {
        return Ok(thread.intern("[]"));
    }
    let Some(_guard) = thread.enter_repr(value) else { return Ok(thread.intern("[...]")) };
    let mut text = vec![b'['];
    let mut index = 0;
    // The list may change while an item is shown, so its length is asked each time.
    while let Some(item) = list.get(index) {
        if index > 0 {
            text.extend_from_slice(b", ");
        }
        let item = thread.repr(item)?;
        text.extend_from_slice(item.str_bytes().unwrap_or_default());
        index += 1;
    }
    text.push(b']');
    Ok(thread.str_from_wtf8(&text))
}

pub(super) fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let (Some(a), Some(b)) = (left.as_list(), right.as_list()) else { return Ok(Value::NOT_IMPLEMENTED) };
    // Of unequal lengths, the answer to `==` needs no look at the items.
    if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let mut index = 0;
    while let (Some(x), Some(y)) = (a.get(index), b.get(index)) {
        if x != y && !thread.equal(x, y)? {
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => thread.compare(x, y, op),
            };
        }
        index += 1;
    }
    Ok(Value::bool(op.of(a.len().cmp(&b.len()))))
}

pub(super) fn getitem(thread: &Thread, value: Value, key: Value) -> PyResult<Value> {
    let Some(list) = value.as_list() else { return Ok(Value::NOT_IMPLEMENTED) };
    match sequence::subscript(thread, key, list.len(), &sequence::LIST)? {
        Subscript::Index(index) => {
            list.get(index).ok_or_else(|| thread.index_error("list index out of range"))
        }
        Subscript::Slice(indices) => {
            if indices.step == 1 {
                let start = indices.start as usize;
                return thread.list(&list.items()[start..start + indices.count]);
            }
            let items = list.items();
            let mut picked = RootVec::new(thread);
            sequence::positions(indices).for_each(|at| picked.push(items[at]));
            thread.list(&picked)
        }
    }
}

pub(super) fn contains(thread: &Thread, list: Value, item: Value) -> PyResult<bool> {
    Ok(find(thread, list, item, 0, usize::MAX)?.is_some())
}

/// The first index from `start` on, below `stop`, whose item is or equals `wanted`.
fn find(thread: &Thread, list: Value, wanted: Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let Some(list) = list.as_list() else { return Ok(None) };
    if wanted.is_small() && list.has_flag(crate::types::list::flag::ALL_SMALL_INTS) {
        let items = list.items().get(start..stop.min(list.len())).unwrap_or_default();
        return Ok(items.iter().position(|&item| item == wanted).map(|at| start + at));
    }
    let mut index = start;
    while index < stop {
        let Some(item) = list.get(index) else { break };
        if item == wanted || thread.equal(item, wanted)? {
            return Ok(Some(index));
        }
        index += 1;
    }
    Ok(None)
}

pub(super) fn index(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let list = this(thread, args)?;
    let (start, stop) = bounds(thread, args, 2, list.len())?;
    match find(thread, args.positional()[0], args.positional()[1], start, stop)? {
        Some(index) => Ok(Value::small(index as i64)),
        None => Err(thread.value_error("list.index(x): x not in list")),
    }
}

pub(super) fn count(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let list = this(thread, args)?;
    let wanted = args.positional()[1];
    let (mut index, mut count) = (0, 0);
    while let Some(item) = list.get(index) {
        count += i64::from(item == wanted || thread.equal(item, wanted)?);
        index += 1;
    }
    Ok(Value::small(count))
}

pub(super) fn copy(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    thread.list(this(thread, args)?.items())
}

pub(super) fn concat(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let Some(a) = left.as_list() else { return Ok(Value::NOT_IMPLEMENTED) };
    let Some(b) = right.as_list() else {
        let name = type_name(thread, right);
        return Err(thread.type_error(format_args!("can only concatenate list (not \"{name}\") to list")));
    };
    let joined = crate::types::list::new(thread);
    joined.reserve(thread, a.len() + b.len())?;
    joined.extend(thread, a.items())?;
    joined.extend(thread, b.items())?;
    Ok(joined.value())
}

pub(super) fn repeat(thread: &Thread, value: Value, times: isize) -> PyResult<Value> {
    let Some(list) = value.as_list() else { return Ok(Value::NOT_IMPLEMENTED) };
    let times = usize::try_from(times).unwrap_or(0);
    let items = RootVec::from_slice(thread, list.items());
    let repeated = crate::types::list::new(thread);
    let Some(total) = items.len().checked_mul(times) else { return Err(thread.memory_error("")) };
    repeated.reserve(thread, total)?;
    if items.is_empty() {
        return Ok(repeated.value());
    }
    // Short lists are copied in chunks of many.
    let mut chunk = RootVec::from_slice(thread, &items);
    let mut copies = 1;
    while chunk.len() < 4096 && copies * 2 <= times {
        let half = RootVec::from_slice(thread, &chunk);
        chunk.extend(&half);
        copies *= 2;
    }
    for _ in 0..times / copies {
        repeated.extend(thread, &chunk)?;
    }
    for _ in 0..times % copies {
        repeated.extend(thread, &items)?;
    }
    Ok(repeated.value())
}

pub(super) fn reversed(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let list = this(thread, args)?;
    Ok(iterators::new(thread, ids::LIST_REVERSE_ITERATOR, list.value(), list.len() as i64 - 1, Value::NONE))
}

pub(super) fn sizeof(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(40 + 8 * this(thread, args)?.capacity() as i64))
}
