//! Arithmetic of complex numbers; an operand that is real stays real, so that its absent imaginary part
//! makes no signed zeros or NaNs.

use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::float::methods::{operand, out_of_range};
use crate::value::Value;

type Pair = (f64, f64);

/// An operand: complex, or real.
enum Operand {
    Complex(Pair),
    Real(f64),
}

fn read(thread: &Thread, value: Value) -> PyResult<Option<Operand>> {
    if let Some(pair) = value.as_complex() {
        return Ok(Some(Operand::Complex(pair)));
    }
    Ok(operand(thread, value)?.map(Operand::Real))
}

macro_rules! operation {
    ($name:ident, $thread:ident, |$left:ident, $right:ident| $result:expr) => {
        pub(super) fn $name($thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
            let (Some($left), Some($right)) = (read($thread, left)?, read($thread, right)?) else {
                return Ok(Value::NOT_IMPLEMENTED);
            };
            let (real, imag): Pair = $result;
            Ok($thread.complex(real, imag))
        }
    };
}

use Operand::{Complex, Real};

operation!(add, thread, |left, right| match (left, right) {
    (Complex(a), Complex(b)) => (a.0 + b.0, a.1 + b.1),
    (Complex(a), Real(b)) | (Real(b), Complex(a)) => (a.0 + b, a.1),
    (Real(a), Real(b)) => (a + b, 0.0),
});

operation!(sub, thread, |left, right| match (left, right) {
    (Complex(a), Complex(b)) => (a.0 - b.0, a.1 - b.1),
    (Complex(a), Real(b)) => (a.0 - b, a.1),
    (Real(a), Complex(b)) => (a - b.0, -b.1),
    (Real(a), Real(b)) => (a - b, 0.0),
});

operation!(mul, thread, |left, right| match (left, right) {
    (Complex(a), Complex(b)) => product(a, b),
    (Complex(a), Real(b)) | (Real(b), Complex(a)) => (a.0 * b, a.1 * b),
    (Real(a), Real(b)) => (a * b, 0.0),
});

operation!(truediv, thread, |left, right| match (left, right) {
    (Complex(a), Real(b)) if b != 0.0 => (a.0 / b, a.1 / b),
    (a, b) => {
        let widen = |operand| match operand {
            Complex(pair) => pair,
            Real(real) => (real, 0.0),
        };
        match quotient(widen(a), widen(b)) {
            Some(pair) => pair,
            None => return Err(thread.zero_division_error("division by zero")),
        }
    }
});

/// The product, with infinities recovered where the plain formula gives NaNs (C11, annex G).
fn product(a: Pair, b: Pair) -> Pair {
    let plain = (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0);
    if !plain.0.is_nan() || !plain.1.is_nan() {
        return plain;
    }
    let unit = |value: f64| (if value.is_infinite() { 1f64 } else { 0.0 }).copysign(value);
    let zero = |value: f64| if value.is_nan() { 0f64.copysign(value) } else { value };
    let (mut a, mut b, mut recover) = (a, b, false);
    if a.0.is_infinite() || a.1.is_infinite() {
        (a, b, recover) = ((unit(a.0), unit(a.1)), (zero(b.0), zero(b.1)), true);
    }
    if b.0.is_infinite() || b.1.is_infinite() {
        (b, a, recover) = ((unit(b.0), unit(b.1)), (zero(a.0), zero(a.1)), true);
    }
    let overflowed = [a.0 * b.0, a.1 * b.1, a.0 * b.1, a.1 * b.0].iter().any(|part| part.is_infinite());
    if !recover && overflowed {
        (a, b, recover) = ((zero(a.0), zero(a.1)), (zero(b.0), zero(b.1)), true);
    }
    if !recover {
        return plain;
    }
    (f64::INFINITY * (a.0 * b.0 - a.1 * b.1), f64::INFINITY * (a.0 * b.1 + a.1 * b.0))
}

