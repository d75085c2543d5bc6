//! Rounding, and floats as exact integers.

use dashu_int::IBig;

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::int::Int;
use crate::types::support::index;
use crate::value::Value;

/// A whole, finite float as an integer.
pub(super) fn to_big(value: f64) -> IBig {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let mantissa = bits & ((1 << 52) - 1) | if exponent == 0 { 0 } else { 1 << 52 };
    let shift = exponent.max(1) - 1075;
    let magnitude = if shift >= 0 {
        IBig::from(mantissa) << shift as usize
    } else {
        IBig::from(mantissa) >> (-shift) as usize
    };
    if value < 0.0 { -magnitude } else { magnitude }
}

/// A whole float as an int; OverflowError and ValueError for what is not finite.
pub fn to_int(thread: &Thread, value: f64) -> PyResult<Value> {
    if value.abs() < 1e18 {
        return Ok(thread.int(value as i64));
    }
    if value.is_nan() {
        return Err(thread.value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(thread.overflow_error("cannot convert float infinity to integer"));
    }
    thread.int_big(&to_big(value))
}

pub(super) fn floor(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    to_int(thread, this(thread, args)?.floor())
}

pub(super) fn ceil(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    to_int(thread, this(thread, args)?.ceil())
}

pub(super) fn round(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = this(thread, args)?;
    let Some(digits) = args.get(1).filter(|digits| !digits.is_none()) else {
        return to_int(thread, value.round_ties_even());
    };
    let digits = index(thread, digits)?;
    let digits = digits.as_int().map_or(0, Int::saturate);
    // More decimals than any float has change nothing; units beyond the largest float leave nothing.
    if !value.is_finite() || digits > 323 {
        return Ok(thread.float(value));
    }
    if digits < -308 {
        return Ok(thread.float(0.0 * value));
    }
    let magnitude = round_decimal(value.abs(), digits as i32);
    if magnitude.is_infinite() {
        return Err(thread.overflow_error("rounded value too large to represent"));
    }
    Ok(thread.float(magnitude.copysign(value)))
}

/// Rounds the exact decimal value half to even, as printing and reading it again does.
fn round_decimal(magnitude: f64, digits: i32) -> f64 {
    if digits >= 0 {
        let places = digits as usize;
        return format!("{magnitude:.places$}").parse().unwrap_or(magnitude);
    }
    let exact = dx_text::float::rounded(magnitude, 400);
    let kept = exact.point + digits;
    if kept < 0 || magnitude == 0.0 {
        return 0.0;
    }
    if kept == 0 {
        // Between zero and one unit: more than a half rounds up, exactly a half to zero.
        let up = exact.text.as_str() > "5";
        return if up { format!("1e{}", exact.point).parse().unwrap_or(0.0) } else { 0.0 };
    }
    let rounded = dx_text::float::rounded(magnitude, kept as usize);
    format!("0.{}e{}", rounded.text, rounded.point).parse().unwrap_or(magnitude)
}

pub(super) fn as_integer_ratio(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = this(thread, args)?;
    if value.is_nan() {
        return Err(thread.value_error("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(thread.overflow_error("cannot convert Infinity to integer ratio"));
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let mut mantissa = bits & ((1 << 52) - 1) | if exponent == 0 { 0 } else { 1 << 52 };
    let mut shift = exponent.max(1) - 1075;
    if mantissa == 0 {
        return thread.try_tuple(&[Value::ZERO, Value::ONE]);
    }
    let even = mantissa.trailing_zeros() as i32;
    mantissa >>= even;
    shift += even;
    let numerator = IBig::from(mantissa) << shift.max(0) as usize;
    let numerator = thread.int_big(&if value < 0.0 { -numerator } else { numerator })?;
    let denominator = thread.int_big(&(IBig::ONE << (-shift).max(0) as usize))?;
    thread.try_tuple(&[numerator, denominator])
}
