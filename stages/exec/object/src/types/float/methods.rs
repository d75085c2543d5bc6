//! Methods, attributes and slots of `float`.

mod construct;
mod numbers;
mod round;
mod text;

use crate::args::Args;
use crate::error::PyResult;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::int::Int;
use crate::value::Value;

pub use construct::float_of;
pub(in crate::types) use numbers::out_of_range;
pub use numbers::{compare_with_int, power};
pub use round::to_int;

pub(super) const DOC: Option<&str> =
    Some("float(x=0, /)\n--\n\nConvert a string or number to a floating-point number, if possible.");

pub(super) const SLOTS: Slots = Slots {
    repr: Some(text::repr),
    hash: Some(|_, value| Ok(crate::hash::of_float(value.as_float().unwrap_or(0.0), value))),
    compare: Some(numbers::compare),
    new: Some(construct::new),
    bool: Some(|_, value| Ok(value.as_float() != Some(0.0))),
    neg: Some(numbers::neg),
    pos: Some(numbers::plain),
    abs: Some(numbers::abs),
    int: Some(numbers::trunc),
    float: Some(numbers::plain),
    add: Some(numbers::add),
    sub: Some(numbers::sub),
    mul: Some(numbers::mul),
    truediv: Some(numbers::truediv),
    floordiv: Some(numbers::floordiv),
    rem: Some(numbers::rem),
    divmod: Some(numbers::divmod),
    pow: Some(numbers::pow),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("conjugate", Arity::None, |thread, args| numbers::plain(thread, args.positional()[0])),
    MethodDef::new("is_integer", Arity::None, numbers::is_integer),
    MethodDef::new("as_integer_ratio", Arity::None, round::as_integer_ratio),
    MethodDef::new("hex", Arity::None, text::hex),
    MethodDef::new("fromhex", Arity::One, text::fromhex).class(),
    MethodDef::new("from_number", Arity::One, construct::from_number).class(),
    MethodDef::new("__format__", Arity::One, text::format),
    MethodDef::new("__round__", Arity::Positional(0, 1), round::round),
    MethodDef::new("__trunc__", Arity::None, |thread, args| numbers::trunc(thread, args.positional()[0])),
    MethodDef::new("__floor__", Arity::None, round::floor),
    MethodDef::new("__ceil__", Arity::None, round::ceil),
    MethodDef::new("__getnewargs__", Arity::None, numbers::getnewargs),
    MethodDef::new("__getformat__", Arity::One, text::getformat).class(),
];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("real", numbers::plain, None),
    GetSetDef::new("imag", |thread, _| Ok(thread.float(0.0)), None),
];

/// The float that a method was called on.
fn this(thread: &Thread, args: Args<'_>) -> PyResult<f64> {
    args.get(0)
        .and_then(Value::as_float)
        .ok_or_else(|| thread.type_error("descriptor requires a 'float' object"))
}

/// An operand as a float: floats, and ints (OverflowError when too large); nothing for other types.
pub(in crate::types) fn operand(thread: &Thread, value: Value) -> PyResult<Option<f64>> {
    if let Some(float) = value.as_float() {
        return Ok(Some(float));
    }
    match value.as_int() {
        None => Ok(None),
        Some(Int::Small(small)) => Ok(Some(small as f64)),
        Some(big) => match big.to_f64() {
            Some(float) => Ok(Some(float)),
            None => Err(thread.overflow_error("int too large to convert to float")),
        },
    }
}
