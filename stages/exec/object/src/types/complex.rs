//! `complex`: two floats in a cell.

pub mod methods;

use dx_heap::{Header, Kind};

use crate::gc::{Gc, Object};
use crate::ids;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

#[repr(C)]
pub struct ComplexObject {
    header: Header,
    pub real: f64,
    pub imag: f64,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for ComplexObject {
    const KIND: Kind = kinds::COMPLEX;
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::wrapped(kinds::COMPLEX)),
    flags: flags::BASE,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("complex")
};

impl Thread {
    pub fn complex(&self, real: f64, imag: f64) -> Value {
        let word = Header::word(kinds::COMPLEX, ids::COMPLEX.0, 0);
        let cell = self.heap.alloc(size_of::<ComplexObject>(), word).cast::<ComplexObject>();
        // SAFETY: new cell of this layout.
        unsafe {
            (*cell).real = real;
            (*cell).imag = imag;
            Gc::from_raw(cell).value()
        }
    }
}

impl Value {
    /// Real and imaginary part, for a complex or an instance of a subclass.
    pub fn as_complex(self) -> Option<(f64, f64)> {
        let complex = self.downcast::<ComplexObject>().or_else(|| self.wrapped()?.downcast())?;
        Some((complex.real, complex.imag))
    }
}
