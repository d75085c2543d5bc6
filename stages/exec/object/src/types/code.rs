//! Code objects and frame objects as the object model sees them: opaque words of the interpreter.

pub mod methods;

use crate::gc::word_object;
use crate::spec::TypeSpec;

word_object! {
    /// `payload` is the interpreter's (an int that names its own record, or a traced cell); the rest is what
    /// Python programs ask for most.
    pub struct CodeObject: CODE { payload, name, qualname, filename, first_line, constants }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(crate::spec::Layout::fixed::<CodeObject>()),
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("code")
};

pub static FRAME_SPEC: TypeSpec = TypeSpec { getset: methods::FRAME_GETSET, ..TypeSpec::new("frame") };
