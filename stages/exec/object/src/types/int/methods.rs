//! Methods, attributes and slots of `int`.

mod bytes;
mod construct;
mod numbers;
pub(crate) mod text;

use super::{Int, arith};
use crate::args::Args;
use crate::error::PyResult;
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

pub use text::{decimal_text, parse_text};

pub(super) const DOC: Option<&str> = Some(
    "int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if \
     no arguments are given.",
);

macro_rules! binary {
    ($($name:ident)*) => {
        $(fn $name(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
            match (left.as_int(), right.as_int()) {
                (Some(left), Some(right)) => arith::$name(thread, left, right),
                _ => Ok(Value::NOT_IMPLEMENTED),
            }
        })*
    };
}

binary! { add sub mul floordiv rem shl shr and or xor }

fn divmod(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    match (left.as_int(), right.as_int()) {
        (Some(left), Some(right)) => {
            let (quotient, remainder) = arith::divmod(thread, left, right)?;
            thread.try_tuple(&[quotient, remainder])
        }
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn truediv(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    match (left.as_int(), right.as_int()) {
        (Some(left), Some(right)) => Ok(thread.float(arith::truediv(thread, left, right)?)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) const SLOTS: Slots = Slots {
    repr: Some(text::repr),
    hash: Some(crate::hash::int_slot),
    compare: Some(compare),
    new: Some(construct::new),
    bool: Some(|_, value| Ok(value.as_int().is_some_and(|int| !int.is_zero()))),
    neg: Some(numbers::neg),
    pos: Some(numbers::plain),
    abs: Some(numbers::abs),
    invert: Some(numbers::invert),
    int: Some(numbers::plain),
    index: Some(numbers::plain),
    float: Some(numbers::to_float),
    add: Some(add),
    sub: Some(sub),
    mul: Some(mul),
    truediv: Some(truediv),
    floordiv: Some(floordiv),
    rem: Some(rem),
    divmod: Some(divmod),
    lshift: Some(shl),
    rshift: Some(shr),
    and: Some(and),
    xor: Some(xor),
    or: Some(or),
    pow: Some(numbers::pow),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("bit_length", Arity::None, numbers::bit_length),
    MethodDef::new("bit_count", Arity::None, numbers::bit_count),
    MethodDef::new("conjugate", Arity::None, numbers::plain_method),
    MethodDef::new("as_integer_ratio", Arity::None, numbers::as_integer_ratio),
    MethodDef::new("is_integer", Arity::None, |_, _| Ok(Value::TRUE)),
    MethodDef::new("to_bytes", Arity::Any, bytes::to_bytes),
    MethodDef::new("from_bytes", Arity::Any, bytes::from_bytes).class(),
    MethodDef::new("__format__", Arity::One, text::format),
    MethodDef::new("__round__", Arity::Positional(0, 1), numbers::round),
    MethodDef::new("__trunc__", Arity::None, numbers::plain_method),
    MethodDef::new("__floor__", Arity::None, numbers::plain_method),
    MethodDef::new("__ceil__", Arity::None, numbers::plain_method),
    MethodDef::new("__getnewargs__", Arity::None, numbers::getnewargs),
    MethodDef::new("__sizeof__", Arity::None, numbers::sizeof),
];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("real", numbers::plain, None),
    GetSetDef::new("imag", |_, _| Ok(Value::ZERO), None),
    GetSetDef::new("numerator", numbers::plain, None),
    GetSetDef::new("denominator", |_, _| Ok(Value::ONE), None),
];

/// The int that a method was called on.
fn this(thread: &Thread, args: Args<'_>) -> PyResult<Int> {
    args.get(0)
        .and_then(Value::as_int)
        .ok_or_else(|| thread.type_error("descriptor requires an 'int' object"))
}

fn compare(_: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    Ok(match (left.as_int(), right.as_int()) {
        (Some(left), Some(right)) => Value::bool(op.of(left.compare(right))),
        _ => Value::NOT_IMPLEMENTED,
    })
}
