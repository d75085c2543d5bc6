//! Functions made by `def` and `lambda`; what the code is and how it runs is the interpreter's business.

pub mod methods;

use crate::gc::{Gc, word_object};
use crate::ids;
use crate::slots::Slots;
use crate::spec::{TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

word_object! {
    /// Fields are None (or UNBOUND for those made lazily) where there is nothing. `entry` belongs to the
    /// interpreter: a traced word next to the code, for a direct way in.
    pub struct FunctionObject: FUNCTION {
        code, globals, builtins, defaults, kwdefaults, closure, name, qualname, module, doc,
        /// The annotate function, or None.
        annotate,
        /// The evaluated annotations dict, UNBOUND before somebody asked.
        annotations,
        /// The function's `__dict__`, UNBOUND before somebody asked.
        dict,
        type_params, entry,
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(crate::spec::Layout::fixed::<FunctionObject>()),
    flags: flags::METHOD | flags::WEAKREF,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    slots: Slots {
        call: Some(|thread, function, args| (thread.hooks.call_function.get())(thread, function, args)),
        descr_get: Some(|thread, function, instance, _| {
            Ok(match instance {
                Some(instance) => crate::types::method::new(thread, function, instance).value(),
                None => function,
            })
        }),
        ..methods::SLOTS
    },
    ..TypeSpec::new("function")
};

/// What a function is made from.
#[derive(Clone, Copy)]
pub struct FunctionParts {
    pub code: Value,
    pub globals: Value,
    pub builtins: Value,
    pub defaults: Value,
    pub kwdefaults: Value,
    pub closure: Value,
    pub name: Value,
    pub qualname: Value,
    pub module: Value,
    pub doc: Value,
    pub annotate: Value,
}

/// A new function.
pub fn new(thread: &Thread, parts: FunctionParts) -> Gc<FunctionObject> {
    FunctionObject::make(
        thread,
        ids::FUNCTION.0,
        parts.code,
        parts.globals,
        parts.builtins,
        parts.defaults,
        parts.kwdefaults,
        parts.closure,
        parts.name,
        parts.qualname,
        parts.module,
        parts.doc,
        parts.annotate,
        Value::UNBOUND,
        Value::UNBOUND,
        Value::UNBOUND,
        Value::UNBOUND,
    )
}
