//! The value word: small ints, most floats and the singletons as immediates, everything else a heap pointer.
//!
//! ```text
//!   low bits   meaning
//!   000        pointer to a heap cell (never zero in a value; zero means "no value" in raw memory)
//!   x01        small int, 62 bits, value << 2
//!   010        singleton: unbound, None, False, True, Ellipsis, NotImplemented
//!   100        reserved for the interpreter's raw words
//!   011        float near zero     \  bits rotated left by 4, plus 3; the sign is bit 3
//!   110, 111   float of usual size /
//! ```
//! `is` is equality of words. Floats whose top exponent bits fit none of the three tags, and ints beyond 62
//! bits, live on the heap.

use dx_heap::Header;

use crate::gc::{Gc, Object};

/// A Python value; `Copy`, and only valid while its heap is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(u64);

const TAG: u64 = 7;
const SINGLETON: u64 = 2;
const FLOAT_TAGS: u32 = 1 << 3 | 1 << 6 | 1 << 7;

/// Smallest and largest int that is an immediate.
pub const SMALL_MIN: i64 = -(1 << 61);
pub const SMALL_MAX: i64 = (1 << 61) - 1;

impl Value {
    /// No value: an unbound local, an empty slot, "argument not given".
    pub const UNBOUND: Value = Value(SINGLETON);
    pub const NONE: Value = Value(1 << 3 | SINGLETON);
    pub const FALSE: Value = Value(2 << 3 | SINGLETON);
    pub const TRUE: Value = Value(3 << 3 | SINGLETON);
    pub const ELLIPSIS: Value = Value(4 << 3 | SINGLETON);
    pub const NOT_IMPLEMENTED: Value = Value(5 << 3 | SINGLETON);
    pub const ZERO: Value = Value(1);
    pub const ONE: Value = Value(1 << 2 | 1);

    /// The raw word, for generated code and the tracer.
    #[inline(always)]
    pub const fn word(self) -> u64 {
        self.0
    }

    /// The word of another value, read back.
    #[inline(always)]
    pub const fn from_word(word: u64) -> Value {
        Value(word)
    }

    #[inline(always)]
    pub const fn bool(value: bool) -> Value {
        Value((2 + value as u64) << 3 | SINGLETON)
    }

    /// An int known to be in `SMALL_MIN..=SMALL_MAX`.
    #[inline(always)]
    pub const fn small(value: i64) -> Value {
        debug_assert!(value >= SMALL_MIN && value <= SMALL_MAX);
        Value((value << 2) as u64 | 1)
    }

    #[inline(always)]
    pub const fn try_small(value: i64) -> Option<Value> {
        if value >= SMALL_MIN && value <= SMALL_MAX { Some(Value::small(value)) } else { None }
    }

    /// The immediate of a float, if it has one.
    #[inline(always)]
    pub const fn try_float(value: f64) -> Option<Value> {
        let word = value.to_bits().rotate_left(4).wrapping_add(3);
        if FLOAT_TAGS >> (word & TAG) & 1 != 0 { Some(Value(word)) } else { None }
    }

    #[inline(always)]
    pub fn from_cell(cell: *const Header) -> Value {
        debug_assert!(!cell.is_null() && cell as u64 & TAG == 0);
        Value(cell as u64)
    }

    #[inline(always)]
    pub const fn is_heap(self) -> bool {
        self.0 & TAG == 0
    }

    #[inline(always)]
    pub const fn is_small(self) -> bool {
        self.0 & 3 == 1
    }

    #[inline(always)]
    pub const fn is_float_immediate(self) -> bool {
        FLOAT_TAGS >> (self.0 & TAG) & 1 != 0
    }

