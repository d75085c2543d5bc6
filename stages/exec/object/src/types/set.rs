//! `set` and `frozenset`: CPython's open addressing to the letter, because programs print sets and the order of
//! iteration is the order of the table (`Objects/setobject.c`: sizes, linear probes, perturbation, resizing).

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::error::{PyResult, Raised};
use crate::gc::{Gc, Object};
use crate::ids::{self, TypeId};
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::types::str::StrObject;
use crate::types::support::hash_for;
use crate::value::Value;

/// A set or a frozenset; the type says which.
#[repr(C)]
pub struct SetObject {
    header: Header,
    /// Slots in use, removed ones included.
    fill: Cell<usize>,
    used: Cell<usize>,
    mask: Cell<usize>,
    table: Cell<*mut Header>,
    /// Where `pop` looks first.
    finger: Cell<usize>,
    /// Of a frozenset, 0: not computed.
    hash: Cell<i64>,
    changes: Cell<u32>,
}

/// One slot of the table.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SetEntry {
    pub hash: i64,
    /// Word 0: never used; UNBOUND: removed.
    pub key: Value,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for SetObject {
    const KIND: Kind = kinds::SET;
}

const LAYOUT: Option<Layout> = Some(Layout::fixed::<SetObject>());

pub static SPEC: TypeSpec = TypeSpec {
    layout: LAYOUT,
    flags: flags::BASE | flags::MATCH_SELF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("set")
};

pub static FROZEN_SPEC: TypeSpec = TypeSpec {
    layout: LAYOUT,
    flags: flags::BASE | flags::MATCH_SELF,
    slots: methods::FROZEN_SLOTS,
    methods: methods::FROZEN_METHODS,
    getset: methods::GETSET,
    doc: methods::FROZEN_DOC,
    ..TypeSpec::new("frozenset")
};

const MIN_SLOTS: usize = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

enum Found {
    Slot(usize),
    /// A slot never used; or the last removed one that the probe passed, which is used again.
    Unused(usize),
    Removed(usize),
}

enum Step {
    Done(Found),
    Changed,
    Raised(Raised),
}

