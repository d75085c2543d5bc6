//! Names: globals and builtins with their caches, namespaces of classes and modules, cells, and the errors for all.

use dx_object::error::{PyResult, Raised};
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::cell::CellObject;
use dx_object::types::dict::DictObject;
use dx_object::types::function::FunctionObject;
use dx_object::value::Value;

use super::exactly;
use crate::cache::{Cache, CacheKind};
use crate::code::Code;
use crate::frame::Window;

/// The running function.
#[inline(always)]
pub fn function(regs: Window) -> Gc<FunctionObject> {
    debug_assert!(regs.function().has_kind::<FunctionObject>());
    // SAFETY: frames are pushed with a function object in that place.
    unsafe { Gc::from_raw(regs.function().cell().cast()) }
}

/// Globals of the running function.
#[inline(always)]
pub fn globals(regs: Window) -> Gc<DictObject> {
    let globals = function(regs).globals.get();
    debug_assert!(globals.has_kind::<DictObject>());
    // SAFETY: functions are made with a dict (or an instance of a subclass, of the same layout) as globals.
    unsafe { Gc::from_raw(globals.cell().cast()) }
}

/// Builtins of the running function.
#[inline(always)]
pub fn builtins(thread: &Thread, regs: Window) -> Gc<DictObject> {
    let builtins = function(regs).builtins.get();
    match builtins.downcast::<DictObject>() {
        Some(dict) => dict,
        None => builtins_of(thread),
    }
}

/// The dict of module `builtins`.
pub fn builtins_of(thread: &Thread) -> Gc<DictObject> {
    match thread.builtins.get().as_dict() {
        Some(dict) => dict,
        None => thread.dict(),
    }
}

/// A name of module `builtins`, None if the program deleted it.
pub fn builtin(thread: &Thread, name: &str) -> Value {
    builtins_of(thread).get_text(thread, name).unwrap_or(Value::NONE)
}

#[inline(always)]
pub fn cell(value: Value) -> Gc<CellObject> {
    debug_assert!(value.has_kind::<CellObject>());
    // SAFETY: the verifier proved the register to be of kind cell, and prologues fill those.
    unsafe { Gc::from_raw(value.cell().cast()) }
}

#[inline(always)]
pub fn set_cell(thread: &Thread, value: Value, content: Value) {
    let cell = cell(value);
    cell.store(thread, &cell.content, content);
}

/// LOAD_GLOBAL from its cache: the version of the globals' keys (and of the builtins') has not moved.
#[inline(always)]
pub fn cached_global(regs: Window, cache: &Cache) -> Option<Value> {
    let function = function(regs);
    let globals = globals(regs);
    if globals.current_keys_version() != cache.version.get() {
        return None;
    }
    match cache.kind.get() {
        CacheKind::Global => Some(globals.value_at(cache.place.get() as usize)),
        CacheKind::Builtin => {
            let builtins: Gc<DictObject> = exactly(function.builtins.get(), ids::DICT)?;
            (builtins.current_keys_version() == cache.shape.get())
                .then(|| builtins.value_at(cache.place.get() as usize))
        }
        _ => None,
    }
}

/// LOAD_GLOBAL without a valid cache.
#[cold]
#[inline(never)]
pub fn load_global(thread: &Thread, regs: Window, name: Value, cache: &Cache) -> PyResult<Value> {
    let globals = globals(regs);
    if let Some(position) = position(thread, globals, name) {
        let version = globals.keys_version(thread);
        if version != 0 {
            cache.version.set(version);
            cache.place.set(position as u32);
            cache.kind.set(CacheKind::Global);
        }
        return Ok(globals.value_at(position));
    }
    if globals.value().header().is_some_and(|header| header.shape() != ids::DICT.0)
        && let Some(value) = subscript_or_none(thread, globals.value(), name)?
    {
        return Ok(value);
    }
    let builtins = builtins(thread, regs);
    match position(thread, builtins, name) {
        Some(position) => {
            let (version, builtin_version) = (globals.keys_version(thread), builtins.keys_version(thread));
            if version != 0 && builtin_version != 0 {
                cache.version.set(version);
                cache.shape.set(builtin_version);
                cache.place.set(position as u32);
                cache.kind.set(CacheKind::Builtin);
            }
            Ok(builtins.value_at(position))
        }
        None => {
            let found = function(regs).builtins.get();
            if found.as_dict().is_none()
                && !found.is_none()
                && let Some(value) = subscript_or_none(thread, found, name)?
            {
                return Ok(value);
            }
            Err(name_error(thread, name))
        }
    }
}

/// Position of a name in a dict.
pub fn position(thread: &Thread, dict: Gc<DictObject>, name: Value) -> Option<usize> {
    dict.find_str(thread, name.as_str()?)
}

/// `mapping[name]`, `None` for a KeyError.
fn subscript_or_none(thread: &Thread, mapping: Value, name: Value) -> PyResult<Option<Value>> {
    if let Some(dict) = exactly::<DictObject>(mapping, ids::DICT) {
        return Ok(dict.get_name(thread, name));
    }
    let result = thread.getitem(mapping, name);
    thread.catching(ids::KEY_ERROR, result)
}

