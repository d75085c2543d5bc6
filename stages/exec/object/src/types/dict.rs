//! `dict`: entries in insertion order; beyond eight, an index of control bytes probed sixteen at a time.
//!
//! ```text
//!   dict:     header | live | count | capacity | entries | index | keys version
//!   entries:  header | (hash, key, value) * capacity          a deleted entry has key 0
//!   index:    header | (control byte * 16, u32 entry number * 16) * groups
//! ```
//! A comparison may run Python code that changes the dict; every lookup that ran one checks that the entry it
//! compared is still there and starts again otherwise.

mod group;
mod lookup;
pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::ids;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::types::str::StrObject;
use crate::value::Value;

/// Dicts up to this size have no index.
const SCAN_MAX: usize = 8;

#[repr(C)]
pub struct DictObject {
    header: Header,
    /// Entries that are not deleted.
    live: Cell<usize>,
    /// Entries in use, deleted ones included.
    count: Cell<usize>,
    capacity: Cell<usize>,
    entries: Cell<*mut Header>,
    index: Cell<*mut Header>,
    /// 0: nobody asked since the keys last changed.
    keys_version: Cell<u32>,
    /// Counts changes of the entry table, for iterators and lookups that ran Python code.
    changes: Cell<u32>,
}

/// One entry.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Entry {
    pub hash: i64,
    /// Word 0 for a deleted entry.
    pub key: Value,
    pub value: Value,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for DictObject {
    const KIND: Kind = kinds::DICT;
}

/// Header flag: some key is not exactly a str.
const MIXED_KEYS: u16 = 1;

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<DictObject>()),
    flags: flags::BASE | flags::IS_DICT | flags::MAPPING | flags::MATCH_SELF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("dict")
};

