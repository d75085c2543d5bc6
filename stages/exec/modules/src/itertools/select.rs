//! Iterators that leave items out: `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice`.

use dx_object::args::{Args, Signature};
use dx_object::error::{PyResult, Raised};
use dx_object::slots::Slots;
use dx_object::spec::TypeSpec;
use dx_object::thread::Thread;
use dx_object::value::Value;

use super::{ITERATOR, spec, two};
use crate::record;

/// `first` is the iterator of items, `second` that of selectors.
pub(super) static COMPRESS: TypeSpec =
    spec("compress", Slots { new: Some(new_compress), next: Some(next_compress), ..ITERATOR });

/// `first` is the predicate, `second` the iterator, `third` whether items pass.
pub(super) static DROPWHILE: TypeSpec =
    spec("dropwhile", Slots { new: Some(new_dropwhile), next: Some(next_dropwhile), ..ITERATOR });

/// `first` is the predicate, `second` the iterator, `third` whether it ended.
pub(super) static TAKEWHILE: TypeSpec =
    spec("takewhile", Slots { new: Some(new_takewhile), next: Some(next_takewhile), ..ITERATOR });

/// `first` is the predicate or None, `second` the iterator.
pub(super) static FILTERFALSE: TypeSpec =
    spec("filterfalse", Slots { new: Some(new_filterfalse), next: Some(next_filterfalse), ..ITERATOR });

/// `first` is the iterator or None at the end, `second` how many items to skip before the next, `third` how many may
/// still be drawn (None: all), `fourth` the step.
pub(super) static ISLICE: TypeSpec =
    spec("islice", Slots { new: Some(new_islice), next: Some(next_islice), ..ITERATOR });

fn new_compress(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "compress",
        parameters: &["data", "selectors"],
        positional_only: 0,
        positional: 2,
        required: 2,
    };
    let [data, selectors] = SIGNATURE.bind(thread, args)?;
    let data = thread.iter(data)?;
    let selectors = thread.iter(selectors)?;
    record::make(thread, class, [data, selectors, Value::NONE, Value::NONE])
}

fn next_compress(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    loop {
        let Some(item) = thread.next(this.first.get())? else { return Ok(None) };
        let Some(selector) = thread.next(this.second.get())? else { return Ok(None) };
        if thread.truth(selector)? {
            return Ok(Some(item));
        }
    }
}

/// A record of a predicate, an iterator and `False`.
fn filtering(thread: &Thread, class: Value, args: Args<'_>, name: &str) -> PyResult<Value> {
    let (predicate, iterable) = two(thread, args, name)?;
    let iterator = thread.iter(iterable)?;
    record::make(thread, class, [predicate, iterator, Value::FALSE, Value::NONE])
}

fn new_dropwhile(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    filtering(thread, class, args, "dropwhile")
}

fn new_takewhile(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    filtering(thread, class, args, "takewhile")
}

fn new_filterfalse(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    filtering(thread, class, args, "filterfalse")
}

/// The truth of the predicate of the item.
fn holds(thread: &Thread, predicate: Value, item: Value) -> PyResult<bool> {
    let answer = thread.call(predicate, &[item])?;
    thread.truth(answer)
}

fn next_dropwhile(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    while let Some(item) = thread.next(this.second.get())? {
        if this.third.get() == Value::TRUE {
            return Ok(Some(item));
        }
        if !holds(thread, this.first.get(), item)? {
            this.third.set(Value::TRUE);
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn next_takewhile(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    if this.third.get() == Value::TRUE {
        return Ok(None);
    }
    let Some(item) = thread.next(this.second.get())? else { return Ok(None) };
    if holds(thread, this.first.get(), item)? {
        return Ok(Some(item));
    }
    this.third.set(Value::TRUE);
    Ok(None)
}

fn next_filterfalse(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let predicate = this.first.get();
    let plain = predicate.is_none() || predicate == thread.builtin_type(dx_object::ids::BOOL).value();
    while let Some(item) = thread.next(this.second.get())? {
        let passes = if plain { thread.truth(item)? } else { holds(thread, predicate, item)? };
        if !passes {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// A bound of `islice`: a nonnegative int, or nothing for None.
fn bound(thread: &Thread, value: Value, error: &dyn Fn() -> Raised) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    match thread.index(value) {
        Ok(index) => match index.as_small() {
            Some(index) if index >= 0 => Ok(Some(index)),
            _ => Err(error()),
        },
        Err(_) => {
            thread.take_exception();
            Err(error())
        }
    }
}

fn new_islice(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let given = args.expect(thread, "islice", 2, 4)?;
    let stop_error = || {
        thread.value_error("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    };
    let index_error =
        || thread.value_error("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    let step_error = || thread.value_error("Step for islice() must be a positive integer or None.");
    let (start, stop, step) = match *given {
        [_, stop] => (0, bound(thread, stop, &stop_error)?, 1),
        [_, start, stop, ref step @ ..] => {
            let stop = bound(thread, stop, &stop_error)?;
            let start = bound(thread, start, &index_error)?.unwrap_or(0);
            let step = step.first().map_or(Ok(None), |&step| bound(thread, step, &step_error))?.unwrap_or(1);
            if step == 0 {
                return Err(step_error());
            }
            (start, stop, step)
        }
        _ => return Ok(Value::NONE),
    };
    let iterator = thread.iter(given[0])?;
    let stop = stop.map_or(Value::NONE, Value::small);
    record::make(thread, class, [iterator, Value::small(start), stop, Value::small(step)])
}

fn next_islice(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let iterator = this.first.get();
    if iterator.is_none() {
        return Ok(None);
    }
    let mut skip = this.second.get().small_value();
    while skip > 0 {
        if thread.next(iterator)?.is_none() {
            this.first.set(Value::NONE);
            return Ok(None);
        }
        skip -= 1;
        this.second.set(Value::small(skip));
        if let Some(left) = this.third.get().as_small() {
            this.third.set(Value::small(left - 1));
        }
    }
    let left = this.third.get().as_small();
    if left.is_some_and(|left| left <= 0) {
        this.first.set(Value::NONE);
        return Ok(None);
    }
    let Some(item) = thread.next(iterator)? else {
        this.first.set(Value::NONE);
        return Ok(None);
    };
    let gap = this.fourth.get().small_value() - 1;
    // What lies behind the stop is not drawn.
    let gap = match left {
        Some(left) => {
            this.third.set(Value::small(left - 1));
            gap.min(left - 1)
        }
        None => gap,
    };
    this.second.set(Value::small(gap));
    Ok(Some(item))
}
