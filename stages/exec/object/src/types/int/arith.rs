//! Arithmetic on ints of any size, with Python's signs: floor division, arithmetic shifts, infinite two's
//! complement for the bit operations.

use dashu_int::ops::{BitTest, DivRemEuclid, UnsignedAbs};
use dashu_int::{IBig, UBig};

use super::{Int, from_limbs};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Value;

use Int::Small;

/// Bits of the largest int that may be made: beyond, MemoryError instead of exhausting the machine.
const BITS_MAX: u64 = 1 << 36;

pub fn add(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    match (a, b) {
        // Two 62-bit ints never overflow 64 bits.
        (Small(a), Small(b)) => Ok(thread.int(a + b)),
        _ => signed_sum(thread, a, b, false),
    }
}

pub fn sub(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    match (a, b) {
        (Small(a), Small(b)) => Ok(thread.int(a - b)),
        _ => signed_sum(thread, a, b, true),
    }
}

/// Room for the limbs of ints up to 2048 bits without touching the Rust heap.
const STACK_LIMBS: usize = 33;

fn with_limbs<R>(value: Int, action: impl FnOnce(&[u64], bool) -> R) -> R {
    match value {
        Small(small) => action(&[small.unsigned_abs()], small < 0),
        Int::Big(big) => action(big.limbs(), big.is_negative()),
    }
}

fn signed_sum(thread: &Thread, a: Int, b: Int, subtract: bool) -> PyResult<Value> {
    with_limbs(a, |a, a_negative| {
        with_limbs(b, |b, b_negative| {
            let b_negative = b_negative != subtract;
            let mut stack = [0u64; STACK_LIMBS];
            let mut heap;
            let len = a.len().max(b.len()) + 1;
            let sum = if len <= STACK_LIMBS {
                &mut stack[..len]
            } else {
                heap = vec![0u64; len];
                &mut heap[..]
            };
            if a_negative == b_negative {
                add_magnitudes(sum, a, b);
                return from_limbs(thread, sum, a_negative);
            }
            let a_larger = {
                let trim =
                    |limbs: &[u64]| limbs.iter().rposition(|&limb| limb != 0).map_or(0, |last| last + 1);
                let (a, b) = (&a[..trim(a)], &b[..trim(b)]);
                a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev())).is_ge()
            };
            if a_larger {
                sub_magnitudes(sum, a, b);
            } else {
                sub_magnitudes(sum, b, a);
            }
            from_limbs(thread, sum, if a_larger { a_negative } else { b_negative })
        })
    })
}

fn add_magnitudes(sum: &mut [u64], a: &[u64], b: &[u64]) {
    let mut carry = false;
    for (index, out) in sum.iter_mut().enumerate() {
        let x = a.get(index).copied().unwrap_or(0);
        let y = b.get(index).copied().unwrap_or(0);
        (*out, carry) = x.carrying_add(y, carry);
    }
}

fn sub_magnitudes(difference: &mut [u64], a: &[u64], b: &[u64]) {
    let mut borrow = false;
    for (index, out) in difference.iter_mut().enumerate() {
        let x = a.get(index).copied().unwrap_or(0);
        let y = b.get(index).copied().unwrap_or(0);
        (*out, borrow) = x.borrowing_sub(y, borrow);
    }
    debug_assert!(!borrow);
}

/// Products of this many limbs or less are made here, larger ones by `dashu`.
const SCHOOL_LIMBS: usize = 24;

pub fn mul(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    if let (Small(a), Small(b)) = (a, b) {
        return Ok(match a.checked_mul(b) {
            Some(product) => thread.int(product),
            None => thread.int_i128(i128::from(a) * i128::from(b)),
        });
    }
    check_bits(thread, a.bit_length() + b.bit_length())?;
    with_limbs(a, |x, x_negative| {
        with_limbs(b, |y, y_negative| {
            if x.len().min(y.len()) > SCHOOL_LIMBS || x.len() + y.len() > 2 * SCHOOL_LIMBS {
                let product = UBig::from_words(x) * UBig::from_words(y);
                return from_limbs(thread, product.as_words(), x_negative != y_negative);
            }
            let mut product = [0u64; 2 * SCHOOL_LIMBS];
            for (at, &left) in x.iter().enumerate() {
                let mut carry = 0;
                for (offset, &right) in y.iter().enumerate() {
                    (product[at + offset], carry) = left.carrying_mul_add(right, product[at + offset], carry);
                }
                product[at + y.len()] = carry;
            }
            from_limbs(thread, &product[..x.len() + y.len()], x_negative != y_negative)
        })
    })
}

fn check_bits(thread: &Thread, bits: u64) -> PyResult<()> {
    if bits > BITS_MAX { Err(thread.memory_error("")) } else { Ok(()) }
}

#[cold]
fn division_by_zero(thread: &Thread, message: &str) -> crate::error::Raised {
    thread.zero_division_error(message)
}

