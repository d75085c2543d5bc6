//! `itemgetter`, `attrgetter`, `methodcaller`.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use crate::convert::type_name;
use crate::record::{self, LAYOUT};

const fn spec(name: &'static str, slots: Slots, methods: &'static [MethodDef]) -> TypeSpec {
    TypeSpec { module: "operator", layout: LAYOUT, flags: flags::BASE, slots, methods, ..TypeSpec::new(name) }
}

/// `first` is the tuple of keys.
pub(super) static ITEMGETTER: TypeSpec = spec(
    "itemgetter",
    Slots { new: Some(new_item), call: Some(call_item), repr: Some(repr_keys), ..Slots::EMPTY },
    &[MethodDef::new("__reduce__", Arity::None, reduce)],
);

/// `first` is the tuple of names.
pub(super) static ATTRGETTER: TypeSpec = spec(
    "attrgetter",
    Slots { new: Some(new_attr), call: Some(call_attr), repr: Some(repr_keys), ..Slots::EMPTY },
    &[MethodDef::new("__reduce__", Arity::None, reduce)],
);

/// `first` is the name, `second` the tuple of arguments, `third` that of keyword values, `fourth` that of their names.
pub(super) static METHODCALLER: TypeSpec = spec(
    "methodcaller",
    Slots { new: Some(new_method), call: Some(call_method), repr: Some(repr_method), ..Slots::EMPTY },
    &[],
);

/// The one argument of a call of a getter.
fn subject(thread: &Thread, args: Args<'_>, name: &str) -> PyResult<Value> {
    args.no_keywords(thread, name)?;
    Ok(args.expect(thread, name, 1, 1)?[0])
}

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let this = args.positional()[0];
    let keys = record::of(this).map_or(Value::NONE, |this| this.first.get());
    thread.try_tuple(&[thread.type_of(this).value(), keys])
}

fn new_item(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "itemgetter")?;
    if args.is_empty() {
        args.expect(thread, "itemgetter", 1, 1)?;
    }
    let keys = thread.try_tuple(args.positional())?;
    record::make(thread, class, [keys, Value::NONE, Value::NONE, Value::NONE])
}

fn call_item(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<Value> {
    let object = subject(thread, args, "itemgetter")?;
    let keys = record::of(value).map_or(Value::NONE, |this| this.first.get());
    match keys.tuple_items().unwrap_or_default() {
        &[key] => thread.getitem(object, key),
        keys => {
            let mut items = RootVec::new(thread);
            for &key in keys {
                items.push(thread.getitem(object, key)?);
            }
            thread.try_tuple(&items)
        }
    }
}

fn repr_keys(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = type_name(thread, value);
    let keys = record::of(value).map_or(Value::NONE, |this| this.first.get());
    let mut shown = Vec::new();
    for &key in keys.tuple_items().unwrap_or_default() {
        let key = thread.repr(key)?;
        shown.push(thread.to_text(key)?);
    }
    let shown = shown.join(", ");
    Ok(thread.str_format(format_args!("operator.{name}({shown})")))
}

fn new_attr(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "attrgetter")?;
    if args.is_empty() {
        args.expect(thread, "attrgetter", 1, 1)?;
    }
    if args.positional().iter().any(|name| name.as_str().is_none()) {
        return Err(thread.type_error("attribute name must be a string"));
    }
    let names = thread.try_tuple(args.positional())?;
    record::make(thread, class, [names, Value::NONE, Value::NONE, Value::NONE])
}

/// `object.a.b` for the name `a.b`.
fn dotted(thread: &Thread, object: Value, name: Value) -> PyResult<Value> {
    let bytes = name.str_bytes().unwrap_or_default();
    if !bytes.contains(&b'.') {
        return thread.get_attr(object, name);
    }
    let text = thread.to_text(name)?;
    let mut object = object;
    for part in text.split('.') {
        object = thread.get_attr(object, thread.intern(part))?;
    }
    Ok(object)
}

fn call_attr(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<Value> {
    let object = subject(thread, args, "attrgetter")?;
    let names = record::of(value).map_or(Value::NONE, |this| this.first.get());
    match names.tuple_items().unwrap_or_default() {
        &[name] => dotted(thread, object, name),
        names => {
            let mut items = RootVec::new(thread);
            for &name in names {
                items.push(dotted(thread, object, name)?);
            }
            thread.try_tuple(&items)
        }
    }
}

fn new_method(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(name) = args.get(0) else {
        return Err(thread.type_error("methodcaller needs at least one argument, the method name"));
    };
    if name.as_str().is_none() {
        return Err(thread.type_error("method name must be a string"));
    }
    let values = thread.try_tuple(&args.all()[args.len()..])?;
    let given = thread.try_tuple(&args.positional()[1..])?;
    record::make(thread, class, [name, given, values, args.names()])
}

fn call_method(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<Value> {
    let object = subject(thread, args, "methodcaller")?;
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let method = thread.get_attr(object, this.first.get())?;
    let mut words = RootVec::new(thread);
    words.extend(this.second.get().tuple_items().unwrap_or_default());
    words.extend(this.third.get().tuple_items().unwrap_or_default());
    thread.call_args(method, Args::with_names(&words, this.fourth.get()))
}

fn repr_method(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let text = |value: Value| -> PyResult<String> {
        let shown = thread.repr(value)?;
        thread.to_text(shown)
    };
    let mut shown = vec![text(this.first.get())?];
    for &arg in this.second.get().tuple_items().unwrap_or_default() {
        shown.push(text(arg)?);
    }
    let (names, values) = (this.fourth.get(), this.third.get());
    for (&name, &value) in
        names.tuple_items().unwrap_or_default().iter().zip(values.tuple_items().unwrap_or_default())
    {
        shown.push(format!("{}={}", thread.to_text(name)?, text(value)?));
    }
    let (name, shown) = (type_name(thread, value), shown.join(", "));
    Ok(thread.str_format(format_args!("operator.{name}({shown})")))
}
