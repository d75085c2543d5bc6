//! Attributes and slots of builtin functions, methods and their descriptors.

use super::NativeFunction;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::types::module::ModuleObject;
use crate::types::support::builtin;
use crate::value::Value;

pub(super) const SLOTS: Slots =
    Slots { repr: Some(repr), hash: Some(hash), compare: Some(compare), ..Slots::EMPTY };
pub(super) const DESCRIPTOR_SLOTS: Slots = Slots { repr: Some(descriptor_repr), ..Slots::EMPTY };

pub(super) static METHODS: &[MethodDef] = &[MethodDef::new("__reduce__", Arity::None, reduce)];
pub(super) static DESCRIPTOR_METHODS: &[MethodDef] =
    &[MethodDef::new("__reduce__", Arity::None, descriptor_reduce)];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("__name__", name, None),
    GetSetDef::new("__qualname__", qualname, None),
    GetSetDef::new("__module__", |_, value| Ok(this(value).map_or(Value::NONE, |f| f.module.get())), None),
    GetSetDef::new("__self__", receiver, None),
    GetSetDef::new("__doc__", doc, None),
    GetSetDef::new("__text_signature__", signature, None),
];

pub(super) static DESCRIPTOR_GETSET: &[GetSetDef] = &[
    GetSetDef::new("__name__", name, None),
    GetSetDef::new("__qualname__", descriptor_qualname, None),
    GetSetDef::new(
        "__objclass__",
        |_, value| Ok(owner(value).map_or(Value::NONE, |class| class.value())),
        None,
    ),
    GetSetDef::new("__doc__", doc, None),
    GetSetDef::new("__text_signature__", signature, None),
];

fn this(value: Value) -> Option<Gc<NativeFunction>> {
    value.downcast()
}

/// The class that a descriptor belongs to.
fn owner(value: Value) -> Option<Gc<TypeObject>> {
    this(value)?.receiver.get().as_type()
}

fn name(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(this(value).map_or(Value::NONE, |function| thread.intern(function.def().name)))
}

fn doc(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(this(value).and_then(|function| function.def().doc).map_or(Value::NONE, |doc| thread.str(doc)))
}

fn signature(thread: &Thread, value: Value) -> PyResult<Value> {
    let signature = this(value).and_then(|function| function.def().signature);
    Ok(signature.map_or(Value::NONE, |signature| thread.str(signature)))
}

/// The bound object; of a module's function, None (the module's object is not kept).
fn receiver(_: &Thread, value: Value) -> PyResult<Value> {
    Ok(this(value).and_then(|function| function.receiver.get().bound()).unwrap_or(Value::NONE))
}

fn qualname(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(function) = this(value) else { return Ok(Value::NONE) };
    let receiver = function.receiver.get();
    let name = function.def().name;
    if receiver.is_unbound() || receiver.is_none() || receiver.has_kind::<ModuleObject>() {
        return Ok(thread.intern(name));
    }
    let class = receiver.as_type().unwrap_or_else(|| thread.type_of(receiver)).qualname_str();
    Ok(thread.str(&format!("{class}.{name}")))
}

fn descriptor_qualname(thread: &Thread, value: Value) -> PyResult<Value> {
    let class = owner(value).map(|class| class.qualname_str()).unwrap_or_default();
    let name = this(value).map_or("", |function| function.def().name);
    Ok(thread.str(&format!("{class}.{name}")))
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(function) = this(value) else { return Ok(Value::NOT_IMPLEMENTED) };
    let (name, receiver) = (function.def().name, function.receiver.get());
    if receiver.is_unbound() || receiver.is_none() || receiver.has_kind::<ModuleObject>() {
        return Ok(thread.str(&format!("<built-in function {name}>")));
    }
    let class = thread.type_of(receiver).name_str();
    Ok(thread.str(&format!("<built-in method {name} of {class} object at {:#x}>", receiver.word())))
}

fn descriptor_repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let class = owner(value).map(|class| class.name_str()).unwrap_or_default();
    let name = this(value).map_or("", |function| function.def().name);
    Ok(thread.str(&format!("<method '{name}' of '{class}' objects>")))
}

fn hash(_: &Thread, value: Value) -> PyResult<i64> {
    let (receiver, def) = this(value).map_or((0, 0), |function| {
        (function.receiver.get().word(), std::ptr::from_ref(function.def()) as u64)
    });
    Ok(crate::hash::fix(crate::hash::of_pointer(receiver) ^ crate::hash::of_pointer(def)))
}

/// Methods of one object are made anew at each access, and equal each other.
fn compare(_: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let (Some(a), Some(b)) = (this(left), this(right)) else { return Ok(Value::NOT_IMPLEMENTED) };
    let equal = a.receiver.get() == b.receiver.get() && std::ptr::eq(a.def(), b.def());
    Ok(Value::bool(equal == wanted))
}

/// A function of a module by its name, a method by `getattr`.
fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let Some(function) = this(value) else { return Ok(Value::NONE) };
    let (name, receiver) = (thread.intern(function.def().name), function.receiver.get());
    if receiver.is_unbound() || receiver.is_none() || receiver.has_kind::<ModuleObject>() {
        return Ok(name);
    }
    let arguments = thread.try_tuple(&[receiver, name])?;
    let getattr = builtin(thread, "getattr")?;
    thread.try_tuple(&[getattr, arguments])
}

fn descriptor_reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let class = owner(value).map_or(Value::NONE, |class| class.value());
    let arguments = thread.try_tuple(&[class, name(thread, value)?])?;
    let getattr = builtin(thread, "getattr")?;
    thread.try_tuple(&[getattr, arguments])
}
