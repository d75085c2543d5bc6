//! Methods, attributes and slots of `slice`.

use super::SliceObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::int::{Int, arith};
use crate::types::support::{index, int_of};
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. \
     a[0:10:2]).",
);

pub(super) const SLOTS: Slots =
    Slots { repr: Some(repr), hash: Some(hash), compare: Some(compare), new: Some(new), ..Slots::EMPTY };

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("indices", Arity::One, indices),
    MethodDef::new("__reduce__", Arity::None, |thread, args| {
        let parts = thread.try_tuple(&parts(args.positional()[0]))?;
        thread.try_tuple(&[thread.builtin_type(ids::SLICE).value(), parts])
    }),
];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("start", |_, slice| Ok(parts(slice)[0]), None),
    GetSetDef::new("stop", |_, slice| Ok(parts(slice)[1]), None),
    GetSetDef::new("step", |_, slice| Ok(parts(slice)[2]), None),
];

/// Start, stop and step.
fn parts(slice: Value) -> [Value; 3] {
    let slice: Option<Gc<SliceObject>> = slice.downcast();
    slice.map_or([Value::NONE; 3], |slice| [slice.start.get(), slice.stop.get(), slice.step.get()])
}

fn new(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    Ok(match *args.expect(thread, "slice", 1, 3)? {
        [start, stop] => thread.slice(start, stop, Value::NONE),
        [start, stop, step] => thread.slice(start, stop, step),
        [stop, ..] => thread.slice(Value::NONE, stop, Value::NONE),
        [] => Value::NONE,
    })
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let mut text = b"slice(".to_vec();
    for (index, part) in parts(value).into_iter().enumerate() {
        if index > 0 {
            text.extend_from_slice(b", ");
        }
        let part = thread.repr(part)?;
        text.extend_from_slice(part.str_bytes().unwrap_or_default());
    }
    text.push(b')');
    Ok(thread.str_from_wtf8(&text))
}

fn hash(thread: &Thread, value: Value) -> PyResult<i64> {
    crate::hash::of_items(thread, &parts(value))
}

fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    if right.downcast::<SliceObject>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    for (x, y) in parts(left).into_iter().zip(parts(right)) {
        if x != y && !thread.equal(x, y)? {
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => thread.compare(x, y, op),
            };
        }
    }
    Ok(Value::bool(op.of(std::cmp::Ordering::Equal)))
}

/// `slice.indices(length)` for ints of any size.
fn indices(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [start, stop, step] = parts(args.positional()[0]);
    let length = index(thread, args.positional()[1])?;
    if int_of(length).is_negative() {
        return Err(thread.value_error("length should not be negative"));
    }
    let to_int = |value: Value| {
        if value.as_int().is_none() && thread.type_of(value).slots().index.is_none() {
            return Err(
                thread.type_error("slice indices must be integers or None or have an __index__ method")
            );
        }
        index(thread, value)
    };
    let step = if step.is_none() { Value::ONE } else { to_int(step)? };
    if int_of(step).is_zero() {
        return Err(thread.value_error("slice step cannot be zero"));
    }
    let backward = int_of(step).is_negative();
    let last = arith::sub(thread, int_of(length), Int::Small(1))?;
    let (low, high) = if backward { (Value::small(-1), last) } else { (Value::ZERO, length) };
    let clamp = |value: Value, default: Value| {
        if value.is_none() {
            return Ok(default);
        }
        let mut bound = to_int(value)?;
        if int_of(bound).is_negative() {
            bound = arith::add(thread, int_of(bound), int_of(length))?;
            return Ok(if int_of(bound).compare(int_of(low)).is_lt() { low } else { bound });
        }
        Ok(if int_of(bound).compare(int_of(high)).is_gt() { high } else { bound })
    };
    let start = clamp(start, if backward { high } else { low })?;
    let stop = clamp(stop, if backward { low } else { high })?;
    thread.try_tuple(&[start, stop, step])
}