/// Quotient and remainder; the remainder has the divisor's sign. ZeroDivisionError.
pub fn divmod(thread: &Thread, a: Int, b: Int) -> PyResult<(Value, Value)> {
    match (a, b) {
        (_, Small(0)) => Err(division_by_zero(thread, "division by zero")),
        (Small(a), Small(b)) => {
            let (quotient, remainder) = floor_small(a, b);
            Ok((thread.int(quotient), thread.int(remainder)))
        }
        _ => {
            let (quotient, remainder) = floor_big(&a.to_big(), &b.to_big());
            let quotient = thread.int_big(&quotient)?;
            Ok((quotient, thread.int_big(&remainder)?))
        }
    }
}

#[inline(always)]
fn floor_small(a: i64, b: i64) -> (i64, i64) {
    // 62-bit operands cannot overflow.
    let (quotient, remainder) = (a / b, a % b);
    if remainder != 0 && (remainder < 0) != (b < 0) {
        (quotient - 1, remainder + b)
    } else {
        (quotient, remainder)
    }
}

pub(crate) fn floor_big(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let (quotient, remainder) = a.div_rem_euclid(b);
    // Euclid's remainder is not negative; Python's has the divisor's sign.
    let remainder = IBig::from(remainder);
    if *b < IBig::ZERO && remainder != IBig::ZERO {
        (quotient - IBig::ONE, remainder + b)
    } else {
        (quotient, remainder)
    }
}

pub fn floordiv(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    match (a, b) {
        (Small(a), Small(b)) if b != 0 => Ok(thread.int(floor_small(a, b).0)),
        _ => Ok(divmod(thread, a, b)?.0),
    }
}

pub fn rem(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    match (a, b) {
        (Small(a), Small(b)) if b != 0 => Ok(Value::small(floor_small(a, b).1)),
        (_, Small(0)) => Err(division_by_zero(thread, "division by zero")),
        _ => Ok(divmod(thread, a, b)?.1),
    }
}

/// `a / b`, correctly rounded. ZeroDivisionError; OverflowError when the result is too large.
pub fn truediv(thread: &Thread, a: Int, b: Int) -> PyResult<f64> {
    const EXACT: u64 = 1 << 53;
    match (a, b) {
        (_, Small(0)) => Err(division_by_zero(thread, "division by zero")),
        (Small(a), Small(b)) if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT => {
            Ok(a as f64 / b as f64)
        }
        (Small(0), _) => Ok(0.0),
        _ => {
            let negative = a.is_negative() != b.is_negative();
            let quotient = divide_rounded(a.to_big().unsigned_abs(), b.to_big().unsigned_abs());
            match quotient {
                Some(value) => Ok(if negative { -value } else { value }),
                None => Err(thread.overflow_error("integer division result too large for a float")),
            }
        }
    }
}

/// Round-half-even quotient of two positive integers.
fn divide_rounded(a: UBig, b: UBig) -> Option<f64> {
    let shift = a.bit_len() as i64 - b.bit_len() as i64 - 65;
    if shift > 1024 {
        return None;
    }
    if shift < -1300 {
        return Some(0.0);
    }
    let (numerator, denominator) =
        if shift >= 0 { (a, b << shift as usize) } else { (a << (-shift) as usize, b) };
    // 65 or 66 bits, the remainder folded into a sticky last bit.
    let quotient = &numerator / &denominator;
    let exact = &quotient * &denominator == numerator;
    let words = quotient.as_words();
    let whole = u128::from(words[0]) | u128::from(words.get(1).copied().unwrap_or(0)) << 64;
    round_scaled(whole | u128::from(!exact), shift)
}

/// `mantissa * 2^exponent`, rounded once, half to even; `None` when too large.
pub(crate) fn round_scaled(mantissa: u128, exponent: i64) -> Option<f64> {
    if mantissa == 0 {
        return Some(0.0);
    }
    let bits = 128 - i64::from(mantissa.leading_zeros());
    // Bits of precision that the result has: 53, less for subnormals.
    let top = bits + exponent;
    let precision = 53.min(top + 1074);
    if precision < 0 {
        return Some(0.0);
    }
    let drop = bits - precision;
    let (kept, exponent) = if drop <= 0 {
        (mantissa, exponent)
    } else if drop > 127 {
        return Some(0.0);
    } else {
        let kept = mantissa >> drop;
        let rest = mantissa & ((1 << drop) - 1);
        let half = 1u128 << (drop - 1);
        let up = rest > half || rest == half && kept & 1 == 1;
        (kept + u128::from(up), exponent + drop)
    };
    // `kept` has at most 54 bits with the last ones zero, so each step is exact.
    let mut value = kept as f64;
    let mut left = exponent;
    while left > 0 {
        let step = left.min(1000);
        value *= f64::from_bits(((1023 + step) as u64) << 52);
        left -= step;
    }
    while left < 0 {
        let step = left.max(-1000);
        value *= f64::from_bits(((1023 + step) as u64) << 52);
        left -= step;
    }
    value.is_finite().then_some(value)
}

