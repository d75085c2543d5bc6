//! `partial` and `Placeholder`.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::instance;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, GetSetDef, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::types::object::DICT_GETSET;
use dx_object::types::{dict, method};
use dx_object::value::Value;

use crate::record::{self, LAYOUT, Record};

/// `first` is the function, `second` the tuple of arguments, `third` the dict of keywords.
pub(super) static PARTIAL: TypeSpec = TypeSpec {
    module: "functools",
    layout: LAYOUT,
    flags: flags::BASE | flags::DICT | flags::WEAKREF,
    doc: Some("Create a new function with partial application of the given arguments and keywords."),
    slots: Slots {
        new: Some(new),
        call: Some(call),
        repr: Some(repr),
        descr_get: Some(bind),
        ..Slots::EMPTY
    },
    methods: &[
        MethodDef::new("__reduce__", Arity::None, reduce),
        MethodDef::new("__setstate__", Arity::One, setstate),
        MethodDef::new("__class_getitem__", Arity::One, crate::generic_alias::class_getitem).class(),
    ],
    getset: &[
        GetSetDef::new("func", |_, this| Ok(field(this, |this| this.first.get())), None),
        GetSetDef::new("args", |_, this| Ok(field(this, |this| this.second.get())), None),
        GetSetDef::new("keywords", |_, this| Ok(field(this, |this| this.third.get())), None),
        GetSetDef::new("__dict__", DICT_GETSET.get, DICT_GETSET.set),
    ],
    ..TypeSpec::new("partial")
};

/// The type of the one `Placeholder`.
pub(super) static PLACEHOLDER: TypeSpec = TypeSpec {
    module: "functools",
    layout: LAYOUT,
    slots: Slots {
        new: Some(|thread, _, args| {
            args.no_keywords(thread, "_PlaceholderType")?;
            if !args.is_empty() {
                return Err(thread.type_error("_PlaceholderType takes no arguments"));
            }
            placeholder(thread)
        }),
        repr: Some(|thread, _| Ok(thread.str("Placeholder"))),
        ..Slots::EMPTY
    },
    methods: &[MethodDef::new("__reduce__", Arity::None, |thread, _| Ok(thread.str("Placeholder")))],
    doc: Some("The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments."),
    ..TypeSpec::new("_PlaceholderType")
};

/// The singleton, kept in its type's dict.
pub(super) fn placeholder(thread: &Thread) -> PyResult<Value> {
    let class = thread.spec_type(&PLACEHOLDER, thread);
    if let Some(known) = class.dict().get_text(thread, "_singleton") {
        return Ok(known);
    }
    let made = record::make(thread, class.value(), [Value::NONE; 4])?;
    class.dict().set_text(thread, "_singleton", made)?;
    Ok(made)
}

fn field(value: Value, read: impl FnOnce(Gc<Record>) -> Value) -> Value {
    record::of(value).map_or(Value::NONE, read)
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(function) = args.get(0) else {
        return Err(thread.type_error("type 'partial' takes at least one argument"));
    };
    if !thread.is_callable(function) {
        return Err(thread.type_error("the first argument must be callable"));
    }
    let hole = placeholder(thread)?;
    let given = &args.positional()[1..];
    if given.last() == Some(&hole) {
        return Err(thread.type_error("trailing Placeholders are not allowed"));
    }
    let keywords = dict::new(thread);
    let mut function = function;
    let mut words = RootVec::new(thread);
    // A partial of a partial is flattened, when it has no attributes of its own.
    let partial = thread.spec_type(&PARTIAL, thread);
    if thread.type_of(function) == partial
        && let Some(inner) = record::of(function)
        && instance::dict_of(thread, function)?.is_none_or(|dict| dict.is_empty())
    {
        words.extend(inner.second.get().tuple_items().unwrap_or_default());
        if let Some(own) = inner.third.get().as_dict() {
            keywords.update(thread, &own)?;
        }
        function = inner.first.get();
    }
    fill(&mut words, given, hole);
    for (name, value) in args.keywords() {
        if value == hole {
            return Err(thread.type_error("Placeholder cannot be passed as a keyword argument"));
        }
        keywords.set(thread, name, value)?;
    }
    let words = thread.try_tuple(&words)?;
    record::make(thread, class, [function, words, keywords.value(), Value::NONE])
}

