//! Frame objects: what `sys._getframe`, tracebacks and generators show of a frame.
//!
//! An object is a record of the moment it was made: code, globals, position, and the locals as a dict. It does not
//! follow the frame and cannot write to it.

use std::cell::Cell;

use dx_heap::{Header, Kind, KindInfo};
use dx_object::error::PyResult;
use dx_object::gc::{Gc, Object};
use dx_object::ids;
use dx_object::kinds::FIRST_FOREIGN;
use dx_object::slots::Slots;
use dx_object::spec::{GetSetDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::types::dict::DictObject;
use dx_object::types::function::FunctionObject;
use dx_object::types::traceback::TracebackObject;
use dx_object::value::Value;
use dx_schemas::code::flag;

use crate::code::Code;
use crate::code::object::{code_from_value, code_of};
use crate::exception::{or_none, source};
use crate::frame::{Frame, ThreadState, Window};
use crate::generator;

const KIND: Kind = Kind(FIRST_FOREIGN + 3);

#[repr(C)]
pub struct FrameObject {
    header: Header,
    function: Cell<Value>,
    code: Cell<Value>,
    /// A dict, or unbound where the locals are gone.
    locals: Cell<Value>,
    back: Cell<Value>,
    /// Offset of the instruction, a small int.
    offset: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for FrameObject {
    const KIND: Kind = KIND;
}

pub(crate) fn register(thread: &Thread) {
    thread.heap.set_kind(KIND, KindInfo::WORDS);
}

fn new(thread: &Thread, function: Value, code: Value, locals: Value, back: Value, offset: u32) -> Value {
    let word = Header::word(KIND, ids::FRAME.0, 0);
    let cell = thread.heap.alloc(size_of::<FrameObject>(), word).cast::<FrameObject>();
    // SAFETY: a new cell of this layout.
    unsafe {
        (*cell).function.set(function);
        (*cell).code.set(code);
        (*cell).locals.set(locals);
        (*cell).back.set(back);
        (*cell).offset.set(Value::small(offset.into()));
        Gc::from_raw(cell).value()
    }
}

/// `sys._getframe(level)`; `None` beyond the outermost frame.
pub fn of_level(thread: &Thread, level: usize) -> PyResult<Option<Value>> {
    let frames = &ThreadState::of(thread).frames;
    let depth = frames.depth();
    if level >= depth {
        return Ok(None);
    }
    // From the outermost in, so that each finds its caller; locals only of the frame that was asked for.
    let mut back = Value::NONE;
    for at in (level..depth).rev() {
        let Some(frame) = frames.outer(at) else { continue };
        let locals = if at == level { locals_of(thread, frame)?.value() } else { Value::UNBOUND };
        let code = frame.code().value.get();
        back = new(thread, frame.registers.function(), code, locals, back, frame.offset());
    }
    Ok(Some(back))
}

/// The variables of a frame as a dict: the namespace itself where there is one.
pub fn locals_of(thread: &Thread, frame: &Frame) -> PyResult<Gc<DictObject>> {
    let code = frame.code();
    if code.has(flag::CLASS | flag::MODULE)
        && let Some(dict) = frame.registers.owner().as_dict()
    {
        return Ok(dict);
    }
    variables(thread, code, frame.registers)
}

/// A dict of the bound variables in a window.
pub fn variables(thread: &Thread, code: &Code, regs: Window) -> PyResult<Gc<DictObject>> {
    let dict = thread.dict();
    let cells = code.cell_first();
    for (index, &name) in code.register_names.iter().enumerate() {
        if name.is_unbound() {
            continue;
        }
        let mut value = regs.get(index);
        if index >= cells && index < code.named_end {
            match value.downcast::<dx_object::types::cell::CellObject>() {
                Some(cell) => value = cell.content.get(),
                None => continue,
            }
        }
        if value.is_unbound() || crate::text(name).starts_with('.') {
            continue;
        }
        dict.set_name(thread, name, value)?;
    }
    Ok(dict)
}

/// `gi_frame`: None once the generator is done.
pub fn of_generator(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(object) = generator::object(value) else { return Ok(Value::NONE) };
    if object.phase.get() == generator::Phase::Finished {
        return Ok(Value::NONE);
    }
    let locals = match object.registers() {
        Some(regs) => variables(thread, object.code(), regs)?.value(),
        None => Value::UNBOUND,
    };
    let code = object.code().value.get();
    Ok(new(thread, object.function.get(), code, locals, Value::NONE, object.offset()))
}

/// `tb_frame`.
fn of_traceback(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(entry) = value.downcast::<TracebackObject>() else { return Ok(Value::NONE) };
    let known = entry.frame.get();
    if known.downcast::<FrameObject>().is_some() || known.downcast::<FunctionObject>().is_none() {
        return Ok(or_none(known));
    }
    let offset = entry.position.get().as_small().unwrap_or(0) as u32;
    let made = new(thread, known, entry.code.get(), Value::UNBOUND, Value::NONE, offset);
    entry.store(thread, &entry.frame, made);
    Ok(made)
}

fn frame(value: Value) -> Option<Gc<FrameObject>> {
    value.downcast()
}

fn function(value: Value) -> Option<Gc<FunctionObject>> {
    frame(value)?.function.get().downcast()
}

fn line(value: Value) -> Option<Value> {
    let frame = frame(value)?;
    let code = code_from_value(frame.code.get()).or_else(|| function(value).map(code_of))?;
    Some(Value::small(source::line(code, frame.offset.get().as_small()? as u32).into()))
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::new("f_code", |_, f| Ok(frame(f).map_or(Value::NONE, |f| f.code.get())), None),
    GetSetDef::new("f_globals", |_, f| Ok(function(f).map_or(Value::NONE, |f| f.globals.get())), None),
    GetSetDef::new("f_builtins", |_, f| Ok(function(f).map_or(Value::NONE, |f| f.builtins.get())), None),
    GetSetDef::new("f_back", |_, f| Ok(frame(f).map_or(Value::NONE, |f| f.back.get())), None),
    GetSetDef::new("f_lineno", |_, f| Ok(line(f).unwrap_or(Value::NONE)), None),
    GetSetDef::new("f_lasti", |_, f| Ok(frame(f).map_or(Value::NONE, |f| f.offset.get())), None),
    GetSetDef::new("f_trace", |_, _| Ok(Value::NONE), Some(|_, _, _| Ok(()))),
    GetSetDef::new(
        "f_locals",
        |thread, f| {
            let locals = frame(f).map_or(Value::UNBOUND, |f| f.locals.get());
            Ok(if locals.is_unbound() { thread.dict().value() } else { locals })
        },
        None,
    ),
];

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let code = frame(value).and_then(|frame| code_from_value(frame.code.get()));
    let Some(code) = code else { return Ok(thread.str("<frame object>")) };
    Ok(thread.str_format(format_args!(
        "<frame at {:#x}, file '{}', line {}, code {}>",
        value.id(),
        code.fragment().module().input.path,
        line(value).and_then(Value::as_small).unwrap_or(0),
        crate::text(code.name)
    )))
}

/// Added to the type `frame`.
pub static EXTENSION: TypeSpec =
    TypeSpec { slots: Slots { repr: Some(repr), ..Slots::EMPTY }, getset: GETSET, ..TypeSpec::new("frame") };

fn traceback(value: Value) -> Option<Gc<TracebackObject>> {
    value.downcast()
}

fn traceback_line(value: Value) -> Option<Value> {
    let entry = traceback(value)?;
    let code = code_from_value(entry.code.get())?;
    Some(Value::small(source::line(code, entry.position.get().as_small()? as u32).into()))
}

fn set_next(thread: &Thread, value: Value, next: Option<Value>) -> PyResult<()> {
    let next = next.unwrap_or(Value::NONE);
    let Some(entry) = traceback(value) else { return Ok(()) };
    if !next.is_none() && traceback(next).is_none() {
        let kind = thread.type_of(next).name_str();
        return Err(thread.type_error(format_args!("expected traceback object or None, got '{kind}'")));
    }
    let mut at = traceback(next);
    while let Some(known) = at {
        if known.value() == value {
            return Err(thread.value_error("traceback loop detected"));
        }
        at = traceback(or_none(known.next.get()));
    }
    entry.store(thread, &entry.next, next);
    Ok(())
}

static TRACEBACK_GETSET: &[GetSetDef] = &[
    GetSetDef::new("tb_frame", of_traceback, None),
    GetSetDef::new(
        "tb_next",
        |_, t| Ok(traceback(t).map_or(Value::NONE, |t| or_none(t.next.get()))),
        Some(set_next),
    ),
    GetSetDef::new("tb_lineno", |_, t| Ok(traceback_line(t).unwrap_or(Value::NONE)), None),
    GetSetDef::new("tb_lasti", |_, t| Ok(traceback(t).map_or(Value::NONE, |t| t.position.get())), None),
];

/// Added to the type `traceback`.
pub static TRACEBACK_EXTENSION: TypeSpec =
    TypeSpec { getset: TRACEBACK_GETSET, ..TypeSpec::new("traceback") };
