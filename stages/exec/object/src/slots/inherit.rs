//! Slots of Python classes: filled when the class is made, corrected when a dunder is assigned.

use super::python::PYTHON;
use super::table::{SlotDef, TABLE, is_sequence_slot};
use super::{SlotId, Slots};
use crate::gc::Gc;
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::types::slot_wrapper::SlotWrapper;
use crate::value::Value;

/// Fills all slots of a new class.
pub(crate) fn fill(thread: &Thread, class: Gc<TypeObject>) {
    let simple = class.bases.get().tuple_items().is_some_and(|bases| bases.len() == 1);
    if let Some(base) = class.base.get().as_type()
        && simple
    {
        for slot in SlotId::ALL {
            class.set_slot_word(slot, base.slots().word(slot));
        }
        for entry in class.dict().iter() {
            if is_dunder(entry.key) {
                update_name(thread, class, entry.key);
            }
        }
    } else {
        for slot in SlotId::ALL {
            update(thread, class, slot);
        }
    }
    // Comparison without a hash makes instances unhashable.
    let names = thread.names();
    let dict = class.dict();
    if dict.get_name(thread, names.__eq__).is_some() && dict.get_name(thread, names.__hash__).is_none() {
        // The name is interned and the dict has room for it: storing cannot fail in a way that matters here.
        let _ = dict.set_name(thread, names.__hash__, Value::NONE);
        class.set_slot_word(SlotId::hash, 0);
    }
}

fn is_dunder(name: Value) -> bool {
    name.str_bytes().is_some_and(|text| text.starts_with(b"__") && text.ends_with(b"__"))
}

/// A class attribute changed: corrects the slots of the class and of all that inherit it.
pub(crate) fn name_changed(thread: &Thread, class: Gc<TypeObject>, name: Value) {
    if !is_dunder(name) || !TABLE.iter().any(|row| (row.interned)(thread.names()) == name) {
        return;
    }
    update_name(thread, class, name);
    for subclass in class.subclasses() {
        if subclass.dict().get_name(thread, name).is_none() {
            name_changed(thread, subclass, name);
        }
    }
}

fn update_name(thread: &Thread, class: Gc<TypeObject>, name: Value) {
    for row in TABLE {
        if (row.interned)(thread.names()) == name && !is_sequence_slot(row.slot) {
            update(thread, class, row.slot);
        }
    }
}

/// Decides what one slot holds: a native function when every dunder of it comes from builtin types and they agree,
/// the Python-calling one otherwise.
fn update(thread: &Thread, class: Gc<TypeObject>, slot: SlotId) {
    if is_sequence_slot(slot) {
        let inherited =
            class.mro_classes().skip(1).map(|base| base.slots().word(slot)).find(|&word| word != 0);
        class.set_slot_word(slot, inherited.unwrap_or(0));
        return;
    }
    let mut native = 0;
    let mut python = false;
    for row in TABLE.iter().filter(|row| row.slot == slot) {
        match source(thread, class, row) {
            Source::Absent => {}
            Source::Native(word) if native == 0 || native == word => native = word,
            Source::Native(_) | Source::Python => python = true,
            Source::Blocked => {
                class.set_slot_word(slot, 0);
                return;
            }
        }
    }
    class.set_slot_word(slot, if python { PYTHON.word(slot) } else { native });
}

enum Source {
    Absent,
    Native(usize),
    Python,
    /// `__hash__ = None`: the operation is not there.
    Blocked,
}

fn source(thread: &Thread, class: Gc<TypeObject>, row: &'static SlotDef) -> Source {
    let Some(found) = class.lookup(thread, (row.interned)(thread.names())) else { return Source::Absent };
    if let Some(wrapper) = found.downcast::<SlotWrapper>() {
        return if wrapper.row() == row && owner_fits(class, wrapper.owner.get()) {
            Source::Native(wrapper.word())
        } else if is_sequence_slot(wrapper.row().slot) {
            Source::Absent
        } else {
            Source::Python
        };
    }
    if row.slot == SlotId::new
        && let Some(owner) = Gc::<TypeObject>::builtin_new(found)
    {
        return Source::Native(owner.slots().word(SlotId::new));
    }
    if found.is_none() && row.slot == SlotId::hash {
        return Source::Blocked;
    }
    Source::Python
}

/// A wrapper borrowed from an unrelated type (`__repr__ = dict.__repr__`) must check its receiver.
fn owner_fits(class: Gc<TypeObject>, owner: Value) -> bool {
    owner.as_type().is_some_and(|owner| class.is_subtype(owner))
}

/// The slots as a table, for tests and `--stats`.
pub fn filled(slots: &Slots) -> Vec<SlotId> {
    SlotId::ALL.into_iter().filter(|&slot| slots.word(slot) != 0).collect()
}
