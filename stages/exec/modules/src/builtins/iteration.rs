//! The iterators that are types of their own: `enumerate`, `zip`, `map`, `filter`, `reversed`.

use dx_object::args::{Args, Signature};
use dx_object::error::{PyResult, Raised};
use dx_object::slots::Slots;
use dx_object::slots::dispatch::BinaryOp;
use dx_object::spec::{Arity, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use super::type_name;
use crate::record::{self, LAYOUT};

const fn spec(
    name: &'static str,
    doc: &'static str,
    slots: Slots,
    methods: &'static [MethodDef],
) -> TypeSpec {
    TypeSpec { layout: LAYOUT, flags: flags::BASE, doc: Some(doc), slots, methods, ..TypeSpec::new(name) }
}

const ITERATOR: Slots = Slots { iter: Some(|_, iterator| Ok(iterator)), ..Slots::EMPTY };

/// `first` is the iterator, `second` the next number.
pub(super) static ENUMERATE: TypeSpec = spec(
    "enumerate",
    "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\nThe enumerate object yields pairs \
     containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable \
     argument.\n\nenumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
    Slots { new: Some(new_enumerate), next: Some(next_enumerate), ..ITERATOR },
    &[],
);

/// `first` is a tuple of iterators, `second` whether they must have equal lengths.
pub(super) static ZIP: TypeSpec = spec(
    "zip",
    "The zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments to zip().  \
     The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  This continues until \
     the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the \
     others,\nraise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', \
     2, 2)]",
    Slots { new: Some(new_zip), next: Some(next_zip), ..ITERATOR },
    &[],
);

/// `first` is the function, `second` a tuple of iterators, `third` whether they must have equal lengths.
pub(super) static MAP: TypeSpec = spec(
    "map",
    "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest \
     iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a \
     ValueError.",
    Slots { new: Some(new_map), next: Some(next_map), ..ITERATOR },
    &[],
);

/// `first` is the function or None, `second` the iterator.
pub(super) static FILTER: TypeSpec = spec(
    "filter",
    "Return an iterator yielding those items of iterable for which function(item)\nis true. If function is None, return \
     the items that are true.",
    Slots { new: Some(new_filter), next: Some(next_filter), ..ITERATOR },
    &[],
);

/// `first` is the sequence (None at the end), `second` the next index.
pub(super) static REVERSED: TypeSpec = spec(
    "reversed",
    "Return a reverse iterator over the values of the given sequence.",
    Slots { new: Some(new_reversed), next: Some(next_reversed), ..ITERATOR },
    &[MethodDef::new("__length_hint__", Arity::None, reversed_hint)],
);

fn new_enumerate(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "enumerate",
        parameters: &["iterable", "start"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    if args.is_empty() {
        return Err(thread.type_error("enumerate() missing required argument 'iterable'"));
    }
    let [iterable, start] = SIGNATURE.bind(thread, args)?;
    let start = start.bound().map_or(Ok(Value::ZERO), |start| thread.index(start))?;
    let iterator = thread.iter(iterable)?;
    record::make(thread, class, [iterator, start, Value::NONE, Value::NONE])
}

fn next_enumerate(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let Some(item) = thread.next(this.first.get())? else { return Ok(None) };
    let number = this.second.get();
    let next = match number.as_small() {
        Some(small) => thread.int(small + 1),
        None => thread.binary(BinaryOp::Add, number, Value::ONE)?,
    };
    this.store(thread, &this.second, next);
    thread.try_tuple(&[number, item]).map(Some)
}

/// The iterators of the arguments as a tuple, and the keyword `strict`.
fn iterators(thread: &Thread, args: Args<'_>, skip: usize, function: &str) -> PyResult<(Value, Value)> {
    let mut strict = false;
    for (name, value) in args.keywords() {
        if name.str_bytes() != Some(b"strict") {
            let name = thread.to_text(name)?;
            return Err(
                thread.type_error(format_args!("{function}() got an unexpected keyword argument '{name}'"))
            );
        }
        strict = thread.truth(value)?;
    }
    let mut all = RootVec::new(thread);
    for &iterable in &args.positional()[skip..] {
        all.push(thread.iter(iterable)?);
    }
    Ok((thread.try_tuple(&all)?, Value::bool(strict)))
}

fn new_zip(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let (all, strict) = iterators(thread, args, 0, "zip")?;
    record::make(thread, class, [all, strict, Value::NONE, Value::NONE])
}

/// One item from each iterator; nothing at the end of the first that ends.
fn draw<'t>(thread: &'t Thread, all: Value, strict: Value, function: &str) -> PyResult<Option<RootVec<'t>>> {
    let sources = all.tuple_items().unwrap_or_default();
    let mut items = RootVec::new(thread);
    for (index, &source) in sources.iter().enumerate() {
        match thread.next(source)? {
            Some(item) => items.push(item),
            None if strict != Value::TRUE => return Ok(None),
            None if index > 0 => return Err(uneven(thread, function, index, "shorter")),
            None => {
                for (index, &source) in sources.iter().enumerate().skip(1) {
                    if thread.next(source)?.is_some() {
                        return Err(uneven(thread, function, index, "longer"));
                    }
                }
                return Ok(None);
            }
        }
    }
    Ok(Some(items))
}

