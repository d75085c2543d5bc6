//! Slots and methods of `None`, `Ellipsis` and `NotImplemented`.

use crate::args::Args;
use crate::error::PyResult;
use crate::slots::Slots;
use crate::spec::{Arity, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

/// The only instance of a type: its constructor takes nothing and makes nothing.
fn only(thread: &Thread, args: Args<'_>, name: &str, value: Value) -> PyResult<Value> {
    if args.is_empty() {
        Ok(value)
    } else {
        Err(thread.type_error(format_args!("{name} takes no arguments")))
    }
}

pub(super) const NONE_SLOTS: Slots = Slots {
    repr: Some(|thread, _| Ok(thread.intern("None"))),
    hash: Some(|_, _| Ok(crate::hash::NONE)),
    bool: Some(|_, _| Ok(false)),
    new: Some(|thread, _, args| only(thread, args, "NoneType", Value::NONE)),
    ..Slots::EMPTY
};

pub(super) const ELLIPSIS_SLOTS: Slots = Slots {
    repr: Some(|thread, _| Ok(thread.intern("Ellipsis"))),
    new: Some(|thread, _, args| only(thread, args, "EllipsisType", Value::ELLIPSIS)),
    ..Slots::EMPTY
};

pub(super) const NOT_IMPLEMENTED_SLOTS: Slots = Slots {
    repr: Some(|thread, _| Ok(thread.intern("NotImplemented"))),
    bool: Some(|thread, _| Err(thread.type_error("NotImplemented should not be used in a boolean context"))),
    new: Some(|thread, _, args| only(thread, args, "NotImplementedType", Value::NOT_IMPLEMENTED)),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[];

/// Pickled and copied by name.
pub(super) static ELLIPSIS_METHODS: &[MethodDef] =
    &[MethodDef::new("__reduce__", Arity::None, |thread, _| Ok(thread.str("Ellipsis")))];

pub(super) static NOT_IMPLEMENTED_METHODS: &[MethodDef] =
    &[MethodDef::new("__reduce__", Arity::None, |thread, _| Ok(thread.str("NotImplemented")))];
