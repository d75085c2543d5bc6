//! `Wide`: a cell of six values, for native types whose state does not fit a `Record`.

use std::cell::Cell;

use dx_heap::{Header, Kind, KindInfo};
use dx_object::error::PyResult;
use dx_object::gc::{Gc, Object};
use dx_object::instance;
use dx_object::spec::Layout;
use dx_object::thread::Thread;
use dx_object::value::Value;

pub(crate) const WIDE: Kind = Kind(210);
pub(crate) const FIELDS: usize = 6;

/// What the fields mean is the type's affair.
#[repr(C)]
pub(crate) struct Wide {
    header: Header,
    fields: [Cell<Value>; FIELDS],
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Wide {
    const KIND: Kind = WIDE;
}

/// The layout of types whose instances are wide.
pub(crate) const LAYOUT: Option<Layout> = Some(Layout::fixed::<Wide>());

pub(crate) fn register(thread: &Thread) {
    thread.heap.set_kind(WIDE, KindInfo::WORDS);
}

/// A new instance of the class (or of a subclass) with these fields.
pub(crate) fn make(thread: &Thread, class: Value, fields: [Value; FIELDS]) -> PyResult<Value> {
    let value = instance::allocate_checked(thread, class)?;
    if let Some(wide) = of(value) {
        for (index, field) in fields.into_iter().enumerate() {
            wide.set(thread, index, field);
        }
    }
    Ok(value)
}

#[inline]
pub(crate) fn of(value: Value) -> Option<Gc<Wide>> {
    value.downcast()
}

impl Wide {
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Value {
        self.fields[index].get()
    }
}

/// Stores with the barrier.
pub(crate) trait Store {
    fn set(&self, thread: &Thread, index: usize, value: Value);
}

impl Store for Gc<Wide> {
    #[inline]
    fn set(&self, thread: &Thread, index: usize, value: Value) {
        self.store(thread, &self.fields[index], value);
    }
}