#[cold]
pub fn name_error(thread: &Thread, name: Value) -> Raised {
    let raised = thread.name_error(format_args!("name '{}' is not defined", crate::text(name)));
    let exception = thread.exception();
    note_name(thread, exception, name);
    raised
}

/// `NameError.name`, which suggestions start from.
fn note_name(thread: &Thread, exception: Value, name: Value) {
    // A failure to note it leaves the NameError as it was.
    let _ = thread.set_attr(exception, thread.names().name, name);
    thread.set_exception(exception);
}

pub fn store_global(thread: &Thread, regs: Window, name: Value, value: Value) -> PyResult<()> {
    globals(regs).set_name(thread, name, value)
}

pub fn delete_global(thread: &Thread, regs: Window, name: Value) -> PyResult<()> {
    match globals(regs).remove(thread, name)? {
        Some(_) => Ok(()),
        None => Err(name_error(thread, name)),
    }
}

/// LOAD_NAME: namespace, globals, builtins.
pub fn load_name(thread: &Thread, regs: Window, name: Value) -> PyResult<Value> {
    match subscript_or_none(thread, regs.owner(), name)? {
        Some(value) => Ok(value),
        None => global_or_builtin(thread, regs, name),
    }
}

fn global_or_builtin(thread: &Thread, regs: Window, name: Value) -> PyResult<Value> {
    if let Some(value) = subscript_or_none(thread, globals(regs).value(), name)? {
        return Ok(value);
    }
    match builtins(thread, regs).get_name(thread, name) {
        Some(value) => Ok(value),
        None => Err(name_error(thread, name)),
    }
}

pub fn store_name(thread: &Thread, regs: Window, name: Value, value: Value) -> PyResult<()> {
    put_name(thread, regs, name, value)?;
    if name == thread.names().__qualname__ {
        // A class body's code is the same wherever the class stands, so its line is bound here.
        let code = crate::code::object::code_of(function(regs));
        if code.has(dx_schemas::code::flag::CLASS) {
            let line = Value::small(crate::exception::source::first_line(code).into());
            put_name(thread, regs, thread.names().__firstlineno__, line)?;
        }
    }
    Ok(())
}

fn put_name(thread: &Thread, regs: Window, name: Value, value: Value) -> PyResult<()> {
    match exactly::<DictObject>(regs.owner(), ids::DICT) {
        Some(namespace) => namespace.set_name(thread, name, value),
        None => thread.setitem(regs.owner(), name, value),
    }
}

pub fn delete_name(thread: &Thread, regs: Window, name: Value) -> PyResult<()> {
    let result = thread.delitem(regs.owner(), name);
    match thread.catching(ids::KEY_ERROR, result)? {
        Some(()) => Ok(()),
        None => Err(name_error(thread, name)),
    }
}

/// `R[B][name]`, or the contents of a cell.
pub fn dict_or_cell(
    thread: &Thread,
    code: &Code,
    mapping: Value,
    name: Value,
    regs: Window,
    register: usize,
) -> PyResult<Value> {
    if let Some(value) = subscript_or_none(thread, mapping, name)? {
        return Ok(value);
    }
    match cell(regs.get(register)).content.get() {
        Value::UNBOUND => Err(unbound_cell(thread, code, register)),
        value => Ok(value),
    }
}

pub fn dict_or_global(thread: &Thread, mapping: Value, name: Value, regs: Window) -> PyResult<Value> {
    match subscript_or_none(thread, mapping, name)? {
        Some(value) => Ok(value),
        None => global_or_builtin(thread, regs, name),
    }
}

/// COPY_FREE: the closure's cells into their registers.
#[inline(always)]
pub fn copy_free(regs: Window, first: usize, count: usize) {
    let closure = function(regs).closure.get();
    let Some(closure) = exactly::<dx_object::types::tuple::TupleObject>(closure, ids::TUPLE) else { return };
    for (index, &cell) in closure.items().iter().take(count).enumerate() {
        regs.set(first + index, cell);
    }
}

#[cold]
pub fn unbound_local(thread: &Thread, code: &Code, register: usize) -> Raised {
    let name = code.register_names[register];
    thread.unbound_local_error(format_args!(
        "cannot access local variable '{}' where it is not associated with a value",
        crate::text(name)
    ))
}

#[cold]
pub fn unbound_cell(thread: &Thread, code: &Code, register: usize) -> Raised {
    if register < code.free_first || code.free_count == 0 {
        return unbound_local(thread, code, register);
    }
    let name = code.register_names[register];
    let raised = thread.name_error(format_args!(
        "cannot access free variable '{}' where it is not associated with a value in enclosing scope",
        crate::text(name)
    ));
    note_name(thread, thread.exception(), name);
    raised
}

/// `builtins.__build_class__`.
pub fn build_class(thread: &Thread) -> PyResult<Value> {
    match builtins_of(thread).get_text(thread, "__build_class__") {
        Some(value) => Ok(value),
        None => Err(thread.name_error("__build_class__ not found")),
    }
}