    /// UNBOUND, or the zero of memory that nobody wrote.
    #[inline(always)]
    pub const fn is_unbound(self) -> bool {
        self.0 & !SINGLETON == 0
    }

    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.0 == Value::NONE.0
    }

    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.0 == Value::TRUE.0 || self.0 == Value::FALSE.0
    }

    #[inline(always)]
    pub const fn as_small(self) -> Option<i64> {
        if self.is_small() { Some((self.0 as i64) >> 2) } else { None }
    }

    /// The payload of a small int, unchecked.
    #[inline(always)]
    pub const fn small_value(self) -> i64 {
        debug_assert!(self.is_small());
        (self.0 as i64) >> 2
    }

    #[inline(always)]
    pub const fn as_bool(self) -> Option<bool> {
        if self.is_bool() { Some(self.0 == Value::TRUE.0) } else { None }
    }

    #[inline(always)]
    pub const fn as_float_immediate(self) -> Option<f64> {
        if self.is_float_immediate() { Some(self.float_value()) } else { None }
    }

    /// The payload of an immediate float, unchecked.
    #[inline(always)]
    pub const fn float_value(self) -> f64 {
        f64::from_bits(self.0.wrapping_sub(3).rotate_right(4))
    }

    /// `None` for [`Value::UNBOUND`].
    #[inline(always)]
    pub const fn bound(self) -> Option<Value> {
        if self.is_unbound() { None } else { Some(self) }
    }

    /// The header of a heap value.
    #[inline(always)]
    pub fn header(self) -> Option<&'static Header> {
        if self.is_heap() && self.0 != 0 {
            // SAFETY: a pointer word is a live cell of the heap; the reference is used before the next collection
            // could free it, because the word itself keeps the cell alive (see `gc`).
            Some(unsafe { &*(self.0 as *const Header) })
        } else {
            None
        }
    }

    #[inline(always)]
    pub fn cell(self) -> *mut Header {
        debug_assert!(self.is_heap() && self.0 != 0);
        self.0 as *mut Header
    }

    /// The object, when its layout is `T` (an instance of T's type or of a subclass with the same layout).
    #[inline(always)]
    pub fn downcast<T: Object>(self) -> Option<Gc<T>> {
        match self.header() {
            // SAFETY: the kind says that the cell is laid out as `T`.
            Some(header) if header.kind() == T::KIND => Some(unsafe { Gc::from_raw(self.0 as *mut T) }),
            _ => None,
        }
    }

    #[inline(always)]
    pub fn has_kind<T: Object>(self) -> bool {
        self.header().is_some_and(|header| header.kind() == T::KIND)
    }

    /// The word that `id()` answers: an address, or the immediate itself (which never equals an address).
    pub const fn id(self) -> u64 {
        self.0
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Value::UNBOUND => f.write_str("unbound"),
            Value::NONE => f.write_str("None"),
            Value::TRUE => f.write_str("True"),
            Value::FALSE => f.write_str("False"),
            Value::ELLIPSIS => f.write_str("Ellipsis"),
            Value::NOT_IMPLEMENTED => f.write_str("NotImplemented"),
            value if value.is_small() => write!(f, "{}", value.small_value()),
            value if value.is_float_immediate() => write!(f, "{:?}", value.float_value()),
            value => write!(f, "<{:#x}>", value.0),
        }
    }
}

impl From<bool> for Value {
    #[inline(always)]
    fn from(value: bool) -> Value {
        Value::bool(value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn floats_round_trip(bits: u64) {
            let float = f64::from_bits(bits);
            if let Some(value) = Value::try_float(float) {
                prop_assert!(value.is_float_immediate() && !value.is_small() && !value.is_heap());
                prop_assert_eq!(value.as_float_immediate().unwrap().to_bits(), bits);
            } else {
                let top = bits >> 60 & 7;
                prop_assert!(top != 0 && top != 3 && top != 4);
            }
        }

        #[test]
        fn ints_round_trip(value in SMALL_MIN..=SMALL_MAX) {
            let word = Value::small(value);
            prop_assert!(word.is_small() && !word.is_heap() && !word.is_float_immediate());
            prop_assert_eq!(word.as_small(), Some(value));
        }
    }

    #[test]
    fn every_class_of_float() {
        for float in [0.0, -0.0, 1.0, -1.5, f64::MIN_POSITIVE, 5e-324, 1e-300, 1e77, -1e77, 2.0, 0.1] {
            if let Some(value) = Value::try_float(float) {
                assert_eq!(value.float_value().to_bits(), float.to_bits());
            }
        }
        assert!(Value::try_float(0.0).is_some() && Value::try_float(-0.0).is_some());
        assert!(Value::try_float(1.0).is_some() && Value::try_float(1e70).is_some());
        for rare in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 1e-100] {
            assert!(Value::try_float(rare).is_none());
        }
    }

    #[test]
    fn singletons_are_no_ints_and_no_floats() {
        for value in
            [Value::UNBOUND, Value::NONE, Value::TRUE, Value::FALSE, Value::ELLIPSIS, Value::NOT_IMPLEMENTED]
        {
            assert!(!value.is_heap() && !value.is_small() && !value.is_float_immediate());
        }
        assert_eq!(Value::bool(true), Value::TRUE);
        assert!(Value::UNBOUND.is_unbound() && !Value::NONE.is_unbound() && !Value::ZERO.is_unbound());
    }
}
