//! `float`: an immediate where the exponent allows, otherwise a cell with the eight bytes.

pub mod methods;

use dx_heap::{Header, Kind};

use crate::gc::{Gc, Object};
use crate::ids;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

#[repr(C)]
pub struct FloatObject {
    header: Header,
    value: f64,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for FloatObject {
    const KIND: Kind = kinds::FLOAT;
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::wrapped(kinds::FLOAT)),
    flags: flags::BASE | flags::IS_FLOAT | flags::MATCH_SELF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("float")
};

impl FloatObject {
    #[inline(always)]
    pub fn get(&self) -> f64 {
        self.value
    }
}

impl Thread {
    #[inline(always)]
    pub fn float(&self, value: f64) -> Value {
        match Value::try_float(value) {
            Some(immediate) => immediate,
            None => self.heap_float(value),
        }
    }

    #[cold]
    #[inline(never)]
    fn heap_float(&self, value: f64) -> Value {
        let word = Header::word(kinds::FLOAT, ids::FLOAT.0, 0);
        let cell = self.heap.alloc(size_of::<FloatObject>(), word).cast::<FloatObject>();
        // SAFETY: new cell of this layout.
        unsafe {
            (*cell).value = value;
            Gc::from_raw(cell).value()
        }
    }
}

impl Value {
    /// The float, for a float or an instance of a subclass (not for an int).
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        match self.as_float_immediate() {
            Some(float) => Some(float),
            None => self.as_float_slow(),
        }
    }

    fn as_float_slow(self) -> Option<f64> {
        if let Some(float) = self.downcast::<FloatObject>() {
            return Some(float.value);
        }
        let wrapped = self.wrapped()?;
        wrapped.as_float_immediate().or_else(|| wrapped.downcast::<FloatObject>().map(|float| float.value))
    }

    /// Exactly a `float`.
    #[inline(always)]
    pub fn is_exact_float(self) -> bool {
        self.is_float_immediate() || self.header().is_some_and(|header| header.shape() == ids::FLOAT.0)
    }
}

/// `value == fraction * 2^exponent` with `0.5 <= fraction < 1`, or (0, 0).
pub fn frexp(value: f64) -> (f64, i32) {
    if value == 0.0 || !value.is_finite() {
        return (value, 0);
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    if exponent == 0 {
        // Subnormal: scale up first.
        let (fraction, exponent) = frexp(value * f64::from_bits((1023 + 54) << 52));
        return (fraction, exponent - 54);
    }
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent - 1022)
}
