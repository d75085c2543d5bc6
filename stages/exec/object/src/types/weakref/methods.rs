//! `weakref.ref`: construction, call, comparison, hash.

use super::WeakReference;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::slots::{CompareOp, Slots};
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

pub(super) const DOC: Option<&str> = None;

pub(super) const SLOTS: Slots = Slots {
    new: Some(new),
    init: Some(|thread, _, args| args.expect(thread, "__init__", 1, 2).map(drop)),
    call: Some(|thread, value, args| {
        args.expect(thread, "__call__", 0, 0)?;
        Ok(reference(thread, value)?.target().unwrap_or(Value::NONE))
    }),
    hash: Some(hash),
    compare: Some(compare),
    repr: Some(repr),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] =
    &[GetSetDef::new("__callback__", |thread, value| Ok(reference(thread, value)?.callback.get()), None)];

fn reference(thread: &Thread, value: Value) -> PyResult<Gc<WeakReference>> {
    value.downcast::<WeakReference>().ok_or_else(|| thread.type_error("expected a weak reference"))
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let given = args.positional();
    if given.is_empty() || given.len() > 2 {
        args.expect(thread, "__new__", 1, 2)?;
    }
    let target = given[0];
    if !thread.can_be_weakly_referenced(target) {
        let name = thread.type_of(target).name_str();
        return Err(thread.type_error(format_args!("cannot create weak reference to '{name}' object")));
    }
    let Some(class) = class.downcast::<TypeObject>() else {
        return Err(thread.type_error("expected a type"));
    };
    Ok(thread.weak_reference(class, target, given.get(1).copied().unwrap_or(Value::NONE)).value())
}

fn hash(thread: &Thread, value: Value) -> PyResult<i64> {
    let reference = reference(thread, value)?;
    if reference.hash.get() == 0 {
        let Some(target) = reference.target() else {
            return Err(thread.type_error("weak object has gone away"));
        };
        reference.hash.set(thread.hash(target)?);
    }
    Ok(reference.hash.get())
}

fn compare(thread: &Thread, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<WeakReference>(), b.downcast::<WeakReference>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    match (x.target(), y.target()) {
        (Some(x), Some(y)) => thread.compare(x, y, op),
        _ => Ok(Value::bool((a == b) == (op == CompareOp::Eq))),
    }
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let reference = reference(thread, value)?;
    let address = value.word();
    Ok(match reference.target() {
        None => thread.str_format(format_args!("<weakref at {address:#x}; dead>")),
        Some(target) => {
            let (class, target) = (thread.type_of(target).name_str(), target.word());
            thread.str_format(format_args!("<weakref at {address:#x}; to '{class}' at {target:#x}>"))
        }
    })
}
