//! Signs, powers, rounding and the small questions about an int.

use super::this;
use crate::args::Args;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::int::{Int, arith};
use crate::types::support::index;
use crate::value::Value;

/// An int as exactly an `int`: bools and instances of subclasses give theirs up.
pub(in crate::types) fn plain(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(match value.as_int() {
        Some(Int::Small(small)) => thread.int(small),
        Some(Int::Big(big)) => big.value(),
        None => Value::ZERO,
    })
}

pub(super) fn plain_method(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    plain(thread, args.positional()[0])
}

macro_rules! unary {
    ($($name:ident)*) => {
        $(pub(super) fn $name(thread: &Thread, value: Value) -> PyResult<Value> {
            match value.as_int() {
                Some(int) => arith::$name(thread, int),
                None => Ok(Value::NOT_IMPLEMENTED),
            }
        })*
    };
}

unary! { neg abs invert }

pub(super) fn to_float(thread: &Thread, value: Value) -> PyResult<Value> {
    let float = value.as_int().and_then(Int::to_f64);
    match float {
        Some(float) => Ok(thread.float(float)),
        None => Err(thread.overflow_error("int too large to convert to float")),
    }
}

pub(super) fn pow(thread: &Thread, base: Value, exponent: Value, modulus: Value) -> PyResult<Value> {
    let (Some(a), Some(b)) = (base.as_int(), exponent.as_int()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if modulus.is_none() {
        if !b.is_negative() {
            return arith::pow(thread, a, b);
        }
        let (Some(base), Some(exponent)) = (a.to_f64(), b.to_f64()) else {
            return Err(thread.overflow_error("int too large to convert to float"));
        };
        return crate::types::float::methods::power(thread, base, exponent);
    }
    let Some(modulus) = modulus.as_int() else { return Ok(Value::NOT_IMPLEMENTED) };
    if modulus.is_zero() {
        return Err(thread.value_error("pow() 3rd argument cannot be 0"));
    }
    if !b.is_negative() {
        return arith::pow_mod(thread, a, b, modulus);
    }
    let inverse = inverse(thread, a, modulus)?;
    let positive = arith::neg(thread, b)?;
    match (inverse.as_int(), positive.as_int()) {
        (Some(inverse), Some(positive)) => arith::pow_mod(thread, inverse, positive, modulus),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// The inverse of `a` modulo `modulus`, by Euclid's extended algorithm.
fn inverse(thread: &Thread, a: Int, modulus: Int) -> PyResult<Value> {
    use dashu_int::{IBig, ops::UnsignedAbs};
    let absolute = IBig::from(modulus.to_big().unsigned_abs());
    let (mut old_remainder, mut remainder) = (arith::floor_big(&a.to_big(), &absolute).1, absolute.clone());
    let (mut old_factor, mut factor) = (IBig::ONE, IBig::ZERO);
    while remainder != IBig::ZERO {
        let (quotient, rest) = arith::floor_big(&old_remainder, &remainder);
        let next = &old_factor - &quotient * &factor;
        (old_remainder, remainder) = (remainder, rest);
        (old_factor, factor) = (factor, next);
    }
    if old_remainder != IBig::ONE && absolute != IBig::ONE {
        return Err(thread.value_error("base is not invertible for the given modulus"));
    }
    thread.int_big(&arith::floor_big(&old_factor, &absolute).1)
}

pub(super) fn bit_length(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(thread.int_u64(this(thread, args)?.bit_length()))
}

pub(super) fn bit_count(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let count = match this(thread, args)? {
        Int::Small(small) => u64::from(small.unsigned_abs().count_ones()),
        Int::Big(big) => big.limbs().iter().map(|limb| u64::from(limb.count_ones())).sum(),
    };
    Ok(thread.int_u64(count))
}

pub(super) fn as_integer_ratio(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let numerator = plain_method(thread, args)?;
    thread.try_tuple(&[numerator, Value::ONE])
}

pub(super) fn getnewargs(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = plain_method(thread, args)?;
    thread.try_tuple(&[value])
}

pub(super) fn sizeof(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    // CPython's size: a head of 24 bytes and four for each 30 bits.
    let digits = this(thread, args)?.bit_length().div_ceil(30).max(1);
    Ok(thread.int_u64(24 + 4 * digits))
}

/// `round(n, digits)`: half to even, exact.
pub(super) fn round(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = this(thread, args)?;
    let plain = plain_method(thread, args)?;
    let Some(digits) = args.get(1).filter(|digits| !digits.is_none()) else { return Ok(plain) };
    let digits = index(thread, digits)?;
    let Some(digits) = digits.as_int().filter(|digits| digits.is_negative()) else { return Ok(plain) };
    let places = digits.saturate().unsigned_abs();
    // A power of ten beyond twice the number rounds it to zero, and need not be made.
    if places > value.bit_length() / 3 + 1 {
        return Ok(Value::ZERO);
    }
    let unit = arith::pow(thread, Int::Small(10), Int::Small(places as i64))?;
    let Some(unit) = unit.as_int() else { return Ok(plain) };
    let (quotient, remainder) = arith::divmod(thread, value, unit)?;
    let (Some(quotient), Some(remainder)) = (quotient.as_int(), remainder.as_int()) else { return Ok(plain) };
    let twice = arith::add(thread, remainder, remainder)?;
    let order = twice.as_int().map_or(std::cmp::Ordering::Less, |twice| twice.compare(unit));
    let up = order.is_gt() || order.is_eq() && arith::is_odd(quotient);
    let quotient = arith::add(thread, quotient, Int::Small(i64::from(up)))?;
    match quotient.as_int() {
        Some(quotient) => arith::mul(thread, quotient, unit),
        None => Ok(plain),
    }
}
