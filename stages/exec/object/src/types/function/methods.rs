//! Attributes and slots of functions.

use std::cell::Cell;

use super::FunctionObject;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::instance;
use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::support::type_name;
use crate::value::Value;

// `__doc__` is each function's own.
pub(super) const DOC: Option<&str> = None;
pub(super) const SLOTS: Slots = Slots { repr: Some(repr), ..Slots::EMPTY };
pub(super) static METHODS: &[MethodDef] = &[];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("__name__", |_, value| Ok(read(value, |f| f.name.get())), Some(set_name)),
    GetSetDef::new("__qualname__", |_, value| Ok(read(value, |f| f.qualname.get())), Some(set_qualname)),
    GetSetDef::new("__module__", |_, value| Ok(read(value, |f| f.module.get())), Some(set_module)),
    GetSetDef::new("__doc__", |_, value| Ok(read(value, |f| f.doc.get())), Some(set_doc)),
    GetSetDef::new("__defaults__", |_, value| Ok(read(value, |f| f.defaults.get())), Some(set_defaults)),
    GetSetDef::new(
        "__kwdefaults__",
        |_, value| Ok(read(value, |f| f.kwdefaults.get())),
        Some(set_kwdefaults),
    ),
    GetSetDef::new("__closure__", |_, value| Ok(read(value, |f| f.closure.get())), None),
    GetSetDef::new("__globals__", |_, value| Ok(read(value, |f| f.globals.get())), None),
    GetSetDef::new("__builtins__", |_, value| Ok(read(value, |f| f.builtins.get())), None),
    GetSetDef::new("__annotate__", |_, value| Ok(read(value, |f| f.annotate.get())), Some(set_annotate)),
    GetSetDef::new("__type_params__", type_params, Some(set_type_params)),
    GetSetDef::new("__dict__", dict, Some(set_dict)),
];

/// A field as Python sees it: None where there is nothing.
fn read(value: Value, field: impl Fn(Gc<FunctionObject>) -> Value) -> Value {
    value.downcast::<FunctionObject>().map_or(Value::NONE, field).bound().unwrap_or(Value::NONE)
}

fn write(
    thread: &Thread,
    value: Value,
    field: impl Fn(&FunctionObject) -> &Cell<Value>,
    new: Value,
) -> PyResult<()> {
    if let Some(function) = value.downcast::<FunctionObject>() {
        function.store(thread, field(&function), new);
    }
    Ok(())
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = thread.to_text(read(value, |f| f.qualname.get()))?;
    Ok(thread.str(&format!("<function {name} at {:#x}>", value.word())))
}

/// A str to be a function's name.
fn text(thread: &Thread, name: &str, new: Option<Value>) -> PyResult<Value> {
    match new.filter(|new| new.as_str().is_some()) {
        Some(new) => Ok(new),
        None => Err(thread.type_error(format_args!("{name} must be set to a string object"))),
    }
}

fn set_name(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let new = text(thread, "__name__", new)?;
    write(thread, value, |f| &f.name, new)
}

fn set_qualname(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let new = text(thread, "__qualname__", new)?;
    write(thread, value, |f| &f.qualname, new)
}

fn set_module(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    write(thread, value, |f| &f.module, new.unwrap_or(Value::NONE))
}

fn set_doc(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    write(thread, value, |f| &f.doc, new.unwrap_or(Value::NONE))
}

fn set_defaults(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let new = new.unwrap_or(Value::NONE);
    if !new.is_none() && new.as_tuple().is_none() {
        return Err(thread.type_error("__defaults__ must be set to a tuple object"));
    }
    write(thread, value, |f| &f.defaults, new)
}

fn set_kwdefaults(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let new = new.unwrap_or(Value::NONE);
    if !new.is_none() && new.as_dict().is_none() {
        return Err(thread.type_error("__kwdefaults__ must be set to a dict object"));
    }
    write(thread, value, |f| &f.kwdefaults, new)
}

fn set_annotate(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(thread.type_error("__annotate__ cannot be deleted")) };
    if !new.is_none() && !thread.is_callable(new) {
        return Err(thread.type_error("__annotate__ must be callable or None"));
    }
    write(thread, value, |f| &f.annotate, new)?;
    write(thread, value, |f| &f.annotations, Value::UNBOUND)
}

fn type_params(thread: &Thread, value: Value) -> PyResult<Value> {
    match read(value, |f| f.type_params.get()) {
        Value::NONE => thread.try_tuple(&[]),
        known => Ok(known),
    }
}

fn set_type_params(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    match new.filter(|new| new.as_tuple().is_some()) {
        Some(new) => write(thread, value, |f| &f.type_params, new),
        None => Err(thread.type_error("__type_params__ must be set to a tuple")),
    }
}

fn dict(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(instance::dict_of(thread, value)?.map_or(Value::NONE, |dict| dict.value()))
}

fn set_dict(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(thread.type_error("cannot delete __dict__")) };
    match new.as_dict() {
        Some(dict) => instance::set_dict(thread, value, dict),
        None => {
            let name = type_name(thread, new);
            Err(thread.type_error(format_args!("__dict__ must be set to a dictionary, not a '{name}'")))
        }
    }
}
