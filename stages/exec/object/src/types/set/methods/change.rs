//! What changes a set.

use super::algebra::{intersect, toggle};
use super::order::both_sets;
use super::{frozen_key, this};
use crate::args::Args;
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::set;
use crate::value::Value;

pub(super) fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let values = args.expect(thread, "set", 0, 1)?;
    let Some(set) = value.as_set() else { return Ok(()) };
    set.clear();
    match values.first() {
        Some(&source) => set.update(thread, source),
        None => Ok(()),
    }
}

pub(super) fn add(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    this(thread, args)?.add(thread, args.positional()[1])?;
    Ok(Value::NONE)
}

/// Removes a member; a set given stands for the frozenset of its members.
fn take(thread: &Thread, args: Args<'_>) -> PyResult<bool> {
    let set = this(thread, args)?;
    let item = args.positional()[1];
    let removed = set.remove(thread, item);
    match frozen_key(thread, item, removed.is_err())? {
        Some(frozen) => set.remove(thread, frozen),
        None => removed,
    }
}

pub(super) fn discard(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    take(thread, args)?;
    Ok(Value::NONE)
}

pub(super) fn remove(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    if take(thread, args)? { Ok(Value::NONE) } else { Err(thread.key_error(args.positional()[1])) }
}

pub(super) fn pop(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    match this(thread, args)?.pop(thread) {
        Some(item) => Ok(item),
        None => {
            let message = thread.str("pop from an empty set");
            Err(thread.key_error(message))
        }
    }
}

pub(super) fn clear(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    this(thread, args)?.clear();
    Ok(Value::NONE)
}

pub(super) fn update(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "update")?;
    let set = this(thread, args)?;
    for &other in &args.positional()[1..] {
        set.update(thread, other)?;
    }
    Ok(Value::NONE)
}

/// Keeps only what the other has too.
fn keep_common(thread: &Thread, value: Value, other: Value) -> PyResult<()> {
    let Some(set) = value.as_set() else { return Ok(()) };
    let common = intersect(thread, set, other, ids::SET)?;
    set.clear();
    set.merge(thread, &common)
}

/// Removes what the other has.
fn remove_all(thread: &Thread, value: Value, other: Value) -> PyResult<()> {
    let Some(set) = value.as_set() else { return Ok(()) };
    if value == other {
        set.clear();
        return Ok(());
    }
    if let Some(other) = other.as_set() {
        let mut position = 0;
        while let Some((at, entry)) = other.next_entry(position) {
            set.remove_hashed(thread, entry.key, entry.hash)?;
            position = at + 1;
        }
        return Ok(());
    }
    thread.for_each(other, |item| set.remove(thread, item).map(drop))
}

pub(super) fn intersection_update(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "intersection_update")?;
    this(thread, args)?;
    for &other in &args.positional()[1..] {
        keep_common(thread, args.positional()[0], other)?;
    }
    Ok(Value::NONE)
}

pub(super) fn difference_update(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "difference_update")?;
    this(thread, args)?;
    for &other in &args.positional()[1..] {
        remove_all(thread, args.positional()[0], other)?;
    }
    Ok(Value::NONE)
}

pub(super) fn symmetric_difference_update(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let set = this(thread, args)?;
    let other = set::new(thread, ids::SET);
    other.update(thread, args.positional()[1])?;
    toggle(thread, set, other)?;
    Ok(Value::NONE)
}

pub(super) fn inplace_or(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let Some((a, b, _)) = both_sets(thread, left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    a.merge(thread, &b)?;
    Ok(left)
}

pub(super) fn inplace_and(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    if both_sets(thread, left, right).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    keep_common(thread, left, right)?;
    Ok(left)
}

pub(super) fn inplace_sub(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    if both_sets(thread, left, right).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    remove_all(thread, left, right)?;
    Ok(left)
}

pub(super) fn inplace_xor(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let Some((a, b, _)) = both_sets(thread, left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    let other = set::new(thread, ids::SET);
    other.merge(thread, &b)?;
    toggle(thread, a, other)?;
    Ok(left)
}
