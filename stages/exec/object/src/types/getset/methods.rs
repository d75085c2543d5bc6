//! Attributes and slots of computed attributes and of `__slots__` members.

use super::{GetSet, Member};
use crate::error::PyResult;
use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

pub(super) const SLOTS: Slots =
    Slots { repr: Some(|thread, value| repr(thread, value, "attribute")), ..Slots::EMPTY };
pub(super) const MEMBER_SLOTS: Slots =
    Slots { repr: Some(|thread, value| repr(thread, value, "member")), ..Slots::EMPTY };
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static MEMBER_METHODS: &[MethodDef] = &[];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("__name__", name, None),
    GetSetDef::new("__qualname__", qualname, None),
    GetSetDef::new("__objclass__", |_, value| Ok(owner(value)), None),
    GetSetDef::new(
        "__doc__",
        |thread, value| {
            let doc = value.downcast::<GetSet>().and_then(|getset| getset.def().doc);
            Ok(doc.map_or(Value::NONE, |doc| thread.str(doc)))
        },
        None,
    ),
];

pub(super) static MEMBER_GETSET: &[GetSetDef] = &[
    GetSetDef::new("__name__", name, None),
    GetSetDef::new("__qualname__", qualname, None),
    GetSetDef::new("__objclass__", |_, value| Ok(owner(value)), None),
    GetSetDef::new("__doc__", |_, _| Ok(Value::NONE), None),
];

fn owner(value: Value) -> Value {
    match value.downcast::<GetSet>() {
        Some(getset) => getset.owner.get(),
        None => value.downcast::<Member>().map_or(Value::NONE, |member| member.owner.get()),
    }
}

fn name(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(match value.downcast::<GetSet>() {
        Some(getset) => thread.intern(getset.def().name),
        None => value.downcast::<Member>().map_or(Value::NONE, |member| member.name.get()),
    })
}

fn qualname(thread: &Thread, value: Value) -> PyResult<Value> {
    let class = owner(value).as_type().map(|class| class.qualname_str()).unwrap_or_default();
    let name = thread.to_text(name(thread, value)?)?;
    Ok(thread.str(&format!("{class}.{name}")))
}

fn repr(thread: &Thread, value: Value, what: &str) -> PyResult<Value> {
    let class = owner(value).as_type().map(|class| class.name_str()).unwrap_or_default();
    let name = thread.to_text(name(thread, value)?)?;
    Ok(thread.str(&format!("<{what} '{name}' of '{class}' objects>")))
}
