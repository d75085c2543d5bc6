//! The methods of deques.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::spec::{Arity, GetSetDef, MethodDef};
use dx_object::thread::Thread;
use dx_object::value::Value;

use super::{Deque, MOST, REVERSE_ITERATOR, iterator, similar};
use crate::wide;

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("append", Arity::One, |thread, args| {
        this(thread, args)?.push_back(thread, args.positional()[1]).map(|()| Value::NONE)
    }),
    MethodDef::new("appendleft", Arity::One, |thread, args| {
        this(thread, args)?.push_front(thread, args.positional()[1]).map(|()| Value::NONE)
    }),
    MethodDef::new("pop", Arity::None, |thread, args| popped(thread, this(thread, args)?.pop_back(thread))),
    MethodDef::new("popleft", Arity::None, |thread, args| {
        popped(thread, this(thread, args)?.pop_front(thread))
    }),
    MethodDef::new("extend", Arity::One, |thread, args| {
        this(thread, args)?.extend(thread, args.positional()[1]).map(|()| Value::NONE)
    }),
    MethodDef::new("extendleft", Arity::One, extendleft),
    MethodDef::new("clear", Arity::None, |thread, args| {
        this(thread, args)?.clear(thread).map(|()| Value::NONE)
    }),
    MethodDef::new("copy", Arity::None, copy),
    MethodDef::new("__copy__", Arity::None, copy),
    MethodDef::new("count", Arity::One, count),
    MethodDef::new("index", Arity::Positional(1, 3), index),
    MethodDef::new("insert", Arity::Positional(2, 2), insert),
    MethodDef::new("remove", Arity::One, remove),
    MethodDef::new("reverse", Arity::None, reverse),
    MethodDef::new("rotate", Arity::Positional(0, 1), rotate),
    MethodDef::new("__reversed__", Arity::None, |thread, args| {
        iterator(thread, &REVERSE_ITERATOR, args.positional()[0])
    }),
    MethodDef::new("__reduce__", Arity::None, reduce),
    MethodDef::new("__class_getitem__", Arity::One, crate::generic_alias::class_getitem).class(),
];

pub(super) static GETSET: &[GetSetDef] = &[GetSetDef::new(
    "maxlen",
    |thread, value| Deque::expect(thread, value).map(|deque| deque.0.get(MOST)),
    None,
)];

pub(super) static ITERATOR_METHODS: &[MethodDef] =
    &[MethodDef::new("__length_hint__", Arity::None, |thread, args| {
        let Some(this) = wide::of(args.positional()[0]) else { return Ok(Value::ZERO) };
        let len = Deque::of(this.get(0)).map_or(0, Deque::len);
        Ok(thread.int_usize(len.saturating_sub(this.get(1).as_small().unwrap_or(0) as usize)))
    })];

fn this(thread: &Thread, args: Args<'_>) -> PyResult<Deque> {
    Deque::expect(thread, args.positional()[0])
}

fn popped(thread: &Thread, value: Option<Value>) -> PyResult<Value> {
    value.ok_or_else(|| thread.index_error("pop from an empty deque"))
}

fn extendleft(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let deque = this(thread, args)?;
    let items = thread.sequence(args.positional()[1])?;
    items.iter().try_for_each(|&item| deque.push_front(thread, item))?;
    Ok(Value::NONE)
}

fn copy(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let items = this(thread, args)?.items(thread);
    similar(thread, args.positional()[0], &items)
}

/// The first index from `start` whose item equals the value.
fn position(
    thread: &Thread,
    deque: Deque,
    value: Value,
    start: usize,
    stop: usize,
) -> PyResult<Option<usize>> {
    let changes = deque.changes();
    for index in start..stop.min(deque.len()) {
        let Some(item) = deque.get(index) else { break };
        let equal = thread.equal(item, value)?;
        if deque.changes() != changes {
            return Err(thread.runtime_error("deque mutated during iteration"));
        }
        if equal {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn count(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let deque = this(thread, args)?;
    let (mut count, mut start) = (0, 0);
    while let Some(found) = position(thread, deque, args.positional()[1], start, usize::MAX)? {
        count += 1;
        start = found + 1;
    }
    Ok(Value::small(count))
}

fn index(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let deque = this(thread, args)?;
    let bound = |at: usize, default: isize| -> PyResult<usize> {
        let bound =
            args.get(at).map_or(Ok(default), |bound| thread.index_isize(bound, ids::OVERFLOW_ERROR))?;
        Ok(if bound < 0 { (bound + deque.len() as isize).max(0) } else { bound } as usize)
    };
    match position(thread, deque, args.positional()[1], bound(2, 0)?, bound(3, isize::MAX)?)? {
        Some(index) => Ok(thread.int_usize(index)),
        None => Err(thread.value_error("deque.index(x): x not in deque")),
    }
}

fn insert(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let deque = this(thread, args)?;
    let index = thread.index_isize(args.positional()[1], ids::OVERFLOW_ERROR)?;
    if deque.most() == Some(deque.len()) {
        return Err(thread.index_error("deque already at its maximum size"));
    }
    let len = deque.len() as isize;
    let index = if index < 0 { (index + len).max(0) } else { index.min(len) } as usize;
    deque.push_back(thread, args.positional()[2])?;
    for at in (index + 1..deque.len()).rev() {
        deque.set(thread, at, deque.get(at - 1).unwrap_or(Value::NONE));
    }
    deque.set(thread, index, args.positional()[2]);
    Ok(Value::NONE)
}

pub(super) fn remove_at(thread: &Thread, deque: Deque, index: usize) -> PyResult<()> {
    for at in index + 1..deque.len() {
        deque.set(thread, at - 1, deque.get(at).unwrap_or(Value::NONE));
    }
    deque.pop_back(thread);
    Ok(())
}

fn remove(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let deque = this(thread, args)?;
    match position(thread, deque, args.positional()[1], 0, usize::MAX)? {
        Some(index) => remove_at(thread, deque, index).map(|()| Value::NONE),
        None => Err(thread.value_error("deque.remove(x): x not in deque")),
    }
}

fn reverse(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let deque = this(thread, args)?;
    let items = deque.items(thread);
    for (index, &item) in items.iter().rev().enumerate() {
        deque.set(thread, index, item);
    }
    deque.changed(thread);
    Ok(Value::NONE)
}

fn rotate(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let deque = this(thread, args)?;
    let steps = args.get(1).map_or(Ok(1), |steps| thread.index_isize(steps, ids::OVERFLOW_ERROR))?;
    let len = deque.len();
    if len <= 1 {
        return Ok(Value::NONE);
    }
    let steps = steps.rem_euclid(len as isize) as usize;
    if steps <= len / 2 {
        for _ in 0..steps {
            let item = deque.pop_back(thread).unwrap_or(Value::NONE);
            deque.push_front(thread, item)?;
        }
    } else {
        for _ in 0..len - steps {
            let item = deque.pop_front(thread).unwrap_or(Value::NONE);
            deque.push_back(thread, item)?;
        }
    }
    Ok(Value::NONE)
}

fn reduce(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let deque = this(thread, args)?;
    let state = thread.call_method(value, thread.names().__getstate__, &[])?;
    let items = thread.iter(value)?;
    let start = match deque.most() {
        None => thread.try_tuple(&[])?,
        Some(most) => thread.try_tuple(&[thread.try_tuple(&[])?, thread.int_usize(most)])?,
    };
    thread.try_tuple(&[thread.type_of(value).value(), start, state, items])
}
