//! Exceptions: one layout for all of them, so that any two classes can be bases of a third.

pub mod methods;
pub mod tree;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::gc::{Gc, Object};
use crate::instance;
use crate::kinds;
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

#[repr(C)]
pub struct ExceptionObject {
    header: Header,
    /// A tuple.
    pub args: Cell<Value>,
    /// A traceback object, what the interpreter makes one from, or None.
    pub traceback: Cell<Value>,
    pub cause: Cell<Value>,
    pub context: Cell<Value>,
    pub suppress_context: Cell<bool>,
    /// What some classes have in addition (`StopIteration.value`, `OSError.errno`, ...): a buffer of values.
    fields: Cell<*mut Header>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for ExceptionObject {
    const KIND: Kind = kinds::EXCEPTION;
}

impl ExceptionObject {
    /// Additional field number `index`; UNBOUND where nothing was stored.
    pub fn field(&self, thread: &Thread, index: usize) -> Value {
        let buffer = self.fields.get();
        if buffer.is_null() || (index + 1) * 8 >= thread.heap.bytes_of(buffer) {
            return Value::UNBOUND;
        }
        // SAFETY: within the buffer; zero words were never stored.
        let word = unsafe { *buffer.add(1).cast::<u64>().add(index) };
        if word == 0 { Value::UNBOUND } else { Value::from_word(word) }
    }

    /// Stores additional field number `index`.
    pub fn set_field(&self, thread: &Thread, index: usize, value: Value) {
        let old = self.fields.get();
        let old_words = if old.is_null() { 0 } else { thread.heap.bytes_of(old) / 8 - 1 };
        if index >= old_words {
            let buffer = thread.heap.alloc((index + 2) * 8, Header::word(kinds::WORDS, 0, 0));
            if old_words > 0 {
                // SAFETY: the new buffer is larger.
                unsafe { old.add(1).cast::<u64>().copy_to_nonoverlapping(buffer.add(1).cast(), old_words) };
            }
            self.fields.set(buffer);
            thread.heap.barrier(&self.header);
        }
        let buffer = self.fields.get();
        // SAFETY: the buffer has room for the index.
        unsafe {
            *buffer.add(1).cast::<Value>().add(index) = value;
            thread.heap.barrier(&*buffer);
        }
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for exceptions only.
    let exception = unsafe { &*cell.cast::<ExceptionObject>() };
    for field in [&exception.args, &exception.traceback, &exception.cause, &exception.context] {
        marker.word(field.get().word());
    }
    marker.word(exception.fields.get() as u64);
}

/// A new instance with these args, without running `__init__` of Python classes.
pub fn make(thread: &Thread, class: Gc<TypeObject>, args: &[Value]) -> Value {
    let args = thread.tuple(args);
    make_with_tuple(thread, class, args)
}

pub(crate) fn make_with_tuple(thread: &Thread, class: Gc<TypeObject>, args: Value) -> Value {
    let value = instance::allocate(thread, class);
    // SAFETY: every exception class has this layout.
    let exception = unsafe { Gc::from_raw(value.cell().cast::<ExceptionObject>()) };
    exception.args.set(args);
    for field in [&exception.traceback, &exception.cause, &exception.context] {
        field.set(Value::NONE);
    }
    methods::fill(thread, exception, class, args);
    value
}

impl Value {
    /// The exception, for an instance of BaseException.
    #[inline(always)]
    pub fn as_exception(self) -> Option<Gc<ExceptionObject>> {
        self.downcast()
    }
}
