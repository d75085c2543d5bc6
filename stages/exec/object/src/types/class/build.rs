//! Builtin types from their tables.

use std::cell::{Cell, UnsafeCell};

use dx_heap::Header;

use super::{Extra, TypeObject, compute_mro};
use crate::gc::Gc;
use crate::ids::{self, TypeId};
use crate::kinds;
use crate::slots::table::TABLE;
use crate::slots::{SlotId, Slots};
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::types::{dict, getset, native, slot_wrapper};
use crate::value::Value;

/// A type object with nothing filled in but what keeps the collector happy.
pub(crate) fn bare(thread: &Thread, metaclass_shape: u32) -> Gc<TypeObject> {
    bare_sized(thread, metaclass_shape, size_of::<TypeObject>())
}

pub(crate) fn bare_sized(thread: &Thread, metaclass_shape: u32, bytes: usize) -> Gc<TypeObject> {
    let dict = dict::new(thread);
    let word = Header::word(kinds::TYPE, metaclass_shape, 0);
    let cell = thread.heap.alloc(bytes.max(size_of::<TypeObject>()), word).cast::<TypeObject>();
    // SAFETY: a new cell of this layout; every field that tracing reads is set before anything is allocated.
    let class = unsafe {
        (*cell).slots = UnsafeCell::new(Slots::EMPTY);
        (*cell).layout = Cell::new(Layout::PLAIN);
        (*cell).extra = Box::into_raw(Box::<Extra>::default());
        Gc::from_raw(cell)
    };
    for field in [&class.name, &class.qualname, &class.module, &class.base, &class.bases, &class.mro] {
        field.set(Value::NONE);
    }
    class.dict.set(dict.value());
    thread.types_registry.add(class);
    class
}

/// All builtin types, in the order of their numbers.
pub(crate) fn make_builtin_types(thread: &Thread, specs: &'static [&'static TypeSpec]) {
    // Every type gets its cell first: tables of methods need the types of descriptors.
    for (index, spec) in specs.iter().enumerate() {
        let id = index as u32 + 1;
        let class = bare(thread, ids::TYPE.0);
        thread.types[id as usize].set(class.value());
        thread.spec_types.borrow_mut().insert(std::ptr::from_ref(*spec), class.value());
        thread.shapes.set_static(id, class);
    }
    for (index, spec) in specs.iter().enumerate() {
        let id = TypeId(index as u32 + 1);
        fill(thread, spec, thread.builtin_type(id), Some(id));
    }
    // Wrappers of static methods are instances too, so attributes come when every type has its layout.
    for (index, spec) in specs.iter().enumerate() {
        add_attributes(thread, thread.builtin_type(TypeId(index as u32 + 1)), spec);
    }
}

/// The type made from a description; with `module`, that name instead of the description's.
pub fn from_spec(thread: &Thread, spec: &'static TypeSpec, module: Option<&str>) -> Gc<TypeObject> {
    thread.heap.disable();
    let class = bare(thread, ids::TYPE.0);
    thread.spec_types.borrow_mut().insert(std::ptr::from_ref(spec), class.value());
    fill(thread, spec, class, None);
    add_attributes(thread, class, spec);
    if let Some(module) = module {
        class.module.set(thread.intern(module));
    }
    thread.heap.enable();
    class
}

fn fill(thread: &Thread, spec: &'static TypeSpec, class: Gc<TypeObject>, id: Option<TypeId>) {
    let bases: Vec<Value> = match spec.bases {
        [] if id == Some(ids::OBJECT) => vec![],
        [] => vec![thread.builtin_type(ids::OBJECT).value()],
        bases => bases.iter().map(|base| thread.spec_type(base, thread).value()).collect(),
    };
    let base = bases.first().and_then(|base| base.as_type());
    class.name.set(thread.intern(spec.name));
    class.qualname.set(class.name.get());
    class.module.set(thread.intern(spec.module));
    class.base.set(base.map_or(Value::NONE, Gc::value));
    class.bases.set(thread.tuple(&bases));
    for base in &bases {
        if let Some(base) = base.as_type() {
            base.add_subclass(class);
        }
    }
    // Bases of builtin types always linearise; if a table were wrong, its type would have itself only.
    class.mro.set(compute_mro(thread, class, &bases).unwrap_or_else(|_| thread.tuple(&[class.value()])));
    let inherited = base.map_or(0, |base| base.flags() & flags::INHERITED);
    class.flags.set(spec.flags | inherited);
    class.fixed.set(spec.fixed);
    class.layout.set(spec.layout.or(base.map(|base| base.layout())).unwrap_or(Layout::PLAIN));
    set_layout(thread, class, id);
    // SAFETY: nobody else looks at the new type's slots yet.
    unsafe { *class.slots.get() = merged_slots(class, spec) };
}

