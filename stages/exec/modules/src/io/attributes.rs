//! Attributes and `repr` of file objects.

use dx_object::error::PyResult;
use dx_object::spec::GetSetDef;
use dx_object::thread::Thread;
use dx_object::value::Value;

use super::file::{self, READER, WRITER, state_of};

const CLOSED: GetSetDef = GetSetDef::new(
    "closed",
    |_, value| Ok(Value::bool(state_of(value).is_none_or(|state| state.borrow().is_closed()))),
    None,
);
const NAME: GetSetDef = GetSetDef::new("name", name, None);
const MODE: GetSetDef = GetSetDef::new("mode", mode, None);

pub(super) static GETSET: &[GetSetDef] = &[CLOSED, NAME, MODE];

pub(super) static TEXT_GETSET: &[GetSetDef] = &[
    CLOSED,
    NAME,
    MODE,
    GetSetDef::new("encoding", |thread, value| Ok(text(thread, value, |state| &state.encoding)), None),
    GetSetDef::new("errors", |thread, value| Ok(text(thread, value, |state| &state.errors)), None),
    GetSetDef::new("newlines", |_, _| Ok(Value::NONE), None),
    GetSetDef::new(
        "line_buffering",
        |_, value| Ok(Value::bool(state_of(value).is_some_and(|state| state.borrow().line_buffering))),
        None,
    ),
    GetSetDef::new("buffer", buffer, None),
];

fn name(_: &Thread, value: Value) -> PyResult<Value> {
    Ok(file::of(value).map_or(Value::NONE, |file| file.name.get()))
}

fn mode(_: &Thread, value: Value) -> PyResult<Value> {
    Ok(file::of(value).map_or(Value::NONE, |file| file.mode.get()))
}

fn text(thread: &Thread, value: Value, read: fn(&super::buffer::FileState) -> &String) -> Value {
    state_of(value).map_or(Value::NONE, |state| thread.str(read(&state.borrow())))
}

/// The binary file below a text file: another object with a state over the same descriptor.
///
/// Both write at once what they are given, so that their outputs keep their order.
fn buffer(thread: &Thread, value: Value) -> PyResult<Value> {
    let state = file::open_state(thread, value)?;
    let opened = {
        let mut state = state.borrow_mut();
        state.flush().and_then(|()| {
            let (readable, writable) = (state.readable, state.writable);
            state.unbuffered = writable;
            let copy = state.file()?.try_clone()?;
            Ok((copy, readable, writable))
        })
    };
    let (copy, readable, writable) = opened.map_err(|error| thread.io_error(&error, None))?;
    let mut binary = super::buffer::FileState::new(copy, true, readable, writable);
    binary.unbuffered = true;
    let spec = if readable { &READER } else { &WRITER };
    let name = name(thread, value)?;
    let mode = thread.str(if readable { "rb" } else { "wb" });
    file::make(thread, spec, std::rc::Rc::new(std::cell::RefCell::new(binary)), name, mode)
}

pub(super) fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let class = thread.type_of(value).name_str();
    let name = thread.to_text(thread.repr(name(thread, value)?)?)?;
    let is_text = state_of(value).is_some_and(|state| state.borrow().text);
    let mode = thread.to_text(thread.repr(mode(thread, value)?)?)?;
    Ok(thread.str(&if is_text {
        let encoding = state_of(value).map(|state| state.borrow().encoding.clone()).unwrap_or_default();
        format!("<_io.{class} name={name} mode={mode} encoding='{encoding}'>")
    } else if class == "FileIO" {
        format!("<_io.FileIO name={name} mode={mode} closefd=True>")
    } else {
        format!("<_io.{class} name={name}>")
    }))
}
