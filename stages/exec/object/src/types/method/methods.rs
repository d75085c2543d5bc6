//! Attributes and slots of bound methods; other attributes are the function's.

use super::MethodObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::support::builtin;
use crate::value::Value;

// `__doc__` is the function's.
pub(super) const DOC: Option<&str> = None;

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    hash: Some(hash),
    compare: Some(compare),
    getattr: Some(getattr),
    new: Some(new),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[MethodDef::new("__reduce__", Arity::None, reduce)];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("__func__", |_, value| Ok(parts(value).0), None),
    GetSetDef::new("__self__", |_, value| Ok(parts(value).1), None),
    GetSetDef::new("__doc__", |thread, value| thread.get_attr(parts(value).0, thread.names().__doc__), None),
];

/// Function and instance.
fn parts(value: Value) -> (Value, Value) {
    let method: Option<Gc<MethodObject>> = value.downcast();
    method.map_or((Value::NONE, Value::NONE), |method| (method.function.get(), method.instance.get()))
}

fn new(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    let [function, instance] = *args.expect(thread, "method", 2, 2)? else { return Ok(Value::NONE) };
    if !thread.is_callable(function) {
        return Err(thread.type_error("first argument must be callable"));
    }
    if instance.is_none() {
        return Err(thread.type_error("instance must not be None"));
    }
    Ok(super::new(thread, function, instance).value())
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let (function, instance) = parts(value);
    let names = thread.names();
    let mut name = thread.find_attr(function, names.__qualname__)?;
    if name.is_none() {
        name = thread.find_attr(function, names.__name__)?;
    }
    let name = match name.filter(|name| name.as_str().is_some()) {
        Some(name) => thread.to_text(name)?,
        None => "?".to_owned(),
    };
    let instance = thread.to_text(thread.repr(instance)?)?;
    Ok(thread.str(&format!("<bound method {name} of {instance}>")))
}

fn hash(thread: &Thread, value: Value) -> PyResult<i64> {
    let (function, instance) = parts(value);
    let hash = crate::hash::of_pointer(instance.word()) ^ thread.hash(function)?;
    Ok(crate::hash::fix(hash))
}

fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    if right.downcast::<MethodObject>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (parts(left), parts(right));
    let equal = a.1 == b.1 && thread.equal(a.0, b.0)?;
    Ok(Value::bool(equal == wanted))
}

fn getattr(thread: &Thread, value: Value, name: Value) -> PyResult<Value> {
    match crate::attr::generic_find(thread, value, name)? {
        Some(own) => Ok(own),
        None => thread.get_attr(parts(value).0, name),
    }
}

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (function, instance) = parts(args.positional()[0]);
    let getattr = builtin(thread, "getattr")?;
    let name = thread.get_attr(function, thread.names().__name__)?;
    let arguments = thread.try_tuple(&[instance, name])?;
    thread.try_tuple(&[getattr, arguments])
}