/// Adds a description's slots, methods and attributes to a builtin type that exists already; what it had under
/// the same names is replaced. Types that derive from it are not changed.
pub fn extend(thread: &Thread, class: Gc<TypeObject>, spec: &'static TypeSpec) {
    for slot in SlotId::ALL {
        let word = spec.slots.word(slot);
        if word != 0 {
            class.set_slot_word(slot, word);
            for row in TABLE.iter().filter(|row| row.slot == slot) {
                class.dict().remove_name(thread, thread.intern(row.name));
            }
        }
    }
    add_attributes(thread, class, spec);
    class.modified();
}

fn set_layout(thread: &Thread, class: Gc<TypeObject>, id: Option<TypeId>) {
    let layout = class.layout();
    match id {
        Some(id) => class.set_instance_shape(id.0),
        None => class.set_instance_shape(thread.shapes.plain(class)),
    }
    // Functions and modules have a dict of their own; other types with one keep attributes behind their part.
    let own_dict = [kinds::FUNCTION, kinds::MODULE, kinds::TYPE].contains(&layout.kind);
    let fixed = class.fixed.get();
    if (class.has_flag(flags::DICT) || fixed > 0) && !own_dict {
        class.set_instance_layout(thread, layout.bytes, fixed);
    } else {
        class.set_instance_layout(thread, 0, 0);
    }
}

fn merged_slots(class: Gc<TypeObject>, spec: &TypeSpec) -> Slots {
    let mut slots = spec.slots;
    // What can be subclassed can be made; other types without `new` of their own cannot.
    let plain_base = spec.bases.is_empty() && spec.flags & flags::BASE == 0;
    for slot in SlotId::ALL {
        if slots.word(slot) != 0 || slot == SlotId::new && plain_base {
            continue;
        }
        // A type that compares by value and has no hash of its own cannot be hashed.
        if slot == SlotId::hash && spec.slots.compare.is_some() {
            continue;
        }
        let inherited =
            class.mro_classes().skip(1).map(|base| base.slots().word(slot)).find(|&word| word != 0);
        slots.set_word(slot, inherited.unwrap_or(0));
    }
    slots
}

fn add_attributes(thread: &Thread, class: Gc<TypeObject>, spec: &'static TypeSpec) {
    let dict = class.dict();
    // Names are interned, tables are finite and the heap is far from full here: storing cannot fail.
    let put = |name: &str, value: Value| {
        let _ = dict.set_text(thread, name, value);
    };
    for row in TABLE {
        let word = spec.slots.word(row.slot);
        if word != 0 && row.wrap.is_some() && dict.get_text(thread, row.name).is_none() {
            put(row.name, slot_wrapper::new(thread, row, word, class));
        }
    }
    if spec.slots.compare.is_some() && spec.slots.hash.is_none() {
        put("__hash__", Value::NONE);
    }
    if spec.slots.new.is_some() {
        put("__new__", native::bound(thread, &super::create::NEW_DEF, class.value()));
    }
    for def in spec.methods {
        put(def.name, native::descriptor(thread, def, class));
    }
    for def in spec.getset {
        put(def.name, getset::new(thread, def, class));
    }
    if spec.doc.is_none() && dict.get_text(thread, "__doc__").is_some() {
        return;
    }
    put("__doc__", spec.doc.map_or(Value::NONE, |doc| thread.str(doc)));
}