impl DictObject {
    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.live.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.live.get() == 0
    }

    /// Entries in use, deleted ones included: the bound of positions.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.count.get()
    }

    #[inline(always)]
    fn table(&self) -> *mut Entry {
        self.entries.get().wrapping_add(1).cast()
    }

    /// The entry at a position, `None` beyond the end or for a deleted one.
    #[inline(always)]
    pub fn entry(&self, position: usize) -> Option<Entry> {
        if position >= self.count.get() {
            return None;
        }
        // SAFETY: the first `count` entries are written.
        let entry = unsafe { *self.table().add(position) };
        if entry.key.word() == 0 { None } else { Some(entry) }
    }

    /// The next live entry at or after a position, with its position.
    #[inline]
    pub fn next_entry(&self, mut position: usize) -> Option<(usize, Entry)> {
        while position < self.count.get() {
            if let Some(entry) = self.entry(position) {
                return Some((position, entry));
            }
            position += 1;
        }
        None
    }

    /// The live entries as they are while nothing changes the dict.
    pub fn iter(&self) -> impl Iterator<Item = Entry> + '_ {
        let mut position = 0;
        std::iter::from_fn(move || {
            let (at, entry) = self.next_entry(position)?;
            position = at + 1;
            Some(entry)
        })
    }

    /// A number that stays the same while no key is added or removed, never given to any other set of keys; 0
    /// when versions ran out (do not cache).
    pub fn keys_version(&self, thread: &Thread) -> u32 {
        if self.keys_version.get() == 0 {
            self.keys_version.set(thread.fresh_version());
        }
        self.keys_version.get()
    }

    /// The version as it is, 0 if nobody asked for it since the last change: what an inline cache compares.
    #[inline(always)]
    pub fn current_keys_version(&self) -> u32 {
        self.keys_version.get()
    }

    /// The value at a position whose key is known to be live (a keys version was compared).
    #[inline(always)]
    pub fn value_at(&self, position: usize) -> Value {
        debug_assert!(position < self.count.get());
        // SAFETY: the position came from this set of keys.
        unsafe { (*self.table().add(position)).value }
    }

    /// Replaces the value at a position whose key is known to be live.
    #[inline(always)]
    pub fn set_value_at(&self, thread: &Thread, position: usize, value: Value) {
        debug_assert!(position < self.count.get());
        // SAFETY: as in `value_at`.
        unsafe { (*self.table().add(position)).value = value };
        self.barrier(thread);
    }

    /// Changes whenever entries are added, removed or moved.
    #[inline(always)]
    pub fn changes(&self) -> u32 {
        self.changes.get()
    }

    #[inline(always)]
    fn barrier(&self, thread: &Thread) {
        // SAFETY: callers have entries.
        thread.heap.barrier(unsafe { &*self.entries.get() });
    }

    fn keys_changed(&self) {
        self.keys_version.set(0);
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    /// Whether every key is exactly a str (then no lookup of a str runs Python code).
    #[inline(always)]
    pub fn has_str_keys(&self) -> bool {
        self.header.flags() & MIXED_KEYS == 0
    }

    /// Appends an entry whose key is known to be absent.
    fn append(&self, thread: &Thread, hash: i64, key: Value, value: Value) -> PyResult<()> {
        if self.count.get() == self.capacity.get() {
            self.rebuild(thread, self.live.get() + 1)?;
        }
        if self.has_str_keys() && key.header().is_none_or(|header| header.shape() != ids::STR.0) {
            self.header.set_flags(self.header.flags() | MIXED_KEYS);
        }
        let position = self.count.get();
        // SAFETY: `position < capacity`.
        unsafe { *self.table().add(position) = Entry { hash, key, value } };
        self.barrier(thread);
        self.count.set(position + 1);
        self.live.set(self.live.get() + 1);
        if !self.index.get().is_null() {
            group::Index::of(self.index.get(), self.capacity.get()).insert(hash, position);
        }
        self.keys_changed();
        Ok(())
    }

    /// Makes room for at least `least` entries and drops the deleted ones.
    #[inline(never)]
    fn rebuild(&self, thread: &Thread, least: usize) -> PyResult<()> {
        let wanted = if least <= SCAN_MAX {
            if least <= 3 && self.capacity.get() == 0 { 3 } else { SCAN_MAX }
        } else {
            group::capacity_for(least + least / 2)
        };
        let bytes = wanted.checked_mul(size_of::<Entry>()).and_then(|bytes| bytes.checked_add(8));
        let bytes = bytes.ok_or_else(|| thread.memory_error(""))?;
        let index =
            if wanted > SCAN_MAX { group::Index::allocate(thread, wanted)? } else { std::ptr::null_mut() };
        let compact = self.live.get() == self.count.get() && self.capacity.get() > 0;
        let entries = if compact && thread.heap.try_extend(self.entries.get(), bytes) {
            self.entries.get()
        } else {
            let entries = thread.heap.try_alloc(bytes, Header::word(kinds::ENTRIES, 0, 0));
            entries.ok_or_else(|| thread.memory_error(""))?
        };
        let (old, new) = (self.table(), entries.wrapping_add(1).cast::<Entry>());
        let mut count = 0;
        for position in 0..self.count.get() {
            // SAFETY: within the old table; the new one has room for every live entry.
            unsafe {
                let entry = *old.add(position);
                if entry.key.word() != 0 {
                    if !std::ptr::eq(old, new) {
                        *new.add(count) = entry;
                    }
                    if !index.is_null() {
                        group::Index::of(index, wanted).insert(entry.hash, count);
                    }
                    count += 1;
                }
            }
        }
        debug_assert_eq!(count, self.live.get());
        self.entries.set(entries);
        self.index.set(index);
        self.capacity.set(wanted);
        self.count.set(count);
        self.keys_changed();
        thread.heap.barrier(&self.header);
        Ok(())
    }

    /// Makes room for `more` further keys.
    pub fn reserve(&self, thread: &Thread, more: usize) -> PyResult<()> {
        if self.count.get() + more > self.capacity.get() {
            self.rebuild(thread, self.live.get() + more)
        } else {
            Ok(())
        }
    }

    fn remove_at(&self, position: usize) -> Value {
        // SAFETY: callers found a live entry there.
        let entry = unsafe { &mut *self.table().add(position) };
        let value = entry.value;
        if !self.index.get().is_null() {
            group::Index::of(self.index.get(), self.capacity.get()).remove(entry.hash, position);
        }
        *entry = Entry { hash: 0, key: Value::from_word(0), value: Value::from_word(0) };
        self.live.set(self.live.get() - 1);
        // Deleted entries at the end are given back, so that `popitem` in a loop stays constant time.
        while self.count.get() > 0 && self.entry(self.count.get() - 1).is_none() {
            self.count.set(self.count.get() - 1);
        }
        self.keys_changed();
        value
    }

    /// Removes the entry at a live position and answers its value.
    pub fn remove_entry(&self, position: usize) -> Option<Value> {
        self.entry(position)?;
        Some(self.remove_at(position))
    }

    pub fn clear(&self) {
        self.live.set(0);
        self.count.set(0);
        self.capacity.set(0);
        self.entries.set(std::ptr::null_mut());
        self.index.set(std::ptr::null_mut());
        self.header.set_flags(self.header.flags() & !MIXED_KEYS);
        self.keys_changed();
    }

    /// The last entry's position.
    pub fn last_position(&self) -> Option<usize> {
        (0..self.count.get()).rev().find(|&position| self.entry(position).is_some())
    }

    /// Entries that fit before the table grows, for `__sizeof__`.
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }

    /// A new dict with the same items.
    pub fn copy(&self, thread: &Thread) -> PyResult<Gc<DictObject>> {
        let copy = new(thread);
        copy.update(thread, self)?;
        Ok(copy)
    }

    /// Adds another dict's items.
    pub fn update(&self, thread: &Thread, other: &DictObject) -> PyResult<()> {
        if self.is_empty() && !other.is_empty() {
            self.clear();
            self.rebuild(thread, other.len())?;
            for entry in other.iter() {
                self.append(thread, entry.hash, entry.key, entry.value)?;
            }
            return Ok(());
        }
        let mut position = 0;
        while let Some((at, entry)) = other.next_entry(position) {
            let changes = other.changes.get();
            self.set_hashed(thread, entry.key, entry.hash, entry.value)?;
            if changes != other.changes.get() && !std::ptr::eq(self, other) {
                return Err(thread.runtime_error("dict mutated during update"));
            }
            position = at + 1;
        }
        Ok(())
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for dicts only.
    let dict = unsafe { &*cell.cast::<DictObject>() };
    marker.word(dict.entries.get() as u64);
    marker.word(dict.index.get() as u64);
}

