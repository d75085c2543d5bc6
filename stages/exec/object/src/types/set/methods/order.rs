//! Subsets, supersets, equality.

use super::{class_of, this};
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::CompareOp;
use crate::thread::Thread;
use crate::types::set::{self, SetObject};
use crate::value::Value;

/// Whether every member of `inner` is one of `outer`.
fn is_subset(thread: &Thread, inner: Gc<SetObject>, outer: Gc<SetObject>) -> PyResult<bool> {
    if inner.len() > outer.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((at, entry)) = inner.next_entry(position) {
        if !outer.contains_hashed(thread, entry.key, entry.hash)? {
            return Ok(false);
        }
        position = at + 1;
    }
    Ok(true)
}

pub(super) fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let (Some(a), Some(b)) = (left.as_set(), right.as_set()) else { return Ok(Value::NOT_IMPLEMENTED) };
    let answer = match op {
        CompareOp::Eq => a.len() == b.len() && is_subset(thread, a, b)?,
        CompareOp::Ne => a.len() != b.len() || !is_subset(thread, a, b)?,
        CompareOp::Le => is_subset(thread, a, b)?,
        CompareOp::Lt => a.len() < b.len() && is_subset(thread, a, b)?,
        CompareOp::Ge => is_subset(thread, b, a)?,
        CompareOp::Gt => a.len() > b.len() && is_subset(thread, b, a)?,
    };
    Ok(Value::bool(answer))
}

/// An argument as a set: itself, or a new one of what it yields.
pub(super) fn as_members(thread: &Thread, value: Value) -> PyResult<Gc<SetObject>> {
    if let Some(set) = value.as_set() {
        return Ok(set);
    }
    let made = set::new(thread, ids::SET);
    made.update(thread, value)?;
    Ok(made)
}

pub(super) fn issubset(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let set = this(thread, args)?;
    let other = as_members(thread, args.positional()[1])?;
    Ok(Value::bool(is_subset(thread, set, other)?))
}

pub(super) fn issuperset(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let set = this(thread, args)?;
    let other = as_members(thread, args.positional()[1])?;
    Ok(Value::bool(is_subset(thread, other, set)?))
}

pub(super) fn isdisjoint(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let set = this(thread, args)?;
    let other = args.positional()[1];
    let mut disjoint = true;
    if let Some(other) = other.as_set() {
        let (small, large) = if other.len() > set.len() { (set, other) } else { (other, set) };
        let mut position = 0;
        while let Some((at, entry)) = small.next_entry(position) {
            if large.contains_hashed(thread, entry.key, entry.hash)? {
                return Ok(Value::FALSE);
            }
            position = at + 1;
        }
        return Ok(Value::TRUE);
    }
    thread.for_each(other, |item| {
        disjoint = disjoint && !set.contains(thread, item)?;
        Ok(())
    })?;
    Ok(Value::bool(disjoint))
}

/// Whether an operator's operand is a set at all: operators, unlike methods, take nothing else.
pub(super) fn both_sets(
    thread: &Thread,
    left: Value,
    right: Value,
) -> Option<(Gc<SetObject>, Gc<SetObject>, ids::TypeId)> {
    Some((left.as_set()?, right.as_set()?, class_of(thread, left)))
}
