//! `object`.

pub(crate) mod dir;
pub mod methods;
mod reduce;

use dx_heap::{Header, Marker};

use crate::error::PyResult;
use crate::instance;
use crate::spec::{GetSetDef, Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::PLAIN),
    flags: flags::BASE,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("object")
};

/// Wrappers hold the builtin value behind the header.
pub(crate) unsafe fn trace_wrapped(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for wrappers only.
    marker.word(unsafe { *cell.add(1).cast::<u64>() });
}

/// `__dict__` of instances of Python classes.
pub static DICT_GETSET: GetSetDef = GetSetDef::new("__dict__", get_dict, Some(set_dict));

/// `__weakref__` of instances of Python classes.
pub static WEAKREF_GETSET: GetSetDef = GetSetDef::new(
    "__weakref__",
    |thread, value| Ok(thread.weak_references_to(value).first().copied().unwrap_or(Value::NONE)),
    None,
);

fn get_dict(thread: &Thread, value: Value) -> PyResult<Value> {
    match instance::dict_of(thread, value)? {
        Some(dict) => Ok(dict.value()),
        None => Err(crate::attr::no_attribute(thread, value, thread.names().__dict__)),
    }
}

fn set_dict(thread: &Thread, value: Value, dict: Option<Value>) -> PyResult<()> {
    match dict {
        Some(dict) => match dict.as_dict() {
            Some(dict) => instance::set_dict(thread, value, dict),
            None => {
                let given = thread.type_of(dict).name_str();
                Err(thread.type_error(format_args!("__dict__ must be set to a dictionary, not a '{given}'")))
            }
        },
        None => instance::set_dict(thread, value, thread.dict()),
    }
}
