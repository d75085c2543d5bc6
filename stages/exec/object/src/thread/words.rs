//! `RootVec`: a growable vector of values for native code, found by the collector because its buffer is a heap
//! cell and the vector itself lies on the native stack.

use std::ops::Deref;

use dx_heap::Header;

use crate::error::PyResult;
use crate::kinds;
use crate::thread::Thread;
use crate::value::Value;

/// A vector of values. It must stay on the native stack (a local, an argument); in a `Box` or a `Vec` the
/// collector does not see it.
pub struct RootVec<'t> {
    thread: &'t Thread,
    buffer: *mut Header,
    len: usize,
    capacity: usize,
}

impl<'t> RootVec<'t> {
    pub fn new(thread: &'t Thread) -> RootVec<'t> {
        RootVec { thread, buffer: std::ptr::null_mut(), len: 0, capacity: 0 }
    }

    pub fn from_slice(thread: &'t Thread, values: &[Value]) -> RootVec<'t> {
        let mut vec = RootVec::new(thread);
        vec.extend(values);
        vec
    }

    fn items(&self) -> *mut Value {
        self.buffer.wrapping_add(1).cast()
    }

    #[cold]
    fn grow(&mut self, least: usize) {
        let bytes = dx_heap::cell_bytes(8 + 8 * least.max(self.capacity * 2).max(7));
        let buffer = self.thread.heap.alloc(bytes, Header::word(kinds::WORDS, 0, 0));
        if self.len > 0 {
            // SAFETY: the new buffer is at least as large and both are live.
            unsafe { self.items().copy_to_nonoverlapping(buffer.add(1).cast(), self.len) };
        }
        self.buffer = buffer;
        self.capacity = bytes / 8 - 1;
    }

    fn barrier(&self) {
        // SAFETY: callers have a buffer.
        self.thread.heap.barrier(unsafe { &*self.buffer });
    }

    pub fn reserve(&mut self, more: usize) {
        if self.len + more > self.capacity {
            self.grow(self.len + more);
        }
    }

    #[inline]
    pub fn push(&mut self, value: Value) {
        if self.len == self.capacity {
            self.grow(self.len + 1);
        }
        // SAFETY: `len < capacity`.
        unsafe { *self.items().add(self.len) = value };
        self.len += 1;
        self.barrier();
    }

    pub fn extend(&mut self, values: &[Value]) {
        if values.is_empty() {
            return;
        }
        self.reserve(values.len());
        // SAFETY: room was made; `values` may lie in an older buffer but never in the unused part of this one.
        unsafe { values.as_ptr().copy_to(self.items().add(self.len), values.len()) };
        self.len += values.len();
        self.barrier();
    }

    /// Appends what the iterable yields.
    pub fn extend_iterable(&mut self, iterable: Value) -> PyResult<()> {
        let thread = self.thread;
        thread.for_each(iterable, |item| {
            self.push(item);
            Ok(())
        })
    }

    pub fn pop(&mut self) -> Option<Value> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: below the old length.
        Some(unsafe { std::mem::replace(&mut *self.items().add(self.len), Value::from_word(0)) })
    }

    pub fn set(&mut self, index: usize, value: Value) {
        assert!(index < self.len, "index {index} of {}", self.len);
        // SAFETY: checked above.
        unsafe { *self.items().add(index) = value };
        self.barrier();
    }

    pub fn insert(&mut self, index: usize, value: Value) {
        assert!(index <= self.len, "index {index} of {}", self.len);
        self.push(value);
        self.as_mut_slice()[index..].rotate_right(1);
    }

    pub fn truncate(&mut self, len: usize) {
        while self.len > len {
            self.pop();
        }
    }

    pub fn as_slice(&self) -> &[Value] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the first `len` items are written.
        unsafe { std::slice::from_raw_parts(self.items(), self.len) }
    }

    /// For reordering; a store of a new value needs [`RootVec::set`].
    pub fn as_mut_slice(&mut self) -> &mut [Value] {
        if self.len == 0 {
            return &mut [];
        }
        // SAFETY: as above, and `&mut self` is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.items(), self.len) }
    }
}

impl Deref for RootVec<'_> {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        self.as_slice()
    }
}
