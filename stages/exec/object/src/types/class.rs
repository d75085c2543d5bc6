//! Type objects: `type` and what classes are.

pub mod build;
pub mod create;
pub mod methods;
mod mro;

use std::cell::{Cell, RefCell, UnsafeCell};

use dx_heap::{Header, Kind, Marker};

use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::kinds;
use crate::slots::{SlotId, Slots};
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::types::dict::DictObject;
use crate::value::Value;

pub use mro::{best_base, compute as compute_mro};

/// A class.
#[repr(C)]
pub struct TypeObject {
    header: Header,
    pub name: Cell<Value>,
    pub qualname: Cell<Value>,
    /// Module name of a builtin type; of a class, its dict has it.
    pub module: Cell<Value>,
    /// The base whose layout instances extend, None for `object`.
    pub base: Cell<Value>,
    pub bases: Cell<Value>,
    pub mro: Cell<Value>,
    dict: Cell<Value>,
    flags: Cell<u32>,
    version: Cell<u32>,
    layout: Cell<Layout>,
    /// Byte offset of instances' attribute storage, 0 when they have none.
    slots_offset: Cell<u32>,
    /// Slots that belong to `__slots__` of the class and its bases.
    pub(crate) fixed: Cell<u32>,
    inline: Cell<u32>,
    instance_bytes: Cell<u32>,
    instance_shape: Cell<u32>,
    extra: *mut Extra,
    slots: UnsafeCell<Slots>,
}

/// What lies in Rust memory.
#[derive(Default)]
struct Extra {
    subclasses: RefCell<Vec<*mut TypeObject>>,
    shapes: RefCell<Vec<u32>>,
}

// SAFETY: `repr(C)`, header first; `extra` is freed by the interpreter when the cell dies.
unsafe impl Object for TypeObject {
    const KIND: Kind = kinds::TYPE;
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<TypeObject>()),
    flags: flags::BASE | flags::IS_TYPE | flags::MATCH_SELF | flags::WEAKREF,
    slots: Slots {
        call: Some(create::call),
        getattr: Some(crate::attr::type_getattr),
        setattr: Some(crate::attr::type_setattr),
        new: Some(create::type_new),
        init: Some(create::type_init),
        ..methods::SLOTS
    },
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("type")
};

impl TypeObject {
    /// The namespace; change it through [`Gc::set_attribute`] only, so that caches notice.
    #[inline(always)]
    pub fn dict(&self) -> Gc<DictObject> {
        // SAFETY: set at construction, always a dict.
        unsafe { Gc::from_raw(self.dict.get().cell().cast()) }
    }

