//! `deque`: a ring of values in a list's storage.

mod methods;

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::slots::{CompareOp, Slots};
use dx_object::spec::{TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::types::list::{self, ListObject};
use dx_object::value::Value;

use crate::convert::type_name;
use crate::wide::{self, Store, Wide};

// Fields: the ring (a list whose length is the capacity), the place of the first item, the number of items, the
// largest number (None without bound), and the count of changes, which iterators check.
const RING: usize = 0;
const HEAD: usize = 1;
const LENGTH: usize = 2;
const MOST: usize = 3;
const CHANGES: usize = 4;

pub(super) static DEQUE: TypeSpec = TypeSpec {
    module: "collections",
    layout: wide::LAYOUT,
    flags: flags::BASE | flags::WEAKREF | flags::SEQUENCE,
    doc: Some("A list-like sequence optimized for data accesses near its endpoints."),
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        compare: Some(compare),
        len: Some(|_, value| Ok(Deque::of(value).map_or(0, |deque| deque.len()))),
        iter: Some(|thread, value| iterator(thread, &ITERATOR, value)),
        getitem: Some(getitem),
        setitem: Some(setitem),
        contains: Some(contains),
        concat: Some(concat),
        inplace_concat: Some(inplace_concat),
        repeat: Some(repeat),
        inplace_repeat: Some(inplace_repeat),
        ..Slots::EMPTY
    },
    methods: methods::METHODS,
    getset: methods::GETSET,
    ..TypeSpec::new("deque")
};

/// Fields 0 to 2: the deque, the index, the count of changes at the start.
pub(super) static ITERATOR: TypeSpec = TypeSpec {
    module: "collections",
    layout: wide::LAYOUT,
    flags: flags::NO_NEW,
    slots: Slots {
        iter: Some(|_, this| Ok(this)),
        next: Some(|thread, this| next(thread, this, false)),
        ..Slots::EMPTY
    },
    methods: methods::ITERATOR_METHODS,
    ..TypeSpec::new("_deque_iterator")
};

pub(super) static REVERSE_ITERATOR: TypeSpec = TypeSpec {
    slots: Slots {
        iter: Some(|_, this| Ok(this)),
        next: Some(|thread, this| next(thread, this, true)),
        ..Slots::EMPTY
    },
    name: "_deque_reverse_iterator",
    ..ITERATOR
};

/// A view of a deque's cell.
#[derive(Clone, Copy)]
pub(super) struct Deque(Gc<Wide>);

impl Deque {
    pub(super) fn of(value: Value) -> Option<Deque> {
        wide::of(value).filter(|wide| wide.get(RING).as_list().is_some()).map(Deque)
    }

    fn expect(thread: &Thread, value: Value) -> PyResult<Deque> {
        match Deque::of(value) {
            Some(deque) => Ok(deque),
            None => Err(thread.type_error("expected a deque")),
        }
    }

    fn number(self, field: usize) -> usize {
        self.0.get(field).as_small().unwrap_or(0) as usize
    }

    fn put(self, thread: &Thread, field: usize, number: usize) {
        self.0.set(thread, field, Value::small(number as i64));
    }

    fn len(self) -> usize {
        self.number(LENGTH)
    }

    fn most(self) -> Option<usize> {
        self.0.get(MOST).as_small().map(|most| most as usize)
    }

    fn changed(self, thread: &Thread) {
        self.put(thread, CHANGES, self.number(CHANGES) + 1);
    }

    fn changes(self) -> Value {
        self.0.get(CHANGES)
    }

    fn ring(self) -> Option<Gc<ListObject>> {
        self.0.get(RING).as_list()
    }

    fn place(self, index: usize) -> usize {
        let capacity = self.ring().map_or(1, |ring| ring.len().max(1));
        (self.number(HEAD) + index) % capacity
    }

    pub(super) fn get(self, index: usize) -> Option<Value> {
        if index >= self.len() { None } else { self.ring()?.get(self.place(index)) }
    }

    fn set(self, thread: &Thread, index: usize, value: Value) {
        if let Some(ring) = self.ring()
            && index < self.len()
        {
            ring.set(thread, self.place(index), value);
        }
    }

    /// Makes room for one more.
    fn reserve(self, thread: &Thread) -> PyResult<()> {
        let (length, capacity) = (self.len(), self.ring().map_or(0, |ring| ring.len()));
        if length < capacity {
            return Ok(());
        }
        let larger = list::new(thread);
        larger.reserve(thread, (capacity * 2).max(8))?;
        for index in 0..length {
            larger.push(thread, self.get(index).unwrap_or(Value::NONE))?;
        }
        while larger.len() < (capacity * 2).max(8) {
            larger.push(thread, Value::NONE)?;
        }
        self.0.set(thread, RING, larger.value());
        self.put(thread, HEAD, 0);
        Ok(())
    }

