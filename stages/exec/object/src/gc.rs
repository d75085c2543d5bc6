//! `Gc<T>`: a typed pointer to a heap cell.
//!
//! It dereferences like a reference. What keeps the cell alive is not the type but where the pointer lies: on
//! the native stack (found conservatively), in a traced cell, or in a declared root ([`crate::thread::RootVec`]).
//! A `Gc` or a `Value` in any other memory (a `Vec`, a `Box`, a `HashMap`) is a bug.

use std::ops::Deref;
use std::ptr::NonNull;

use dx_heap::{Header, Kind};

use crate::value::Value;

/// A type that lies in heap cells.
///
/// # Safety
/// The type is `repr(C)` with a [`Header`] first, needs no drop, and every cell of `KIND` is laid out as it.
pub unsafe trait Object {
    const KIND: Kind;
}

/// Pointer to a live cell laid out as `T`.
pub struct Gc<T>(NonNull<T>);

impl<T> Clone for Gc<T> {
    #[inline(always)]
    fn clone(&self) -> Gc<T> {
        *self
    }
}

impl<T> Copy for Gc<T> {}

impl<T> PartialEq for Gc<T> {
    #[inline(always)]
    fn eq(&self, other: &Gc<T>) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Gc<T> {}

impl<T> Deref for Gc<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a `Gc` points to a live cell of layout `T` (its constructor's contract), cells never move, and
        // all mutable state of `T` is in cells.
        unsafe { self.0.as_ref() }
    }
}

impl<T: Object> Gc<T> {
    /// # Safety
    /// `pointer` is a live cell laid out as `T`.
    #[inline(always)]
    pub unsafe fn from_raw(pointer: *mut T) -> Gc<T> {
        debug_assert!(!pointer.is_null());
        // SAFETY: not null by contract.
        Gc(unsafe { NonNull::new_unchecked(pointer) })
    }

    #[inline(always)]
    pub fn as_ptr(self) -> *mut T {
        self.0.as_ptr()
    }

    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: `T` begins with a header (contract of `Object`).
        unsafe { &*self.0.as_ptr().cast::<Header>() }
    }

    #[inline(always)]
    pub fn value(self) -> Value {
        Value::from_cell(self.0.as_ptr().cast())
    }
}

impl<T: Object> From<Gc<T>> for Value {
    #[inline(always)]
    fn from(object: Gc<T>) -> Value {
        object.value()
    }
}

impl<T> std::fmt::Debug for Gc<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:p}", self.0)
    }
}

impl<T: Object> Gc<T> {
    /// Stores into a field of this object, with the barrier.
    #[inline(always)]
    pub fn store(&self, thread: &crate::thread::Thread, field: &std::cell::Cell<Value>, value: Value) {
        field.set(value);
        thread.heap.barrier(self.header());
    }
}

/// Declares an object that is nothing but a header and values; its kind traces every word.
macro_rules! word_object {
    ($(#[$doc:meta])* pub struct $name:ident: $kind:ident { $($(#[$field_doc:meta])* $field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            header: dx_heap::Header,
            $($(#[$field_doc])* pub $field: std::cell::Cell<$crate::value::Value>),*
        }

        // SAFETY: `repr(C)`, header first, no drop.
        unsafe impl $crate::gc::Object for $name {
            const KIND: dx_heap::Kind = $crate::kinds::$kind;
        }

        impl $name {
            /// A new cell of the type with this shape number.
            #[allow(clippy::too_many_arguments, clippy::allow_attributes, reason = "one for each field, few or many")]
            #[inline]
            pub fn make(
                thread: &$crate::thread::Thread, shape: u32, $($field: $crate::value::Value),*
            ) -> $crate::gc::Gc<$name> {
                let word = dx_heap::Header::word($crate::kinds::$kind, shape, 0);
                let cell = thread.heap.alloc(size_of::<$name>(), word).cast::<$name>();
                // SAFETY: a new cell of this layout.
                unsafe {
                    $((*cell).$field = std::cell::Cell::new($field);)*
                    $crate::gc::Gc::from_raw(cell)
                }
            }
        }
    };
}
pub(crate) use word_object;
