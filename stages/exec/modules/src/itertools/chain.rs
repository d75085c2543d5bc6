//! Iterators that put iterators together or regroup what one gives: `chain`, `starmap`, `zip_longest`, `pairwise`,
//! `batched`, `accumulate`.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::slots::dispatch::BinaryOp;
use dx_object::spec::{Arity, MethodDef, TypeSpec};
use dx_object::thread::{RootVec, Thread};
use dx_object::types::list;
use dx_object::value::Value;

use super::{ITERATOR, spec, two};
use crate::record;

/// `first` iterates over the iterables (None at the end), `second` over the current one (None before it).
pub(super) static CHAIN: TypeSpec = TypeSpec {
    methods: &[
        MethodDef::new("from_iterable", Arity::One, from_iterable).class(),
        MethodDef::new("__class_getitem__", Arity::One, crate::generic_alias::class_getitem).class(),
    ],
    ..spec("chain", Slots { new: Some(new_chain), next: Some(next_chain), ..ITERATOR })
};

/// `first` is the function, `second` the iterator.
pub(super) static STARMAP: TypeSpec =
    spec("starmap", Slots { new: Some(new_starmap), next: Some(next_starmap), ..ITERATOR });

/// `first` is the list of iterators (None for those at their end), `second` the filling, `third` how many are left.
pub(super) static ZIP_LONGEST: TypeSpec =
    spec("zip_longest", Slots { new: Some(new_zip_longest), next: Some(next_zip_longest), ..ITERATOR });

/// `first` is the iterator or None at the end, `second` the last item.
pub(super) static PAIRWISE: TypeSpec =
    spec("pairwise", Slots { new: Some(new_pairwise), next: Some(next_pairwise), ..ITERATOR });

/// `first` is the iterator or None at the end, `second` the size, `third` whether the last one must be full.
pub(super) static BATCHED: TypeSpec =
    spec("batched", Slots { new: Some(new_batched), next: Some(next_batched), ..ITERATOR });

/// `first` is the iterator, `second` the function or None, `third` the total (unbound before it), `fourth` the initial value
/// until it was given.
pub(super) static ACCUMULATE: TypeSpec =
    spec("accumulate", Slots { new: Some(new_accumulate), next: Some(next_accumulate), ..ITERATOR });

fn new_chain(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "chain")?;
    let iterables = thread.iter(thread.try_tuple(args.positional())?)?;
    record::make(thread, class, [iterables, Value::NONE, Value::NONE, Value::NONE])
}

fn from_iterable(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let iterables = thread.iter(args.positional()[1])?;
    record::make(thread, args.positional()[0], [iterables, Value::NONE, Value::NONE, Value::NONE])
}

fn next_chain(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    loop {
        let current = this.second.get();
        if !current.is_none() {
            if let Some(item) = thread.next(current)? {
                return Ok(Some(item));
            }
            this.second.set(Value::NONE);
        }
        if this.first.get().is_none() {
            return Ok(None);
        }
        let next = match thread.next(this.first.get()) {
            Ok(Some(iterable)) => thread.iter(iterable),
            Ok(None) => {
                this.first.set(Value::NONE);
                return Ok(None);
            }
            Err(raised) => Err(raised),
        };
        match next {
            Ok(iterator) => this.store(thread, &this.second, iterator),
            Err(raised) => {
                this.first.set(Value::NONE);
                return Err(raised);
            }
        }
    }
}

fn new_starmap(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let (function, iterable) = two(thread, args, "starmap")?;
    let iterator = thread.iter(iterable)?;
    record::make(thread, class, [function, iterator, Value::NONE, Value::NONE])
}

fn next_starmap(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let Some(item) = thread.next(this.second.get())? else { return Ok(None) };
    let function = this.first.get();
    if let Some(items) = item.tuple_items() {
        return thread.call(function, items).map(Some);
    }
    let items = thread.sequence(item)?;
    thread.call(function, &items).map(Some)
}

fn new_zip_longest(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let mut fill = Value::NONE;
    for (name, value) in args.keywords() {
        if name.str_bytes() != Some(b"fillvalue") {
            return Err(thread.type_error("zip_longest() got an unexpected keyword argument"));
        }
        fill = value;
    }
    let iterators = list::new(thread);
    for &iterable in args.positional() {
        iterators.push(thread, thread.iter(iterable)?)?;
    }
    record::make(thread, class, [iterators.value(), fill, thread.int_usize(args.len()), Value::NONE])
}

