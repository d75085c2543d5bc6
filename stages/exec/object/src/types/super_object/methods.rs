//! Attributes and slots of `super`.

use super::Super;
use crate::error::PyResult;
use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> \
     bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires \
     issubclass(type2, type)",
);
pub(super) const SLOTS: Slots = Slots { repr: Some(repr), ..Slots::EMPTY };
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("__thisclass__", |_, value| Ok(read(value, |this| this.class.get())), None),
    GetSetDef::new("__self__", |_, value| Ok(read(value, |this| this.object.get())), None),
    GetSetDef::new("__self_class__", |_, value| Ok(read(value, |this| this.object_type.get())), None),
];

fn read(value: Value, field: impl Fn(&Super) -> Value) -> Value {
    value.downcast::<Super>().map_or(Value::NONE, |this| field(&this))
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = |value: Value| value.as_type().map_or_else(|| "NULL".to_owned(), |class| class.name_str());
    let class = name(read(value, |this| this.class.get()));
    let object = read(value, |this| this.object_type.get());
    Ok(thread.str(&if object.is_none() {
        format!("<super: <class '{class}'>, NULL>")
    } else {
        format!("<super: <class '{class}'>, <{} object>>", name(object))
    }))
}