    fn push_back(self, thread: &Thread, value: Value) -> PyResult<()> {
        if self.most() == Some(0) {
            return Ok(());
        }
        if self.most() == Some(self.len()) {
            self.pop_front(thread);
        }
        self.reserve(thread)?;
        self.put(thread, LENGTH, self.len() + 1);
        self.set(thread, self.len() - 1, value);
        self.changed(thread);
        Ok(())
    }

    fn push_front(self, thread: &Thread, value: Value) -> PyResult<()> {
        if self.most() == Some(0) {
            return Ok(());
        }
        if self.most() == Some(self.len()) {
            self.pop_back(thread);
        }
        self.reserve(thread)?;
        let capacity = self.ring().map_or(1, |ring| ring.len());
        self.put(thread, HEAD, (self.number(HEAD) + capacity - 1) % capacity);
        self.put(thread, LENGTH, self.len() + 1);
        self.set(thread, 0, value);
        self.changed(thread);
        Ok(())
    }

    fn pop_back(self, thread: &Thread) -> Option<Value> {
        let last = self.len().checked_sub(1)?;
        let value = self.get(last);
        self.set(thread, last, Value::NONE);
        self.put(thread, LENGTH, last);
        self.changed(thread);
        value
    }

    fn pop_front(self, thread: &Thread) -> Option<Value> {
        let value = self.get(0)?;
        self.set(thread, 0, Value::NONE);
        let head = self.place(1);
        self.put(thread, HEAD, head);
        self.put(thread, LENGTH, self.len() - 1);
        self.changed(thread);
        Some(value)
    }

    fn clear(self, thread: &Thread) -> PyResult<()> {
        let empty = thread.list(&[])?;
        self.0.set(thread, RING, empty);
        self.put(thread, HEAD, 0);
        self.put(thread, LENGTH, 0);
        self.changed(thread);
        Ok(())
    }

    /// The items as they are now.
    pub(super) fn items(self, thread: &Thread) -> RootVec<'_> {
        let mut items = RootVec::new(thread);
        for index in 0..self.len() {
            items.push(self.get(index).unwrap_or(Value::NONE));
        }
        items
    }

    /// Takes the items instead of its own.
    fn replace(self, thread: &Thread, items: &[Value]) -> PyResult<()> {
        self.clear(thread)?;
        items.iter().try_for_each(|&item| self.push_back(thread, item))
    }

    fn extend(self, thread: &Thread, iterable: Value) -> PyResult<()> {
        if Deque::of(iterable).is_some_and(|other| other.0 == self.0) {
            let items = self.items(thread);
            return items.iter().try_for_each(|&item| self.push_back(thread, item));
        }
        thread.for_each(iterable, |item| self.push_back(thread, item))
    }
}

