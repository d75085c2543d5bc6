//! `bytearray`: a growable buffer of bytes; while somebody exports it (memoryview), it cannot change its size.

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
pub struct ByteArrayObject {
    header: Header,
    len: Cell<usize>,
    capacity: Cell<usize>,
    buffer: Cell<*mut Header>,
    /// Views that forbid a change of size.
    pub exports: Cell<usize>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for ByteArrayObject {
    const KIND: Kind = kinds::BYTEARRAY;
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<ByteArrayObject>()),
    flags: flags::BASE | flags::MATCH_SELF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("bytearray")
};

impl ByteArrayObject {
    fn data(&self) -> *mut u8 {
        self.buffer.get().wrapping_add(1).cast()
    }

    pub fn len(&self) -> usize {
        self.len.get()
    }

    pub fn is_empty(&self) -> bool {
        self.len.get() == 0
    }

    /// The bytes as they are now.
    pub fn bytes(&self) -> &[u8] {
        if self.len.get() == 0 {
            return &[];
        }
        // SAFETY: the first `len` bytes of the buffer.
        unsafe { std::slice::from_raw_parts(self.data(), self.len.get()) }
    }

    /// Replaces one byte; the index is in range.
    pub fn set(&self, index: usize, byte: u8) {
        assert!(index < self.len.get(), "index {index} of {}", self.len.get());
        // SAFETY: checked above.
        unsafe { *self.data().add(index) = byte };
    }

    /// Overwrites bytes from `index` on; the range is valid.
    pub fn write(&self, index: usize, bytes: &[u8]) {
        assert!(index + bytes.len() <= self.len.get(), "write beyond the end");
        // SAFETY: checked above; the source may overlap.
        unsafe { bytes.as_ptr().copy_to(self.data().wrapping_add(index), bytes.len()) };
    }

    /// BufferError while views exist.
    pub fn check_resizable(&self, thread: &Thread) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(thread.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    /// Replaces `from..to` by `bytes`, which may lie in this array.
    pub fn splice(&self, thread: &Thread, from: usize, to: usize, bytes: &[u8]) -> PyResult<()> {
        let len = self.len.get();
        assert!(from <= to && to <= len, "invalid range {from}..{to} of {len}");
        if to - from == bytes.len() {
            self.write(from, bytes);
            return Ok(());
        }
        self.check_resizable(thread)?;
        let new_len = len - (to - from) + bytes.len();
        let copy;
        let mut bytes = bytes;
        if self.bytes().as_ptr_range().contains(&bytes.as_ptr()) {
            copy = bytes.to_vec();
            bytes = &copy;
        }
        if new_len > self.capacity.get() {
            self.grow(thread, new_len)?;
        }
        if self.buffer.get().is_null() {
            return Ok(());
        }
        // SAFETY: there is room for `new_len` bytes.
        unsafe {
            let data = self.data();
            data.add(to).copy_to(data.add(from + bytes.len()), len - to);
            bytes.as_ptr().copy_to(data.add(from), bytes.len());
        }
        self.len.set(new_len);
        Ok(())
    }

    pub fn extend(&self, thread: &Thread, bytes: &[u8]) -> PyResult<()> {
        self.splice(thread, self.len.get(), self.len.get(), bytes)
    }

    pub fn push(&self, thread: &Thread, byte: u8) -> PyResult<()> {
        self.extend(thread, &[byte])
    }

    fn grow(&self, thread: &Thread, least: usize) -> PyResult<()> {
        let wanted = least.max(self.capacity.get() + self.capacity.get() / 2);
        let bytes = dx_heap::cell_bytes(wanted.saturating_add(8).min(usize::MAX >> 1));
        if self.capacity.get() > 0 && thread.heap.try_extend(self.buffer.get(), bytes) {
            self.capacity.set(bytes - 8);
            return Ok(());
        }
        let buffer = thread.heap.try_alloc_raw(bytes, Header::word(kinds::RAW, 0, 0));
        let buffer = buffer.ok_or_else(|| thread.memory_error(""))?;
        if self.len.get() > 0 {
            // SAFETY: both buffers are live and the new one is larger.
            unsafe { self.data().copy_to_nonoverlapping(buffer.add(1).cast(), self.len.get()) };
        }
        self.buffer.set(buffer);
        self.capacity.set(bytes - 8);
        thread.heap.barrier(&self.header);
        Ok(())
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for byte arrays only.
    let array = unsafe { &*cell.cast::<ByteArrayObject>() };
    marker.word(array.buffer.get() as u64);
}

impl Thread {
    /// A new bytearray.
    pub fn bytearray(&self, bytes: &[u8]) -> PyResult<Value> {
        let word = Header::word(kinds::BYTEARRAY, ids::BYTEARRAY.0, 0);
        let cell = self.heap.alloc(size_of::<ByteArrayObject>(), word).cast::<ByteArrayObject>();
        // SAFETY: new and zeroed, which is an empty array.
        let array = unsafe { Gc::from_raw(cell) };
        array.extend(self, bytes)?;
        Ok(array.value())
    }
}