/// Puts arguments into the holes, then behind.
fn fill(words: &mut RootVec<'_>, given: &[Value], hole: Value) {
    let mut given = given.iter();
    for index in 0..words.len() {
        if words[index] == hole {
            match given.next() {
                Some(&value) => words.set(index, value),
                None => return,
            }
        }
    }
    given.for_each(|&value| words.push(value));
}

fn call(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let mut words = RootVec::new(thread);
    let own = this.second.get();
    let own = own.tuple_items().unwrap_or_default();
    let hole = placeholder(thread)?;
    let holes = own.iter().filter(|&&word| word == hole).count();
    if args.len() < holes {
        let given = args.len();
        return Err(thread.type_error(format_args!(
            "missing positional arguments in 'partial' call; expected at least {holes}, got {given}"
        )));
    }
    words.extend(own);
    fill(&mut words, args.positional(), hole);
    let mut names = RootVec::new(thread);
    let mut values = RootVec::new(thread);
    if let Some(keywords) = this.third.get().as_dict() {
        for entry in keywords.iter() {
            names.push(entry.key);
            values.push(entry.value);
        }
    }
    for (name, value) in args.keywords() {
        match names.iter().position(|known| known.str_bytes() == name.str_bytes()) {
            Some(at) => values.set(at, value),
            None => {
                names.push(name);
                values.push(value);
            }
        }
    }
    words.extend(&values);
    let names = if names.is_empty() { Value::NONE } else { thread.try_tuple(&names)? };
    thread.call_args(this.first.get(), Args::with_names(&words, names))
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(_guard) = thread.enter_repr(value) else { return Ok(thread.str("...")) };
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let class = thread.type_of(value);
    let module = thread.get_attr(class.value(), thread.names().__module__)?;
    let mut out = format!("{}.{}(", thread.to_text(module)?, class.qualname_str());
    let text = |value: Value| -> PyResult<String> {
        let shown = thread.repr(value)?;
        thread.to_text(shown)
    };
    out.push_str(&text(this.first.get())?);
    let args = this.second.get();
    for &arg in args.tuple_items().unwrap_or_default() {
        out.push_str(", ");
        out.push_str(&text(arg)?);
    }
    if let Some(keywords) = this.third.get().as_dict() {
        let mut position = 0;
        while let Some((at, entry)) = keywords.next_entry(position) {
            position = at + 1;
            let name = thread.to_str(entry.key)?;
            out.push_str(&format!(", {}={}", thread.to_text(name)?, text(entry.value)?));
        }
    }
    out.push(')');
    Ok(thread.str(&out))
}

fn bind(thread: &Thread, value: Value, object: Option<Value>, _: Value) -> PyResult<Value> {
    Ok(match object {
        Some(object) if !object.is_none() => method::new(thread, value, object).value(),
        _ => value,
    })
}

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let attributes = instance::dict_of(thread, value)?.filter(|dict| !dict.is_empty());
    let attributes = attributes.map_or(Value::NONE, Gc::value);
    let start = thread.try_tuple(&[this.first.get()])?;
    let state = thread.try_tuple(&[this.first.get(), this.second.get(), this.third.get(), attributes])?;
    thread.try_tuple(&[thread.type_of(value).value(), start, state])
}

fn setstate(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let (Some(this), Some(&[function, words, keywords, attributes])) =
        (record::of(value), args.positional()[1].tuple_items())
    else {
        return Err(thread.type_error("invalid partial state"));
    };
    let valid = thread.is_callable(function)
        && words.as_tuple().is_some()
        && (keywords.is_none() || keywords.as_dict().is_some())
        && (attributes.is_none() || attributes.as_dict().is_some());
    if !valid {
        return Err(thread.type_error("invalid partial state"));
    }
    let words = words.tuple_items().unwrap_or_default();
    if words.last() == Some(&placeholder(thread)?) {
        return Err(thread.type_error("trailing Placeholders are not allowed"));
    }
    let words = thread.try_tuple(words)?;
    let copy = match keywords.as_dict() {
        Some(keywords) => keywords.copy(thread)?,
        None => dict::new(thread),
    };
    this.store(thread, &this.first, function);
    this.store(thread, &this.second, words);
    this.store(thread, &this.third, copy.value());
    if let Some(attributes) = attributes.as_dict() {
        instance::set_dict(thread, value, attributes)?;
    }
    Ok(Value::NONE)
}