    #[inline(always)]
    pub fn flags(&self) -> u32 {
        self.flags.get()
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    pub fn set_flag(&self, flag: u32, on: bool) {
        self.flags.set(if on { self.flags.get() | flag } else { self.flags.get() & !flag });
    }

    #[inline(always)]
    pub fn slots(&self) -> &Slots {
        // SAFETY: slots change only in `set_slot_word`, which holds no reference, and callers copy a field out.
        unsafe { &*self.slots.get() }
    }

    pub(crate) fn set_slot_word(&self, slot: SlotId, word: usize) {
        // SAFETY: as above: no reference to the slots is held across a call that can change them.
        unsafe { (*self.slots.get()).set_word(slot, word) }
    }

    #[inline(always)]
    pub fn layout(&self) -> Layout {
        self.layout.get()
    }

    /// Bytes of a new instance's cell.
    #[inline(always)]
    pub fn instance_bytes(&self) -> usize {
        self.instance_bytes.get() as usize
    }

    /// Shape number of new instances.
    #[inline(always)]
    pub fn instance_shape(&self) -> u32 {
        self.instance_shape.get()
    }

    /// Byte offset of instances' attribute storage, 0 when they have none.
    pub fn slots_offset(&self) -> u32 {
        self.slots_offset.get()
    }

    /// The name as Rust text.
    pub fn name_str(&self) -> String {
        self.name.get().as_str().map(|name| name.to_lossy().into_owned()).unwrap_or_default()
    }

    pub fn qualname_str(&self) -> String {
        self.qualname.get().as_str().map(|name| name.to_lossy().into_owned()).unwrap_or_default()
    }

    pub(crate) fn own_shape(&self, id: u32) {
        self.extra().shapes.borrow_mut().push(id);
    }

    fn extra(&self) -> &Extra {
        // SAFETY: set at construction, freed when the type is dead.
        unsafe { &*self.extra }
    }

    /// The direct subclasses, oldest first.
    pub fn subclasses(&self) -> Vec<Gc<TypeObject>> {
        // SAFETY: dead subclasses are removed at every collection.
        self.extra().subclasses.borrow().iter().map(|&class| unsafe { Gc::from_raw(class) }).collect()
    }

    pub(crate) fn add_subclass(&self, class: Gc<TypeObject>) {
        self.extra().subclasses.borrow_mut().push(class.as_ptr());
    }

    /// The version as it is: 0 when nobody asked since the class last changed. What inline caches compare.
    #[inline(always)]
    pub fn current_version(&self) -> u32 {
        self.version.get()
    }

    /// The classes of the mro.
    pub fn mro_classes(&self) -> impl Iterator<Item = Gc<TypeObject>> + '_ {
        let mro = self.mro.get();
        let items: &[Value] = match mro.downcast::<crate::types::tuple::TupleObject>() {
            // SAFETY: the tuple is held by this type, or by the stack if the mro is replaced meanwhile.
            Some(tuple) => unsafe { &*std::ptr::from_ref(tuple.items()) },
            None => &[],
        };
        items.iter().filter_map(|class| class.downcast::<TypeObject>())
    }
}

impl Gc<TypeObject> {
    /// Whether `self` is `other` or derives from it (by the mro).
    #[inline]
    pub fn is_subtype(self, other: Gc<TypeObject>) -> bool {
        self == other || self.mro_classes().any(|class| class == other)
    }

    /// What the mro has under an interned name.
    #[inline]
    pub fn lookup(self, thread: &Thread, name: Value) -> Option<Value> {
        let version = self.version.get();
        if version != 0
            && let Some(found) = thread.type_cache.get(version, name)
        {
            return found.bound();
        }
        self.lookup_slow(thread, name)
    }

    #[inline(never)]
    fn lookup_slow(self, thread: &Thread, name: Value) -> Option<Value> {
        let found = self.mro_classes().find_map(|class| class.dict().get_name(thread, name));
        let version = self.version(thread);
        if version != 0 {
            thread.type_cache.put(version, name, found.unwrap_or(Value::UNBOUND));
        }
        found
    }

    /// A number that stays the same while nothing that lookup on this class can find changes, never given to any
    /// other class; 0 when versions ran out (do not cache).
    pub fn version(self, thread: &Thread) -> u32 {
        if self.version.get() == 0 {
            // A change of a base reaches only subclasses whose bases have versions, so bases come first.
            for base in self.bases.get().tuple_items().unwrap_or_default() {
                if let Some(base) = base.downcast::<TypeObject>() {
                    base.version(thread);
                }
            }
            self.version.set(thread.fresh_version());
        }
        self.version.get()
    }

    /// Moves the version of this class and of everything that derives from it.
    pub fn modified(self) {
        if self.version.replace(0) != 0 {
            self.subclasses().into_iter().for_each(Gc::modified);
        }
    }

    /// `cls.name = value` in the class's own dict, or removal; no descriptors, no check. Says whether a removed
    /// name was there.
    pub fn set_attribute(self, thread: &Thread, name: Value, value: Option<Value>) -> PyResult<bool> {
        let name = match name.as_str() {
            Some(name) => thread.intern_str(name),
            None => name,
        };
        let there = match value {
            Some(value) => {
                self.dict().set_name(thread, name, value)?;
                true
            }
            None => self.dict().remove_name(thread, name).is_some(),
        };
        self.modified();
        crate::slots::inherit::name_changed(thread, self, name);
        Ok(there)
    }

