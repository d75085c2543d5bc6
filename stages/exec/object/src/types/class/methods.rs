//! Methods, attributes and slots of `type`.

use super::TypeObject;
use super::create::qualified_name;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef, flags};
use crate::thread::Thread;
use crate::types::mapping_proxy;
use crate::types::support::type_name;
use crate::value::Value;

pub(super) const DOC: Option<&str> =
    Some("type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type");

pub(super) const SLOTS: Slots = Slots { repr: Some(repr), ..Slots::EMPTY };

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("mro", Arity::None, mro),
    MethodDef::new("__subclasses__", Arity::None, subclasses),
    MethodDef::new("__prepare__", Arity::Any, |thread, _| Ok(thread.dict().value())).class(),
    MethodDef::new("__instancecheck__", Arity::One, |thread, args| {
        let [class, value] = *args.positional() else { return Ok(Value::FALSE) };
        Ok(Value::bool(thread.recursive_isinstance(value, class)?))
    }),
    MethodDef::new("__subclasscheck__", Arity::One, |thread, args| {
        let [class, derived] = *args.positional() else { return Ok(Value::FALSE) };
        Ok(Value::bool(thread.recursive_issubclass(derived, class)?))
    }),
    MethodDef::new("__dir__", Arity::None, dir),
    MethodDef::new("__sizeof__", Arity::None, |_, _| Ok(Value::small(size_of::<TypeObject>() as i64))),
];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("__name__", |_, value| Ok(field(value, |class| class.name.get())), Some(set_name)),
    GetSetDef::new(
        "__qualname__",
        |_, value| Ok(field(value, |class| class.qualname.get())),
        Some(set_qualname),
    ),
    GetSetDef::new("__module__", module, Some(set_module)),
    GetSetDef::new("__bases__", |_, value| Ok(field(value, |class| class.bases.get())), None),
    GetSetDef::new("__base__", |_, value| Ok(field(value, |class| class.base.get())), None),
    GetSetDef::new("__mro__", |_, value| Ok(field(value, |class| class.mro.get())), None),
    GetSetDef::new("__dict__", dict, None),
    GetSetDef::new("__doc__", doc, Some(set_doc)),
    GetSetDef::new("__abstractmethods__", abstract_methods, Some(set_abstract_methods)),
    GetSetDef::new("__annotations__", annotations, Some(set_annotations)),
    GetSetDef::new("__annotate__", annotate, Some(set_annotate)),
    GetSetDef::new("__type_params__", type_params, Some(set_type_params)),
    GetSetDef::new("__text_signature__", |_, _| Ok(Value::NONE), None),
    GetSetDef::new("__basicsize__", |_, value| Ok(number(value, |class| class.instance_bytes())), None),
    GetSetDef::new("__itemsize__", |_, _| Ok(Value::ZERO), None),
    GetSetDef::new("__dictoffset__", |_, value| Ok(number(value, dict_offset)), None),
    GetSetDef::new("__weakrefoffset__", |_, value| Ok(number(value, weakref_offset)), None),
    GetSetDef::new("__flags__", |_, value| Ok(number(value, python_flags)), None),
];

fn field(value: Value, read: impl Fn(Gc<TypeObject>) -> Value) -> Value {
    value.as_type().map_or(Value::NONE, read).bound().unwrap_or(Value::NONE)
}

fn number(value: Value, read: impl Fn(Gc<TypeObject>) -> usize) -> Value {
    Value::small(value.as_type().map_or(0, read) as i64)
}

fn dict_offset(class: Gc<TypeObject>) -> usize {
    if class.has_flag(flags::DICT) { class.slots_offset() as usize } else { 0 }
}

fn weakref_offset(class: Gc<TypeObject>) -> usize {
    if class.has_flag(flags::WEAKREF) { class.instance_bytes() } else { 0 }
}

