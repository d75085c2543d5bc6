//! `int`: 62-bit immediates, or a heap cell with sign flag and 64-bit limbs (least significant first).
//!
//! A value that fits the immediate is never a heap cell, so equal small ints are one word. Arithmetic on
//! larger ones goes through `dashu`, which has the sub-quadratic algorithms.

pub mod arith;
pub mod methods;

use std::cmp::Ordering;

use dashu_int::{IBig, Sign, UBig};
use dx_heap::Header;
use dx_heap::Kind;

use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::ids;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::value::{SMALL_MAX, SMALL_MIN, Value};

/// A heap int; its magnitude does not fit 62 bits.
#[repr(C)]
pub struct BigInt {
    header: Header,
    limbs: usize,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for BigInt {
    const KIND: Kind = kinds::BIG_INT;
}

const NEGATIVE: u16 = 1;

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::wrapped(kinds::BIG_INT)),
    flags: flags::BASE | flags::IS_INT | flags::MATCH_SELF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("int")
};

impl BigInt {
    /// The magnitude, least significant limb first.
    #[inline]
    pub fn limbs(&self) -> &[u64] {
        // SAFETY: the limbs follow the fixed part.
        unsafe { std::slice::from_raw_parts(std::ptr::from_ref(self).add(1).cast(), self.limbs) }
    }

    #[inline]
    pub fn is_negative(&self) -> bool {
        self.header.flags() & NEGATIVE != 0
    }
}

/// An int taken apart.
#[derive(Clone, Copy)]
pub enum Int {
    Small(i64),
    Big(Gc<BigInt>),
}

impl Int {
    pub fn to_big(self) -> IBig {
        match self {
            Int::Small(value) => IBig::from(value),
            Int::Big(big) => IBig::from_sign_words(sign(big.is_negative()), big.limbs()),
        }
    }

    pub fn is_negative(self) -> bool {
        match self {
            Int::Small(value) => value < 0,
            Int::Big(big) => big.is_negative(),
        }
    }

    pub fn is_zero(self) -> bool {
        matches!(self, Int::Small(0))
    }

    pub fn compare(self, other: Int) -> Ordering {
        match (self, other) {
            (Int::Small(a), Int::Small(b)) => a.cmp(&b),
            (Int::Small(_), Int::Big(b)) => {
                if b.is_negative() {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (Int::Big(a), Int::Small(_)) => {
                if a.is_negative() {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Int::Big(a), Int::Big(b)) => match (a.is_negative(), b.is_negative()) {
                (false, true) => Ordering::Greater,
                (true, false) => Ordering::Less,
                (negative, _) => {
                    let (a, b) = (a.limbs(), b.limbs());
                    let order = a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()));
                    if negative { order.reverse() } else { order }
                }
            },
        }
    }

    /// Exact value as i64, if it fits.
    pub fn to_i64(self) -> Option<i64> {
        match self {
            Int::Small(value) => Some(value),
            Int::Big(big) => match (big.limbs(), big.is_negative()) {
                (&[limb], false) => i64::try_from(limb).ok(),
                (&[limb], true) if limb <= 1 << 63 => Some((limb as i64).wrapping_neg()),
                _ => None,
            },
        }
    }

    pub fn to_u64(self) -> Option<u64> {
        match self {
            Int::Small(value) => u64::try_from(value).ok(),
            Int::Big(big) if !big.is_negative() && big.limbs().len() == 1 => Some(big.limbs()[0]),
            Int::Big(_) => None,
        }
    }

    /// The nearest i64 (indices of slices saturate).
    pub fn saturate(self) -> i64 {
        self.to_i64().unwrap_or(if self.is_negative() { i64::MIN } else { i64::MAX })
    }

    /// Number of bits of the magnitude.
    pub fn bit_length(self) -> u64 {
        match self {
            Int::Small(value) => u64::from(64 - value.unsigned_abs().leading_zeros()),
            Int::Big(big) => {
                let limbs = big.limbs();
                limbs.len() as u64 * 64 - u64::from(limbs.last().map_or(0, |limb| limb.leading_zeros()))
            }
        }
    }

    /// The nearest float, ties to even; `None` when it is too large.
    pub fn to_f64(self) -> Option<f64> {
        match self {
            Int::Small(value) => Some(value as f64),
            Int::Big(big) => {
                let limbs = big.limbs();
                let bits = self.bit_length();
                if bits > 1024 {
                    return None;
                }
                // The top 64 bits, with a sticky last bit for what is cut off, round as the whole would.
                let shift = bits - 64.min(bits);
                let (index, offset) = ((shift / 64) as usize, shift % 64);
                let low = limbs[index] >> offset;
                let high = if offset == 0 {
                    0
                } else {
                    limbs.get(index + 1).map_or(0, |limb| limb << (64 - offset))
                };
                let cut = limbs[..index].iter().any(|&limb| limb != 0)
                    || offset != 0 && limbs[index] & ((1 << offset) - 1) != 0;
                let top = low | high | u64::from(cut);
                let value = scale(top as f64, shift);
                let value = if big.is_negative() { -value } else { value };
                value.is_finite().then_some(value)
            }
        }
    }
}

/// `value * 2^shift` for a value below 2^64 and a shift up to 960, exact or infinite.
fn scale(value: f64, shift: u64) -> f64 {
    let power = |exponent: u64| f64::from_bits((1023 + exponent) << 52);
    value * power(shift / 2) * power(shift - shift / 2)
}

fn sign(negative: bool) -> Sign {
    if negative { Sign::Negative } else { Sign::Positive }
}

/// The int of a magnitude (leading zero limbs allowed) and a sign.
pub fn from_limbs(thread: &Thread, limbs: &[u64], negative: bool) -> PyResult<Value> {
    let len = limbs.iter().rposition(|&limb| limb != 0).map_or(0, |last| last + 1);
    match limbs[..len] {
        [] => return Ok(Value::ZERO),
        [limb] if limb <= SMALL_MAX as u64 + u64::from(negative) => {
            return Ok(Value::small(if negative { (limb as i64).wrapping_neg() } else { limb as i64 }));
        }
        _ => {}
    }
    let flags = if negative { NEGATIVE } else { 0 };
    let bytes = size_of::<BigInt>() + 8 * len;
    let cell = thread.heap.try_alloc_raw(bytes, Header::word(kinds::BIG_INT, ids::INT.0, flags));
    let cell = cell.ok_or_else(|| thread.memory_error(""))?.cast::<BigInt>();
    // SAFETY: new cell with room for the limbs.
    unsafe {
        (*cell).limbs = len;
        limbs.as_ptr().copy_to_nonoverlapping(cell.add(1).cast(), len);
        Ok(Gc::from_raw(cell).value())
    }
}

impl Thread {
    #[inline(always)]
    pub fn int(&self, value: i64) -> Value {
        match Value::try_small(value) {
            Some(small) => small,
            None => self.int_limb(value.unsigned_abs(), value < 0),
        }
    }