fn new(thread: &Thread, class: Value, _: Args<'_>) -> PyResult<Value> {
    let ring = thread.list(&[])?;
    wide::make(thread, class, [ring, Value::ZERO, Value::ZERO, Value::NONE, Value::ZERO, Value::NONE])
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    static SIGNATURE: Signature = Signature {
        function: "deque",
        parameters: &["iterable", "maxlen"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let [iterable, most] = SIGNATURE.bind(thread, args)?;
    let deque = Deque::expect(thread, value)?;
    let most = match most.bound().filter(|most| !most.is_none()) {
        None => Value::NONE,
        Some(most) if most.as_int().is_none() => return Err(thread.type_error("an integer is required")),
        Some(most) => {
            let most = thread.index_isize(most, ids::OVERFLOW_ERROR)?;
            if most < 0 {
                return Err(thread.value_error("maxlen must be non-negative"));
            }
            thread.int(most as i64)
        }
    };
    deque.0.set(thread, MOST, most);
    if deque.len() > 0 {
        deque.clear(thread)?;
    }
    match iterable.bound() {
        Some(iterable) => deque.extend(thread, iterable),
        None => Ok(()),
    }
}

/// A new deque of the same class and bound.
fn similar(thread: &Thread, value: Value, items: &[Value]) -> PyResult<Value> {
    let deque = Deque::expect(thread, value)?;
    let class = thread.type_of(value);
    let list = thread.list(items)?;
    if class == thread.spec_type(&DEQUE, thread) {
        let made = new(thread, class.value(), Args::NONE)?;
        let copy = Deque::expect(thread, made)?;
        copy.0.set(thread, MOST, deque.0.get(MOST));
        copy.extend(thread, list)?;
        return Ok(made);
    }
    match deque.most() {
        None => thread.call(class.value(), &[list]),
        Some(most) => thread.call(class.value(), &[list, thread.int_usize(most)]),
    }
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(_guard) = thread.enter_repr(value) else { return Ok(thread.str("[...]")) };
    let deque = Deque::expect(thread, value)?;
    let items = thread.list(&deque.items(thread))?;
    let items = thread.repr(items)?;
    let (name, items) = (type_name(thread, value), thread.to_text(items)?);
    Ok(match deque.most() {
        None => thread.str_format(format_args!("{name}({items})")),
        Some(most) => thread.str_format(format_args!("{name}({items}, maxlen={most})")),
    })
}

fn compare(thread: &Thread, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    let class = thread.spec_type(&DEQUE, thread);
    let is_deque = |value: Value| value.is_heap() && thread.type_of(value).is_subtype(class);
    if !is_deque(a) || !is_deque(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (Deque::expect(thread, a)?.items(thread), Deque::expect(thread, b)?.items(thread));
    thread.compare(thread.list(&a)?, thread.list(&b)?, op)
}

/// The index of an item that is there.
fn index(thread: &Thread, deque: Deque, key: Value) -> PyResult<usize> {
    if thread.type_of(key).slots().index.is_none() {
        let given = type_name(thread, key);
        return Err(thread.type_error(format_args!("sequence index must be integer, not '{given}'")));
    }
    let index = thread.index_isize(key, ids::INDEX_ERROR)?;
    let index = if index < 0 { index + deque.len() as isize } else { index };
    match usize::try_from(index) {
        Ok(index) if index < deque.len() => Ok(index),
        _ => Err(thread.index_error("deque index out of range")),
    }
}

fn getitem(thread: &Thread, value: Value, key: Value) -> PyResult<Value> {
    let deque = Deque::expect(thread, value)?;
    let index = index(thread, deque, key)?;
    Ok(deque.get(index).unwrap_or(Value::NONE))
}

fn setitem(thread: &Thread, value: Value, key: Value, item: Option<Value>) -> PyResult<()> {
    let deque = Deque::expect(thread, value)?;
    let index = index(thread, deque, key)?;
    match item {
        Some(item) => deque.set(thread, index, item),
        None => methods::remove_at(thread, deque, index)?,
    }
    Ok(())
}

fn contains(thread: &Thread, value: Value, item: Value) -> PyResult<bool> {
    let deque = Deque::expect(thread, value)?;
    let changes = deque.changes();
    let mut index = 0;
    while let Some(own) = deque.get(index) {
        if thread.equal(own, item)? {
            return Ok(true);
        }
        if deque.changes() != changes {
            return Err(thread.runtime_error("deque mutated during iteration"));
        }
        index += 1;
    }
    Ok(false)
}

fn concat(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
    let Some(other) = Deque::of(b) else {
        let given = type_name(thread, b);
        return Err(thread.type_error(format_args!("can only concatenate deque (not \"{given}\") to deque")));
    };
    let mut items = Deque::expect(thread, a)?.items(thread);
    items.extend(&other.items(thread));
    similar(thread, a, &items)
}

fn inplace_concat(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
    Deque::expect(thread, a)?.extend(thread, b)?;
    Ok(a)
}

/// The items so many times, no more than the bound keeps.
fn repeated(thread: &Thread, deque: Deque, count: isize) -> PyResult<RootVec<'_>> {
    let own = deque.items(thread);
    let mut items = RootVec::new(thread);
    let count = count.max(0) as usize;
    let count = match deque.most() {
        Some(most) if !own.is_empty() => count.min(most.div_ceil(own.len()) + 1),
        _ => count,
    };
    if own.len().checked_mul(count).is_none_or(|total| total > 1 << 40) {
        return Err(thread.raise_args(ids::MEMORY_ERROR, &[]));
    }
    (0..count).for_each(|_| items.extend(&own));
    Ok(items)
}

fn repeat(thread: &Thread, value: Value, count: isize) -> PyResult<Value> {
    let items = repeated(thread, Deque::expect(thread, value)?, count)?;
    similar(thread, value, &items)
}

fn inplace_repeat(thread: &Thread, value: Value, count: isize) -> PyResult<Value> {
    let deque = Deque::expect(thread, value)?;
    let items = repeated(thread, deque, count)?;
    deque.replace(thread, &items)?;
    Ok(value)
}

fn iterator(thread: &Thread, spec: &'static TypeSpec, value: Value) -> PyResult<Value> {
    let deque = Deque::expect(thread, value)?;
    let class = thread.spec_type(spec, thread).value();
    let none = Value::NONE;
    wide::make(thread, class, [value, Value::ZERO, deque.changes(), none, none, none])
}

fn next(thread: &Thread, value: Value, reverse: bool) -> PyResult<Option<Value>> {
    let Some(this) = wide::of(value) else { return Ok(None) };
    let Some(deque) = Deque::of(this.get(0)) else { return Ok(None) };
    if this.get(2) != deque.changes() {
        this.set(thread, 2, Value::small(-1));
        return Err(thread.runtime_error("deque mutated during iteration"));
    }
    let index = this.get(1).as_small().unwrap_or(0) as usize;
    let place = if reverse { deque.len().checked_sub(index + 1) } else { Some(index) };
    match place.and_then(|place| deque.get(place)) {
        Some(item) => {
            this.set(thread, 1, Value::small(index as i64 + 1));
            Ok(Some(item))
        }
        None => Ok(None),
    }
}
