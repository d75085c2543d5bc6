//! Methods, attributes and slots of `tuple`.

use crate::args::Args;
use crate::error::PyResult;
use crate::ids;
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::{RootVec, Thread};
use crate::types::iterators;
use crate::types::support::sequence::{self, Subscript};
use crate::types::support::{bounds, instance, type_name};
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some(
    "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is \
     specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the \
     same object.",
);

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    hash: Some(hash),
    compare: Some(compare),
    iter: Some(|thread, value| Ok(iterators::new(thread, ids::TUPLE_ITERATOR, value, 0, Value::NONE))),
    new: Some(new),
    len: Some(|_, value| Ok(value.tuple_items().map_or(0, <[Value]>::len))),
    getitem: Some(getitem),
    contains: Some(contains),
    concat: Some(concat),
    repeat: Some(repeat),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("index", Arity::Positional(1, 3), index),
    MethodDef::new("count", Arity::One, count),
    crate::types::generic_alias::CLASS_GETITEM,
    MethodDef::new("__getnewargs__", Arity::None, |thread, args| {
        let items = plain(thread, args.positional()[0])?;
        thread.try_tuple(&[items])
    }),
];

pub(super) static GETSET: &[GetSetDef] = &[];

/// The tuple as exactly a `tuple`.
fn plain(_: &Thread, value: Value) -> PyResult<Value> {
    Ok(value.as_tuple().map_or(value, |tuple| tuple.value()))
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let exact = class == thread.builtin_type(ids::TUPLE).value();
    let values = if exact { args.expect(thread, "tuple", 0, 1)? } else { args.positional() };
    let tuple = match values.first() {
        None => thread.try_tuple(&[])?,
        Some(&source) if source.downcast::<super::TupleObject>().is_some() => source,
        Some(&source) => {
            let mut items = RootVec::new(thread);
            items.extend_iterable(source)?;
            thread.try_tuple(&items)?
        }
    };
    if exact { Ok(tuple) } else { instance(thread, class, ids::TUPLE, tuple) }
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let items = value.tuple_items().unwrap_or_default();
    if items.is_empty() {
        return Ok(thread.intern("()"));
    }
    let Some(_guard) = thread.enter_repr(value) else { return Ok(thread.intern("(...)")) };
    let mut text = vec![b'('];
    for (index, &item) in items.iter().enumerate() {
        if index > 0 {
            text.extend_from_slice(b", ");
        }
        let item = thread.repr(item)?;
        text.extend_from_slice(item.str_bytes().unwrap_or_default());
    }
    text.extend_from_slice(if items.len() == 1 { b",)" } else { b")" });
    Ok(thread.str_from_wtf8(&text))
}

fn hash(thread: &Thread, value: Value) -> PyResult<i64> {
    crate::hash::of_items(thread, value.tuple_items().unwrap_or_default())
}

fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let (Some(a), Some(b)) = (left.tuple_items(), right.tuple_items()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    for (&x, &y) in a.iter().zip(b) {
        if x != y && !thread.equal(x, y)? {
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => thread.compare(x, y, op),
            };
        }
    }
    Ok(Value::bool(op.of(a.len().cmp(&b.len()))))
}

fn getitem(thread: &Thread, value: Value, key: Value) -> PyResult<Value> {
    let items = value.tuple_items().unwrap_or_default();
    match sequence::subscript(thread, key, items.len(), &sequence::TUPLE)? {
        Subscript::Index(index) => Ok(items[index]),
        Subscript::Slice(indices) if indices.step == 1 => {
            if indices.count == items.len() {
                return plain(thread, value);
            }
            let start = indices.start as usize;
            thread.try_tuple(&items[start..start + indices.count])
        }
        Subscript::Slice(indices) => {
            let mut picked = RootVec::new(thread);
            sequence::positions(indices).for_each(|at| picked.push(items[at]));
            thread.try_tuple(&picked)
        }
    }
}

fn contains(thread: &Thread, value: Value, wanted: Value) -> PyResult<bool> {
    for &item in value.tuple_items().unwrap_or_default() {
        if item == wanted || thread.equal(item, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn concat(thread: &Thread, left: Value, right: Value) -> PyResult<Value> {
    let a = left.tuple_items().unwrap_or_default();
    let Some(b) = right.tuple_items() else {
        let name = type_name(thread, right);
        return Err(thread.type_error(format_args!("can only concatenate tuple (not \"{name}\") to tuple")));
    };
    if a.is_empty() {
        return plain(thread, right);
    }
    if b.is_empty() {
        return plain(thread, left);
    }
    super::build(thread, a.len() + b.len(), |slots| {
        slots[..a.len()].copy_from_slice(a);
        slots[a.len()..].copy_from_slice(b);
    })
}

fn repeat(thread: &Thread, value: Value, times: isize) -> PyResult<Value> {
    let items = value.tuple_items().unwrap_or_default();
    if times == 1 || items.is_empty() {
        return plain(thread, value);
    }
    let times = usize::try_from(times).unwrap_or(0);
    let Some(total) = items.len().checked_mul(times) else { return Err(thread.memory_error("")) };
    super::build(thread, total, |slots| {
        slots.chunks_exact_mut(items.len()).for_each(|chunk| chunk.copy_from_slice(items));
    })
}

fn index(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let items = value.tuple_items().unwrap_or_default();
    let (start, stop) = bounds(thread, args, 2, items.len())?;
    for (at, &item) in items.iter().enumerate().take(stop).skip(start) {
        if item == args.positional()[1] || thread.equal(item, args.positional()[1])? {
            return Ok(Value::small(at as i64));
        }
    }
    Err(thread.value_error("tuple.index(x): x not in tuple"))
}

fn count(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let mut count = 0;
    for &item in value.tuple_items().unwrap_or_default() {
        count += i64::from(item == args.positional()[1] || thread.equal(item, args.positional()[1])?);
    }
    Ok(Value::small(count))
}
