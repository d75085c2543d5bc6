//! `tee`: iterators over one shared chain of items, each item drawn from the source once.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use super::{ITERATOR, spec};
use crate::record;

/// `first` is the link whose item comes next.
pub(super) static TEE: TypeSpec = TypeSpec {
    methods: &[MethodDef::new("__copy__", Arity::None, |thread, args| copy(thread, args.positional()[0]))],
    ..spec("_tee", Slots { new: Some(new_tee), next: Some(next_tee), ..ITERATOR })
};

/// `first` is the source, `second` the item (unbound until it is drawn), `third` the next link, `fourth` whether
/// the source is being asked.
static LINK: TypeSpec = TypeSpec { flags: flags::NO_NEW, ..spec("_tee_dataobject", Slots::EMPTY) };

fn link(thread: &Thread, source: Value) -> PyResult<Value> {
    let class = thread.spec_type(&LINK, thread).value();
    record::make(thread, class, [source, Value::UNBOUND, Value::NONE, Value::FALSE])
}

fn of_link(thread: &Thread, link: Value) -> PyResult<Value> {
    let class = thread.spec_type(&TEE, thread).value();
    record::make(thread, class, [link, Value::NONE, Value::NONE, Value::NONE])
}

fn is_tee(thread: &Thread, value: Value) -> bool {
    thread.type_of(value).is_subtype(thread.spec_type(&TEE, thread))
}

fn copy(thread: &Thread, tee: Value) -> PyResult<Value> {
    match record::of(tee) {
        Some(this) => of_link(thread, this.first.get()),
        None => Err(thread.type_error("expected a tee")),
    }
}

fn from_iterable(thread: &Thread, iterable: Value) -> PyResult<Value> {
    let iterator = thread.iter(iterable)?;
    if is_tee(thread, iterator) {
        return copy(thread, iterator);
    }
    of_link(thread, link(thread, iterator)?)
}

fn new_tee(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    from_iterable(thread, args.expect(thread, "_tee", 1, 1)?[0])
}

fn next_tee(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = record::of(value) else { return Ok(None) };
    let Some(at) = record::of(this.first.get()) else { return Ok(None) };
    if at.second.get().is_unbound() {
        if at.fourth.get() == Value::TRUE {
            return Err(thread.runtime_error("cannot re-enter the tee iterator"));
        }
        at.fourth.set(Value::TRUE);
        let drawn = thread.next(at.first.get());
        at.fourth.set(Value::FALSE);
        let Some(item) = drawn? else { return Ok(None) };
        let next = link(thread, at.first.get())?;
        at.store(thread, &at.second, item);
        at.store(thread, &at.third, next);
    }
    this.store(thread, &this.first, at.third.get());
    Ok(Some(at.second.get()))
}

/// `tee(iterable, n=2)`.
pub(super) fn tee(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let count = args.get(1).map_or(Ok(2), |count| thread.index_isize(count, ids::OVERFLOW_ERROR))?;
    if count < 0 {
        return Err(thread.value_error("n must be >= 0"));
    }
    let mut all = RootVec::new(thread);
    if count > 0 {
        let first = from_iterable(thread, args.positional()[0])?;
        all.push(first);
        for _ in 1..count {
            all.push(copy(thread, first)?);
        }
    }
    thread.try_tuple(&all)
}
