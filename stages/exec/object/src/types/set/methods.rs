//! Methods, attributes and slots of `set` and `frozenset`.

mod algebra;
mod change;
mod order;

use super::SetObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids::{self, TypeId};
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::iterators;
use crate::types::support::{empty_instance, type_name};
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some("Build an unordered collection of unique elements.");
pub(super) const FROZEN_DOC: Option<&str> =
    Some("Build an immutable unordered collection of unique elements.");

const COMMON: Slots = Slots {
    repr: Some(repr),
    compare: Some(order::compare),
    iter: Some(iter),
    len: Some(|_, set| Ok(set.as_set().map_or(0, |set| set.len()))),
    contains: Some(contains),
    and: Some(algebra::and),
    or: Some(algebra::or),
    sub: Some(algebra::sub),
    xor: Some(algebra::xor),
    ..Slots::EMPTY
};

pub(super) const SLOTS: Slots = Slots {
    new: Some(|thread, class, _| empty_instance(thread, class, ids::SET)),
    init: Some(change::init),
    inplace_and: Some(change::inplace_and),
    inplace_or: Some(change::inplace_or),
    inplace_sub: Some(change::inplace_sub),
    inplace_xor: Some(change::inplace_xor),
    ..COMMON
};

pub(super) const FROZEN_SLOTS: Slots = Slots {
    hash: Some(|_, set| Ok(set.as_set().map_or(0, |set| set.frozen_hash()))),
    new: Some(new_frozen),
    ..COMMON
};

/// The methods of both types, then those given.
macro_rules! methods {
    ($($own:expr),* $(,)?) => {
        &[
            MethodDef::new("union", Arity::Any, algebra::union),
            MethodDef::new("intersection", Arity::Any, algebra::intersection),
            MethodDef::new("difference", Arity::Any, algebra::difference),
            MethodDef::new("symmetric_difference", Arity::One, algebra::symmetric_difference),
            MethodDef::new("isdisjoint", Arity::One, order::isdisjoint),
            MethodDef::new("issubset", Arity::One, order::issubset),
            MethodDef::new("issuperset", Arity::One, order::issuperset),
            MethodDef::new("copy", Arity::None, algebra::copy),
            MethodDef::new("__sizeof__", Arity::None, sizeof),
            crate::types::generic_alias::CLASS_GETITEM,
            $($own),*
        ]
    };
}

pub(super) static METHODS: &[MethodDef] = methods![
    MethodDef::new("add", Arity::One, change::add),
    MethodDef::new("discard", Arity::One, change::discard),
    MethodDef::new("remove", Arity::One, change::remove),
    MethodDef::new("pop", Arity::None, change::pop),
    MethodDef::new("clear", Arity::None, change::clear),
    MethodDef::new("update", Arity::Any, change::update),
    MethodDef::new("intersection_update", Arity::Any, change::intersection_update),
    MethodDef::new("difference_update", Arity::Any, change::difference_update),
    MethodDef::new("symmetric_difference_update", Arity::One, change::symmetric_difference_update),
];

pub(super) static FROZEN_METHODS: &[MethodDef] = methods![];

pub(super) static GETSET: &[GetSetDef] = &[];

/// The set that a method was called on.
#[inline]
fn this(thread: &Thread, args: Args<'_>) -> PyResult<Gc<SetObject>> {
    match args.get(0).and_then(Value::as_set) {
        Some(set) => Ok(set),
        None => Err(thread.type_error("descriptor requires a 'set' object")),
    }
}

/// The builtin type whose kind of set an operation on `value` makes.
fn class_of(thread: &Thread, value: Value) -> TypeId {
    let frozen = thread.builtin_type(ids::FROZENSET);
    if thread.type_of(value).is_subtype(frozen) { ids::FROZENSET } else { ids::SET }
}

fn new_frozen(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let exact = class == thread.builtin_type(ids::FROZENSET).value();
    let values = if exact { args.expect(thread, "frozenset", 0, 1)? } else { args.positional() };
    let source = values.first().copied();
    if let Some(source) = source
        && exact
        && source.header().is_some_and(|header| header.shape() == ids::FROZENSET.0)
    {
        return Ok(source);
    }
    let made = empty_instance(thread, class, ids::FROZENSET)?;
    if let (Some(set), Some(source)) = (made.as_set(), source) {
        set.update(thread, source)?;
    }
    Ok(made)
}

fn iter(thread: &Thread, value: Value) -> PyResult<Value> {
    let size = value.as_set().map_or(0, |set| set.len());
    Ok(iterators::new(thread, ids::SET_ITERATOR, value, 0, Value::small(size as i64)))
}

fn contains(thread: &Thread, value: Value, item: Value) -> PyResult<bool> {
    let Some(set) = value.as_set() else { return Ok(false) };
    let found = set.contains(thread, item);
    match frozen_key(thread, item, found.is_err())? {
        Some(frozen) => set.contains(thread, frozen),
        None => found,
    }
}

/// A set looked up in a set stands for the frozenset of its members.
fn frozen_key(thread: &Thread, item: Value, failed: bool) -> PyResult<Option<Value>> {
    let Some(set) = item.as_set().filter(|_| failed && class_of(thread, item) == ids::SET) else {
        return Ok(None);
    };
    if thread.catch(ids::TYPE_ERROR).is_none() {
        return Ok(None);
    }
    let frozen = super::new(thread, ids::FROZENSET);
    frozen.merge(thread, &set)?;
    Ok(Some(frozen.value()))
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(set) = value.as_set() else { return Ok(Value::NOT_IMPLEMENTED) };
    let name = type_name(thread, value);
    if set.is_empty() {
        return Ok(thread.str(&format!("{name}()")));
    }
    let Some(_guard) = thread.enter_repr(value) else { return Ok(thread.str(&format!("{name}(...)"))) };
    let exact = value.header().is_some_and(|header| header.shape() == ids::SET.0);
    let mut text = if exact { Vec::new() } else { format!("{name}(").into_bytes() };
    text.push(b'{');
    let members = thread.list(&[])?;
    let Some(list) = members.as_list() else { return Ok(members) };
    for entry in set.iter() {
        list.push(thread, entry.key)?;
    }
    for (index, &member) in list.items().iter().enumerate() {
        if index > 0 {
            text.extend_from_slice(b", ");
        }
        let member = thread.repr(member)?;
        text.extend_from_slice(member.str_bytes().unwrap_or_default());
    }
    text.push(b'}');
    if !exact {
        text.push(b')');
    }
    Ok(thread.str_from_wtf8(&text))
}

fn sizeof(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    // CPython's size: eight entries within the object, beyond that a table of at most three fifths.
    let members = this(thread, args)?.len();
    let table = if members < 5 { 0 } else { 16 * (members * 5 / 3).next_power_of_two() };
    Ok(Value::small(200 + table as i64))
}
