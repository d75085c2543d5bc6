//! Builtin functions that look at frames, run code or make classes.

mod evaluate;

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::hooks::{Resume, Resumed};
use dx_object::ids::BUILTIN_TYPES;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::{RootVec, Thread};
use dx_object::types::{module, native};
use dx_object::value::Value;

use crate::class::build_class;
use crate::frame::ThreadState;
use crate::frame_object::locals_of;
use crate::{generator, import};

static FUNCTIONS: &[MethodDef] = &[
    MethodDef::new("__build_class__", Arity::Any, build_class),
    MethodDef::new("__import__", Arity::Any, import::dunder_import),
    MethodDef::new("globals", Arity::None, globals),
    MethodDef::new("locals", Arity::None, locals),
    MethodDef::new("vars", Arity::Positional(0, 1), vars),
    MethodDef::new("dir", Arity::Positional(0, 1), dir),
    MethodDef::new("next", Arity::Positional(1, 2), next),
    MethodDef::new("exec", Arity::Any, evaluate::exec),
    MethodDef::new("eval", Arity::Any, evaluate::eval),
    MethodDef::new("compile", Arity::Any, evaluate::compile),
];

/// Types of module `builtins` that have a name there.
const HIDDEN: &[&str] = &[
    "NoneType",
    "ellipsis",
    "NotImplementedType",
    "function",
    "method",
    "builtin_function_or_method",
    "method_descriptor",
    "classmethod_descriptor",
    "wrapper_descriptor",
    "method-wrapper",
    "getset_descriptor",
    "member_descriptor",
    "cell",
    "module",
    "code",
    "frame",
    "traceback",
    "generator",
    "coroutine",
    "async_generator",
    "coroutine_wrapper",
    "mappingproxy",
    "iterator",
    "_IncompleteInputError",
    "weakref",
    "ReferenceType",
];

fn is_hidden(name: &str) -> bool {
    HIDDEN.contains(&name)
        || name.starts_with("dict_")
        || name.starts_with("async_generator_")
        || name.ends_with("iterator")
}

/// Makes module `builtins` with the types, the constants and the functions of this file.
pub fn install(thread: &Thread) -> PyResult<()> {
    let module = module::new(thread, "builtins", Value::NONE)?;
    let Some(dict) = module.dict() else { return Ok(()) };
    thread.builtins.set(dict.value());
    for (index, spec) in BUILTIN_TYPES.iter().enumerate() {
        if spec.module == "builtins" && !is_hidden(spec.name) {
            let class = thread.builtin_type(dx_object::TypeId(index as u32 + 1));
            dict.set_text(thread, spec.name, class.value())?;
        }
    }
    let os_error = thread.builtin_type(dx_object::ids::OS_ERROR).value();
    for name in ["EnvironmentError", "IOError"] {
        dict.set_text(thread, name, os_error)?;
    }
    let constants = [
        ("None", Value::NONE),
        ("True", Value::TRUE),
        ("False", Value::FALSE),
        ("Ellipsis", Value::ELLIPSIS),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
        ("__debug__", Value::TRUE),
    ];
    for (name, value) in constants {
        dict.set_text(thread, name, value)?;
    }
    let name = thread.intern("builtins");
    for def in FUNCTIONS {
        let function = native::function(thread, def, name);
        dict.set_text(thread, def.name, function)?;
        if def.name == "__import__" {
            ThreadState::of(thread).state.own_import.set(function);
        }
    }
    import::modules(thread)?.set_name(thread, name, module.value())
}

/// Globals of the running Python frame.
pub fn running_globals(thread: &Thread) -> Value {
    let frame = ThreadState::of(thread).frames.current();
    frame.map_or(Value::UNBOUND, |frame| crate::ops::names::globals(frame.registers).value())
}

/// `__name__` of the running frame's globals.
pub fn running_module(thread: &Thread) -> Value {
    let globals = running_globals(thread).as_dict();
    globals.and_then(|globals| globals.get_name(thread, thread.names().__name__)).unwrap_or(Value::NONE)
}