    /// Instances turned out to need more inline slots: those made from now on get them.
    pub(crate) fn want_inline(self, thread: &Thread, inline: u32) {
        if inline > self.inline.get() && self.slots_offset.get() != 0 {
            self.set_instance_layout(thread, self.slots_offset.get(), (inline + 1).next_multiple_of(2));
        }
    }

    /// Sets where attribute storage begins and how many slots lie in the instance.
    pub(crate) fn set_instance_layout(self, thread: &Thread, slots_offset: u32, inline: u32) {
        let inline = inline.max(self.fixed.get());
        self.slots_offset.set(slots_offset);
        self.inline.set(inline);
        if slots_offset == 0 {
            self.instance_bytes.set(self.layout.get().bytes.max(8));
            return;
        }
        self.instance_bytes.set(slots_offset + 8 + 8 * inline);
        self.instance_shape.set(thread.shapes.root(self, slots_offset, inline, self.fixed.get()));
    }

    pub(crate) fn set_instance_shape(self, shape: u32) {
        self.instance_shape.set(shape);
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for types only.
    let class = unsafe { &*cell.cast::<TypeObject>() };
    let fields =
        [&class.name, &class.qualname, &class.module, &class.base, &class.bases, &class.mro, &class.dict];
    fields.iter().for_each(|field| marker.word(field.get().word()));
}

/// The interpreter's list of types, from which dead ones are removed after marking.
#[derive(Default)]
pub(crate) struct TypeRegistry {
    types: RefCell<Vec<*mut TypeObject>>,
}

impl TypeRegistry {
    pub(crate) fn add(&self, class: Gc<TypeObject>) {
        self.types.borrow_mut().push(class.as_ptr());
    }

    /// Frees what dead types own in Rust memory and forgets them as subclasses.
    pub(crate) fn sweep(&self, marker: &Marker<'_>, shapes: &crate::shape::ShapeTable) {
        let mut any_dead = false;
        self.types.borrow_mut().retain(|&class| {
            let alive = marker.is_marked(class.cast());
            if !alive {
                any_dead = true;
                // SAFETY: the cell is dead but not reused yet; nothing reads its extra part any more.
                unsafe {
                    let extra = Box::from_raw((*class).extra);
                    shapes.free(&extra.shapes.borrow());
                }
            }
            alive
        });
        if any_dead {
            for &class in self.types.borrow().iter() {
                // SAFETY: only live types are left in the list.
                let extra = unsafe { (*class).extra() };
                extra.subclasses.borrow_mut().retain(|&subclass| marker.is_marked(subclass.cast()));
            }
        }
    }
}

impl Drop for TypeRegistry {
    fn drop(&mut self) {
        for &class in self.types.borrow().iter() {
            // SAFETY: the interpreter goes away before its heap does (field order), so the cells are readable.
            unsafe { drop(Box::from_raw((*class).extra)) };
        }
    }
}

impl Thread {
    /// `type(value)`.
    #[inline(always)]
    pub fn type_of(&self, value: Value) -> Gc<TypeObject> {
        match value.header() {
            Some(header) => self.shapes.class(header.shape()),
            None => self.type_of_immediate(value),
        }
    }

    #[inline]
    fn type_of_immediate(&self, value: Value) -> Gc<TypeObject> {
        use crate::ids;
        self.builtin_type(if value.is_small() {
            ids::INT
        } else if value.is_float_immediate() {
            ids::FLOAT
        } else {
            match value {
                Value::TRUE | Value::FALSE => ids::BOOL,
                Value::ELLIPSIS => ids::ELLIPSIS,
                Value::NOT_IMPLEMENTED => ids::NOT_IMPLEMENTED,
                _ => ids::NONE_TYPE,
            }
        })
    }

    /// Whether `value` is an instance of the builtin type or of a subclass (`type(value)`, not `__class__`).
    #[inline]
    pub fn is_instance(&self, value: Value, class: crate::ids::TypeId) -> bool {
        self.type_of(value).is_subtype(self.builtin_type(class))
    }
}

impl Value {
    /// The type object.
    #[inline(always)]
    pub fn as_type(self) -> Option<Gc<TypeObject>> {
        self.downcast()
    }
}
