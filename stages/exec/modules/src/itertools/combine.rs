//! `product`, `permutations`, `combinations`, `combinations_with_replacement`: positions that are counted up.
//!
//! `first` is the pool (of `product`: a tuple of pools), `second` the list of positions, or None at the end, `third`
//! what else the counting needs, `fourth` whether the first result was given.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::TypeSpec;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::list::{self, ListObject};
use dx_object::value::Value;

use super::{ITERATOR, spec};
use crate::record::{self, Record};

pub(super) static PRODUCT: TypeSpec =
    spec("product", Slots { new: Some(new_product), next: Some(next_product), ..ITERATOR });
/// `third` is the list of cycles, followed by the length of a result.
pub(super) static PERMUTATIONS: TypeSpec =
    spec("permutations", Slots { new: Some(new_permutations), next: Some(next_permutations), ..ITERATOR });
pub(super) static COMBINATIONS: TypeSpec =
    spec("combinations", Slots { new: Some(new_combinations), next: Some(next_combinations), ..ITERATOR });
pub(super) static REPLACEMENT: TypeSpec = spec(
    "combinations_with_replacement",
    Slots { new: Some(new_replacement), next: Some(next_replacement), ..ITERATOR },
);

fn tuple_of(thread: &Thread, iterable: Value) -> PyResult<Value> {
    let items = thread.sequence(iterable)?;
    thread.try_tuple(&items)
}

/// A list of ints.
fn numbers(thread: &Thread, numbers: impl Iterator<Item = usize>) -> PyResult<Value> {
    let list = list::new(thread);
    for number in numbers {
        list.push(thread, Value::small(number as i64))?;
    }
    Ok(list.value())
}

fn at(list: Gc<ListObject>, index: usize) -> usize {
    list.get(index).and_then(Value::as_small).unwrap_or(0) as usize
}

fn put(thread: &Thread, list: Gc<ListObject>, index: usize, number: usize) {
    list.set(thread, index, Value::small(number as i64));
}

/// The items of the pool at the first so many positions.
fn picked(
    thread: &Thread,
    this: Gc<Record>,
    positions: Gc<ListObject>,
    count: usize,
) -> PyResult<Option<Value>> {
    let pool = this.first.get();
    let mut items = RootVec::new(thread);
    let pool = pool.tuple_items().unwrap_or_default();
    for index in 0..count {
        items.push(pool.get(at(positions, index)).copied().unwrap_or(Value::NONE));
    }
    thread.try_tuple(&items).map(Some)
}

/// The state of an iterator that has not ended, and whether this is its first result.
fn state(value: Value) -> Option<(Gc<Record>, Gc<ListObject>, bool)> {
    let this = record::of(value)?;
    let positions = this.second.get().as_list()?;
    let first = this.fourth.get() != Value::TRUE;
    this.fourth.set(Value::TRUE);
    Some((this, positions, first))
}

fn end(this: Gc<Record>) -> PyResult<Option<Value>> {
    this.second.set(Value::NONE);
    Ok(None)
}

fn new_product(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let mut repeat = 1;
    for (name, value) in args.keywords() {
        if name.str_bytes() != Some(b"repeat") {
            let name = thread.to_text(name)?;
            return Err(
                thread.type_error(format_args!("product() got an unexpected keyword argument '{name}'"))
            );
        }
        repeat = thread.index_isize(value, ids::OVERFLOW_ERROR)?;
    }
    if repeat < 0 {
        return Err(thread.value_error("repeat argument cannot be negative"));
    }
    let mut pools = RootVec::new(thread);
    if repeat > 0 {
        for &iterable in args.positional() {
            pools.push(tuple_of(thread, iterable)?);
        }
    }
    let own = pools.len();
    if own.saturating_mul(repeat as usize) > (1 << 40) {
        return Err(thread.overflow_error("repeat argument too large"));
    }
    for index in 0..own * (repeat.max(1) as usize - 1) {
        pools.push(pools[index % own]);
    }
    let empty = pools.iter().any(|pool| pool.tuple_items().is_some_and(<[Value]>::is_empty));
    let positions = if empty { Value::NONE } else { numbers(thread, pools.iter().map(|_| 0))? };
    record::make(thread, class, [thread.try_tuple(&pools)?, positions, Value::NONE, Value::FALSE])
}

fn next_product(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some((this, positions, first)) = state(value) else { return Ok(None) };
    let pools = this.first.get();
    let pools = pools.tuple_items().unwrap_or_default();
    if !first {
        let mut index = pools.len();
        loop {
            let Some(lower) = index.checked_sub(1) else { return end(this) };
            index = lower;
            let next = at(positions, index) + 1;
            if next < pools[index].tuple_items().map_or(0, <[Value]>::len) {
                put(thread, positions, index, next);
                break;
            }
            put(thread, positions, index, 0);
        }
    }
    let mut items = RootVec::new(thread);
    for (index, pool) in pools.iter().enumerate() {
        items.push(
            pool.tuple_items()
                .and_then(|pool| pool.get(at(positions, index)).copied())
                .unwrap_or(Value::NONE),
        );
    }
    thread.try_tuple(&items).map(Some)
}

