//! `tuple`: the items follow the header and the length.

pub mod methods;

use dx_heap::{Header, Kind, Marker};

use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::ids;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

#[repr(C)]
pub struct TupleObject {
    header: Header,
    len: usize,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for TupleObject {
    const KIND: Kind = kinds::TUPLE;
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::wrapped(kinds::TUPLE)),
    flags: flags::BASE | flags::IS_TUPLE | flags::SEQUENCE | flags::MATCH_SELF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("tuple")
};

impl TupleObject {
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: `len` items follow the fixed part.
        unsafe { std::slice::from_raw_parts(std::ptr::from_ref(self).add(1).cast(), self.len) }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A tuple whose items are filled in by `fill`, which must not allocate.
pub(crate) fn build(thread: &Thread, len: usize, fill: impl FnOnce(&mut [Value])) -> PyResult<Value> {
    if len == 0 && !thread.empty_tuple.get().is_unbound() {
        return Ok(thread.empty_tuple.get());
    }
    let bytes = len.checked_mul(8).and_then(|bytes| bytes.checked_add(size_of::<TupleObject>()));
    let cell = bytes.and_then(|bytes| {
        thread
            .heap
            .try_alloc(bytes, Header::word(kinds::TUPLE, ids::TUPLE.0, 0))
            .map(|cell| cell.cast::<TupleObject>())
    });
    let cell = cell.ok_or_else(|| thread.memory_error(""))?;
    // SAFETY: the cell is new, zeroed (a valid pattern for words that nobody reads) and has room for the items.
    unsafe {
        (*cell).len = len;
        fill(std::slice::from_raw_parts_mut(cell.add(1).cast(), len));
        Ok(Gc::from_raw(cell).value())
    }
}

/// The empty tuple of a new interpreter.
pub(crate) fn empty(thread: &Thread) -> Value {
    build(thread, 0, |_| {}).unwrap_or(Value::NONE)
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for tuples only.
    let tuple = unsafe { &*cell.cast::<TupleObject>() };
    tuple.items().iter().for_each(|item| marker.word(item.word()));
}

impl Thread {
    /// A new tuple of these items.
    #[inline]
    pub fn tuple(&self, items: &[Value]) -> Value {
        match self.try_tuple(items) {
            Ok(tuple) => tuple,
            Err(_) => {
                eprintln!("fatal: out of memory");
                std::process::abort()
            }
        }
    }

    /// A new tuple, or MemoryError.
    #[inline]
    pub fn try_tuple(&self, items: &[Value]) -> PyResult<Value> {
        build(self, items.len(), |slots| slots.copy_from_slice(items))
    }
}

impl Value {
    /// The tuple, for a tuple or an instance of a subclass.
    #[inline(always)]
    pub fn as_tuple(self) -> Option<Gc<TupleObject>> {
        match self.downcast::<TupleObject>() {
            Some(tuple) => Some(tuple),
            None => self.wrapped()?.downcast(),
        }
    }

    /// The items of a tuple.
    #[inline(always)]
    pub fn tuple_items(&self) -> Option<&[Value]> {
        let tuple = self.as_tuple()?;
        // SAFETY: the tuple is kept alive by `self`, which is borrowed for as long as the slice.
        Some(unsafe { std::slice::from_raw_parts(tuple.as_ptr().add(1).cast(), tuple.len) })
    }
}
