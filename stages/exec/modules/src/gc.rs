//! Module `gc`: a collector of another kind behind the functions of CPython's.
//!
//! Thresholds are kept and answered, but the heap decides by its own measure when it collects.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::types::weakref::WeakReference;
use dx_object::value::Value;

use crate::convert::c_int;
use crate::library::ModuleSpec;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[
        MethodDef::new("collect", Arity::Any, collect),
        MethodDef::new("enable", Arity::None, |thread, _| switch(thread, true)),
        MethodDef::new("disable", Arity::None, |thread, _| switch(thread, false)),
        MethodDef::new("isenabled", Arity::None, |thread, _| {
            Ok(state(thread, "_enabled").unwrap_or(Value::TRUE))
        }),
        MethodDef::new("get_count", Arity::None, |thread, _| thread.try_tuple(&[Value::ZERO; 3])),
        MethodDef::new("get_threshold", Arity::None, |thread, _| match state(thread, "_threshold") {
            Some(threshold) => Ok(threshold),
            None => thread.try_tuple(&[Value::small(2000), Value::small(10), Value::small(10)]),
        }),
        MethodDef::new("set_threshold", Arity::Positional(1, 3), set_threshold),
        MethodDef::new("get_debug", Arity::None, |thread, _| {
            Ok(state(thread, "_debug").unwrap_or(Value::ZERO))
        }),
        MethodDef::new("set_debug", Arity::One, |thread, args| {
            let bits = c_int(thread, args.positional()[0])?;
            remember(thread, "_debug", Value::small(i64::from(bits)))
        }),
        MethodDef::new("freeze", Arity::None, |_, _| Ok(Value::NONE)),
        MethodDef::new("unfreeze", Arity::None, |_, _| Ok(Value::NONE)),
        MethodDef::new("get_freeze_count", Arity::None, |_, _| Ok(Value::ZERO)),
        MethodDef::new("is_tracked", Arity::One, |_, args| Ok(Value::bool(is_tracked(args.positional()[0])))),
        MethodDef::new("is_finalized", Arity::One, |_, args| {
            let header = args.positional()[0].header();
            Ok(Value::bool(header.is_some_and(|header| header.has_gc(dx_heap::GcBits::FINALIZED))))
        }),
    ]],
    fill: Some(|thread, dict| {
        for (name, bit) in [
            ("DEBUG_STATS", 1),
            ("DEBUG_COLLECTABLE", 2),
            ("DEBUG_UNCOLLECTABLE", 4),
            ("DEBUG_SAVEALL", 32),
            ("DEBUG_LEAK", 38),
        ] {
            dict.set_text(thread, name, Value::small(bit))?;
        }
        dict.set_text(thread, "garbage", thread.list(&[])?)?;
        dict.set_text(thread, "callbacks", thread.list(&[])?)
    }),
    ..ModuleSpec::new("gc", "This module provides access to the garbage collector for reference cycles.")
};

/// What the module remembers, in its own dict.
fn state(thread: &Thread, name: &str) -> Option<Value> {
    let module = thread.modules.get().as_dict()?.get_text(thread, "gc")?;
    module.downcast::<dx_object::types::module::ModuleObject>()?.dict()?.get_text(thread, name)
}

fn remember(thread: &Thread, name: &str, value: Value) -> PyResult<Value> {
    let module = thread.modules.get().as_dict().and_then(|modules| modules.get_text(thread, "gc"));
    let module = module.and_then(|module| module.downcast::<dx_object::types::module::ModuleObject>());
    if let Some(dict) = module.and_then(|module| module.dict()) {
        dict.set_text(thread, name, value)?;
    }
    Ok(Value::NONE)
}

/// The heap has one kind of collection that Python can ask for; the generation is only checked.
fn collect(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let generation = args.get(0).or_else(|| args.keyword("generation"));
    if let Some(generation) = generation
        && !(0..3).contains(&c_int(thread, generation)?)
    {
        return Err(thread.value_error("invalid generation"));
    }
    thread.collect_now();
    Ok(Value::ZERO)
}

fn switch(thread: &Thread, on: bool) -> PyResult<Value> {
    remember(thread, "_enabled", Value::bool(on))
}

fn set_threshold(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let mut numbers = [Value::small(2000), Value::small(10), Value::small(10)];
    for (place, &value) in numbers.iter_mut().zip(args.positional()) {
        *place = Value::small(i64::from(c_int(thread, value)?));
    }
    let numbers = thread.try_tuple(&numbers)?;
    remember(thread, "_threshold", numbers)
}

/// Whether CPython's collector would look at the object.
fn is_tracked(value: Value) -> bool {
    let atomic = value.as_int().is_some()
        || value.as_float().is_some()
        || value.as_str().is_some()
        || value.as_bytes().is_some()
        || value.downcast::<WeakReference>().is_some();
    value.is_heap() && !atomic
}
