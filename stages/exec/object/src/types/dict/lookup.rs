//! Finding keys: by identity and by equality, with and without Python code in between.

use super::{DictObject, Entry, SCAN_MAX, exact_str, group};
use crate::error::PyResult;
use crate::gc::Gc;
use crate::thread::Thread;
use crate::types::str::StrObject;
use crate::types::support::hash_for;
use crate::value::Value;

/// What comparing one candidate said.
enum Step {
    Found(usize),
    /// The dict changed meanwhile: start again.
    Changed,
    Raised(crate::error::Raised),
}

impl DictObject {
    /// Position of an exact str key among exact str keys; runs no Python code. Keys of other types are skipped,
    /// so this is the whole truth only for names and when [`DictObject::has_str_keys`].
    #[inline]
    pub fn find_str(&self, thread: &Thread, key: Gc<StrObject>) -> Option<usize> {
        let table = self.table();
        if self.index.get().is_null() {
            let count = self.count.get();
            debug_assert!(count <= SCAN_MAX);
            for position in 0..count {
                // SAFETY: below `count`.
                if unsafe { (*table.add(position)).key } == key.value() {
                    return Some(position);
                }
            }
            if count == 0 {
                return None;
            }
            return self.scan_str(thread, key);
        }
        let hash = key.hash(thread);
        group::Index::of(self.index.get(), self.capacity.get()).find(hash, |position| {
            // SAFETY: the index holds positions below `count`.
            let entry = unsafe { &*table.add(position) };
            same_str(entry, hash, key).then_some(position)
        })
    }

    fn scan_str(&self, thread: &Thread, key: Gc<StrObject>) -> Option<usize> {
        let hash = key.hash(thread);
        (0..self.count.get()).find(|&position| {
            // SAFETY: below `count`.
            same_str(unsafe { &*self.table().add(position) }, hash, key)
        })
    }

    /// Position of a key. Raises what `__eq__` raises.
    #[inline]
    pub fn find(&self, thread: &Thread, key: Value, hash: i64) -> PyResult<Option<usize>> {
        if self.has_str_keys()
            && let Some(key) = exact_str(key)
        {
            return Ok(self.find_str(thread, key));
        }
        self.find_any(thread, key, hash)
    }

    #[inline(never)]
    fn find_any(&self, thread: &Thread, key: Value, hash: i64) -> PyResult<Option<usize>> {
        loop {
            let step = if self.index.get().is_null() {
                (0..self.count.get()).find_map(|position| self.compare(thread, position, key, hash))
            } else {
                group::Index::of(self.index.get(), self.capacity.get())
                    .find(hash, |position| self.compare(thread, position, key, hash))
            };
            match step {
                None => return Ok(None),
                Some(Step::Found(position)) => return Ok(Some(position)),
                Some(Step::Raised(raised)) => return Err(raised),
                Some(Step::Changed) => {}
            }
        }
    }

    #[inline(always)]
    fn compare(&self, thread: &Thread, position: usize, key: Value, hash: i64) -> Option<Step> {
        // SAFETY: positions come from the table as it is; after Python code ran, `Changed` ends the search.
        let entry = unsafe { *self.table().add(position) };
        if entry.key == key {
            return Some(Step::Found(position));
        }
        if entry.hash != hash || entry.key.word() == 0 {
            return None;
        }
        self.compare_slow(thread, position, entry.key, key)
    }

    /// Equal hashes of different words: only equality itself can tell.
    #[cold]
    #[inline(never)]
    fn compare_slow(&self, thread: &Thread, position: usize, known: Value, key: Value) -> Option<Step> {
        if let (Some(a), Some(b)) = (exact_str(known), exact_str(key)) {
            return a.equals(&b).then_some(Step::Found(position));
        }
        let changes = self.changes.get();
        match thread.equal(known, key) {
            Err(raised) => Some(Step::Raised(raised)),
            Ok(_) if self.changes.get() != changes => Some(Step::Changed),
            Ok(true) => Some(Step::Found(position)),
            Ok(false) => None,
        }
    }

    /// The value of a key, or `None`.
    #[inline]
    pub fn get(&self, thread: &Thread, key: Value) -> PyResult<Option<Value>> {
        let hash = hash_for(thread, key, "a dict key")?;
        self.get_hashed(thread, key, hash)
    }

    #[inline]
    pub fn get_hashed(&self, thread: &Thread, key: Value, hash: i64) -> PyResult<Option<Value>> {
        Ok(self.find(thread, key, hash)?.map(|position| self.value_at(position)))
    }

    /// The value of a name (an exact str); runs no Python code.
    #[inline]
    pub fn get_name(&self, thread: &Thread, name: Value) -> Option<Value> {
        let name = exact_str(name)?;
        self.find_str(thread, name).map(|position| self.value_at(position))
    }

    /// The value of a text key.
    pub fn get_text(&self, thread: &Thread, text: &str) -> Option<Value> {
        self.get_name(thread, thread.str(text))
    }

    #[inline]
    pub fn contains(&self, thread: &Thread, key: Value) -> PyResult<bool> {
        let hash = hash_for(thread, key, "a dict key")?;
        Ok(self.find(thread, key, hash)?.is_some())
    }

    /// `self[key] = value`.
    #[inline]
    pub fn set(&self, thread: &Thread, key: Value, value: Value) -> PyResult<()> {
        let hash = hash_for(thread, key, "a dict key")?;
        self.set_hashed(thread, key, hash, value)
    }

    #[inline]
    pub fn set_hashed(&self, thread: &Thread, key: Value, hash: i64, value: Value) -> PyResult<()> {
        match self.find(thread, key, hash)? {
            Some(position) => {
                self.set_value_at(thread, position, value);
                Ok(())
            }
            None => self.append(thread, hash, key, value),
        }
    }

    /// `self[name] = value` for a name (an exact str); runs no Python code.
    pub fn set_name(&self, thread: &Thread, name: Value, value: Value) -> PyResult<()> {
        match exact_str(name) {
            Some(key) => match self.find_str(thread, key) {
                Some(position) => {
                    self.set_value_at(thread, position, value);
                    Ok(())
                }
                None => self.append(thread, key.hash(thread), name, value),
            },
            None => self.set(thread, name, value),
        }
    }

    /// `self[text] = value`, the key interned.
    pub fn set_text(&self, thread: &Thread, text: &str, value: Value) -> PyResult<()> {
        self.set_name(thread, thread.intern(text), value)
    }

    /// The key's value, after storing `default` when it is absent.
    pub fn set_default(&self, thread: &Thread, key: Value, default: Value) -> PyResult<Value> {
        let hash = hash_for(thread, key, "a dict key")?;
        match self.find(thread, key, hash)? {
            Some(position) => Ok(self.value_at(position)),
            None => {
                self.append(thread, hash, key, default)?;
                Ok(default)
            }
        }
    }

    /// Removes a key and answers its value.
    pub fn remove(&self, thread: &Thread, key: Value) -> PyResult<Option<Value>> {
        let hash = hash_for(thread, key, "a dict key")?;
        Ok(self.find(thread, key, hash)?.map(|position| self.remove_at(position)))
    }

    /// Removes a name (an exact str); runs no Python code.
    pub fn remove_name(&self, thread: &Thread, name: Value) -> Option<Value> {
        let position = self.find_str(thread, exact_str(name)?)?;
        Some(self.remove_at(position))
    }
}

#[inline(always)]
fn same_str(entry: &Entry, hash: i64, key: Gc<StrObject>) -> bool {
    entry.key == key.value()
        || entry.hash == hash && exact_str(entry.key).is_some_and(|known| known.equals(&key))
}
