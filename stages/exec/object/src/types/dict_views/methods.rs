//! Methods, attributes and slots of the views of a dict and of their iterators.
//!
//! Views of keys and items are sets in all but name: they compare with sets and combine with any iterable.

use super::DictView;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids::{self, TypeId};
use crate::slots::{BinaryFn, CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::dict::DictObject;
use crate::types::iterators::IteratorObject;
use crate::types::support::type_name;
use crate::types::{mapping_proxy, set};
use crate::value::Value;

/// The dict that a view looks at.
fn dict_of(view: Value) -> Option<Gc<DictObject>> {
    view.downcast::<DictView>()?.dict.get().as_dict()
}

const COMMON: Slots = Slots {
    len: Some(|_, view| Ok(dict_of(view).map_or(0, |dict| dict.len()))),
    repr: Some(repr),
    ..Slots::EMPTY
};

/// What the two set-like views have.
const SETLIKE: Slots =
    Slots { compare: Some(compare), and: Some(and), or: Some(or), sub: Some(sub), xor: Some(xor), ..COMMON };

pub(super) const KEYS_SLOTS: Slots = Slots {
    iter: Some(|thread, view| iterate(thread, view, ids::DICT_KEY_ITERATOR)),
    contains: Some(contains_key),
    ..SETLIKE
};

pub(super) const ITEMS_SLOTS: Slots = Slots {
    iter: Some(|thread, view| iterate(thread, view, ids::DICT_ITEM_ITERATOR)),
    contains: Some(contains_item),
    ..SETLIKE
};

pub(super) const VALUES_SLOTS: Slots =
    Slots { iter: Some(|thread, view| iterate(thread, view, ids::DICT_VALUE_ITERATOR)), ..COMMON };

pub(super) static KEYS_METHODS: &[MethodDef] = &[
    MethodDef::new("isdisjoint", Arity::One, isdisjoint),
    MethodDef::new("__reversed__", Arity::None, reversed),
];

pub(super) static VALUES_METHODS: &[MethodDef] = &[MethodDef::new("__reversed__", Arity::None, reversed)];

pub(super) static ITERATOR_METHODS: &[MethodDef] =
    &[MethodDef::new("__length_hint__", Arity::None, length_hint)];

pub(super) static GETSET: &[GetSetDef] = &[GetSetDef::new("mapping", mapping, None)];

fn mapping(thread: &Thread, view: Value) -> PyResult<Value> {
    let dict = dict_of(view).map_or(Value::NONE, |dict| dict.value());
    Ok(mapping_proxy::new(thread, dict).value())
}

fn iterate(thread: &Thread, view: Value, class: TypeId) -> PyResult<Value> {
    let dict = dict_of(view).map_or(Value::NONE, |dict| dict.value());
    Ok(super::iterate(thread, class, dict))
}

fn reversed(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let view = args.positional()[0];
    let class = match view.header().map(|header| header.shape()) {
        Some(shape) if shape == ids::DICT_VALUES.0 => ids::DICT_REVERSE_VALUE_ITERATOR,
        Some(shape) if shape == ids::DICT_ITEMS.0 => ids::DICT_REVERSE_ITEM_ITERATOR,
        _ => ids::DICT_REVERSE_KEY_ITERATOR,
    };
    iterate(thread, view, class)
}

fn repr(thread: &Thread, view: Value) -> PyResult<Value> {
    let Some(_guard) = thread.enter_repr(view) else { return Ok(thread.intern("...")) };
    let items = thread.list(&[])?;
    let Some(list) = items.as_list() else { return Ok(items) };
    thread.for_each(view, |item| list.push(thread, item))?;
    let shown = thread.repr(items)?;
    let name = type_name(thread, view);
    let shown = shown.str_bytes().unwrap_or_default();
    Ok(thread.str_from_wtf8(&[name.as_bytes(), b"(", shown, b")"].concat()))
}

fn contains_key(thread: &Thread, view: Value, key: Value) -> PyResult<bool> {
    match dict_of(view) {
        Some(dict) => dict.contains(thread, key),
        None => Ok(false),
    }
}

fn contains_item(thread: &Thread, view: Value, item: Value) -> PyResult<bool> {
    let (Some(dict), Some(&[key, value])) = (dict_of(view), item.tuple_items()) else { return Ok(false) };
    match dict.get(thread, key)? {
        Some(found) => Ok(found == value || thread.equal(found, value)?),
        None => Ok(false),
    }
}

/// Whether a value is a set or a set-like view: what views compare with.
fn is_setlike(value: Value) -> bool {
    let shape = value.downcast::<DictView>().map(|view| view.header().shape());
    value.as_set().is_some() || shape.is_some_and(|shape| shape != ids::DICT_VALUES.0)
}

fn all_in(thread: &Thread, inner: Value, outer: Value) -> PyResult<bool> {
    let mut all = true;
    thread.for_each(inner, |item| {
        all = all && thread.contains(outer, item)?;
        Ok(())
    })?;
    Ok(all)
}

fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    if !is_setlike(left) || !is_setlike(right) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (thread.len(left)?, thread.len(right)?);
    let answer = match op {
        CompareOp::Eq => a == b && all_in(thread, left, right)?,
        CompareOp::Ne => a != b || !all_in(thread, left, right)?,
        CompareOp::Lt => a < b && all_in(thread, left, right)?,
        CompareOp::Le => a <= b && all_in(thread, left, right)?,
        CompareOp::Gt => a > b && all_in(thread, right, left)?,
        CompareOp::Ge => a >= b && all_in(thread, right, left)?,
    };
    Ok(Value::bool(answer))
}

