//! `range`: start, stop, step and the precomputed length, ints of any size.

pub mod methods;

use crate::error::PyResult;
use crate::gc::{Gc, word_object};
use crate::ids;
use crate::ops;
use crate::spec::{TypeSpec, flags};
use crate::thread::Thread;
use crate::types::int::{Int, arith};
use crate::value::Value;

word_object! {
    /// The fields are ints.
    pub struct RangeObject: RANGE { start, stop, step, length }
}

pub static SPEC: TypeSpec = TypeSpec {
    flags: flags::SEQUENCE,
    layout: Some(crate::spec::Layout::fixed::<RangeObject>()),
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("range")
};

/// `range(start, stop, step)` of ints. ValueError for step 0.
pub fn new(thread: &Thread, start: Value, stop: Value, step: Value) -> PyResult<Gc<RangeObject>> {
    let length = length(thread, start, stop, step)?;
    Ok(RangeObject::make(thread, ids::RANGE.0, start, stop, step, length))
}

fn length(thread: &Thread, start: Value, stop: Value, step: Value) -> PyResult<Value> {
    let [Some(low), Some(high), Some(by)] = [start, stop, step].map(Value::as_int) else {
        return Err(thread.type_error("range() arguments must be integers"));
    };
    if by.is_zero() {
        return Err(thread.value_error("range() arg 3 must not be zero"));
    }
    if let (Int::Small(low), Int::Small(high), Int::Small(by)) = (low, high, by) {
        let (low, high) = if by > 0 { (low, high) } else { (high, low) };
        // 62-bit bounds: the difference fits 64 bits.
        let length = if low >= high { 0 } else { (high - low - 1) / by.abs() + 1 };
        return Ok(thread.int(length));
    }
    let (low, high) = if by.is_negative() { (stop, start) } else { (start, stop) };
    let distance = arith::sub(thread, ops::int_of(high), ops::int_of(low))?;
    let distance = ops::int_of(distance);
    if distance.is_negative() || distance.is_zero() {
        return Ok(Value::ZERO);
    }
    let last = arith::sub(thread, distance, Int::Small(1))?;
    let size = arith::abs(thread, by)?;
    let turns = arith::floordiv(thread, ops::int_of(last), ops::int_of(size))?;
    arith::add(thread, ops::int_of(turns), Int::Small(1))
}

impl RangeObject {
    /// Start, step and length when all of the range fits 64 bits.
    pub fn small(&self) -> Option<(i64, i64, i64)> {
        let parts =
            (self.start.get().as_small()?, self.step.get().as_small()?, self.length.get().as_small()?);
        let last = (parts.2 - 1).max(0).checked_mul(parts.1)?.checked_add(parts.0)?;
        Value::try_small(last).map(|_| parts)
    }
}
