//! `property`: construction, access, copies with another function.

use super::Property;
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::gc::Gc;
use crate::instance;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function \
     to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    \
     docstring",
);

pub(super) const SLOTS: Slots =
    Slots { new: Some(new), init: Some(init), descr_get: Some(get), descr_set: Some(set), ..Slots::EMPTY };

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("getter", Arity::One, |thread, args| copy(thread, args, 0)),
    MethodDef::new("setter", Arity::One, |thread, args| copy(thread, args, 1)),
    MethodDef::new("deleter", Arity::One, |thread, args| copy(thread, args, 2)),
    MethodDef::new("__set_name__", Arity::Positional(2, 2), |thread, args| {
        let property = property(thread, args.positional()[0])?;
        property.store(thread, &property.name, args.positional()[2]);
        Ok(Value::NONE)
    }),
];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("fget", |thread, value| Ok(property(thread, value)?.getter.get()), None),
    GetSetDef::new("fset", |thread, value| Ok(property(thread, value)?.setter.get()), None),
    GetSetDef::new("fdel", |thread, value| Ok(property(thread, value)?.deleter.get()), None),
    GetSetDef::new(
        "__doc__",
        |thread, value| Ok(property(thread, value)?.doc.get()),
        Some(|thread, value, doc| {
            let property = property(thread, value)?;
            property.store(thread, &property.doc, doc.unwrap_or(Value::NONE));
            Ok(())
        }),
    ),
    GetSetDef::new("__name__", name, Some(set_name)),
    GetSetDef::new("__isabstractmethod__", is_abstract, None),
];

fn property(thread: &Thread, value: Value) -> PyResult<Gc<Property>> {
    value.downcast::<Property>().ok_or_else(|| thread.type_error("expected a property"))
}

fn new(thread: &Thread, class: Value, _: Args<'_>) -> PyResult<Value> {
    let value = instance::allocate_checked(thread, class)?;
    let property = property(thread, value)?;
    for field in [&property.getter, &property.setter, &property.deleter, &property.doc] {
        field.set(Value::NONE);
    }
    property.name.set(Value::UNBOUND);
    property.getter_doc.set(Value::FALSE);
    Ok(value)
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature = Signature {
        function: "property",
        parameters: &["fget", "fset", "fdel", "doc"],
        positional_only: 0,
        positional: 4,
        required: 0,
    };
    let [getter, setter, deleter, doc] = SIGNATURE.bind::<4>(thread, args)?;
    let property = property(thread, value)?;
    let or_none = |value: Value| value.bound().unwrap_or(Value::NONE);
    property.store(thread, &property.getter, or_none(getter));
    property.store(thread, &property.setter, or_none(setter));
    property.store(thread, &property.deleter, or_none(deleter));
    property.store(thread, &property.doc, or_none(doc));
    property.getter_doc.set(Value::FALSE);
    if or_none(doc).is_none() && !or_none(getter).is_none() {
        if let Some(doc) = thread.find_attr(getter, thread.names().__doc__)? {
            property.store(thread, &property.doc, doc);
        }
        property.getter_doc.set(Value::TRUE);
    }
    Ok(())
}

fn copy(thread: &Thread, args: Args<'_>, part: usize) -> PyResult<Value> {
    let [value, function] = *args.positional() else {
        return Err(thread.type_error("expected one argument"));
    };
    let old = property(thread, value)?;
    let mut parts = [old.getter.get(), old.setter.get(), old.deleter.get()];
    if !function.is_none() {
        parts[part] = function;
    }
    // A docstring that came from the old getter is not passed on: the new getter may have its own.
    let doc = if old.getter_doc.get() == Value::TRUE { Value::NONE } else { old.doc.get() };
    let copy = thread.call(thread.type_of(value).value(), &[parts[0], parts[1], parts[2], doc])?;
    if let Some(copy) = copy.downcast::<Property>() {
        copy.store(thread, &copy.name, old.name.get());
    }
    Ok(copy)
}

fn get(thread: &Thread, value: Value, instance: Option<Value>, _: Value) -> PyResult<Value> {
    let Some(instance) = instance else { return Ok(value) };
    let property = property(thread, value)?;
    let getter = property.getter.get();
    if getter.is_none() {
        return Err(missing(thread, property, instance, "getter"));
    }
    thread.call(getter, &[instance])
}

fn set(thread: &Thread, value: Value, instance: Value, new: Option<Value>) -> PyResult<()> {
    let property = property(thread, value)?;
    match new {
        Some(_) if property.setter.get().is_none() => Err(missing(thread, property, instance, "setter")),
        Some(new) => thread.call(property.setter.get(), &[instance, new]).map(drop),
        None if property.deleter.get().is_none() => Err(missing(thread, property, instance, "deleter")),
        None => thread.call(property.deleter.get(), &[instance]).map(drop),
    }
}

#[cold]
fn missing(thread: &Thread, property: Gc<Property>, instance: Value, what: &str) -> crate::error::Raised {
    let class = thread.type_of(instance).qualname_str();
    let quoted = match name_of(thread, property) {
        Ok(Some(name)) => match thread.repr(name) {
            Ok(repr) => thread.to_text(repr).unwrap_or_default(),
            Err(raised) => return raised,
        },
        Ok(None) => {
            return thread.attribute_error(format_args!("property of '{class}' object has no {what}"));
        }
        Err(raised) => return raised,
    };
    thread.attribute_error(format_args!("property {quoted} of '{class}' object has no {what}"))
}

fn name_of(thread: &Thread, property: Gc<Property>) -> PyResult<Option<Value>> {
    if let Some(name) = property.name.get().bound() {
        return Ok(Some(name));
    }
    if property.getter.get().is_none() {
        return Ok(None);
    }
    thread.find_attr(property.getter.get(), thread.names().__name__)
}

fn name(thread: &Thread, value: Value) -> PyResult<Value> {
    match name_of(thread, property(thread, value)?)? {
        Some(name) => Ok(name),
        None => Err(thread.attribute_error("'property' object has no attribute '__name__'")),
    }
}

fn set_name(thread: &Thread, value: Value, name: Option<Value>) -> PyResult<()> {
    let property = property(thread, value)?;
    property.store(thread, &property.name, name.unwrap_or(Value::UNBOUND));
    Ok(())
}

fn is_abstract(thread: &Thread, value: Value) -> PyResult<Value> {
    let property = property(thread, value)?;
    for function in [property.getter.get(), property.setter.get(), property.deleter.get()] {
        if let Some(mark) = thread.find_attr(function, thread.names().__isabstractmethod__)?
            && thread.truth(mark)?
        {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}