#[cold]
fn uneven(thread: &Thread, function: &str, index: usize, than: &str) -> Raised {
    let others = if index == 1 { " 1".to_owned() } else { format!("s 1-{index}") };
    let number = index + 1;
    thread.value_error(format_args!("{function}() argument {number} is {than} than argument{others}"))
}

fn next_zip(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let all = this.first.get();
    // The usual two need no vector.
    if let (Some(&[a, b]), false) = (all.tuple_items(), this.second.get() == Value::TRUE) {
        let Some(left) = thread.next(a)? else { return Ok(None) };
        let Some(right) = thread.next(b)? else { return Ok(None) };
        return thread.try_tuple(&[left, right]).map(Some);
    }
    if all.tuple_items().is_some_and(<[Value]>::is_empty) {
        return Ok(None);
    }
    match draw(thread, all, this.second.get(), "zip")? {
        Some(items) => thread.try_tuple(&items).map(Some),
        None => Ok(None),
    }
}

fn new_map(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    if args.len() < 2 {
        return Err(thread.type_error("map() must have at least two arguments."));
    }
    let (all, strict) = iterators(thread, args, 1, "map")?;
    record::make(thread, class, [args.positional()[0], all, strict, Value::NONE])
}

fn next_map(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let (function, all) = (this.first.get(), this.second.get());
    if let Some(&[source]) = all.tuple_items() {
        let Some(item) = thread.next(source)? else { return Ok(None) };
        return thread.call(function, &[item]).map(Some);
    }
    match draw(thread, all, this.third.get(), "map")? {
        Some(items) => thread.call(function, &items).map(Some),
        None => Ok(None),
    }
}

fn new_filter(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let [function, iterable] = *args.expect(thread, "filter", 2, 2)? else { return Ok(Value::NONE) };
    let iterator = thread.iter(iterable)?;
    record::make(thread, class, [function, iterator, Value::NONE, Value::NONE])
}

fn next_filter(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let (function, iterator) = (this.first.get(), this.second.get());
    while let Some(item) = thread.next(iterator)? {
        let answer = if function.is_none() { item } else { thread.call(function, &[item])? };
        if thread.truth(answer)? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn new_reversed(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let [source] = *args.expect(thread, "reversed", 1, 1)? else { return Ok(Value::NONE) };
    let name = thread.names().__reversed__;
    let own = thread.type_of(source);
    if own.lookup(thread, name) != Some(Value::NONE) {
        if let Some(iterator) = thread.call_special(source, name, &[])? {
            return Ok(iterator);
        }
        if own.slots().getitem.is_some() && own.slots().len.is_some() && source.as_dict().is_none() {
            let last = thread.int(thread.len(source)? as i64 - 1);
            return record::make(thread, class, [source, last, Value::NONE, Value::NONE]);
        }
    }
    let given = type_name(thread, source);
    Err(thread.type_error(format_args!("'{given}' object is not reversible")))
}

fn next_reversed(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let index = this.second.get().as_small().unwrap_or(-1);
    if index < 0 {
        return Ok(None);
    }
    let item = thread.getitem(this.first.get(), Value::small(index));
    match item {
        Ok(item) => {
            this.second.set(Value::small(index - 1));
            Ok(Some(item))
        }
        Err(raised) => {
            this.second.set(Value::small(-1));
            let ends = thread.catch(dx_object::ids::INDEX_ERROR).is_some()
                || thread.catch(dx_object::ids::STOP_ITERATION).is_some();
            if ends { Ok(None) } else { Err(raised) }
        }
    }
}

fn reversed_hint(_: &Thread, args: Args<'_>) -> PyResult<Value> {
    let next = args.get(0).and_then(record::of).and_then(|this| this.second.get().as_small());
    Ok(Value::small(next.unwrap_or(-1) + 1))
}
