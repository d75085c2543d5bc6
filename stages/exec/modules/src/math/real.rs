//! Functions of floats, with the errors that CPython raises where the C library answers NaN or infinity.

use dx_object::args::{Args, Signature};
use dx_object::error::{PyResult, Raised};
use dx_object::thread::Thread;
use dx_object::types::float;
use dx_object::value::Value;

use super::{gamma as lanczos, libm};
use crate::convert::{float_text, index, real};

#[cold]
fn domain(thread: &Thread, expected: &str, x: f64) -> Raised {
    let x = float_text(x);
    thread.value_error(format_args!("{expected}, got {x}"))
}

#[cold]
fn range(thread: &Thread) -> Raised {
    thread.overflow_error("math range error")
}

/// Functions that are defined everywhere.
macro_rules! total {
    ($($name:ident = $function:expr),* $(,)?) => {
        $(pub(super) fn $name(_: &Thread, x: f64) -> PyResult<f64> {
            let function: fn(f64) -> f64 = $function;
            Ok(function(x))
        })*
    };
}

total! {
    asinh = libm::inverse_sinh, atan = f64::atan, cbrt = f64::cbrt, fabs = f64::abs, tanh = f64::tanh,
    erf = libm::error_function, erfc = libm::error_function_complement,
    degrees = |x| x * (180.0 / std::f64::consts::PI), radians = |x| x * (std::f64::consts::PI / 180.0), ulp = unit,
}

/// Functions whose answer is NaN outside of their domain.
macro_rules! partial {
    ($($name:ident = $function:expr, $expected:literal);* $(;)?) => {
        $(pub(super) fn $name(thread: &Thread, x: f64) -> PyResult<f64> {
            let function: fn(f64) -> f64 = $function;
            let result = function(x);
            if !result.is_finite() && !x.is_nan() && (result.is_nan() || x.is_finite()) {
                return Err(domain(thread, $expected, x));
            }
            Ok(result)
        })*
    };
}

partial! {
    acos = f64::acos, "expected a number in range from -1 up to 1";
    asin = f64::asin, "expected a number in range from -1 up to 1";
    acosh = libm::inverse_cosh, "expected argument value not less than 1";
    atanh = libm::inverse_tanh, "expected a number between -1 and 1";
    cos = f64::cos, "expected a finite input";
    sin = f64::sin, "expected a finite input";
    tan = f64::tan, "expected a finite input";
    sqrt = f64::sqrt, "expected a nonnegative input";
    log1p = f64::ln_1p, "expected argument value > -1";
}

/// Functions that grow beyond the largest float.
macro_rules! growing {
    ($($name:ident = $function:expr),* $(,)?) => {
        $(pub(super) fn $name(thread: &Thread, x: f64) -> PyResult<f64> {
            let function: fn(f64) -> f64 = $function;
            let result = function(x);
            if result.is_infinite() && x.is_finite() {
                return Err(range(thread));
            }
            Ok(result)
        })*
    };
}

growing! { cosh = f64::cosh, sinh = f64::sinh, exp = f64::exp, exp2 = f64::exp2, expm1 = f64::exp_m1 }

pub(super) fn gamma(thread: &Thread, x: f64) -> PyResult<f64> {
    pole(thread, x, lanczos::gamma(x))
}

pub(super) fn lgamma(thread: &Thread, x: f64) -> PyResult<f64> {
    pole(thread, x, lanczos::log_gamma(x))
}

fn pole(thread: &Thread, x: f64, result: Option<f64>) -> PyResult<f64> {
    match result {
        None => Err(domain(thread, "expected a noninteger or positive integer", x)),
        Some(result) if result.is_infinite() && x.is_finite() => Err(range(thread)),
        Some(result) => Ok(result),
    }
}

/// The distance from a float to the next larger one in magnitude.
fn unit(x: f64) -> f64 {
    let x = x.abs();
    if !x.is_finite() {
        return x;
    }
    let above = x.next_up();
    if above.is_infinite() { x - x.next_down() } else { above - x }
}

