//! The method cache: (type version, name) to what the mro walk found, one direct-mapped table.

use std::cell::{Cell, RefCell};

use crate::value::Value;

const SLOTS: usize = 4096;

#[derive(Clone, Copy)]
struct Entry {
    version: u32,
    name: Value,
    found: Value,
}

const EMPTY: Entry = Entry { version: 0, name: Value::UNBOUND, found: Value::UNBOUND };

/// Forgotten at every collection, therefore not a root.
pub(crate) struct TypeCache {
    entries: RefCell<Box<[Entry]>>,
    used: Cell<bool>,
}

impl Default for TypeCache {
    fn default() -> TypeCache {
        TypeCache { entries: RefCell::new(vec![EMPTY; SLOTS].into_boxed_slice()), used: Cell::new(false) }
    }
}

impl TypeCache {
    #[inline]
    fn index(version: u32, name: Value) -> usize {
        (version as usize ^ (name.word() >> 3) as usize) % SLOTS
    }

    /// `Some(UNBOUND)` means "known to be absent".
    #[inline]
    pub(crate) fn get(&self, version: u32, name: Value) -> Option<Value> {
        let entry = self.entries.borrow()[Self::index(version, name)];
        (entry.version == version && entry.name == name).then_some(entry.found)
    }

    pub(crate) fn put(&self, version: u32, name: Value, found: Value) {
        self.used.set(true);
        self.entries.borrow_mut()[Self::index(version, name)] = Entry { version, name, found };
    }

    pub(crate) fn clear(&self) {
        if self.used.replace(false) {
            self.entries.borrow_mut().fill(EMPTY);
        }
    }
}
