//! What every exception has: `args`, the chain, notes, `repr` and `str`.

use super::fill;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::instance;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::{RootVec, Thread};
use crate::types::class::TypeObject;
use crate::types::exception::{ExceptionObject, make};
use crate::types::support::{truth, type_name};
use crate::types::traceback::TracebackObject;
use crate::value::Value;

pub(super) const SLOTS: Slots =
    Slots { repr: Some(repr), str: Some(str), new: Some(new), init: Some(init), ..Slots::EMPTY };

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("with_traceback", Arity::One, with_traceback),
    MethodDef::new("add_note", Arity::One, add_note),
    MethodDef::new("__reduce__", Arity::None, reduce),
    MethodDef::new("__setstate__", Arity::One, setstate),
];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("args", |_, value| Ok(args_of(value)), Some(set_args)),
    GetSetDef::new(
        "__traceback__",
        |_, value| Ok(link(value, |this| this.traceback.get())),
        Some(set_traceback),
    ),
    GetSetDef::new("__context__", |_, value| Ok(link(value, |this| this.context.get())), Some(set_context)),
    GetSetDef::new("__cause__", |_, value| Ok(link(value, |this| this.cause.get())), Some(set_cause)),
    GetSetDef::new(
        "__suppress_context__",
        |_, value| Ok(Value::bool(value.as_exception().is_some_and(|this| this.suppress_context.get()))),
        Some(|thread, value, new| {
            let new = new.ok_or_else(|| thread.type_error("can't delete numeric/char attribute"))?;
            let Some(new) = new.as_bool() else {
                return Err(thread.type_error("attribute value type must be bool"));
            };
            if let Some(this) = value.as_exception() {
                this.suppress_context.set(new);
            }
            Ok(())
        }),
    ),
];

fn link(value: Value, read: impl Fn(Gc<ExceptionObject>) -> Value) -> Value {
    value.as_exception().map_or(Value::NONE, read).bound().unwrap_or(Value::NONE)
}

pub(super) fn args_of(value: Value) -> Value {
    link(value, |this| this.args.get())
}

pub(super) fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(class) = class.downcast::<TypeObject>() else {
        return Err(thread.type_error("expected a type"));
    };
    Ok(make(thread, class, args.positional()))
}

/// Sets the arguments again: `__init__` of a subclass may pass others than `__new__` got.
pub(super) fn set_arguments(thread: &Thread, value: Value, args: Args<'_>) {
    let Some(this) = value.as_exception() else { return };
    let same = this.args.get().tuple_items().is_some_and(|known| known == args.positional());
    if !same {
        let tuple = thread.tuple(args.positional());
        this.store(thread, &this.args, tuple);
        fill(thread, this, thread.type_of(value), tuple);
    }
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        let class = type_name(thread, value);
        return Err(thread.type_error(format_args!("{class}() takes no keyword arguments")));
    }
    set_arguments(thread, value, args);
    Ok(())
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = type_name(thread, value);
    let args = args_of(value);
    let shown = match args.tuple_items() {
        Some([only]) => {
            let only = thread.repr(*only)?;
            [b"(", only.str_bytes().unwrap_or_default(), b")"].concat()
        }
        _ => {
            let all = thread.repr(args)?;
            all.str_bytes().unwrap_or_default().to_vec()
        }
    };
    Ok(thread.str_from_wtf8(&[name.as_bytes(), &shown].concat()))
}

pub(super) fn str(thread: &Thread, value: Value) -> PyResult<Value> {
    let args = args_of(value);
    match args.tuple_items() {
        None | Some([]) => Ok(thread.empty_str()),
        Some([only]) => thread.to_str(*only),
        Some(_) => thread.to_str(args),
    }
}

fn set_args(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(thread.type_error("args may not be deleted")) };
    let mut items = RootVec::new(thread);
    items.extend_iterable(new)?;
    let tuple = thread.try_tuple(&items)?;
    if let Some(this) = value.as_exception() {
        this.store(thread, &this.args, tuple);
    }
    Ok(())
}

fn set_traceback(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let Some(new) = new else { return Err(thread.type_error("__traceback__ may not be deleted")) };
    if !new.is_none() && !new.has_kind::<TracebackObject>() {
        return Err(thread.type_error("__traceback__ must be a traceback or None"));
    }
    if let Some(this) = value.as_exception() {
        this.store(thread, &this.traceback, new);
    }
    Ok(())
}

/// An exception or None, to be another one's context or cause.
fn checked_link(thread: &Thread, new: Option<Value>, what: &str) -> PyResult<Value> {
    match new {
        None => Err(thread.type_error(format_args!("__{what}__ may not be deleted"))),
        Some(new) if new.is_none() || new.as_exception().is_some() => Ok(new),
        Some(_) => {
            Err(thread.type_error(format_args!("exception {what} must be None or derive from BaseException")))
        }
    }
}