impl SetObject {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.used.get() == 0
    }

    fn slots(&self) -> *mut SetEntry {
        self.table.get().wrapping_add(1).cast()
    }

    /// The member at a table position, `None` for a free slot and beyond the end.
    #[inline(always)]
    pub fn entry(&self, position: usize) -> Option<SetEntry> {
        if self.table.get().is_null() || position > self.mask.get() {
            return None;
        }
        // SAFETY: the table has `mask + 1` slots.
        let entry = unsafe { *self.slots().add(position) };
        if entry.key.is_unbound() { None } else { Some(entry) }
    }

    /// The next member at or after a table position, with its position.
    #[inline]
    pub fn next_entry(&self, mut position: usize) -> Option<(usize, SetEntry)> {
        while !self.table.get().is_null() && position <= self.mask.get() {
            if let Some(entry) = self.entry(position) {
                return Some((position, entry));
            }
            position += 1;
        }
        None
    }

    /// The members as they are while nothing changes the set.
    pub fn iter(&self) -> impl Iterator<Item = SetEntry> + '_ {
        let mut position = 0;
        std::iter::from_fn(move || {
            let (at, entry) = self.next_entry(position)?;
            position = at + 1;
            Some(entry)
        })
    }

    /// Walks the probe sequence of a hash; `visit` ends it.
    #[inline(always)]
    fn probe<R>(&self, hash: i64, mut visit: impl FnMut(usize) -> Option<R>) -> R {
        let mask = self.mask.get();
        let mut perturb = hash as u64;
        let mut at = hash as usize & mask;
        loop {
            let probes = if at + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for offset in 0..=probes {
                if let Some(found) = visit(at + offset) {
                    return found;
                }
            }
            perturb >>= PERTURB_SHIFT;
            at = at.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    fn find(&self, thread: &Thread, key: Value, hash: i64) -> PyResult<Option<Found>> {
        loop {
            if self.table.get().is_null() {
                return Ok(None);
            }
            let changes = self.changes.get();
            let mut removed = None;
            let step = self.probe(hash, |at| {
                // SAFETY: the probe stays inside the table, and ends when the table changed.
                let entry = unsafe { *self.slots().add(at) };
                if entry.key.word() == 0 {
                    return Some(Step::Done(removed.map_or(Found::Unused(at), Found::Removed)));
                }
                if entry.key.is_unbound() {
                    removed = Some(at);
                    return None;
                }
                if entry.hash != hash {
                    return None;
                }
                if entry.key == key {
                    return Some(Step::Done(Found::Slot(at)));
                }
                if let (Some(a), Some(b)) = (entry.key.downcast::<StrObject>(), key.downcast::<StrObject>()) {
                    return a.equals(&b).then_some(Step::Done(Found::Slot(at)));
                }
                match thread.equal(entry.key, key) {
                    Err(raised) => Some(Step::Raised(raised)),
                    Ok(_) if self.changes.get() != changes => Some(Step::Changed),
                    Ok(true) => Some(Step::Done(Found::Slot(at))),
                    Ok(false) => None,
                }
            });
            match step {
                Step::Done(found) => return Ok(Some(found)),
                Step::Raised(raised) => return Err(raised),
                Step::Changed => {}
            }
        }
    }

    pub fn contains(&self, thread: &Thread, key: Value) -> PyResult<bool> {
        let hash = hash_for(thread, key, "a set element")?;
        self.contains_hashed(thread, key, hash)
    }

    pub fn contains_hashed(&self, thread: &Thread, key: Value, hash: i64) -> PyResult<bool> {
        Ok(matches!(self.find(thread, key, hash)?, Some(Found::Slot(_))))
    }

    /// Adds a member; says whether it is new.
    pub fn add(&self, thread: &Thread, key: Value) -> PyResult<bool> {
        let hash = hash_for(thread, key, "a set element")?;
        self.add_hashed(thread, key, hash)
    }

    pub fn add_hashed(&self, thread: &Thread, key: Value, hash: i64) -> PyResult<bool> {
        if self.table.get().is_null() {
            self.resize(thread, 0)?;
        }
        match self.find(thread, key, hash)? {
            Some(Found::Unused(at)) => {
                self.write(thread, at, SetEntry { hash, key });
                self.fill.set(self.fill.get() + 1);
                self.used.set(self.used.get() + 1);
                if self.fill.get() * 5 >= self.mask.get() * 3 {
                    let used = self.used.get();
                    self.resize(thread, if used > 50_000 { used * 2 } else { used * 4 })?;
                }
                Ok(true)
            }
            Some(Found::Removed(at)) => {
                self.write(thread, at, SetEntry { hash, key });
                self.used.set(self.used.get() + 1);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn write(&self, thread: &Thread, at: usize, entry: SetEntry) {
        self.changes.set(self.changes.get().wrapping_add(1));
        // SAFETY: the slot is inside the table, which is a live cell.
        unsafe {
            *self.slots().add(at) = entry;
            thread.heap.barrier(&*self.table.get());
        }
    }

    /// Removes a member; says whether it was there.
    pub fn remove(&self, thread: &Thread, key: Value) -> PyResult<bool> {
        let hash = hash_for(thread, key, "a set element")?;
        self.remove_hashed(thread, key, hash)
    }

    pub fn remove_hashed(&self, thread: &Thread, key: Value, hash: i64) -> PyResult<bool> {
        match self.find(thread, key, hash)? {
            Some(Found::Slot(at)) => {
                self.remove_at(thread, at);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn remove_at(&self, thread: &Thread, at: usize) {
        self.write(thread, at, SetEntry { hash: -1, key: Value::UNBOUND });
        self.used.set(self.used.get() - 1);
    }

    /// Removes some member: the first at or after the finger.
    pub fn pop(&self, thread: &Thread) -> Option<Value> {
        if self.is_empty() {
            return None;
        }
        let start = self.finger.get() & self.mask.get();
        let (at, entry) = self.next_entry(start).or_else(|| self.next_entry(0))?;
        self.remove_at(thread, at);
        self.finger.set(at + 1);
        Some(entry.key)
    }

    pub fn clear(&self) {
        self.fill.set(0);
        self.used.set(0);
        self.mask.set(0);
        self.finger.set(0);
        self.table.set(std::ptr::null_mut());
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    /// A table with more than `least` slots, without removed members.
    fn resize(&self, thread: &Thread, least: usize) -> PyResult<()> {
        let mut slots = MIN_SLOTS;
        while slots <= least {
            slots <<= 1;
        }
        let bytes = slots.checked_mul(size_of::<SetEntry>()).and_then(|bytes| bytes.checked_add(8));
        let table =
            bytes.and_then(|bytes| thread.heap.try_alloc(bytes, Header::word(kinds::SET_TABLE, 0, 0)));
        let table = table.ok_or_else(|| thread.memory_error(""))?;
        let (old, old_slots) =
            (self.slots(), if self.table.get().is_null() { 0 } else { self.mask.get() + 1 });
        self.table.set(table);
        self.mask.set(slots - 1);
        for position in 0..old_slots {
            // SAFETY: inside the old table, which the stack still points to.
            let entry = unsafe { *old.add(position) };
            if !entry.key.is_unbound() {
                self.insert_clean(entry);
            }
        }
        self.fill.set(self.used.get());
        self.changes.set(self.changes.get().wrapping_add(1));
        thread.heap.barrier(&self.header);
        Ok(())
    }

    /// Adds a member known to be absent to a table that was just allocated and has room.
    fn insert_clean(&self, entry: SetEntry) {
        self.probe(entry.hash, |at| {
            // SAFETY: the probe stays inside the table.
            unsafe {
                let slot = self.slots().add(at);
                ((*slot).key.word() == 0).then(|| *slot = entry)
            }
        });
    }

    /// Adds another set's members, in CPython's way (the order of the result depends on it).
    pub fn merge(&self, thread: &Thread, other: &SetObject) -> PyResult<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        if self.table.get().is_null() {
            self.resize(thread, 0)?;
        }
        if (self.fill.get() + other.used.get()) * 5 >= self.mask.get() * 3 {
            self.resize(thread, (self.used.get() + other.used.get()) * 2)?;
        }
        if self.fill.get() == 0 {
            let same = self.mask.get() == other.mask.get() && other.fill.get() == other.used.get();
            let mut position = 0;
            while let Some((at, entry)) = other.next_entry(position) {
                if same {
                    // SAFETY: both tables have the same number of slots.
                    unsafe { *self.slots().add(at) = entry };
                } else {
                    self.insert_clean(entry);
                }
                position = at + 1;
            }
            self.used.set(other.used.get());
            self.fill.set(other.used.get());
            self.changes.set(self.changes.get().wrapping_add(1));
            // SAFETY: the table is a live cell.
            thread.heap.barrier(unsafe { &*self.table.get() });
            return Ok(());
        }
        let mut position = 0;
        while let Some((at, entry)) = other.next_entry(position) {
            self.add_hashed(thread, entry.key, entry.hash)?;
            position = at + 1;
        }
        Ok(())
    }

    /// What `set.update(iterable)` does: sets and dicts have their own ways.
    pub fn update(&self, thread: &Thread, iterable: Value) -> PyResult<()> {
        if let Some(other) = iterable.as_set() {
            return self.merge(thread, &other);
        }
        if let Some(dict) = iterable.as_dict()
            && iterable.header().is_some_and(|header| header.shape() == ids::DICT.0)
        {
            if self.table.get().is_null() {
                self.resize(thread, 0)?;
            }
            if (self.fill.get() + dict.len()) * 5 >= self.mask.get() * 3 {
                self.resize(thread, (self.used.get() + dict.len()) * 2)?;
            }
            let mut position = 0;
            while let Some((at, entry)) = dict.next_entry(position) {
                self.add_hashed(thread, entry.key, entry.hash)?;
                position = at + 1;
            }
            return Ok(());
        }
        thread.for_each(iterable, |item| self.add(thread, item).map(drop))
    }

    /// The cached hash of a frozenset.
    pub fn frozen_hash(&self) -> i64 {
        if self.hash.get() == 0 {
            self.hash.set(crate::hash::of_members(self.iter().map(|entry| entry.hash)));
        }
        self.hash.get()
    }

    /// Changes whenever members are added, removed or moved.
    pub fn changes(&self) -> u32 {
        self.changes.get()
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for sets only.
    let set = unsafe { &*cell.cast::<SetObject>() };
    marker.word(set.table.get() as u64);
}

pub(crate) unsafe fn trace_table(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for set tables only: as many slots as fit the cell, zeroed where never used.
    unsafe {
        let count = (marker.bytes_of(cell) - 8) / size_of::<SetEntry>();
        let table = cell.add(1).cast::<SetEntry>();
        for position in 0..count {
            marker.word((*table.add(position)).key.word());
        }
    }
}

/// A new empty set or frozenset.
pub fn new(thread: &Thread, class: TypeId) -> Gc<SetObject> {
    let cell =
        thread.heap.alloc(size_of::<SetObject>(), Header::word(kinds::SET, class.0, 0)).cast::<SetObject>();
    // SAFETY: new and zeroed, which is an empty set.
    unsafe { Gc::from_raw(cell) }
}

impl Thread {
    /// A new set of these items.
    pub fn set(&self, items: &[Value]) -> PyResult<Value> {
        let set = new(self, ids::SET);
        for &item in items {
            set.add(self, item)?;
        }
        Ok(set.value())
    }
}

impl Value {
    /// The set, for a set, a frozenset or an instance of a subclass of either.
    #[inline(always)]
    pub fn as_set(self) -> Option<Gc<SetObject>> {
        self.downcast()
    }
}

#[cfg(test)]
mod tests;
