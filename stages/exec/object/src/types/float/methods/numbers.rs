//! Arithmetic and comparison of floats.

use std::cmp::Ordering;

use super::{operand, this};
use crate::args::Args;
use crate::error::{PyResult, Raised};
use crate::ids;
use crate::slots::CompareOp;
use crate::thread::Thread;
use crate::types::complex::methods as complex;
use crate::types::int::Int;
use crate::value::Value;

/// A float as exactly a `float`.
pub(super) fn plain(thread: &Thread, value: Value) -> PyResult<Value> {
    if value.is_exact_float() {
        return Ok(value);
    }
    Ok(thread.float(value.as_float().unwrap_or(0.0)))
}

/// Both operands as floats, or the answer that this slot does not know them.
macro_rules! operands {
    ($thread:ident, $left:ident, $right:ident) => {
        match (operand($thread, $left)?, operand($thread, $right)?) {
            (Some(left), Some(right)) => (left, right),
            _ => return Ok(Value::NOT_IMPLEMENTED),
        }
    };
}

macro_rules! arithmetic {
    ($($name:ident: $operator:tt;)*) => {
        $(pub(super) fn $name(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
            let (left, right) = operands!(thread, left, right);
            Ok(thread.float(left $operator right))
        })*
    };
}

arithmetic! {
    add: +;
    sub: -;
    mul: *;
}

#[cold]
fn division_by_zero(thread: &Thread) -> Raised {
    thread.zero_division_error("division by zero")
}

pub(super) fn truediv(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let (left, right) = operands!(thread, left, right);
    if right == 0.0 {
        return Err(division_by_zero(thread));
    }
    Ok(thread.float(left / right))
}

/// Floor quotient and remainder with the divisor's sign; the divisor is not zero.
fn floor_division(left: f64, right: f64) -> (f64, f64) {
    let mut remainder = left % right;
    let mut quotient = (left - remainder) / right;
    if remainder == 0.0 {
        remainder = 0f64.copysign(right);
    } else if (right < 0.0) != (remainder < 0.0) {
        remainder += right;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0f64.copysign(left / right), remainder);
    }
    // The quotient is nearly whole; rounding may have left it just above or below.
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, remainder)
}

pub(super) fn floordiv(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let (left, right) = operands!(thread, left, right);
    if right == 0.0 {
        return Err(division_by_zero(thread));
    }
    Ok(thread.float(floor_division(left, right).0))
}

pub(super) fn rem(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let (left, right) = operands!(thread, left, right);
    if right == 0.0 {
        return Err(division_by_zero(thread));
    }
    Ok(thread.float(floor_division(left, right).1))
}

pub(super) fn divmod(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let (left, right) = operands!(thread, left, right);
    if right == 0.0 {
        return Err(division_by_zero(thread));
    }
    let (quotient, remainder) = floor_division(left, right);
    let quotient = thread.float(quotient);
    thread.try_tuple(&[quotient, thread.float(remainder)])
}

pub(super) fn pow(thread: &Thread, left: Value, right: Value, modulus: Value) -> PyResult<Value> {
    if !modulus.is_none() {
        return Err(thread.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    let (left, right) = operands!(thread, left, right);
    power(thread, left, right)
}

/// `base ** exponent`; a negative base with a fractional exponent gives a complex number.
pub fn power(thread: &Thread, base: f64, exponent: f64) -> PyResult<Value> {
    if exponent == 0.0 || base == 1.0 {
        return Ok(thread.float(1.0));
    }
    if base.is_nan() || exponent.is_nan() {
        return Ok(thread.float(if base.is_nan() { base } else { exponent }));
    }
    if base == 0.0 && exponent < 0.0 {
        return Err(thread.zero_division_error("zero to a negative power"));
    }
    if base < 0.0 && base.is_finite() && exponent.is_finite() && exponent != exponent.floor() {
        return complex::power(thread, (base, 0.0), (exponent, 0.0));
    }
    let result = base.powf(exponent);
    if result.is_infinite() && base.is_finite() && exponent.is_finite() {
        return Err(out_of_range(thread));
    }
    Ok(thread.float(result))
}

/// The error that C's `errno` ERANGE gives.
#[cold]
pub(in crate::types) fn out_of_range(thread: &Thread) -> Raised {
    let text = thread.str("Numerical result out of range");
    thread.raise_args(ids::OVERFLOW_ERROR, &[Value::small(34), text])
}

pub(super) fn neg(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(thread.float(-value.as_float().unwrap_or(0.0)))
}

pub(super) fn abs(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(thread.float(value.as_float().unwrap_or(0.0).abs()))
}

pub(super) fn trunc(thread: &Thread, value: Value) -> PyResult<Value> {
    super::to_int(thread, value.as_float().unwrap_or(0.0).trunc())
}

pub(super) fn is_integer(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = this(thread, args)?;
    Ok(Value::bool(value.is_finite() && value == value.trunc()))
}

pub(super) fn getnewargs(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = plain(thread, args.positional()[0])?;
    thread.try_tuple(&[value])
}

/// Exact comparison with an int of any size; nothing for a NaN.
pub fn compare_with_int(float: f64, int: Int) -> Option<Ordering> {
    const EXACT: i64 = 1 << 53;
    match int {
        Int::Small(small) if (-EXACT..=EXACT).contains(&small) => float.partial_cmp(&(small as f64)),
        _ if float.is_nan() => None,
        _ if float.is_infinite() => Some(if float > 0.0 { Ordering::Greater } else { Ordering::Less }),
        _ if (float < 0.0) != int.is_negative() => {
            Some(if float < 0.0 { Ordering::Less } else { Ordering::Greater })
        }
        _ => {
            // Same sign: the number of bits of the whole part decides, or the exact values.
            let whole = super::round::to_big(float.trunc());
            let order = whole.cmp(&int.to_big());
            Some(order.then_with(|| float.fract().partial_cmp(&0.0).unwrap_or(Ordering::Equal)))
        }
    }
}

pub(super) fn compare(_: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let Some(float) = left.as_float() else { return Ok(Value::NOT_IMPLEMENTED) };
    let order = if let Some(other) = right.as_float() {
        float.partial_cmp(&other)
    } else if let Some(int) = right.as_int() {
        compare_with_int(float, int)
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    // A NaN is unequal to everything and ordered before nothing.
    Ok(Value::bool(order.map_or(op == CompareOp::Ne, |order| op.of(order))))
}
