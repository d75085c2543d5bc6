//! The table of interned strings: one object per text, so that names compare by address.
//!
//! Entries live as long as the interpreter: shapes and code refer to names by address.

use std::cell::RefCell;

use crate::gc::Gc;
use crate::thread::Thread;
use crate::types::str::{self, StrObject};
use crate::value::Value;

/// Open addressing by the string's hash; a power of two of slots, at most half full.
#[derive(Default)]
pub(crate) struct InternTable {
    slots: RefCell<Vec<Value>>,
    count: std::cell::Cell<usize>,
}

impl InternTable {
    pub(crate) fn for_each(&self, mut action: impl FnMut(Value)) {
        self.slots.borrow().iter().filter(|value| !value.is_unbound()).for_each(|&value| action(value));
    }

    fn find(&self, bytes: &[u8], hash: i64) -> Result<Value, usize> {
        let slots = self.slots.borrow();
        if slots.is_empty() {
            return Err(0);
        }
        let mask = slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match slots[at].downcast::<StrObject>() {
                None => return Err(at),
                Some(known) if known.bytes() == bytes => return Ok(known.value()),
                Some(_) => at = (at + 1) & mask,
            }
        }
    }

    fn insert(&self, hash_of: impl Fn(Gc<StrObject>) -> i64, string: Gc<StrObject>) {
        if self.slots.borrow().len() <= self.count.get() * 2 {
            let old = self.slots.take();
            let len = (old.len() * 2).max(4096);
            self.slots.replace(vec![Value::UNBOUND; len]);
            old.into_iter().filter_map(|value| value.downcast::<StrObject>()).for_each(|known| {
                self.place(hash_of(known), known);
            });
        }
        self.place(hash_of(string), string);
        self.count.set(self.count.get() + 1);
    }

    fn place(&self, hash: i64, string: Gc<StrObject>) {
        if let Err(at) = self.find(string.bytes(), hash) {
            self.slots.borrow_mut()[at] = string.value();
        }
    }
}

impl Thread {
    /// The interned string of this text.
    pub fn intern(&self, text: &str) -> Value {
        self.intern_bytes(text.as_bytes())
    }

    /// The interned string of this WTF-8 text.
    pub fn intern_bytes(&self, bytes: &[u8]) -> Value {
        let hash = self.hash_key.hash_text(bytes);
        match self.interned.find(bytes, hash) {
            Ok(known) => known,
            Err(_) => self.intern_str(str::from_wtf8(self, bytes)),
        }
    }

    /// The interned string equal to this one, which becomes it if there is none.
    pub fn intern_str(&self, string: Gc<StrObject>) -> Value {
        if string.is_interned() {
            return string.value();
        }
        let hash_of = |string: Gc<StrObject>| string.hash(self);
        match self.interned.find(string.bytes(), hash_of(string)) {
            Ok(known) => known,
            Err(_) => {
                string.set_interned();
                self.interned.insert(hash_of, string);
                string.value()
            }
        }
    }

    /// The interned string equal to `name` (a str or an instance of a subclass) if there is one. A name that
    /// was never interned names no attribute of a shape.
    pub fn find_interned(&self, name: Value) -> Option<Value> {
        let string = name.as_str()?;
        if string.is_interned() {
            return Some(string.value());
        }
        self.interned.find(string.bytes(), string.hash(self)).ok()
    }
}
