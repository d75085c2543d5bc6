//! Views of a dict and their iterators.

pub mod methods;

use crate::error::PyResult;
use crate::gc::{Gc, word_object};
use crate::ids::{self, TypeId};
use crate::slots::Slots;
use crate::spec::{Layout, TypeSpec};
use crate::thread::Thread;
use crate::types::dict::Entry;
use crate::types::iterators::IteratorObject;
use crate::value::Value;

word_object! {
    /// `dict.keys()`, `.values()` and `.items()`; the type says which.
    pub struct DictView: DICT_VIEW { dict }
}

const LAYOUT: Option<Layout> = Some(Layout::fixed::<DictView>());

/// A new view of one of the three types.
pub fn new(thread: &Thread, class: TypeId, dict: Value) -> Gc<DictView> {
    DictView::make(thread, class.0, dict)
}

pub static KEYS_SPEC: TypeSpec = TypeSpec {
    layout: LAYOUT,
    slots: methods::KEYS_SLOTS,
    methods: methods::KEYS_METHODS,
    getset: methods::GETSET,
    ..TypeSpec::new("dict_keys")
};
pub static VALUES_SPEC: TypeSpec = TypeSpec {
    layout: LAYOUT,
    slots: methods::VALUES_SLOTS,
    methods: methods::VALUES_METHODS,
    getset: methods::GETSET,
    ..TypeSpec::new("dict_values")
};
pub static ITEMS_SPEC: TypeSpec = TypeSpec {
    layout: LAYOUT,
    slots: methods::ITEMS_SLOTS,
    methods: methods::KEYS_METHODS,
    getset: methods::GETSET,
    ..TypeSpec::new("dict_items")
};

const fn iterator(name: &'static str, next: crate::slots::NextFn) -> TypeSpec {
    TypeSpec {
        layout: Some(Layout::fixed::<IteratorObject>()),
        slots: Slots { iter: Some(|_, iterator| Ok(iterator)), next: Some(next), ..Slots::EMPTY },
        methods: methods::ITERATOR_METHODS,
        ..TypeSpec::new(name)
    }
}

pub static KEY_ITERATOR_SPEC: TypeSpec = iterator("dict_keyiterator", |t, i| forward(t, i, key));
pub static VALUE_ITERATOR_SPEC: TypeSpec = iterator("dict_valueiterator", |t, i| forward(t, i, value));
pub static ITEM_ITERATOR_SPEC: TypeSpec = iterator("dict_itemiterator", |t, i| forward(t, i, item));
pub static REVERSE_KEY_ITERATOR_SPEC: TypeSpec =
    iterator("dict_reversekeyiterator", |t, i| backward(t, i, key));
pub static REVERSE_VALUE_ITERATOR_SPEC: TypeSpec =
    iterator("dict_reversevalueiterator", |t, i| backward(t, i, value));
pub static REVERSE_ITEM_ITERATOR_SPEC: TypeSpec =
    iterator("dict_reverseitemiterator", |t, i| backward(t, i, item));

fn key(_: &Thread, entry: Entry) -> Value {
    entry.key
}

fn value(_: &Thread, entry: Entry) -> Value {
    entry.value
}

fn item(thread: &Thread, entry: Entry) -> Value {
    thread.tuple(&[entry.key, entry.value])
}

/// A new iterator of one of the six types over a dict.
pub fn iterate(thread: &Thread, class: TypeId, dict: Value) -> Value {
    let (len, count) = dict.as_dict().map_or((0, 0), |dict| (dict.len(), dict.count()));
    let reverse =
        [ids::DICT_REVERSE_KEY_ITERATOR, ids::DICT_REVERSE_VALUE_ITERATOR, ids::DICT_REVERSE_ITEM_ITERATOR];
    let start = if reverse.contains(&class) { count } else { 0 };
    IteratorObject::make(thread, class.0, dict, Value::small(start as i64), Value::small(len as i64)).value()
}

type Pick = fn(&Thread, Entry) -> Value;

fn forward(thread: &Thread, iterator: Value, pick: Pick) -> PyResult<Option<Value>> {
    step(thread, iterator, pick, |dict, position| {
        dict.next_entry(position).map(|(at, entry)| (at + 1, entry))
    })
}

fn backward(thread: &Thread, iterator: Value, pick: Pick) -> PyResult<Option<Value>> {
    step(thread, iterator, pick, |dict, position| {
        (0..position.min(dict.count())).rev().find_map(|at| Some((at, dict.entry(at)?)))
    })
}

#[inline(always)]
fn step(
    thread: &Thread,
    iterator: Value,
    pick: Pick,
    advance: impl FnOnce(&crate::types::dict::DictObject, usize) -> Option<(usize, Entry)>,
) -> PyResult<Option<Value>> {
    let Some(iterator) = iterator.downcast::<IteratorObject>() else { return Ok(None) };
    let Some(dict) = iterator.source.get().as_dict() else { return Ok(None) };
    if iterator.extra.get() != Value::small(dict.len() as i64) {
        // The size stays wrong for ever, as in CPython.
        iterator.extra.set(Value::small(-1));
        return Err(thread.runtime_error("dictionary changed size during iteration"));
    }
    match advance(&dict, iterator.position.get().small_value() as usize) {
        Some((position, entry)) => {
            iterator.position.set(Value::small(position as i64));
            Ok(Some(pick(thread, entry)))
        }
        None => {
            iterator.source.set(Value::NONE);
            Ok(None)
        }
    }
}
