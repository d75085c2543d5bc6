//! `memoryview`: a window on the bytes of another object (one dimension, unsigned bytes).

pub mod methods;

use crate::gc::word_object;
use crate::spec::{TypeSpec, flags};

word_object! {
    /// `object` exports the bytes (None after release); `start`, `length` and `step` are small ints;
    /// `format` is a str.
    pub struct MemoryView: MEMORYVIEW { object, start, length, step, format, readonly }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(crate::spec::Layout::fixed::<MemoryView>()),
    flags: flags::SEQUENCE,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("memoryview")
};