fn set_context(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let new = checked_link(thread, new, "context")?;
    if let Some(this) = value.as_exception() {
        this.store(thread, &this.context, new);
    }
    Ok(())
}

fn set_cause(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    let new = checked_link(thread, new, "cause")?;
    if let Some(this) = value.as_exception() {
        this.store(thread, &this.cause, new);
        this.suppress_context.set(true);
    }
    Ok(())
}

fn with_traceback(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [value, traceback] = *args.positional() else { return Ok(Value::NONE) };
    // Through the attribute, so that whoever defines it keeps its own form of tracebacks.
    thread.set_attr(value, thread.names().__traceback__, traceback)?;
    Ok(value)
}

fn add_note(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [value, note] = *args.positional() else { return Ok(Value::NONE) };
    if note.as_str().is_none() {
        let name = type_name(thread, note);
        return Err(thread.type_error(format_args!("add_note() argument must be str, not {name}")));
    }
    let name = thread.names().__notes__;
    match thread.find_attr(value, name)? {
        None => {
            let notes = thread.list(&[note])?;
            thread.set_attr(value, name, notes)?;
        }
        Some(notes) => match notes.as_list() {
            Some(notes) => notes.push(thread, note)?,
            None => return Err(thread.type_error("Cannot add note: __notes__ is not a list")),
        },
    }
    Ok(Value::NONE)
}

/// The exception's `__dict__`, if anything is in it.
pub(super) fn state(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    Ok(instance::dict_of(thread, value)?.filter(|dict| !dict.is_empty()).map(|dict| dict.value()))
}

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let class = thread.type_of(value).value();
    match state(thread, value)? {
        Some(state) => thread.try_tuple(&[class, args_of(value), state]),
        None => thread.try_tuple(&[class, args_of(value)]),
    }
}

fn setstate(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [value, state] = *args.positional() else { return Ok(Value::NONE) };
    if state.is_none() {
        return Ok(Value::NONE);
    }
    let Some(state) = state.as_dict() else { return Err(thread.type_error("state is not a dictionary")) };
    let mut position = 0;
    while let Some((at, entry)) = state.next_entry(position) {
        thread.set_attr(value, entry.key, entry.value)?;
        position = at + 1;
    }
    Ok(Value::NONE)
}

/// Reads a field that is an attribute: None where nothing was stored.
pub(super) fn get_field<const N: usize>(thread: &Thread, value: Value) -> PyResult<Value> {
    let field = value.as_exception().map_or(Value::NONE, |this| this.field(thread, N));
    Ok(field.bound().unwrap_or(Value::NONE))
}

/// Stores a field that is an attribute; deleting it leaves None.
pub(super) fn set_field<const N: usize>(thread: &Thread, value: Value, new: Option<Value>) -> PyResult<()> {
    if let Some(this) = value.as_exception() {
        this.set_field(thread, N, new.unwrap_or(Value::NONE));
    }
    Ok(())
}

/// An attribute that is field number `N`.
pub(super) const fn field<const N: usize>(name: &'static str) -> GetSetDef {
    GetSetDef::new(name, get_field::<N>, Some(set_field::<N>))
}

/// Keyword arguments that are fields: an error for any other name.
pub(super) fn keyword_fields(
    thread: &Thread,
    value: Value,
    args: Args<'_>,
    names: &[(&str, usize)],
) -> PyResult<()> {
    let Some(this) = value.as_exception() else { return Ok(()) };
    for (name, given) in args.keywords() {
        let text = name.str_bytes().unwrap_or_default();
        match names.iter().find(|(known, _)| known.as_bytes() == text) {
            Some(&(_, index)) => this.set_field(thread, index, given),
            None => {
                let (name, text) = (builtin_name(thread, value), String::from_utf8_lossy(text));
                return Err(
                    thread.type_error(format_args!("{name}() got an unexpected keyword argument '{text}'"))
                );
            }
        }
    }
    Ok(())
}

/// The name of the builtin class that takes the keywords.
fn builtin_name(thread: &Thread, value: Value) -> String {
    for id in [ids::ATTRIBUTE_ERROR, ids::NAME_ERROR, ids::IMPORT_ERROR] {
        let class = thread.builtin_type(id);
        if thread.type_of(value).is_subtype(class) {
            return class.name_str();
        }
    }
    type_name(thread, value)
}

/// A truth value as Python sees it, kept here for the group's predicate.
pub(super) fn is_true(thread: &Thread, value: Value) -> PyResult<bool> {
    truth(thread, value)
}