/// The bits of CPython's `__flags__` that programs look at.
fn python_flags(class: Gc<TypeObject>) -> usize {
    let bits = [
        (flags::HEAP, 9),
        (flags::BASE, 10),
        (flags::ABSTRACT, 20),
        (flags::IS_INT, 24),
        (flags::IS_LIST, 25),
        (flags::IS_TUPLE, 26),
        (flags::IS_BYTES, 27),
        (flags::IS_STR, 28),
        (flags::IS_DICT, 29),
        (flags::IS_EXCEPTION, 30),
        (flags::IS_TYPE, 31),
        (flags::SEQUENCE, 5),
        (flags::MAPPING, 6),
    ];
    let ready = 1 << 12;
    let immutable = if class.has_flag(flags::HEAP) { 0 } else { 1 << 8 };
    bits.iter()
        .filter(|(flag, _)| class.has_flag(*flag))
        .fold(ready | immutable, |all, (_, bit)| all | 1 << bit)
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(class) = value.as_type() else { return Ok(Value::NOT_IMPLEMENTED) };
    let name = qualified_name(thread, class);
    Ok(thread.str(&format!("<class '{name}'>")))
}

/// The class, when its attributes may be changed.
fn mutable(
    thread: &Thread,
    value: Value,
    name: &str,
    new: Option<Value>,
) -> PyResult<(Gc<TypeObject>, Value)> {
    let Some(class) = value.as_type().filter(|class| class.has_flag(flags::HEAP)) else {
        let class = value.as_type().map(|class| class.name_str()).unwrap_or_default();
        return Err(
            thread.type_error(format_args!("cannot set '{name}' attribute of immutable type '{class}'"))
        );
    };
    match new {
        Some(new) => Ok((class, new)),
        None => {
            let class = class.name_str();
            Err(thread.type_error(format_args!("cannot delete '{name}' attribute of type '{class}'")))
        }
    }
}

fn set_text(
    thread: &Thread,
    value: Value,
    name: &str,
    new: Option<Value>,
    store: impl Fn(Gc<TypeObject>, Value),
) -> PyResult<()> {
    let (class, new) = mutable(thread, value, name, new)?;
    if new.as_str().is_none() {
        let (class, given) = (class.name_str(), type_name(thread, new));
        return Err(
            thread.type_error(format_args!("can only assign string to {class}.{name}, not '{given}'"))
        );
    }
    store(class, new);
    Ok(())
}

fn set_name(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    if new.and_then(Value::as_str).is_some_and(|name| memchr::memchr(0, name.bytes()).is_some()) {
        return Err(thread.value_error("type name must not contain null characters"));
    }
    set_text(thread, value, "__name__", new, |class, new| class.store(thread, &class.name, new))
}

fn set_qualname(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    set_text(thread, value, "__qualname__", new, |class, new| class.store(thread, &class.qualname, new))
}

fn module(thread: &Thread, value: Value) -> PyResult<Value> {
    let module = value.as_type().and_then(|class| class.module_name(thread));
    module.ok_or_else(|| thread.attribute_error("__module__"))
}

fn set_module(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let (class, new) = mutable(thread, value, "__module__", new)?;
    class.set_attribute(thread, thread.names().__module__, Some(new)).map(drop)
}

fn dict(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(match value.as_type() {
        Some(class) => mapping_proxy::new(thread, class.dict().value()).value(),
        None => Value::NONE,
    })
}

/// The class's own docstring; a descriptor answers for itself.
fn doc(thread: &Thread, value: Value) -> PyResult<Value> {
    let own = value.as_type().and_then(|class| class.dict().get_name(thread, thread.names().__doc__));
    let Some(own) = own else { return Ok(Value::NONE) };
    match thread.type_of(own).slots().descr_get {
        Some(get) => get(thread, own, None, value),
        None => Ok(own),
    }
}

fn set_doc(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let (class, new) = mutable(thread, value, "__doc__", new)?;
    class.set_attribute(thread, thread.names().__doc__, Some(new)).map(drop)
}

/// An entry of the class's own namespace.
fn own(thread: &Thread, value: Value, name: &str) -> Option<Value> {
    value.as_type()?.dict().get_name(thread, thread.intern(name))
}

fn abstract_methods(thread: &Thread, value: Value) -> PyResult<Value> {
    own(thread, value, "__abstractmethods__").ok_or_else(|| thread.attribute_error("__abstractmethods__"))
}

fn set_abstract_methods(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let Some(class) = value.as_type() else { return Ok(()) };
    let name = thread.names().__abstractmethods__;
    let found = class.set_attribute(thread, name, new)?;
    if new.is_none() && !found {
        return Err(thread.attribute_error("__abstractmethods__"));
    }
    let any = new.map_or(Ok(false), |new| thread.truth(new))?;
    class.set_flag(flags::ABSTRACT, any);
    Ok(())
}

