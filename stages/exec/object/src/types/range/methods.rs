//! Methods, attributes and slots of `range`.

use super::RangeObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::int::{Int, arith};
use crate::types::iterators;
use crate::types::slice::SliceObject;
use crate::types::support::{index as to_index, int_of, type_name};
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a \
     sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., \
     j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices \
     for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement).",
);

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    hash: Some(hash),
    compare: Some(compare),
    iter: Some(|thread, range| Ok(iterators::of_range(thread, range))),
    new: Some(new),
    bool: Some(|_, range| Ok(this(range).is_some_and(|range| range.length.get() != Value::ZERO))),
    len: Some(len),
    getitem: Some(getitem),
    contains: Some(contains),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("index", Arity::One, index),
    MethodDef::new("count", Arity::One, count),
    MethodDef::new("__reversed__", Arity::None, reversed),
    MethodDef::new("__reduce__", Arity::None, reduce),
];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("start", |_, range| Ok(field(range, |range| range.start.get())), None),
    GetSetDef::new("stop", |_, range| Ok(field(range, |range| range.stop.get())), None),
    GetSetDef::new("step", |_, range| Ok(field(range, |range| range.step.get())), None),
];

fn this(value: Value) -> Option<Gc<RangeObject>> {
    value.downcast()
}

fn field(value: Value, read: impl Fn(Gc<RangeObject>) -> Value) -> Value {
    this(value).map_or(Value::NONE, read)
}

fn new(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "range")?;
    let values = match args.len() {
        0 => return Err(thread.type_error("range expected at least 1 argument, got 0")),
        1..=3 => args.positional(),
        given => {
            return Err(thread.type_error(format_args!("range expected at most 3 arguments, got {given}")));
        }
    };
    let int = |value: Value| if value.is_small() { Ok(value) } else { to_index(thread, value) };
    let range = match *values {
        [stop] => super::new(thread, Value::ZERO, int(stop)?, Value::ONE)?,
        [start, stop] => super::new(thread, int(start)?, int(stop)?, Value::ONE)?,
        [start, stop, step, ..] => super::new(thread, int(start)?, int(stop)?, int(step)?)?,
        [] => return Ok(Value::NONE),
    };
    Ok(range.value())
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(range) = this(value) else { return Ok(Value::NOT_IMPLEMENTED) };
    let (start, stop) = (thread.to_text(range.start.get())?, thread.to_text(range.stop.get())?);
    if range.step.get() == Value::ONE {
        return Ok(thread.str(&format!("range({start}, {stop})")));
    }
    let step = thread.to_text(range.step.get())?;
    Ok(thread.str(&format!("range({start}, {stop}, {step})")))
}

/// What decides equality: the length, then the start, then the step, as far as they matter.
fn essence(range: Gc<RangeObject>) -> [Value; 3] {
    let length = range.length.get();
    match length {
        Value::ZERO => [length, Value::NONE, Value::NONE],
        Value::ONE => [length, range.start.get(), Value::NONE],
        _ => [length, range.start.get(), range.step.get()],
    }
}

fn hash(thread: &Thread, value: Value) -> PyResult<i64> {
    match this(value) {
        Some(range) => crate::hash::of_items(thread, &essence(range)),
        None => Ok(0),
    }
}

fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let (Some(a), Some(b)) = (this(left), this(right)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let mut equal = true;
    for (x, y) in essence(a).into_iter().zip(essence(b)) {
        equal = equal && (x == y || thread.equal(x, y)?);
    }
    Ok(Value::bool(equal == wanted))
}

