//! `list`: a growable buffer of words, with flags that tell kernels and the collector what the words are.
//!
//! The buffer is a cell of its own, of kind RAW while no item is a pointer: the collector does not look into it.
//! A slice of the items stays readable while Python code changes the list (the old buffer stays alive as long
//! as the native stack points into it), but it no longer is the list.

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::ids;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

#[repr(C)]
pub struct ListObject {
    header: Header,
    len: Cell<usize>,
    capacity: Cell<usize>,
    buffer: Cell<*mut Header>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for ListObject {
    const KIND: Kind = kinds::LIST;
}

/// What all items are, as header flags. A store clears what it breaks; an empty list has all of them.
pub mod flag {
    pub const ALL_SMALL_INTS: u16 = 1;
    pub const ALL_FLOATS: u16 = 2;
    pub const NO_POINTERS: u16 = 4;
    pub const ALL: u16 = 7;

    const INT: u32 = (ALL_SMALL_INTS | NO_POINTERS) as u32;
    const FLOAT: u32 = (ALL_FLOATS | NO_POINTERS) as u32;
    const OTHER: u32 = NO_POINTERS as u32;
    /// Three flags for each of the eight tags of a value.
    const BY_TAG: u32 =
        INT << 3 | OTHER << 6 | FLOAT << 9 | OTHER << 12 | INT << 15 | FLOAT << 18 | FLOAT << 21;

    /// The flags that a list of this one item has.
    #[inline(always)]
    pub(super) const fn of(value: crate::value::Value) -> u16 {
        (BY_TAG >> (value.word() as u32 % 8 * 3)) as u16 & ALL
    }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<ListObject>()),
    flags: flags::BASE | flags::IS_LIST | flags::SEQUENCE | flags::MATCH_SELF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("list")
};