pub(crate) unsafe fn trace_entries(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for entry tables only: as many entries as fit the cell, zeroed where never used.
    unsafe {
        let count = (marker.bytes_of(cell) - 8) / size_of::<Entry>();
        let table = cell.add(1).cast::<Entry>();
        for position in 0..count {
            let entry = &*table.add(position);
            marker.word(entry.key.word());
            marker.word(entry.value.word());
        }
    }
}

/// A new empty dict.
#[inline]
pub fn new(thread: &Thread) -> Gc<DictObject> {
    let word = Header::word(kinds::DICT, ids::DICT.0, 0);
    let cell = thread.heap.alloc(size_of::<DictObject>(), word).cast::<DictObject>();
    // SAFETY: new and zeroed, which is an empty dict.
    unsafe { Gc::from_raw(cell) }
}

impl Thread {
    /// A new empty dict.
    pub fn dict(&self) -> Gc<DictObject> {
        new(self)
    }
}

impl Value {
    /// The dict, for a dict or an instance of a subclass.
    #[inline(always)]
    pub fn as_dict(self) -> Option<Gc<DictObject>> {
        self.downcast()
    }
}

/// Whether `key` is exactly a str.
#[inline(always)]
fn exact_str(key: Value) -> Option<Gc<StrObject>> {
    key.downcast::<StrObject>()
}

#[cfg(test)]
mod tests;
