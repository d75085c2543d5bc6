//! Cells: variables shared between a function and the functions inside it.

pub mod methods;

use crate::gc::{Gc, word_object};
use crate::ids;
use crate::spec::TypeSpec;
use crate::thread::Thread;
use crate::value::Value;

word_object! {
    /// `content` is UNBOUND while the variable has no value.
    pub struct CellObject: CELL { content }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(crate::spec::Layout::fixed::<CellObject>()),
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("cell")
};

/// A new cell.
#[inline]
pub fn new(thread: &Thread, content: Value) -> Gc<CellObject> {
    CellObject::make(thread, ids::CELL.0, content)
}