fn next_zip_longest(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let Some(iterators) = this.first.get().as_list() else { return Ok(None) };
    if this.third.get() == Value::ZERO {
        return Ok(None);
    }
    let mut items = RootVec::new(thread);
    for index in 0..iterators.len() {
        let iterator = iterators.get(index).unwrap_or(Value::NONE);
        let item = if iterator.is_none() { Ok(None) } else { thread.next(iterator) };
        match item {
            Ok(Some(item)) => items.push(item),
            Ok(None) => {
                if !iterator.is_none() {
                    let left = this.third.get().small_value() - 1;
                    this.third.set(Value::small(left));
                    if left == 0 {
                        return Ok(None);
                    }
                    iterators.set(thread, index, Value::NONE);
                }
                items.push(this.second.get());
            }
            Err(raised) => {
                this.third.set(Value::ZERO);
                return Err(raised);
            }
        }
    }
    thread.try_tuple(&items).map(Some)
}

fn new_pairwise(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let iterator = thread.iter(args.expect(thread, "pairwise", 1, 1)?[0])?;
    record::make(thread, class, [iterator, Value::UNBOUND, Value::NONE, Value::NONE])
}

fn next_pairwise(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let mut old = this.second.get();
    if this.first.get().is_none() {
        return Ok(None);
    }
    if old.is_unbound() {
        match thread.next(this.first.get())? {
            Some(item) => {
                this.store(thread, &this.second, item);
                old = item;
            }
            None => {
                this.first.set(Value::NONE);
                return Ok(None);
            }
        }
        if this.first.get().is_none() {
            return Ok(None);
        }
    }
    match thread.next(this.first.get())? {
        Some(new) => {
            this.store(thread, &this.second, new);
            thread.try_tuple(&[old, new]).map(Some)
        }
        None => {
            this.first.set(Value::NONE);
            this.second.set(Value::UNBOUND);
            Ok(None)
        }
    }
}

fn new_batched(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "batched",
        parameters: &["iterable", "n", "strict"],
        positional_only: 0,
        positional: 2,
        required: 2,
    };
    let [iterable, size, strict] = SIGNATURE.bind(thread, args)?;
    let size = thread.index_isize(size, ids::OVERFLOW_ERROR)?;
    let strict = strict.bound().map_or(Ok(false), |strict| thread.truth(strict))?;
    if size < 1 {
        return Err(thread.value_error("n must be at least one"));
    }
    let iterator = thread.iter(iterable)?;
    record::make(thread, class, [iterator, thread.int(size as i64), Value::bool(strict), Value::NONE])
}

fn next_batched(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let (iterator, size) = (this.first.get(), this.second.get().small_value() as usize);
    if iterator.is_none() {
        return Ok(None);
    }
    let mut items = RootVec::new(thread);
    while items.len() < size {
        match thread.next(iterator)? {
            Some(item) => items.push(item),
            None => {
                this.first.set(Value::NONE);
                break;
            }
        }
    }
    if items.is_empty() {
        return Ok(None);
    }
    if items.len() < size && this.third.get() == Value::TRUE {
        return Err(thread.value_error("batched(): incomplete batch"));
    }
    thread.try_tuple(&items).map(Some)
}

fn new_accumulate(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "accumulate",
        parameters: &["iterable", "func", "initial"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let [iterable, function, initial] = SIGNATURE.bind(thread, args)?;
    let iterator = thread.iter(iterable)?;
    let (function, initial) =
        (function.bound().unwrap_or(Value::NONE), initial.bound().unwrap_or(Value::NONE));
    record::make(thread, class, [iterator, function, Value::UNBOUND, initial])
}

fn next_accumulate(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let initial = this.fourth.get();
    if !initial.is_none() {
        this.fourth.set(Value::NONE);
        this.store(thread, &this.third, initial);
        return Ok(Some(initial));
    }
    let Some(item) = thread.next(this.first.get())? else { return Ok(None) };
    let total = this.third.get();
    let total = if total.is_unbound() {
        item
    } else if this.second.get().is_none() {
        thread.binary(BinaryOp::Add, total, item)?
    } else {
        thread.call(this.second.get(), &[total, item])?
    };
    this.store(thread, &this.third, total);
    Ok(Some(total))
}
