//! Traceback entries: a linked list from the frame that handles to the frame that raised.

pub mod methods;

use crate::gc::word_object;
use crate::spec::TypeSpec;

word_object! {
    /// `frame` and `position` are the interpreter's: a frame object or what it makes one from, and where in
    /// the code it was. `line` is an int, UNBOUND before somebody asked.
    pub struct TracebackObject: TRACEBACK { next, frame, code, position, line }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(crate::spec::Layout::fixed::<TracebackObject>()),
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("traceback")
};
