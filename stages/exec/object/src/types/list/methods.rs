//! Methods, attributes and slots of `list`.

mod change;
mod items;
mod sort;

use super::ListObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::iterators;
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument \
     must be an iterable if specified.",
);

pub(super) const SLOTS: Slots = Slots {
    repr: Some(items::repr),
    compare: Some(items::compare),
    iter: Some(|thread, list| Ok(iterators::new(thread, ids::LIST_ITERATOR, list, 0, Value::NONE))),
    new: Some(items::new),
    init: Some(change::init),
    len: Some(|_, list| Ok(list.as_list().map_or(0, |list| list.len()))),
    getitem: Some(items::getitem),
    setitem: Some(change::setitem),
    contains: Some(items::contains),
    concat: Some(items::concat),
    repeat: Some(items::repeat),
    inplace_concat: Some(change::inplace_concat),
    inplace_repeat: Some(change::inplace_repeat),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("append", Arity::One, change::append),
    MethodDef::new("extend", Arity::One, change::extend),
    MethodDef::new("pop", Arity::Positional(0, 1), change::pop),
    MethodDef::new("insert", Arity::Positional(2, 2), change::insert),
    MethodDef::new("remove", Arity::One, change::remove),
    MethodDef::new("clear", Arity::None, change::clear),
    MethodDef::new("reverse", Arity::None, change::reverse),
    MethodDef::new("copy", Arity::None, items::copy),
    MethodDef::new("index", Arity::Positional(1, 3), items::index),
    MethodDef::new("count", Arity::One, items::count),
    MethodDef::new("sort", Arity::Any, sort::sort),
    MethodDef::new("__reversed__", Arity::None, items::reversed),
    crate::types::generic_alias::CLASS_GETITEM,
    MethodDef::new("__sizeof__", Arity::None, items::sizeof),
];

pub(super) static GETSET: &[GetSetDef] = &[];

pub use sort::sort_list;

/// The list that a method was called on.
#[inline]
fn this(thread: &Thread, args: Args<'_>) -> PyResult<Gc<ListObject>> {
    match args.get(0).and_then(Value::as_list) {
        Some(list) => Ok(list),
        None => Err(thread.type_error("descriptor requires a 'list' object")),
    }
}
