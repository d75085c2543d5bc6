//! Slots of `bytes`.

use super::build::{concat_bytes, repeated};
use super::{construct, contents, make, percent, search};
use crate::error::PyResult;
use crate::ids;
use crate::slots::{CompareOp, Slots};
use crate::thread::Thread;
use crate::types::iterators;
use crate::types::support::sequence::{self, Subscript, Wording};
use crate::value::Value;

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    hash: Some(|thread, value| Ok(value.as_bytes().map_or(0, |bytes| bytes.hash(thread)))),
    compare: Some(compare_bytes),
    iter: Some(|thread, value| Ok(iterators::new(thread, ids::BYTES_ITERATOR, value, 0, Value::NONE))),
    new: Some(construct::new),
    len: Some(|_, value| Ok(value.bytes_like().map_or(0, <[u8]>::len))),
    getitem: Some(|thread, value, key| getitem(thread, value, key, &sequence::BYTES)),
    contains: Some(search::contains_bytes),
    concat: Some(concat_bytes),
    repeat: Some(repeated),
    rem: Some(percent::format),
    ..Slots::EMPTY
};

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let mut out = Vec::new();
    dx_text::repr::push_bytes(&mut out, value.bytes_like().unwrap_or_default());
    Ok(thread.str_from_wtf8(&out))
}

/// Of `bytes`: other kinds of data answer for themselves.
fn compare_bytes(_: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    match (left.as_bytes(), right.as_bytes()) {
        (Some(a), Some(b)) => Ok(Value::bool(op.of(a.bytes().cmp(b.bytes())))),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Of `bytearray`: with any bytes-like object.
pub(in crate::types) fn compare(
    thread: &Thread,
    left: Value,
    right: Value,
    op: CompareOp,
) -> PyResult<Value> {
    let Some(a) = left.bytes_like() else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(b) = right.bytes_like() {
        return Ok(Value::bool(op.of(a.cmp(b))));
    }
    match contents(thread, right)? {
        Some(b) if matches!(op, CompareOp::Eq | CompareOp::Ne) => Ok(Value::bool(op.of(a.cmp(&b)))),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(in crate::types) fn getitem(
    thread: &Thread,
    value: Value,
    key: Value,
    wording: &Wording,
) -> PyResult<Value> {
    let data = value.bytes_like().unwrap_or_default();
    match sequence::subscript(thread, key, data.len(), wording)? {
        Subscript::Index(index) => Ok(Value::small(data[index].into())),
        Subscript::Slice(indices) if indices.step == 1 => {
            let start = indices.start as usize;
            super::part(thread, value, start..start + indices.count)
        }
        Subscript::Slice(indices) => {
            let picked: Vec<u8> = sequence::positions(indices).map(|at| data[at]).collect();
            make(thread, value, &picked)
        }
    }
}
