//! `Record`: a cell of four values, from which small native types (`enumerate`, `zip`, …) are built.

use std::cell::Cell;

use dx_heap::{Header, Kind, KindInfo};
use dx_object::error::PyResult;
use dx_object::gc::{Gc, Object};
use dx_object::instance;
use dx_object::spec::Layout;
use dx_object::thread::Thread;
use dx_object::value::Value;

pub(crate) const RECORD: Kind = Kind(200);

/// What the fields mean is the type's affair.
#[repr(C)]
pub(crate) struct Record {
    header: Header,
    pub(crate) first: Cell<Value>,
    pub(crate) second: Cell<Value>,
    pub(crate) third: Cell<Value>,
    pub(crate) fourth: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Record {
    const KIND: Kind = RECORD;
}

/// The layout of types whose instances are records.
pub(crate) const LAYOUT: Option<Layout> = Some(Layout::fixed::<Record>());

pub(crate) fn register(thread: &Thread) {
    thread.heap.set_kind(RECORD, KindInfo::WORDS);
}

/// A new instance of the class (or of a subclass) with these fields.
pub(crate) fn make(thread: &Thread, class: Value, fields: [Value; 4]) -> PyResult<Value> {
    let value = instance::allocate_checked(thread, class)?;
    if let Some(record) = of(value) {
        let places = [&record.first, &record.second, &record.third, &record.fourth];
        for (place, field) in places.into_iter().zip(fields) {
            record.store(thread, place, field);
        }
    }
    Ok(value)
}

#[inline]
pub(crate) fn of(value: Value) -> Option<Gc<Record>> {
    value.downcast()
}