/// `a ** b` for `b >= 0`.
pub fn pow(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    let Some(exponent) = b.to_u64() else {
        return match a {
            Small(0) => Ok(Value::ZERO),
            Small(1) => Ok(Value::ONE),
            Small(-1) => Ok(Value::small(if is_odd(b) { -1 } else { 1 })),
            _ => Err(thread.memory_error("")),
        };
    };
    if let Small(base) = a {
        match base {
            0 => return Ok(Value::small(i64::from(exponent == 0))),
            1 => return Ok(Value::ONE),
            -1 => return Ok(Value::small(if exponent & 1 == 1 { -1 } else { 1 })),
            2 => return shl(thread, Small(1), b),
            _ => {}
        }
        if let Some(power) = u32::try_from(exponent).ok().and_then(|exponent| base.checked_pow(exponent)) {
            return Ok(thread.int(power));
        }
    }
    check_bits(thread, (a.bit_length().saturating_sub(1)).saturating_mul(exponent))?;
    thread.int_big(&a.to_big().pow(exponent as usize))
}

pub fn is_odd(value: Int) -> bool {
    match value {
        Small(small) => small & 1 == 1,
        Int::Big(big) => big.limbs()[0] & 1 == 1,
    }
}

/// `pow(a, b, modulus)` for `b >= 0` and `modulus` not zero; the result has the modulus' sign.
pub fn pow_mod(thread: &Thread, a: Int, b: Int, modulus: Int) -> PyResult<Value> {
    let signed = modulus.to_big();
    let (_, base) = floor_big(&a.to_big(), &signed);
    let absolute = signed.clone().unsigned_abs();
    let (_, base) = floor_big(&base, &IBig::from(absolute.clone()));
    let exponent = b.to_big().unsigned_abs();
    let ring = dashu_int::fast_div::ConstDivisor::new(absolute);
    let result = IBig::from(ring.reduce(base.unsigned_abs()).pow(&exponent).residue());
    let (_, result) = floor_big(&result, &signed);
    thread.int_big(&result)
}

/// `a << b`. ValueError for a negative count.
pub fn shl(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    if b.is_negative() {
        return Err(thread.value_error("negative shift count"));
    }
    if a.is_zero() {
        return Ok(Value::ZERO);
    }
    let count = match b.to_i64() {
        Some(count) if (count as u64) < BITS_MAX => count as u64,
        _ => return Err(thread.overflow_error("too many digits in integer")),
    };
    if let Small(small) = a
        && count < 62
    {
        return Ok(thread.int_i128(i128::from(small) << count));
    }
    thread.int_big(&(a.to_big() << count as usize))
}

/// `a >> b`, rounding down. ValueError for a negative count.
pub fn shr(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    if b.is_negative() {
        return Err(thread.value_error("negative shift count"));
    }
    let count = b.to_u64().unwrap_or(u64::MAX);
    match a {
        Small(small) => Ok(Value::small(small >> count.min(63))),
        Int::Big(big) if count >= big.limbs().len() as u64 * 64 => {
            Ok(Value::small(if big.is_negative() { -1 } else { 0 }))
        }
        Int::Big(_) => thread.int_big(&(a.to_big() >> count as usize)),
    }
}

pub fn and(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    match (a, b) {
        (Small(a), Small(b)) => Ok(Value::small(a & b)),
        _ => thread.int_big(&(a.to_big() & b.to_big())),
    }
}

pub fn or(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    match (a, b) {
        (Small(a), Small(b)) => Ok(Value::small(a | b)),
        _ => thread.int_big(&(a.to_big() | b.to_big())),
    }
}

pub fn xor(thread: &Thread, a: Int, b: Int) -> PyResult<Value> {
    match (a, b) {
        (Small(a), Small(b)) => Ok(Value::small(a ^ b)),
        _ => thread.int_big(&(a.to_big() ^ b.to_big())),
    }
}

pub fn invert(thread: &Thread, a: Int) -> PyResult<Value> {
    match a {
        Small(a) => Ok(Value::small(!a)),
        Int::Big(_) => thread.int_big(&!a.to_big()),
    }
}

pub fn neg(thread: &Thread, a: Int) -> PyResult<Value> {
    match a {
        Small(a) => Ok(thread.int(-a)),
        Int::Big(big) => from_limbs(thread, big.limbs(), !big.is_negative()),
    }
}

pub fn abs(thread: &Thread, a: Int) -> PyResult<Value> {
    match a {
        Small(a) => Ok(thread.int(a.abs())),
        Int::Big(big) => from_limbs(thread, big.limbs(), false),
    }
}
