//! `count`, `cycle`, `repeat`.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::slots::dispatch::BinaryOp;
use dx_object::spec::{Arity, MethodDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::value::Value;

use super::{ITERATOR, spec};
use crate::convert::type_name;
use crate::record;

/// `first` is the next number, `second` the step.
pub(super) static COUNT: TypeSpec =
    spec("count", Slots { new: Some(new_count), next: Some(next_count), repr: Some(repr_count), ..ITERATOR });

/// `first` is the iterator or None at its end, `second` the list of what it gave, `third` the position in it.
pub(super) static CYCLE: TypeSpec =
    spec("cycle", Slots { new: Some(new_cycle), next: Some(next_cycle), ..ITERATOR });

/// `first` is the object, `second` how often it still comes, or None.
pub(super) static REPEAT: TypeSpec = TypeSpec {
    methods: &[MethodDef::new("__length_hint__", Arity::None, repeat_hint)],
    ..spec(
        "repeat",
        Slots { new: Some(new_repeat), next: Some(next_repeat), repr: Some(repr_repeat), ..ITERATOR },
    )
};

fn new_count(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "count",
        parameters: &["start", "step"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let [start, step] = SIGNATURE.bind(thread, args)?;
    let (start, step) = (start.bound().unwrap_or(Value::ZERO), step.bound().unwrap_or(Value::ONE));
    for number in [start, step] {
        let slots = *thread.type_of(number).slots();
        if slots.float.is_none() && slots.index.is_none() && slots.int.is_none() {
            return Err(thread.type_error("a number is required"));
        }
    }
    record::make(thread, class, [start, step, Value::NONE, Value::NONE])
}

fn next_count(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let (number, step) = (this.first.get(), this.second.get());
    let next = match (number.as_small(), step.as_small()) {
        (Some(number), Some(step)) => thread.int(number + step),
        _ => thread.binary(BinaryOp::Add, number, step)?,
    };
    this.store(thread, &this.first, next);
    Ok(Some(number))
}

fn repr_count(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let name = type_name(thread, value);
    let number = thread.repr(this.first.get())?;
    let number = thread.to_text(number)?;
    if this.second.get() == Value::ONE {
        return Ok(thread.str_format(format_args!("{name}({number})")));
    }
    let step = thread.repr(this.second.get())?;
    let step = thread.to_text(step)?;
    Ok(thread.str_format(format_args!("{name}({number}, {step})")))
}

fn new_cycle(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let iterator = thread.iter(args.expect(thread, "cycle", 1, 1)?[0])?;
    let saved = thread.list(&[])?;
    record::make(thread, class, [iterator, saved, Value::ZERO, Value::NONE])
}

fn next_cycle(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let Some(saved) = this.second.get().as_list() else { return Ok(None) };
    if !this.first.get().is_none() {
        if let Some(item) = thread.next(this.first.get())? {
            saved.push(thread, item)?;
            return Ok(Some(item));
        }
        this.first.set(Value::NONE);
    }
    let at = this.third.get().small_value() as usize;
    let Some(item) = saved.get(at) else { return Ok(None) };
    this.third.set(Value::small(((at + 1) % saved.len()) as i64));
    Ok(Some(item))
}

fn new_repeat(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "repeat",
        parameters: &["object", "times"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let [object, times] = SIGNATURE.bind(thread, args)?;
    let times = match times.bound() {
        Some(times) => thread.int(thread.index_isize(times, ids::OVERFLOW_ERROR)?.max(0) as i64),
        None => Value::NONE,
    };
    record::make(thread, class, [object, times, Value::NONE, Value::NONE])
}

fn next_repeat(_: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    match this.second.get().as_small() {
        None => {}
        Some(0) => return Ok(None),
        Some(left) => this.second.set(Value::small(left - 1)),
    }
    Ok(Some(this.first.get()))
}

fn repr_repeat(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let name = type_name(thread, value);
    let object = thread.repr(this.first.get())?;
    let object = thread.to_text(object)?;
    Ok(match this.second.get().as_small() {
        None => thread.str_format(format_args!("{name}({object})")),
        Some(left) => thread.str_format(format_args!("{name}({object}, {left})")),
    })
}

fn repeat_hint(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    match args.get(0).and_then(record::of).map(|this| this.second.get()) {
        Some(left) if left.is_small() => Ok(left),
        _ => Err(thread.type_error("len() of unsized object")),
    }
}