/// The quotient by Smith's method, which divides by the larger part first; nothing for a zero divisor.
fn quotient(a: Pair, b: Pair) -> Option<Pair> {
    if b == (0.0, 0.0) {
        return None;
    }
    let plain = if b.0.abs() >= b.1.abs() {
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        ((a.0 + a.1 * ratio) / denominator, (a.1 - a.0 * ratio) / denominator)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a.0 * ratio + a.1) / denominator, (a.1 * ratio - a.0) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !plain.0.is_nan() || !plain.1.is_nan() {
        return Some(plain);
    }
    let unit = |value: f64| (if value.is_infinite() { 1f64 } else { 0.0 }).copysign(value);
    if (a.0.is_infinite() || a.1.is_infinite()) && b.0.is_finite() && b.1.is_finite() {
        let (x, y) = (unit(a.0), unit(a.1));
        return Some((f64::INFINITY * (x * b.0 + y * b.1), f64::INFINITY * (y * b.0 - x * b.1)));
    }
    if (b.0.is_infinite() || b.1.is_infinite()) && a.0.is_finite() && a.1.is_finite() {
        let (x, y) = (unit(b.0), unit(b.1));
        return Some((0.0 * (a.0 * x + a.1 * y), 0.0 * (a.1 * x - a.0 * y)));
    }
    Some(plain)
}

pub(super) fn abs(thread: &Thread, value: Value) -> PyResult<Value> {
    let (real, imag) = super::parts(value);
    let length = real.hypot(imag);
    if length.is_infinite() && real.is_finite() && imag.is_finite() {
        return Err(thread.overflow_error("absolute value too large"));
    }
    Ok(thread.float(length))
}

pub(super) fn pow(thread: &Thread, left: Value, right: Value, modulus: Value) -> PyResult<Value> {
    let (Some(left), Some(right)) = (read(thread, left)?, read(thread, right)?) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !modulus.is_none() {
        return Err(thread.value_error("complex modulo"));
    }
    let widen = |operand| match operand {
        Complex(pair) => pair,
        Real(real) => (real, 0.0),
    };
    power(thread, widen(left), widen(right))
}

/// `base ** exponent`.
pub fn power(thread: &Thread, base: Pair, exponent: Pair) -> PyResult<Value> {
    let whole = exponent.1 == 0.0 && exponent.0 == exponent.0.trunc() && exponent.0.abs() <= 100.0;
    let (real, imag) = if whole {
        match whole_power(base, exponent.0 as i32) {
            Some(pair) => pair,
            None => return Err(thread.zero_division_error("zero to a negative or complex power")),
        }
    } else if exponent == (0.0, 0.0) {
        (1.0, 0.0)
    } else if base == (0.0, 0.0) {
        if exponent.1 != 0.0 || exponent.0 < 0.0 {
            return Err(thread.zero_division_error("zero to a negative or complex power"));
        }
        (0.0, 0.0)
    } else {
        let angle = base.1.atan2(base.0);
        let distance = base.0.hypot(base.1);
        let mut length = distance.powf(exponent.0);
        let mut phase = angle * exponent.0;
        if exponent.1 != 0.0 {
            length *= (-angle * exponent.1).exp();
            phase += exponent.1 * distance.ln();
        }
        (length * phase.cos(), length * phase.sin())
    };
    let finite = |pair: Pair| pair.0.is_finite() && pair.1.is_finite();
    if (real.is_infinite() || imag.is_infinite()) && finite(base) && finite(exponent) {
        return Err(out_of_range(thread));
    }
    Ok(thread.complex(real, imag))
}

/// A small whole power by repeated squaring; nothing for a negative power of zero.
fn whole_power(base: Pair, exponent: i32) -> Option<Pair> {
    let mut result = (1.0, 0.0);
    let mut square = base;
    let mut left = exponent.unsigned_abs();
    while left > 0 {
        if left & 1 == 1 {
            result = product(result, square);
        }
        left >>= 1;
        if left > 0 {
            square = product(square, square);
        }
    }
    if exponent < 0 { quotient((1.0, 0.0), result) } else { Some(result) }
}