impl ListObject {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len.get() == 0
    }

    #[inline(always)]
    fn words(&self) -> *mut Value {
        self.buffer.get().wrapping_add(1).cast()
    }

    /// The items as they are now; see the module text about changes while the slice is held.
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        if self.len.get() == 0 {
            return &[];
        }
        // SAFETY: the first `len` words of the buffer are items.
        unsafe { std::slice::from_raw_parts(self.words(), self.len.get()) }
    }

    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Value> {
        // SAFETY: checked against the length.
        if index < self.len.get() { Some(unsafe { *self.words().add(index) }) } else { None }
    }

    /// See [`flag`].
    #[inline(always)]
    pub fn has_flag(&self, flag: u16) -> bool {
        self.header.flags() & flag != 0
    }

    /// Records that `value` is about to be an item.
    #[inline(always)]
    fn note(&self, value: Value) {
        self.note_flags(flag::of(value));
    }

    #[inline(always)]
    fn note_flags(&self, added: u16) {
        let flags = self.header.flags();
        let kept = flags & (added | !flag::ALL);
        if kept != flags {
            self.header.set_flags(kept);
            if kept & flag::NO_POINTERS == 0 && flags & flag::NO_POINTERS != 0 && !self.buffer.get().is_null()
            {
                self.become_traced();
            }
        }
    }

    /// The first pointer is coming: the collector will look at every word of the buffer.
    #[cold]
    fn become_traced(&self) {
        let (len, capacity) = (self.len.get(), self.capacity.get());
        // SAFETY: the buffer is a live cell of `capacity` words.
        unsafe {
            self.words().add(len).write_bytes(0, capacity - len);
            (*self.buffer.get()).set_kind(kinds::WORDS);
        }
    }

    #[inline(always)]
    fn barrier(&self, thread: &Thread) {
        // SAFETY: callers have a buffer.
        thread.heap.barrier(unsafe { &*self.buffer.get() });
    }

    /// Replaces an item; the index is in range.
    #[inline(always)]
    pub fn set(&self, thread: &Thread, index: usize, value: Value) {
        debug_assert!(index < self.len.get());
        self.note(value);
        // SAFETY: in range by contract, checked in debug builds.
        unsafe { *self.words().add(index) = value };
        self.barrier(thread);
    }

    #[inline(always)]
    pub fn push(&self, thread: &Thread, value: Value) -> PyResult<()> {
        let len = self.len.get();
        if len == self.capacity.get() {
            self.grow(thread, len + 1)?;
        }
        self.note(value);
        // SAFETY: `len < capacity`.
        unsafe { *self.words().add(len) = value };
        self.len.set(len + 1);
        self.barrier(thread);
        Ok(())
    }

    /// Makes room for `more` items in addition.
    pub fn reserve(&self, thread: &Thread, more: usize) -> PyResult<()> {
        match self.len.get().checked_add(more) {
            Some(least) if least <= self.capacity.get() => Ok(()),
            Some(least) => self.grow(thread, least),
            None => Err(thread.memory_error("")),
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&self, thread: &Thread, least: usize) -> PyResult<()> {
        let capacity = self.capacity.get();
        let wanted = if capacity == 0 { least.max(3) } else { least.max(capacity + capacity / 2 + 3) };
        let bytes = wanted.checked_mul(8).and_then(|bytes| bytes.checked_add(8)).map(dx_heap::cell_bytes);
        let Some(bytes) = bytes else { return Err(thread.memory_error("")) };
        if capacity > 0 && thread.heap.try_extend(self.buffer.get(), bytes) {
            self.capacity.set(bytes / 8 - 1);
            return Ok(());
        }
        let traced = !self.has_flag(flag::NO_POINTERS);
        let kind = if traced { kinds::WORDS } else { kinds::RAW };
        let buffer = thread.heap.try_alloc_raw(bytes, Header::word(kind, 0, 0));
        let Some(buffer) = buffer else { return Err(thread.memory_error("")) };
        let len = self.len.get();
        // SAFETY: both buffers are live and the new one is larger; what a traced one does not use must be zero.
        unsafe {
            let words = buffer.add(1).cast::<Value>();
            if len > 0 {
                self.words().copy_to_nonoverlapping(words, len);
            }
            if traced {
                words.add(len).write_bytes(0, bytes / 8 - 1 - len);
            }
        }
        self.buffer.set(buffer);
        self.capacity.set(bytes / 8 - 1);
        thread.heap.barrier(&self.header);
        Ok(())
    }

    /// Appends all of `values`, which may be this list's own items.
    pub fn extend(&self, thread: &Thread, values: &[Value]) -> PyResult<()> {
        self.splice(thread, self.len.get(), self.len.get(), values)
    }

    pub fn insert(&self, thread: &Thread, index: usize, value: Value) -> PyResult<()> {
        self.splice(thread, index, index, &[value])
    }

    pub fn pop(&self) -> Option<Value> {
        let len = self.len.get().checked_sub(1)?;
        // SAFETY: the last item; the word is cleared so that the collector forgets it.
        let value = unsafe { std::mem::replace(&mut *self.words().add(len), Value::ZERO) };
        self.shrink(len);
        Some(value)
    }

    /// Removes an item; the index is in range.
    pub fn remove(&self, index: usize) -> Value {
        let len = self.len.get();
        debug_assert!(index < len);
        // SAFETY: the index is in range, so all words touched are items.
        let value = unsafe {
            let at = self.words().add(index);
            let value = *at;
            at.add(1).copy_to(at, len - index - 1);
            *self.words().add(len - 1) = Value::ZERO;
            value
        };
        self.shrink(len - 1);
        value
    }

    fn shrink(&self, len: usize) {
        self.len.set(len);
        if len == 0 {
            self.header.set_flags(self.header.flags() | flag::ALL);
        }
    }

    /// Drops all items, and the buffer.
    pub fn clear(&self) {
        self.len.set(0);
        self.capacity.set(0);
        self.buffer.set(std::ptr::null_mut());
        self.header.set_flags(self.header.flags() | flag::ALL);
    }

    /// Replaces items `from..to` by `values`; the range is valid and `values` may lie in this list.
    pub fn splice(&self, thread: &Thread, from: usize, to: usize, values: &[Value]) -> PyResult<()> {
        let len = self.len.get();
        debug_assert!(from <= to && to <= len);
        let own = self.items().as_ptr_range();
        let copy;
        let mut values = values;
        if own.contains(&values.as_ptr()) && from < len {
            copy = crate::thread::RootVec::from_slice(thread, values);
            values = copy.as_slice();
        }
        let new_len = len - (to - from) + values.len();
        if new_len > self.capacity.get() {
            self.grow(thread, new_len)?;
        }
        if self.header.flags() & flag::ALL != 0 {
            self.note_flags(values.iter().fold(flag::ALL, |all, &value| all & flag::of(value)));
        }
        if self.buffer.get().is_null() {
            return Ok(());
        }
        // SAFETY: there is room for `new_len` words; `values` does not overlap what is moved (copied above).
        unsafe {
            let words = self.words();
            words.add(to).copy_to(words.add(from + values.len()), len - to);
            values.as_ptr().copy_to(words.add(from), values.len());
            for index in new_len..len {
                *words.add(index) = Value::ZERO;
            }
        }
        self.len.set(new_len);
        self.barrier(thread);
        Ok(())
    }

    /// Takes the whole content out, leaving an empty list (`sort` does this so that key functions see it empty).
    pub fn take(&self) -> (*mut Header, usize, usize, u16) {
        let content = (self.buffer.get(), self.len.get(), self.capacity.get(), self.header.flags());
        self.clear();
        content
    }

    /// Puts back what [`ListObject::take`] took; what the list holds now is dropped.
    pub fn restore(&self, thread: &Thread, content: (*mut Header, usize, usize, u16)) {
        self.buffer.set(content.0);
        self.len.set(content.1);
        self.capacity.set(content.2);
        self.header.set_flags(content.3);
        thread.heap.barrier(&self.header);
    }

    pub fn reverse(&self) {
        // SAFETY: the items of this list; nothing else runs meanwhile.
        unsafe {
            std::slice::from_raw_parts_mut(self.words(), self.len.get() * usize::from(self.len.get() > 0))
        }
        .reverse();
    }

    /// Number of items that fit before the buffer grows, for `__sizeof__`.
    pub fn capacity(&self) -> usize {
        self.capacity.get()
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for lists only.
    let list = unsafe { &*cell.cast::<ListObject>() };
    marker.word(list.buffer.get() as u64);
}

/// A new empty list.
pub fn new(thread: &Thread) -> Gc<ListObject> {
    let word = Header::word(kinds::LIST, ids::LIST.0, flag::ALL);
    let cell = thread.heap.alloc(size_of::<ListObject>(), word).cast::<ListObject>();
    // SAFETY: new and zeroed, which is an empty list.
    unsafe { Gc::from_raw(cell) }
}

impl Thread {
    /// A new list of these items.
    pub fn list(&self, items: &[Value]) -> PyResult<Value> {
        let list = new(self);
        list.extend(self, items)?;
        Ok(list.value())
    }
}

impl Value {
    /// The list, for a list or an instance of a subclass.
    #[inline(always)]
    pub fn as_list(self) -> Option<Gc<ListObject>> {
        self.downcast()
    }
}

#[cfg(test)]
mod tests {
    use super::flag;
    use crate::interpreter::{Interpreter, Options};
    use crate::value::Value;

    #[test]
    fn flags_say_what_the_items_are() {
        let t = Interpreter::start(Options::default()).unwrap();
        let cases = [
            (
                vec![Value::small(1), Value::small(-5), Value::small(1 << 40)],
                flag::ALL_SMALL_INTS | flag::NO_POINTERS,
            ),
            (vec![t.float(1.5), t.float(0.0), t.float(-1e-70)], flag::ALL_FLOATS | flag::NO_POINTERS),
            (vec![Value::ONE, Value::NONE], flag::NO_POINTERS),
            (vec![Value::TRUE, Value::FALSE], flag::NO_POINTERS),
            (vec![Value::ONE, t.float(2.0)], flag::NO_POINTERS),
            (vec![t.float(f64::NAN)], 0),
            (vec![Value::ONE, t.str("text")], 0),
            (vec![], flag::ALL),
        ];
        for (items, expected) in cases {
            for one_by_one in [false, true] {
                let list = super::new(&t);
                if one_by_one {
                    items.iter().for_each(|&item| list.push(&t, item).unwrap());
                } else {
                    list.extend(&t, &items).unwrap();
                }
                for flag in [flag::ALL_SMALL_INTS, flag::ALL_FLOATS, flag::NO_POINTERS] {
                    assert_eq!(list.has_flag(flag), expected & flag != 0, "{items:?} {flag}");
                }
                list.clear();
                assert!(list.has_flag(flag::ALL_FLOATS));
            }
        }
    }
}