/// The evaluated annotations: kept in the namespace, or made by the class's annotate function.
fn annotations(thread: &Thread, value: Value) -> PyResult<Value> {
    for name in ["__annotations__", "__annotations_cache__"] {
        if let Some(known) = own(thread, value, name) {
            return match thread.type_of(known).slots().descr_get {
                Some(get) => get(thread, known, None, value),
                None => Ok(known),
            };
        }
    }
    let Some(class) = value.as_type().filter(|class| class.has_flag(flags::HEAP)) else {
        let class = value.as_type().map(|class| class.name_str()).unwrap_or_default();
        return Err(
            thread.attribute_error(format_args!("type object '{class}' has no attribute '__annotations__'"))
        );
    };
    let function = annotate(thread, value)?;
    let made = if function.is_none() {
        thread.dict().value()
    } else {
        let made = thread.call(function, &[Value::ONE])?;
        if made.as_dict().is_none() {
            let name = type_name(thread, made);
            return Err(thread.type_error(format_args!("__annotate__ returned non-dict of type '{name}'")));
        }
        made
    };
    class.set_attribute(thread, thread.intern("__annotations_cache__"), Some(made))?;
    Ok(made)
}

fn set_annotations(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let Some(class) = value.as_type().filter(|class| class.has_flag(flags::HEAP)) else {
        return mutable(thread, value, "__annotations__", new).map(drop);
    };
    let mut found = class.set_attribute(thread, thread.names().__annotations__, new)?;
    if class.dict().get_name(thread, thread.intern("__annotations_cache__")).is_some() {
        found |= class.set_attribute(thread, thread.intern("__annotations_cache__"), None)?;
    }
    if new.is_none() && !found {
        return Err(thread.attribute_error("__annotations__"));
    }
    Ok(())
}

fn annotate(thread: &Thread, value: Value) -> PyResult<Value> {
    let known = own(thread, value, "__annotate__").or_else(|| own(thread, value, "__annotate_func__"));
    let Some(known) = known else { return Ok(Value::NONE) };
    match thread.type_of(known).slots().descr_get {
        Some(get) => get(thread, known, None, value),
        None => Ok(known),
    }
}

fn set_annotate(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let (class, new) = mutable(thread, value, "__annotate__", new)?;
    if !new.is_none() && !thread.is_callable(new) {
        return Err(thread.type_error("__annotate__ must be callable or None"));
    }
    class.set_attribute(thread, thread.intern("__annotate_func__"), Some(new))?;
    if !new.is_none() && class.dict().get_name(thread, thread.intern("__annotations_cache__")).is_some() {
        class.set_attribute(thread, thread.intern("__annotations_cache__"), None)?;
    }
    Ok(())
}

fn type_params(thread: &Thread, value: Value) -> PyResult<Value> {
    match own(thread, value, "__type_params__") {
        Some(known) => Ok(known),
        None => thread.try_tuple(&[]),
    }
}

fn set_type_params(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let (class, new) = mutable(thread, value, "__type_params__", new)?;
    class.set_attribute(thread, thread.names().__type_params__, Some(new)).map(drop)
}

fn mro(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let class = args.positional()[0].as_type();
    let Some(class) = class else {
        return Err(thread.type_error("descriptor 'mro' requires a 'type' object"));
    };
    let bases = class.bases.get();
    let order = super::compute_mro(thread, class, bases.tuple_items().unwrap_or_default())?;
    thread.list(order.tuple_items().unwrap_or_default())
}

fn subclasses(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let list = crate::types::list::new(thread);
    if let Some(class) = args.positional()[0].as_type() {
        for subclass in class.subclasses() {
            list.push(thread, subclass.value())?;
        }
    }
    Ok(list.value())
}

/// The names of the class and all its bases.
fn dir(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let names = thread.dict();
    if let Some(class) = args.positional()[0].as_type() {
        for class in class.mro_classes() {
            names.update(thread, &class.dict())?;
        }
    }
    let list = crate::types::list::new(thread);
    thread.for_each(names.value(), |name| list.push(thread, name))?;
    Ok(list.value())
}
