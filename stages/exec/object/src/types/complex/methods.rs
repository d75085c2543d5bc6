//! Methods, attributes and slots of `complex`.

mod construct;
mod numbers;

use dx_text::format::{self, Defaults};

use crate::args::Args;
use crate::error::PyResult;
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::float::methods::compare_with_int;
use crate::types::str::methods::format::{parse_spec, raise_format, spec_argument};
use crate::value::Value;

pub use numbers::power;

pub(super) const DOC: Option<&str> = Some(
    "complex(real=0, imag=0)\n--\n\nCreate a complex number from a string or numbers.\n\nIf a string is given, parse \
     it as a complex number.\nIf a single number is given, convert it to a complex number.\nIf the 'real' or 'imag' \
     arguments are given, create a complex number\nwith the specified real and imaginary components.",
);

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    hash: Some(hash),
    compare: Some(compare),
    new: Some(construct::new),
    bool: Some(|_, value| Ok(parts(value) != (0.0, 0.0))),
    neg: Some(|thread, value| Ok(thread.complex(-parts(value).0, -parts(value).1))),
    pos: Some(plain),
    abs: Some(numbers::abs),
    add: Some(numbers::add),
    sub: Some(numbers::sub),
    mul: Some(numbers::mul),
    truediv: Some(numbers::truediv),
    pow: Some(numbers::pow),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("conjugate", Arity::None, |thread, args| {
        let (real, imag) = parts(args.positional()[0]);
        Ok(thread.complex(real, -imag))
    }),
    MethodDef::new("__complex__", Arity::None, |thread, args| plain(thread, args.positional()[0])),
    MethodDef::new("__format__", Arity::One, dunder_format),
    MethodDef::new("__getnewargs__", Arity::None, |thread, args| {
        let (real, imag) = parts(args.positional()[0]);
        let real = thread.float(real);
        thread.try_tuple(&[real, thread.float(imag)])
    }),
    MethodDef::new("from_number", Arity::One, construct::from_number).class(),
];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("real", |thread, value| Ok(thread.float(parts(value).0)), None),
    GetSetDef::new("imag", |thread, value| Ok(thread.float(parts(value).1)), None),
];

/// Real and imaginary part of a value that is known to be complex.
fn parts(value: Value) -> (f64, f64) {
    value.as_complex().unwrap_or((0.0, 0.0))
}

/// A complex number as exactly a `complex`.
fn plain(thread: &Thread, value: Value) -> PyResult<Value> {
    if value.downcast::<super::ComplexObject>().is_some() {
        return Ok(value);
    }
    let (real, imag) = parts(value);
    Ok(thread.complex(real, imag))
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let (real, imag) = parts(value);
    let push = |out: &mut String, value: f64| {
        let start = out.len();
        dx_text::float::push_repr(out, value);
        // The parts of a complex number have no ".0".
        if out[start..].ends_with(".0") {
            out.truncate(out.len() - 2);
        }
    };
    let mut text = String::with_capacity(32);
    if real == 0.0 && real.is_sign_positive() {
        push(&mut text, imag);
        text.push('j');
    } else {
        text.push('(');
        push(&mut text, real);
        if imag.is_sign_positive() || imag.is_nan() {
            text.push('+');
        }
        push(&mut text, imag);
        text.push_str("j)");
    }
    Ok(thread.str(&text))
}

fn hash(_: &Thread, value: Value) -> PyResult<i64> {
    let (real, imag) = parts(value);
    let real = crate::hash::of_float(real, value);
    let imag = crate::hash::of_float(imag, value);
    Ok(crate::hash::fix(real.wrapping_add(imag.wrapping_mul(1_000_003))))
}

fn compare(_: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let Some((real, imag)) = left.as_complex() else { return Ok(Value::NOT_IMPLEMENTED) };
    let equal = if let Some((other_real, other_imag)) = right.as_complex() {
        real == other_real && imag == other_imag
    } else if let Some(float) = right.as_float() {
        imag == 0.0 && real == float
    } else if let Some(int) = right.as_int() {
        imag == 0.0 && compare_with_int(real, int).is_some_and(std::cmp::Ordering::is_eq)
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(equal == wanted))
}

fn dunder_format(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let spec = spec_argument(thread, args)?;
    let spec = spec.str_bytes().unwrap_or_default();
    if spec.is_empty() {
        return thread.to_str(value);
    }
    let spec = parse_spec(thread, spec, Defaults::COMPLEX)?;
    let (real, imag) = parts(value);
    let mut out = Vec::new();
    format::format_complex(&mut out, real, imag, &spec).map_err(|error| raise_format(thread, error))?;
    Ok(thread.str_from_wtf8(&out))
}
