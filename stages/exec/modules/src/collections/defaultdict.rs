//! `defaultdict`: a dict with a factory for absent keys, kept in a slot behind the dict.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::instance;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, GetSetDef, MethodDef, TypeSpec, flags};
use dx_object::thread::Thread;
use dx_object::types::dict;
use dx_object::value::Value;

use crate::convert::type_name;

pub(super) static DEFAULTDICT: TypeSpec = TypeSpec {
    module: "collections",
    bases: &[&dict::SPEC],
    flags: flags::BASE | flags::WEAKREF,
    fixed: 1,
    doc: Some(
        "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called \
         without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict \
         compares equal to a dict with the same items.\nAll remaining arguments are treated the same as if they \
         were\npassed to the dict constructor, including keyword arguments.",
    ),
    slots: Slots { init: Some(init), repr: Some(repr), or: Some(or), ..Slots::EMPTY },
    methods: &[
        MethodDef::new("__missing__", Arity::One, missing),
        MethodDef::new("copy", Arity::None, |thread, args| copy(thread, args.positional()[0])),
        MethodDef::new("__copy__", Arity::None, |thread, args| copy(thread, args.positional()[0])),
        MethodDef::new("__reduce__", Arity::None, reduce),
        MethodDef::new("__class_getitem__", Arity::One, crate::generic_alias::class_getitem).class(),
    ],
    getset: &[GetSetDef::new(
        "default_factory",
        |thread, value| Ok(factory(thread, value)),
        Some(|thread, value, factory| {
            instance::set_fixed_slot(thread, value, 0, factory.unwrap_or(Value::NONE));
            Ok(())
        }),
    )],
    ..TypeSpec::new("defaultdict")
};

fn factory(thread: &Thread, value: Value) -> Value {
    instance::fixed_slot(thread, value, 0).unwrap_or(Value::NONE)
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let first = args.get(0).unwrap_or(Value::NONE);
    if !first.is_none() && !thread.is_callable(first) {
        return Err(thread.type_error("first argument must be callable or None"));
    }
    instance::set_fixed_slot(thread, value, 0, first);
    let rest = if args.positional().is_empty() { args } else { args.rest() };
    match thread.builtin_type(dx_object::ids::DICT).slots().init {
        Some(init) => init(thread, value, rest),
        None => Ok(()),
    }
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = type_name(thread, value);
    let items = match thread.builtin_type(dx_object::ids::DICT).slots().repr {
        Some(repr) => repr(thread, value)?,
        None => thread.str("{...}"),
    };
    let items = thread.to_text(items)?;
    let factory = factory(thread, value);
    let factory = match thread.enter_repr(factory) {
        Some(_guard) => {
            let shown = thread.repr(factory)?;
            thread.to_text(shown)?
        }
        None => "...".to_owned(),
    };
    Ok(thread.str_format(format_args!("{name}({factory}, {items})")))
}

fn missing(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (value, key) = (args.positional()[0], args.positional()[1]);
    let factory = factory(thread, value);
    if factory.is_none() {
        return Err(thread.key_error(key));
    }
    let made = thread.call(factory, &[])?;
    thread.setitem(value, key, made)?;
    Ok(made)
}

fn copy(thread: &Thread, value: Value) -> PyResult<Value> {
    thread.call(thread.type_of(value).value(), &[factory(thread, value), value])
}

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let factory = factory(thread, value);
    let start = if factory.is_none() { thread.try_tuple(&[])? } else { thread.try_tuple(&[factory])? };
    let items = thread.call_method(value, thread.names().items, &[])?;
    let items = thread.iter(items)?;
    thread.try_tuple(&[thread.type_of(value).value(), start, Value::NONE, Value::NONE, items])
}

fn or(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
    let is_own = |value: Value| {
        value.is_heap() && thread.type_of(value).is_subtype(thread.spec_type(&DEFAULTDICT, thread))
    };
    let (Some(_), Some(right)) = (a.as_dict(), b.as_dict()) else { return Ok(Value::NOT_IMPLEMENTED) };
    let made = if is_own(a) {
        copy(thread, a)?
    } else {
        thread.call(thread.type_of(b).value(), &[factory(thread, b), a])?
    };
    if let Some(dict) = made.as_dict() {
        dict.update(thread, &right)?;
    }
    Ok(made)
}
