//! Inline caches: what a site saw last, keyed so that one or two compares prove that it still holds.
//!
//! A cache holds values without being a root. That is sound because the key proves, before the value is used, that
//! what owned it then still does: a type whose version has not moved still has the method in its dict.

use std::cell::Cell;

use dx_object::value::Value;

/// What a filled cache does; meanings are those of the site that filled it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CacheKind {
    Empty,
    /// Attribute in the instance, at a byte offset.
    Inline,
    /// Attribute in the overflow buffer.
    Overflow,
    /// Value found on the type, to be given as it is.
    TypeValue,
    /// Function found on the type, to be bound to the receiver.
    Method,
    /// Attribute of a module, at a position of its dict.
    Module,
    /// Attribute of one class object.
    Class,
    /// Attribute that gives the instance its next shape.
    Transition,
    /// Name in the globals, at a position.
    Global,
    /// Name in the builtins, at a position.
    Builtin,
}

/// One entry.
pub struct Cache {
    pub kind: Cell<CacheKind>,
    /// Misses so far; a site that keeps missing is left alone.
    pub misses: Cell<u8>,
    pub shape: Cell<u32>,
    pub version: Cell<u32>,
    pub place: Cell<u32>,
    pub value: Cell<Value>,
    pub extra: Cell<u64>,
}

impl Cache {
    pub fn empty() -> Cache {
        Cache {
            kind: Cell::new(CacheKind::Empty),
            misses: Cell::new(0),
            shape: Cell::new(0),
            version: Cell::new(0),
            place: Cell::new(0),
            value: Cell::new(Value::UNBOUND),
            extra: Cell::new(0),
        }
    }
}