fn len(thread: &Thread, value: Value) -> PyResult<usize> {
    let length = field(value, |range| range.length.get()).as_int().and_then(Int::to_i64);
    match length {
        Some(length) => Ok(length as usize),
        None => Err(thread.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// Item number `index`, which is not negative.
fn item(thread: &Thread, range: Gc<RangeObject>, index: Int) -> PyResult<Value> {
    let offset = arith::mul(thread, index, int_of(range.step.get()))?;
    arith::add(thread, int_of(range.start.get()), int_of(offset))
}

fn getitem(thread: &Thread, value: Value, key: Value) -> PyResult<Value> {
    let Some(range) = this(value) else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(slice) = key.downcast::<SliceObject>() {
        return sliced(thread, range, slice);
    }
    if key.as_int().is_none() && thread.type_of(key).slots().index.is_none() {
        let name = type_name(thread, key);
        return Err(thread.type_error(format_args!("range indices must be integers or slices, not {name}")));
    }
    let mut index = to_index(thread, key)?;
    let length = int_of(range.length.get());
    if int_of(index).is_negative() {
        index = arith::add(thread, int_of(index), length)?;
    }
    if int_of(index).is_negative() || int_of(index).compare(length).is_ge() {
        return Err(thread.index_error("range object index out of range"));
    }
    item(thread, range, int_of(index))
}

fn sliced(thread: &Thread, range: Gc<RangeObject>, slice: Gc<SliceObject>) -> PyResult<Value> {
    let Some(length) = int_of(range.length.get()).to_i64() else {
        return Err(thread.overflow_error("Python int too large to convert to C ssize_t"));
    };
    let indices = slice.indices(thread, length as usize)?;
    let at = |index: isize| {
        let offset = arith::mul(thread, Int::Small(index as i64), int_of(range.step.get()))?;
        arith::add(thread, int_of(range.start.get()), int_of(offset))
    };
    let step = arith::mul(thread, int_of(range.step.get()), Int::Small(indices.step as i64))?;
    Ok(super::new(thread, at(indices.start)?, at(indices.stop)?, step)?.value())
}

/// The place of an int in the range.
fn position(thread: &Thread, range: Gc<RangeObject>, wanted: Int) -> PyResult<Option<Value>> {
    if let (Some((start, step, length)), Int::Small(wanted)) = (range.small(), wanted) {
        let distance = wanted.wrapping_sub(start);
        let place = distance / step;
        let found = distance % step == 0 && place >= 0 && place < length;
        return Ok(found.then(|| Value::small(place)));
    }
    let distance = arith::sub(thread, wanted, int_of(range.start.get()))?;
    let (place, rest) = arith::divmod(thread, int_of(distance), int_of(range.step.get()))?;
    let inside = !int_of(place).is_negative() && int_of(place).compare(int_of(range.length.get())).is_lt();
    Ok((int_of(rest).is_zero() && inside).then_some(place))
}

/// Where an item is, or the first one equal to a value that is no int.
fn find(thread: &Thread, value: Value, wanted: Value) -> PyResult<Option<Value>> {
    let Some(range) = this(value) else { return Ok(None) };
    if wanted.is_exact_int() || wanted.is_bool() {
        return position(thread, range, int_of(wanted));
    }
    let mut place = Value::ZERO;
    let mut found = None;
    thread.for_each(value, |item| {
        if found.is_none() && thread.equal(item, wanted)? {
            found = Some(place);
        }
        place = arith::add(thread, int_of(place), Int::Small(1))?;
        Ok(())
    })?;
    Ok(found)
}

fn contains(thread: &Thread, value: Value, wanted: Value) -> PyResult<bool> {
    Ok(find(thread, value, wanted)?.is_some())
}

fn index(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let wanted = args.positional()[1];
    match find(thread, args.positional()[0], wanted)? {
        Some(place) => Ok(place),
        None if wanted.as_int().is_some() => {
            let shown = thread.to_text(thread.repr(wanted)?)?;
            Err(thread.value_error(format_args!("{shown} is not in range")))
        }
        None => Err(thread.value_error("sequence.index(x): x not in sequence")),
    }
}

fn count(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (value, wanted) = (args.positional()[0], args.positional()[1]);
    if wanted.is_exact_int() || wanted.is_bool() {
        return Ok(Value::small(i64::from(contains(thread, value, wanted)?)));
    }
    let mut count = 0;
    thread.for_each(value, |item| {
        count += i64::from(thread.equal(item, wanted)?);
        Ok(())
    })?;
    Ok(Value::small(count))
}

fn reversed(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(range) = this(args.positional()[0]) else { return Ok(Value::NONE) };
    let length = int_of(range.length.get());
    let last = arith::sub(thread, length, Int::Small(1))?;
    let start = item(thread, range, int_of(last))?;
    let step = arith::neg(thread, int_of(range.step.get()))?;
    let stop = arith::sub(thread, int_of(range.start.get()), int_of(range.step.get()))?;
    Ok(iterators::of_range(thread, super::new(thread, start, stop, step)?.value()))
}

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(range) = this(args.positional()[0]) else { return Ok(Value::NONE) };
    let parts = thread.try_tuple(&[range.start.get(), range.stop.get(), range.step.get()])?;
    thread.try_tuple(&[thread.builtin_type(ids::RANGE).value(), parts])
}