/// The pool and the length of results.
fn pool_and_length(thread: &Thread, args: Args<'_>, signature: &Signature) -> PyResult<(Value, usize)> {
    let [iterable, length] = signature.bind(thread, args)?;
    let pool = tuple_of(thread, iterable)?;
    let length = thread.index_isize(length, ids::OVERFLOW_ERROR)?;
    match usize::try_from(length) {
        Ok(length) => Ok((pool, length)),
        Err(_) => Err(thread.value_error("r must be non-negative")),
    }
}

fn size(pool: Value) -> usize {
    pool.tuple_items().map_or(0, <[Value]>::len)
}

fn new_permutations(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "permutations",
        parameters: &["iterable", "r"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let [iterable, length] = SIGNATURE.bind(thread, args)?;
    let pool = tuple_of(thread, iterable)?;
    let n = size(pool);
    let r = match length.bound().filter(|length| !length.is_none()) {
        None => n,
        Some(length) if length.as_int().is_none() => return Err(thread.type_error("Expected int as r")),
        Some(length) => match usize::try_from(thread.index_isize(length, ids::OVERFLOW_ERROR)?) {
            Ok(length) => length,
            Err(_) => return Err(thread.value_error("r must be non-negative")),
        },
    };
    let positions = if r > n { Value::NONE } else { numbers(thread, 0..n)? };
    let cycles = if r > n { Value::NONE } else { numbers(thread, (0..r).map(|index| n - index))? };
    record::make(thread, class, [pool, positions, cycles, Value::FALSE])
}

fn next_permutations(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some((this, positions, first)) = state(value) else { return Ok(None) };
    let Some(cycles) = this.third.get().as_list() else { return Ok(None) };
    let (n, r) = (positions.len(), cycles.len());
    if !first {
        let mut index = r;
        loop {
            let Some(lower) = index.checked_sub(1) else { return end(this) };
            index = lower;
            let cycle = at(cycles, index) - 1;
            if cycle == 0 {
                // The whole turn is done: rotate back.
                let moved = at(positions, index);
                for j in index..n - 1 {
                    put(thread, positions, j, at(positions, j + 1));
                }
                put(thread, positions, n - 1, moved);
                put(thread, cycles, index, n - index);
            } else {
                put(thread, cycles, index, cycle);
                let (a, b) = (at(positions, index), at(positions, n - cycle));
                put(thread, positions, index, b);
                put(thread, positions, n - cycle, a);
                break;
            }
        }
    }
    picked(thread, this, positions, r)
}

fn new_combinations(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "combinations",
        parameters: &["iterable", "r"],
        positional_only: 0,
        positional: 2,
        required: 2,
    };
    let (pool, r) = pool_and_length(thread, args, &SIGNATURE)?;
    let positions = if r > size(pool) { Value::NONE } else { numbers(thread, 0..r)? };
    record::make(thread, class, [pool, positions, Value::NONE, Value::FALSE])
}

fn next_combinations(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some((this, positions, first)) = state(value) else { return Ok(None) };
    let (n, r) = (size(this.first.get()), positions.len());
    if !first {
        let Some(index) = (0..r).rev().find(|&index| at(positions, index) != index + n - r) else {
            return end(this);
        };
        let start = at(positions, index) + 1;
        for (offset, index) in (index..r).enumerate() {
            put(thread, positions, index, start + offset);
        }
    }
    picked(thread, this, positions, r)
}

fn new_replacement(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "combinations_with_replacement",
        parameters: &["iterable", "r"],
        positional_only: 0,
        positional: 2,
        required: 2,
    };
    let (pool, r) = pool_and_length(thread, args, &SIGNATURE)?;
    let positions = if r > 0 && size(pool) == 0 { Value::NONE } else { numbers(thread, (0..r).map(|_| 0))? };
    record::make(thread, class, [pool, positions, Value::NONE, Value::FALSE])
}

fn next_replacement(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some((this, positions, first)) = state(value) else { return Ok(None) };
    let (n, r) = (size(this.first.get()), positions.len());
    if !first {
        let Some(index) = (0..r).rev().find(|&index| at(positions, index) + 1 != n) else { return end(this) };
        let next = at(positions, index) + 1;
        for index in index..r {
            put(thread, positions, index, next);
        }
    }
    picked(thread, this, positions, r)
}
