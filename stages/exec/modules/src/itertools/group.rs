//! `groupby` and its groups, which draw from the same iterator.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::slots::Slots;
use dx_object::spec::{TypeSpec, flags};
use dx_object::thread::Thread;
use dx_object::value::Value;

use super::{ITERATOR, spec};
use crate::record;
use crate::wide::{self, Store, Wide};

// Fields of a `groupby`: the iterator, the key function, the key of the group asked for, key and value of the item
// drawn last (unbound before it), and the group that may draw.
const ITERATOR_FIELD: usize = 0;
const FUNCTION: usize = 1;
const TARGET_KEY: usize = 2;
const CURRENT_KEY: usize = 3;
const CURRENT_VALUE: usize = 4;
const GROUPER_FIELD: usize = 5;

pub(super) static GROUPBY: TypeSpec = TypeSpec {
    module: "itertools",
    layout: wide::LAYOUT,
    flags: flags::BASE,
    slots: Slots { new: Some(new_groupby), next: Some(next_groupby), ..ITERATOR },
    ..TypeSpec::new("groupby")
};

/// `first` is the `groupby`, `second` the key.
pub(super) static GROUPER: TypeSpec =
    TypeSpec { flags: flags::NO_NEW, ..spec("_grouper", Slots { next: Some(next_grouper), ..ITERATOR }) };

fn new_groupby(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "groupby",
        parameters: &["iterable", "key"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let [iterable, key] = SIGNATURE.bind(thread, args)?;
    let iterator = thread.iter(iterable)?;
    let key = key.bound().unwrap_or(Value::NONE);
    let unbound = Value::UNBOUND;
    wide::make(thread, class, [iterator, key, unbound, unbound, unbound, Value::NONE])
}

/// Draws the next item; says whether there was one.
fn draw(thread: &Thread, this: Gc<Wide>) -> PyResult<bool> {
    let Some(item) = thread.next(this.get(ITERATOR_FIELD))? else { return Ok(false) };
    let function = this.get(FUNCTION);
    let key = if function.is_none() { item } else { thread.call(function, &[item])? };
    this.set(thread, CURRENT_VALUE, item);
    this.set(thread, CURRENT_KEY, key);
    Ok(true)
}

fn next_groupby(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(this) = wide::of(value) else { return Ok(None) };
    this.set(thread, GROUPER_FIELD, Value::NONE);
    // What is left of the group before is skipped.
    loop {
        let (current, target) = (this.get(CURRENT_KEY), this.get(TARGET_KEY));
        if !current.is_unbound() && (target.is_unbound() || !thread.equal(target, current)?) {
            break;
        }
        if !draw(thread, this)? {
            return Ok(None);
        }
    }
    let key = this.get(CURRENT_KEY);
    this.set(thread, TARGET_KEY, key);
    let class = thread.spec_type(&GROUPER, thread).value();
    let grouper = record::make(thread, class, [value, key, Value::NONE, Value::NONE])?;
    this.set(thread, GROUPER_FIELD, grouper);
    thread.try_tuple(&[key, grouper]).map(Some)
}

fn next_grouper(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let Some(grouper) = record::of(value) else { return Ok(None) };
    let Some(this) = wide::of(grouper.first.get()) else { return Ok(None) };
    if this.get(GROUPER_FIELD) != value {
        return Ok(None);
    }
    if this.get(CURRENT_VALUE).is_unbound() && !draw(thread, this)? {
        return Ok(None);
    }
    if !thread.equal(grouper.second.get(), this.get(CURRENT_KEY))? {
        return Ok(None);
    }
    let item = this.get(CURRENT_VALUE);
    this.set(thread, CURRENT_VALUE, Value::UNBOUND);
    Ok(Some(item))
}