/// First argument and `__class__` of the running frame, for `super()` without arguments.
pub fn super_arguments(thread: &Thread) -> PyResult<(Value, Value)> {
    let Some(frame) = ThreadState::of(thread).frames.current() else {
        return Err(thread.runtime_error("super(): no current frame"));
    };
    let code = frame.code();
    if code.parameter_count == 0 {
        return Err(thread.runtime_error("super(): no arguments"));
    }
    let name = thread.names().__class__;
    let at = code.register_names.iter().rposition(|known| *known == name);
    let cell = at.and_then(|at| frame.registers.get(at).downcast::<dx_object::types::cell::CellObject>());
    let Some(cell) = cell else { return Err(thread.runtime_error("super(): __class__ cell not found")) };
    let class = cell.content.get();
    if class.is_unbound() {
        return Err(thread.runtime_error("super(): empty __class__ cell"));
    }
    let mut first = frame.registers.get(0);
    if first.is_unbound() {
        // A captured parameter lives in its cell.
        let own = code.register_names.first().copied();
        let at = code.register_names.iter().rposition(|known| Some(*known) == own);
        let cell = at.and_then(|at| frame.registers.get(at).downcast::<dx_object::types::cell::CellObject>());
        first = cell.map_or(Value::UNBOUND, |cell| cell.content.get());
    }
    if first.is_unbound() {
        return Err(thread.runtime_error("super(): arg[0] deleted"));
    }
    Ok((first, class))
}

fn globals(thread: &Thread, _: Args<'_>) -> PyResult<Value> {
    Ok(running_globals(thread))
}

/// The running frame's namespace, or a new dict of its variables.
pub(crate) fn running_locals(thread: &Thread) -> PyResult<Value> {
    let Some(frame) = ThreadState::of(thread).frames.current() else {
        return Err(thread.system_error("frame does not exist"));
    };
    if frame.code().has(dx_schemas::code::flag::CLASS | dx_schemas::code::flag::MODULE) {
        return Ok(frame.registers.owner());
    }
    Ok(locals_of(thread, frame)?.value())
}

fn locals(thread: &Thread, _: Args<'_>) -> PyResult<Value> {
    running_locals(thread)
}

fn vars(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let Some(object) = args.get(0) else { return running_locals(thread) };
    match thread.find_attr(object, thread.names().__dict__)? {
        Some(dict) => Ok(dict),
        None => Err(thread.type_error("vars() argument must have __dict__ attribute")),
    }
}

fn dir(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let names = match args.get(0) {
        None => running_locals(thread)?,
        Some(object) => match thread.lookup_special(object, thread.names().__dir__)? {
            Some(method) => thread.call(method, &[])?,
            None => return Err(thread.type_error("object does not provide __dir__")),
        },
    };
    let mut all = RootVec::new(thread);
    all.extend_iterable(names)?;
    let list = thread.list(&all)?;
    let sort = thread.get_attr(list, thread.intern("sort"))?;
    thread.call(sort, &[])?;
    Ok(list)
}

/// `next(iterator, default)`.
fn next(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let words = args.positional();
    let iterator = words[0];
    let result =
        if generator::object(iterator).is_some_and(|object| !object.is_coroutine() && !object.is_async()) {
            match generator::resume(thread, iterator, Resume::Send(Value::NONE)) {
                Ok(Resumed::Yielded(value)) => return Ok(value),
                Ok(Resumed::Returned(value)) if words.len() == 1 => Err(thread.stop_iteration(value)),
                Ok(Resumed::Returned(_)) => return Ok(words[1]),
                Err(raised) => Err(raised),
            }
        } else {
            // A Python `__next__` is called as a method, so that the StopIteration it raises is the one that is seen.
            let class = thread.type_of(iterator);
            let own = class.lookup(thread, thread.names().__next__);
            match own.filter(|own| own.header().is_some_and(|h| h.shape() == dx_object::ids::FUNCTION.0)) {
                Some(own) => thread.call(own, &[iterator]),
                None => match thread.next(iterator)? {
                    Some(value) => return Ok(value),
                    None if words.len() == 1 => Err(thread.stop_iteration(Value::NONE)),
                    None => return Ok(words[1]),
                },
            }
        };
    match result {
        Err(raised) => {
            if words.len() > 1 && thread.catch(dx_object::ids::STOP_ITERATION).is_some() {
                return Ok(words[1]);
            }
            Err(raised)
        }
        value => value,
    }
}

/// The signature that `exec` and `eval` share.
pub(crate) const fn source_signature(function: &'static str) -> Signature {
    Signature {
        function,
        parameters: &["source", "globals", "locals"],
        positional_only: 1,
        positional: 3,
        required: 1,
    }
}