pub(super) fn fmod(thread: &Thread, x: f64, y: f64) -> PyResult<f64> {
    if (x.is_infinite() && !y.is_nan()) || (y == 0.0 && !x.is_nan()) {
        return Err(thread.value_error("math domain error"));
    }
    Ok(if y.is_infinite() && x.is_finite() { x } else { x % y })
}

/// IEEE 754's remainder: the quotient is rounded half to even.
pub(super) fn remainder(thread: &Thread, x: f64, y: f64) -> PyResult<f64> {
    if x.is_nan() || y.is_nan() {
        return Ok(x + y);
    }
    if x.is_infinite() || y == 0.0 {
        return Err(thread.value_error("math domain error"));
    }
    if y.is_infinite() {
        return Ok(x);
    }
    let (a, b) = (x.abs(), y.abs());
    let rest = a % b;
    let other = b - rest;
    let result = if rest < other {
        rest
    } else if rest > other {
        -other
    } else {
        // Half way: the even quotient.
        rest - 2.0 * ((0.5 * (a - rest)) % b)
    };
    Ok(1f64.copysign(x) * result)
}

pub(super) fn pow(thread: &Thread, x: f64, y: f64) -> PyResult<f64> {
    let result = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if result.is_nan() || (result.is_infinite() && x == 0.0) {
            return Err(thread.value_error("math domain error"));
        }
        if result.is_infinite() {
            return Err(range(thread));
        }
    }
    Ok(result)
}

pub(super) fn nextafter(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "nextafter",
        parameters: &["x", "y", "steps"],
        positional_only: 2,
        positional: 2,
        required: 2,
    };
    let [x, y, steps] = SIGNATURE.bind(thread, args)?;
    let (x, y) = (real(thread, x)?, real(thread, y)?);
    let steps = match steps.bound().filter(|steps| !steps.is_none()) {
        None => 1,
        Some(steps) => {
            let steps = index(thread, steps)?;
            if steps.is_negative() {
                return Err(thread.value_error("steps must be a non-negative integer"));
            }
            steps.to_u64().unwrap_or(u64::MAX)
        }
    };
    if steps == 0 || x.is_nan() || y.is_nan() {
        return Ok(thread.float(if y.is_nan() && steps != 0 { y } else { x }));
    }
    // Floats in order are integers in order.
    let rank = |x: f64| {
        let bits = (x.to_bits() & !(1 << 63)) as i128;
        if x.is_sign_negative() { -bits } else { bits }
    };
    let (from, to) = (rank(x), rank(y));
    if from == to {
        return Ok(thread.float(y));
    }
    let steps = steps as i128;
    let target = if from < to { (from + steps).min(to) } else { (from - steps).max(to) };
    if target == to {
        return Ok(thread.float(y));
    }
    let negative = target < 0 || (target == 0 && from < 0);
    let magnitude = f64::from_bits(target.unsigned_abs() as u64);
    Ok(thread.float(if negative { -magnitude } else { magnitude }))
}

pub(super) fn fma(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let given = args.positional();
    let (x, y, z) = (real(thread, given[0])?, real(thread, given[1])?, real(thread, given[2])?);
    let result = x.mul_add(y, z);
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(thread.value_error("invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(thread.overflow_error("overflow in fma"));
    }
    Ok(thread.float(result))
}

pub(super) fn ldexp(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (x, exponent) = (real(thread, args.positional()[0])?, args.positional()[1]);
    let Some(exponent) = exponent.as_int() else {
        return Err(thread.type_error("Expected an int as second argument to ldexp."));
    };
    if x == 0.0 || !x.is_finite() {
        return Ok(thread.float(x));
    }
    let result = libm::scale(x, exponent.saturate().clamp(-5000, 5000) as i32);
    if result.is_infinite() {
        return Err(range(thread));
    }
    Ok(thread.float(result))
}

pub(super) fn frexp(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (fraction, exponent) = float::frexp(real(thread, args.positional()[0])?);
    thread.try_tuple(&[thread.float(fraction), Value::small(i64::from(exponent))])
}

pub(super) fn modf(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let x = real(thread, args.positional()[0])?;
    let whole = x.trunc();
    let fraction = if x.is_infinite() { 0f64.copysign(x) } else { (x - whole).copysign(x) };
    thread.try_tuple(&[thread.float(fraction), thread.float(whole)])
}
