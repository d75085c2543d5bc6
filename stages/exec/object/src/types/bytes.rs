//! `bytes`: immutable bytes in the cell, with a cached hash.

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind};

use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::ids;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

#[repr(C)]
pub struct BytesObject {
    header: Header,
    /// 0: not computed.
    hash: Cell<i64>,
    len: usize,
    data: *const u8,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for BytesObject {
    const KIND: Kind = kinds::BYTES;
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::wrapped(kinds::BYTES)),
    flags: flags::BASE | flags::IS_BYTES | flags::MATCH_SELF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("bytes")
};

impl BytesObject {
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` points at `len` bytes of this cell.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }

    pub fn hash(&self, thread: &Thread) -> i64 {
        if self.hash.get() == 0 {
            self.hash.set(thread.hash_key.hash_bytes(self.bytes()));
        }
        self.hash.get()
    }
}

/// Bytes of this length, zeroed, written by `fill` before anything else runs.
pub fn build(thread: &Thread, len: usize, fill: impl FnOnce(&mut [u8])) -> PyResult<Value> {
    if len == 0 && !thread.empty_bytes.get().is_unbound() {
        return Ok(thread.empty_bytes.get());
    }
    let total = len.checked_add(size_of::<BytesObject>());
    let cell =
        total.and_then(|bytes| thread.heap.try_alloc(bytes, Header::word(kinds::BYTES, ids::BYTES.0, 0)));
    let cell = cell.ok_or_else(|| thread.memory_error(""))?.cast::<BytesObject>();
    // SAFETY: new cell with room for the bytes.
    unsafe {
        let data = cell.add(1).cast::<u8>();
        (*cell).len = len;
        (*cell).data = data;
        fill(std::slice::from_raw_parts_mut(data, len));
        Ok(Gc::from_raw(cell).value())
    }
}

pub(crate) fn empty(thread: &Thread) -> Value {
    build(thread, 0, |_| {}).unwrap_or(Value::NONE)
}

impl Thread {
    /// A new bytes object.
    pub fn bytes(&self, bytes: &[u8]) -> PyResult<Value> {
        build(self, bytes.len(), |data| data.copy_from_slice(bytes))
    }
}

impl Value {
    /// The bytes object, for bytes or an instance of a subclass.
    pub fn as_bytes(self) -> Option<Gc<BytesObject>> {
        match self.downcast::<BytesObject>() {
            Some(bytes) => Some(bytes),
            None => self.wrapped()?.downcast(),
        }
    }

    /// The content of bytes or bytearray (or of instances of their subclasses), as it is now.
    pub fn bytes_like(&self) -> Option<&[u8]> {
        if let Some(bytes) = self.as_bytes() {
            // SAFETY: the object is kept alive by `self`, which is borrowed for as long as the slice.
            return Some(unsafe { std::slice::from_raw_parts(bytes.data, bytes.len) });
        }
        let array = self.downcast::<crate::types::bytearray::ByteArrayObject>()?;
        // SAFETY: as above; the buffer the slice lies in is found on the stack even when the array gets another.
        Some(unsafe { &*std::ptr::from_ref(array.bytes()) })
    }
}