/// Makes a set of the left operand and combines it with the right one.
macro_rules! combination {
    ($name:ident, $thread:ident, |$set:ident, $other:ident| $body:expr) => {
        fn $name($thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
            let ($set, $other) = (set::new($thread, ids::SET), (left, right));
            $body
        }
        const _: BinaryFn = $name;
    };
}

combination!(or, thread, |set, other| {
    set.update(thread, other.0)?;
    set.update(thread, other.1)?;
    Ok(set.value())
});

combination!(and, thread, |set, other| {
    let (view, items) = if is_setlike(other.0) { other } else { (other.1, other.0) };
    thread.for_each(items, |item| {
        if thread.contains(view, item)? {
            set.add(thread, item)?;
        }
        Ok(())
    })?;
    Ok(set.value())
});

combination!(sub, thread, |set, other| {
    set.update(thread, other.0)?;
    thread.for_each(other.1, |item| set.remove(thread, item).map(drop))?;
    Ok(set.value())
});

combination!(xor, thread, |set, other| {
    set.update(thread, other.0)?;
    let right = set::new(thread, ids::SET);
    right.update(thread, other.1)?;
    // `right` is ours alone, so nothing changes it while members are compared.
    for entry in right.iter() {
        if !set.remove_hashed(thread, entry.key, entry.hash)? {
            set.add_hashed(thread, entry.key, entry.hash)?;
        }
    }
    Ok(set.value())
});

fn isdisjoint(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let mut disjoint = true;
    let view = args.positional()[0];
    thread.for_each(args.positional()[1], |item| {
        disjoint = disjoint && !thread.contains(view, item)?;
        Ok(())
    })?;
    Ok(Value::bool(disjoint))
}

/// How many entries an iterator has still to give, as long as its dict kept its size.
fn length_hint(_: &Thread, args: Args<'_>) -> PyResult<Value> {
    let iterator = args.positional()[0];
    let left = iterator.downcast::<IteratorObject>().and_then(|iterator| {
        let dict = iterator.source.get().as_dict()?;
        let position = iterator.position.get().as_small()?;
        let backward = [
            ids::DICT_REVERSE_KEY_ITERATOR,
            ids::DICT_REVERSE_VALUE_ITERATOR,
            ids::DICT_REVERSE_ITEM_ITERATOR,
        ];
        let shape = iterator.header().shape();
        let counted = (0..dict.count()).filter(|&at| {
            let ahead = if backward.iter().any(|id| id.0 == shape) {
                (at as i64) < position
            } else {
                at as i64 >= position
            };
            ahead && dict.entry(at).is_some()
        });
        Some(counted.count())
    });
    Ok(Value::small(left.unwrap_or(0) as i64))
}
