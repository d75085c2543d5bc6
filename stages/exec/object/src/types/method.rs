//! Bound methods: a callable and the instance it is called with.

pub mod methods;

use crate::args::Args;
use crate::error::PyResult;
use crate::gc::{Gc, word_object};
use crate::ids;
use crate::slots::Slots;
use crate::spec::{TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

word_object! {
    pub struct MethodObject: METHOD { function, instance }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(crate::spec::Layout::fixed::<MethodObject>()),
    flags: flags::WEAKREF,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    slots: Slots { call: Some(call), ..methods::SLOTS },
    ..TypeSpec::new("method")
};

/// A new bound method.
#[inline]
pub fn new(thread: &Thread, function: Value, instance: Value) -> Gc<MethodObject> {
    MethodObject::make(thread, ids::METHOD.0, function, instance)
}

fn call(thread: &Thread, method: Value, args: Args<'_>) -> PyResult<Value> {
    match method.downcast::<MethodObject>() {
        Some(method) => thread.call_prepended(method.function.get(), method.instance.get(), args),
        None => Err(thread.type_error("descriptor requires a method")),
    }
}
