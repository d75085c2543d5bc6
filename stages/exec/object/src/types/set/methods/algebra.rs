//! Union, intersection, difference: as operators and as methods.

use super::order::both_sets;
use super::{class_of, this};
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids::{self, TypeId};
use crate::thread::Thread;
use crate::types::dict::DictObject;
use crate::types::set::{self, SetObject};
use crate::value::Value;

/// A new set of the same members.
fn duplicate(thread: &Thread, set: Gc<SetObject>, class: TypeId) -> PyResult<Gc<SetObject>> {
    let copy = set::new(thread, class);
    copy.merge(thread, &set)?;
    Ok(copy)
}

pub(super) fn copy(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    if value.header().is_some_and(|header| header.shape() == ids::FROZENSET.0) {
        return Ok(value);
    }
    Ok(duplicate(thread, this(thread, args)?, class_of(thread, value))?.value())
}

/// The members of `set` that `other` has too, found by walking the shorter one.
pub(super) fn intersect(
    thread: &Thread,
    set: Gc<SetObject>,
    other: Value,
    class: TypeId,
) -> PyResult<Gc<SetObject>> {
    let common = set::new(thread, class);
    if let Some(other) = other.as_set() {
        let (small, large) = if other.len() > set.len() { (set, other) } else { (other, set) };
        let mut position = 0;
        while let Some((at, entry)) = small.next_entry(position) {
            if large.contains_hashed(thread, entry.key, entry.hash)? {
                common.add_hashed(thread, entry.key, entry.hash)?;
            }
            position = at + 1;
        }
        return Ok(common);
    }
    thread.for_each(other, |item| {
        let hash = thread.hash(item)?;
        if set.contains_hashed(thread, item, hash)? {
            common.add_hashed(thread, item, hash)?;
        }
        Ok(())
    })?;
    Ok(common)
}

/// The members of `set` that `other` has not.
fn subtract(thread: &Thread, set: Gc<SetObject>, other: Value, class: TypeId) -> PyResult<Gc<SetObject>> {
    let exact_dict = other.downcast::<DictObject>();
    if other.as_set().is_none() && exact_dict.is_none() {
        let left = duplicate(thread, set, class)?;
        thread.for_each(other, |item| left.remove(thread, item).map(drop))?;
        return Ok(left);
    }
    let left = set::new(thread, class);
    let mut position = 0;
    while let Some((at, entry)) = set.next_entry(position) {
        let found = match (other.as_set(), exact_dict) {
            (Some(other), _) => other.contains_hashed(thread, entry.key, entry.hash)?,
            (None, Some(dict)) => dict.get_hashed(thread, entry.key, entry.hash)?.is_some(),
            (None, None) => false,
        };
        if !found {
            left.add_hashed(thread, entry.key, entry.hash)?;
        }
        position = at + 1;
    }
    Ok(left)
}

/// Adds what is missing and removes what is there: `set ^= other`.
pub(super) fn toggle(thread: &Thread, set: Gc<SetObject>, other: Gc<SetObject>) -> PyResult<()> {
    let mut position = 0;
    while let Some((at, entry)) = other.next_entry(position) {
        if !set.remove_hashed(thread, entry.key, entry.hash)? {
            set.add_hashed(thread, entry.key, entry.hash)?;
        }
        position = at + 1;
    }
    Ok(())
}

pub(super) fn or(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let Some((a, b, class)) = both_sets(thread, left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    let union = duplicate(thread, a, class)?;
    union.merge(thread, &b)?;
    Ok(union.value())
}

pub(super) fn and(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let Some((a, _, class)) = both_sets(thread, left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(intersect(thread, a, right, class)?.value())
}

pub(super) fn sub(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let Some((a, _, class)) = both_sets(thread, left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(subtract(thread, a, right, class)?.value())
}

pub(super) fn xor(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let Some((a, b, class)) = both_sets(thread, left, right) else { return Ok(Value::NOT_IMPLEMENTED) };
    symmetric(thread, a, b, class)
}

/// The members of one of both only, in the order that CPython gives them: the right operand's table first.
fn symmetric(thread: &Thread, a: Gc<SetObject>, b: Gc<SetObject>, class: TypeId) -> PyResult<Value> {
    let result = duplicate(thread, b, class)?;
    toggle(thread, result, a)?;
    Ok(result.value())
}

pub(super) fn union(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "union")?;
    let result = duplicate(thread, this(thread, args)?, class_of(thread, args.positional()[0]))?;
    for &other in &args.positional()[1..] {
        result.update(thread, other)?;
    }
    Ok(result.value())
}

pub(super) fn intersection(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "intersection")?;
    let class = class_of(thread, args.positional()[0]);
    let mut result = this(thread, args)?;
    if args.len() == 1 {
        return copy(thread, args);
    }
    for &other in &args.positional()[1..] {
        result = intersect(thread, result, other, class)?;
    }
    Ok(result.value())
}

pub(super) fn difference(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "difference")?;
    let class = class_of(thread, args.positional()[0]);
    let mut result = this(thread, args)?;
    if args.len() == 1 {
        return copy(thread, args);
    }
    for &other in &args.positional()[1..] {
        result = subtract(thread, result, other, class)?;
    }
    Ok(result.value())
}

pub(super) fn symmetric_difference(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let class = class_of(thread, args.positional()[0]);
    let other = set::new(thread, ids::SET);
    other.update(thread, args.positional()[1])?;
    symmetric(thread, this(thread, args)?, other, class)
}
