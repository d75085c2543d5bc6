//! Attributes and slots of `staticmethod` and `classmethod`.

use super::Wrapper;
use crate::error::PyResult;
use crate::instance;
use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

pub(super) const STATIC_SLOTS: Slots = Slots { repr: Some(repr), ..Slots::EMPTY };
pub(super) const CLASS_SLOTS: Slots = Slots { repr: Some(repr), ..Slots::EMPTY };
pub(super) static METHODS: &[MethodDef] = &[];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("__func__", |_, value| Ok(callable(value)), None),
    GetSetDef::new("__wrapped__", |_, value| Ok(callable(value)), None),
    GetSetDef::new("__isabstractmethod__", is_abstract, None),
    GetSetDef::new("__dict__", dict, None),
];

fn callable(value: Value) -> Value {
    value.downcast::<Wrapper>().and_then(|wrapper| wrapper.callable.get().bound()).unwrap_or(Value::NONE)
}

fn is_abstract(thread: &Thread, value: Value) -> PyResult<Value> {
    match thread.find_attr(callable(value), thread.names().__isabstractmethod__)? {
        Some(answer) => Ok(Value::bool(thread.truth(answer)?)),
        None => Ok(Value::FALSE),
    }
}

fn dict(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(instance::dict_of(thread, value)?.map_or(Value::NONE, |dict| dict.value()))
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = thread.type_of(value).name_str();
    let shown = thread.repr(callable(value))?;
    let parts = [b"<", name.as_bytes(), b"(", shown.str_bytes().unwrap_or_default(), b")>"];
    Ok(thread.str_from_wtf8(&parts.concat()))
}

/// What `functools.update_wrapper` would copy from the callable, where it has it.
pub(super) fn copy_attributes(thread: &Thread, wrapper: Value, callable: Value) -> PyResult<()> {
    let names = thread.names();
    for name in [names.__module__, names.__name__, names.__qualname__, names.__doc__] {
        if let Some(value) = thread.find_attr(callable, name)? {
            thread.set_attr(wrapper, name, value)?;
        }
    }
    Ok(())
}
