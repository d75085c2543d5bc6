//! `property`.

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::gc::Object;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::value::Value;

/// Functions are None where there is none.
#[repr(C)]
pub struct Property {
    header: Header,
    pub getter: Cell<Value>,
    pub setter: Cell<Value>,
    pub deleter: Cell<Value>,
    pub doc: Cell<Value>,
    /// Set by `__set_name__`; UNBOUND before.
    pub name: Cell<Value>,
    /// Whether `doc` was taken from the getter.
    pub getter_doc: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Property {
    const KIND: Kind = kinds::PROPERTY;
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<Property>()),
    flags: flags::BASE,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("property")
};

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for properties only.
    let property = unsafe { &*cell.cast::<Property>() };
    for field in [
        &property.getter,
        &property.setter,
        &property.deleter,
        &property.doc,
        &property.name,
        &property.getter_doc,
    ] {
        marker.word(field.get().word());
    }
}
