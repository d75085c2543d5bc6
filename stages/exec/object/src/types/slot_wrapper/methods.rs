//! Attributes and slots of slots seen as methods.

use super::{MethodWrapper, SlotWrapper};
use crate::error::PyResult;
use crate::gc::Gc;
use crate::slots::{CompareOp, Slots};
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

pub(super) const SLOTS: Slots = Slots { repr: Some(repr), ..Slots::EMPTY };
pub(super) const BOUND_SLOTS: Slots =
    Slots { repr: Some(bound_repr), hash: Some(bound_hash), compare: Some(bound_compare), ..Slots::EMPTY };
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static BOUND_METHODS: &[MethodDef] = &[];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("__name__", name, None),
    GetSetDef::new("__qualname__", qualname, None),
    GetSetDef::new("__objclass__", |_, value| Ok(owner(value)), None),
    GetSetDef::new("__doc__", |_, _| Ok(Value::NONE), None),
    GetSetDef::new("__text_signature__", |_, _| Ok(Value::NONE), None),
];

pub(super) static BOUND_GETSET: &[GetSetDef] = &[
    GetSetDef::new("__name__", name, None),
    GetSetDef::new("__qualname__", qualname, None),
    GetSetDef::new("__objclass__", |_, value| Ok(owner(value)), None),
    GetSetDef::new("__self__", |_, value| Ok(instance(value)), None),
    GetSetDef::new("__doc__", |_, _| Ok(Value::NONE), None),
    GetSetDef::new("__text_signature__", |_, _| Ok(Value::NONE), None),
];

/// The wrapper, also of one bound to an instance.
fn wrapper(value: Value) -> Option<Gc<SlotWrapper>> {
    match value.downcast::<MethodWrapper>() {
        Some(bound) => bound.wrapper.get().downcast(),
        None => value.downcast(),
    }
}

fn instance(value: Value) -> Value {
    value.downcast::<MethodWrapper>().map_or(Value::NONE, |bound| bound.instance.get())
}

fn owner(value: Value) -> Value {
    wrapper(value).map_or(Value::NONE, |wrapper| wrapper.owner.get())
}

fn name(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(wrapper(value).map_or(Value::NONE, |wrapper| thread.intern(wrapper.row().name)))
}

fn qualname(thread: &Thread, value: Value) -> PyResult<Value> {
    let class = owner(value).as_type().map(|class| class.qualname_str()).unwrap_or_default();
    let name = wrapper(value).map_or("", |wrapper| wrapper.row().name);
    Ok(thread.str(&format!("{class}.{name}")))
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let class = owner(value).as_type().map(|class| class.name_str()).unwrap_or_default();
    let name = wrapper(value).map_or("", |wrapper| wrapper.row().name);
    Ok(thread.str(&format!("<slot wrapper '{name}' of '{class}' objects>")))
}

fn bound_repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = wrapper(value).map_or("", |wrapper| wrapper.row().name);
    let instance = instance(value);
    let class = thread.type_of(instance).name_str();
    Ok(thread.str(&format!("<method-wrapper '{name}' of {class} object at {:#x}>", instance.word())))
}

fn bound_hash(_: &Thread, value: Value) -> PyResult<i64> {
    let row = wrapper(value).map_or(0, |wrapper| std::ptr::from_ref(wrapper.row()) as u64);
    let hash = crate::hash::of_pointer(row) ^ crate::hash::of_pointer(instance(value).word());
    Ok(crate::hash::fix(hash))
}

fn bound_compare(_: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    if right.downcast::<MethodWrapper>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let equal = wrapper(left) == wrapper(right) && instance(left) == instance(right);
    Ok(Value::bool(equal == wanted))
}