    #[cold]
    #[inline(never)]
    fn int_limb(&self, limb: u64, negative: bool) -> Value {
        // One limb always fits a small cell, so this cannot fail.
        from_limbs(self, &[limb], negative).unwrap_or(Value::ZERO)
    }

    pub fn int_u64(&self, value: u64) -> Value {
        if value <= SMALL_MAX as u64 { Value::small(value as i64) } else { self.int_limb(value, false) }
    }

    pub fn int_usize(&self, value: usize) -> Value {
        self.int_u64(value as u64)
    }

    pub fn int_i128(&self, value: i128) -> Value {
        if value >= i128::from(SMALL_MIN) && value <= i128::from(SMALL_MAX) {
            return Value::small(value as i64);
        }
        let magnitude = value.unsigned_abs();
        from_limbs(self, &[magnitude as u64, (magnitude >> 64) as u64], value < 0).unwrap_or(Value::ZERO)
    }

    pub fn int_big(&self, value: &IBig) -> PyResult<Value> {
        let (sign, words) = value.as_sign_words();
        from_limbs(self, words, sign == Sign::Negative)
    }

    pub fn int_ubig(&self, value: &UBig) -> PyResult<Value> {
        from_limbs(self, value.as_words(), false)
    }
}

impl Value {
    /// The int, for an int, a bool or an instance of a subclass.
    #[inline(always)]
    pub fn as_int(self) -> Option<Int> {
        match self.as_small() {
            Some(small) => Some(Int::Small(small)),
            None => self.as_int_slow(),
        }
    }

    #[inline(never)]
    fn as_int_slow(self) -> Option<Int> {
        if let Some(value) = self.as_bool() {
            return Some(Int::Small(i64::from(value)));
        }
        if let Some(big) = self.downcast::<BigInt>() {
            return Some(Int::Big(big));
        }
        match self.wrapped()? {
            wrapped if wrapped.is_small() => Some(Int::Small(wrapped.small_value())),
            wrapped => wrapped.downcast::<BigInt>().map(Int::Big),
        }
    }

    /// Exactly an `int` (no bool, no subclass).
    #[inline(always)]
    pub fn is_exact_int(self) -> bool {
        self.is_small() || self.header().is_some_and(|header| header.shape() == ids::INT.0)
    }
}

/// Hash of an int, a bool or an instance of a subclass.
pub(crate) fn hash(value: Value) -> i64 {
    match value.as_int() {
        Some(Int::Small(small)) => crate::hash::of_small(small),
        Some(Int::Big(big)) => crate::hash::of_limbs(big.limbs(), big.is_negative()),
        None => 0,
    }
}

#[cfg(test)]
mod tests;
