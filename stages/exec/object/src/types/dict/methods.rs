//! Methods, attributes and slots of `dict`.

mod change;
mod items;

use super::DictObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::dict_views;
use crate::value::Value;

pub use change::update_from;
pub use items::{equal_dicts, missing};

pub(super) const DOC: Option<&str> = Some(
    "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, \
     value) pairs\ndict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in \
     iterable:\n        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n    in the \
     keyword argument list.  For example:  dict(one=1, two=2)",
);

pub(super) const SLOTS: Slots = Slots {
    repr: Some(items::repr),
    compare: Some(items::compare),
    iter: Some(|thread, dict| Ok(dict_views::iterate(thread, ids::DICT_KEY_ITERATOR, dict))),
    new: Some(items::new),
    init: Some(change::init),
    len: Some(|_, dict| Ok(dict.as_dict().map_or(0, |dict| dict.len()))),
    getitem: Some(items::getitem),
    setitem: Some(change::setitem),
    contains: Some(items::contains),
    or: Some(change::or),
    inplace_or: Some(change::inplace_or),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("get", Arity::Positional(1, 2), items::get),
    MethodDef::new("setdefault", Arity::Positional(1, 2), change::setdefault),
    MethodDef::new("pop", Arity::Positional(1, 2), change::pop),
    MethodDef::new("popitem", Arity::None, change::popitem),
    MethodDef::new("keys", Arity::None, |thread, args| items::view(thread, args, ids::DICT_KEYS)),
    MethodDef::new("values", Arity::None, |thread, args| items::view(thread, args, ids::DICT_VALUES)),
    MethodDef::new("items", Arity::None, |thread, args| items::view(thread, args, ids::DICT_ITEMS)),
    MethodDef::new("update", Arity::Any, change::update),
    MethodDef::new("clear", Arity::None, change::clear),
    MethodDef::new("copy", Arity::None, items::copy),
    MethodDef::new("fromkeys", Arity::Positional(1, 2), change::fromkeys).class(),
    MethodDef::new("__reversed__", Arity::None, items::reversed),
    crate::types::generic_alias::CLASS_GETITEM,
    MethodDef::new("__sizeof__", Arity::None, items::sizeof),
];

pub(super) static GETSET: &[GetSetDef] = &[];

/// The dict that a method was called on.
#[inline]
fn this(thread: &Thread, args: Args<'_>) -> PyResult<Gc<DictObject>> {
    match args.get(0).and_then(Value::as_dict) {
        Some(dict) => Ok(dict),
        None => Err(thread.type_error("descriptor requires a 'dict' object")),
    }
}
