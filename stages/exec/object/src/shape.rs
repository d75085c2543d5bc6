//! Shapes (hidden classes): what attributes an instance has and where they lie.
//!
//! ```text
//!   instance:  header | builtin part ... | overflow | slot 0 | slot 1 | ... (inline capacity of its shape)
//!                                          |
//!                                          +-> buffer of further slots, or a dict (shape in dict mode)
//! ```
//! The first `fixed` slots belong to `__slots__`; names follow in the order of their first assignment. Shapes of
//! a class form a tree from its root shape. A class that saw its instances overflow makes a new root with
//! more inline slots, for instances made later. Shape numbers are never used again, so an inline cache that
//! compares a number can never be fooled.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dx_heap::Reservation;

use crate::gc::Gc;
use crate::ids::FIRST_DYNAMIC_SHAPE;
use crate::types::class::TypeObject;
use crate::value::Value;

/// Instances with more attributes than this keep them in a dict.
const SLOTS_MAX: usize = 128;
const TABLE_MAX: usize = 1 << 24;

/// One node of a class's shape tree.
pub struct Shape {
    pub id: u32,
    class: *mut TypeObject,
    /// Byte offset of the overflow word; slots follow it. 0: instances have no attribute storage.
    pub slots_offset: u32,
    /// Slots that lie in the instance.
    pub inline: u32,
    /// Slots that belong to `__slots__` descriptors.
    pub fixed: u32,
    /// Named slots, after the fixed ones.
    pub count: u32,
    /// The overflow word is a dict with all named attributes.
    pub dict_mode: bool,
    /// Names of this shape and its ancestors; a child that extends the last name shares the vector.
    names: Rc<RefCell<Vec<Value>>>,
    children: RefCell<Vec<(Value, u32)>>,
    dict_shape: Cell<u32>,
}

/// Where an attribute lies, for inline caches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlotPlace {
    /// Byte offset from the start of the instance.
    Inline(u32),
    /// Byte offset of the overflow word, index of the word in the overflow buffer (after its header).
    Overflow(u32, u32),
}

impl Shape {
    /// The class of instances with this shape.
    pub fn class(&self) -> Gc<TypeObject> {
        // SAFETY: the class frees its shapes when it dies, and every instance keeps its class alive.
        unsafe { Gc::from_raw(self.class) }
    }

    /// Index (after the fixed slots) of the name, which is interned.
    #[inline]
    pub fn find(&self, name: Value) -> Option<usize> {
        self.names.borrow()[..self.count as usize].iter().position(|&known| known == name)
    }

    /// Where slot number `slot` (fixed ones first) lies.
    #[inline]
    pub fn place(&self, slot: usize) -> SlotPlace {
        if slot < self.inline as usize {
            SlotPlace::Inline(self.slots_offset + 8 + 8 * slot as u32)
        } else {
            SlotPlace::Overflow(self.slots_offset, (slot - self.inline as usize) as u32)
        }
    }

    /// Where the named attribute lies.
    pub fn place_of(&self, name: Value) -> Option<SlotPlace> {
        Some(self.place(self.fixed as usize + self.find(name)?))
    }

    /// The attribute names in the order of assignment.
    pub fn names(&self) -> Vec<Value> {
        self.names.borrow()[..self.count as usize].to_vec()
    }

    pub(crate) fn name_at(&self, index: usize) -> Value {
        self.names.borrow()[index]
    }
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct ShapeEntry {
    pub(crate) class: *mut TypeObject,
    /// Null for the shapes of builtin types' own instances.
    pub(crate) shape: *mut Shape,
}

/// All shapes by number, at an address that never moves.
pub struct ShapeTable {
    memory: Reservation,
    next: Cell<u32>,
}

impl ShapeTable {
    pub(crate) fn new() -> Option<ShapeTable> {
        let bytes = TABLE_MAX * size_of::<ShapeEntry>();
        Some(ShapeTable {
            memory: Reservation::new(bytes, bytes, 4096)?,
            next: Cell::new(FIRST_DYNAMIC_SHAPE),
        })
    }

    #[inline(always)]
    fn entry(&self, id: u32) -> *mut ShapeEntry {
        debug_assert!((id as usize) < TABLE_MAX);
        self.memory.base().cast::<ShapeEntry>().wrapping_add(id as usize)
    }

    /// Class of the instances with this shape number.
    #[inline(always)]
    pub fn class(&self, id: u32) -> Gc<TypeObject> {
        // SAFETY: a live cell's shape number names a live class (see `Shape::class`).
        unsafe { Gc::from_raw((*self.entry(id)).class) }
    }

    /// The shape, when instances with this number have attribute storage.
    #[inline(always)]
    pub fn get(&self, id: u32) -> Option<&Shape> {
        // SAFETY: entries point at boxed shapes that live as long as their class.
        unsafe { (*self.entry(id)).shape.as_ref() }
    }

    /// The class for tracing, null for a number without one.
    pub(crate) fn class_pointer(&self, id: u32) -> *mut TypeObject {
        // SAFETY: the table covers every number given out.
        unsafe { (*self.entry(id)).class }
    }

    pub(crate) fn set_static(&self, id: u32, class: Gc<TypeObject>) {
        // SAFETY: the table covers every number given out.
        unsafe { *self.entry(id) = ShapeEntry { class: class.as_ptr(), shape: std::ptr::null_mut() } };
    }

    /// A number for exact instances, without attribute storage, of a type made at run time.
    pub(crate) fn plain(&self, class: Gc<TypeObject>) -> u32 {
        let id = self.next_id();
        self.set_static(id, class);
        class.own_shape(id);
        id
    }

    fn next_id(&self) -> u32 {
        let id = self.next.get();
        if id as usize >= TABLE_MAX {
            eprintln!("fatal: too many shapes");
            std::process::abort();
        }
        self.next.set(id + 1);
        id
    }

    fn insert(&self, mut shape: Shape) -> u32 {
        let id = self.next_id();
        shape.id = id;
        let class = shape.class();
        // SAFETY: the table covers every number given out.
        unsafe {
            *self.entry(id) = ShapeEntry { class: class.as_ptr(), shape: Box::into_raw(Box::new(shape)) }
        };
        class.own_shape(id);
        id
    }

    /// A root shape: no named attribute yet.
    pub(crate) fn root(&self, class: Gc<TypeObject>, slots_offset: u32, inline: u32, fixed: u32) -> u32 {
        self.insert(Shape {
            id: 0,
            class: class.as_ptr(),
            slots_offset,
            inline,
            fixed,
            count: 0,
            dict_mode: false,
            names: Rc::default(),
            children: RefCell::default(),
            dict_shape: Cell::new(0),
        })
    }

    /// The shape that has `name` (interned) in addition; `None` when attributes should move to a dict.
    pub fn with_name(&self, shape: &Shape, name: Value) -> Option<&Shape> {
        let known = shape.children.borrow().iter().find(|(known, _)| *known == name).map(|&(_, id)| id);
        if let Some(id) = known {
            return self.get(id);
        }
        if (shape.count + shape.fixed) as usize >= SLOTS_MAX || shape.children.borrow().len() >= SLOTS_MAX {
            return None;
        }
        let names = if shape.names.borrow().len() == shape.count as usize {
            shape.names.clone()
        } else {
            Rc::new(RefCell::new(shape.names()))
        };
        names.borrow_mut().push(name);
        let child = Shape {
            id: 0,
            class: shape.class,
            count: shape.count + 1,
            names,
            children: RefCell::default(),
            dict_shape: Cell::new(0),
            ..*shape
        };
        let id = self.insert(child);
        shape.children.borrow_mut().push((name, id));
        self.get(id)
    }

    /// The shape in dict mode of instances with this inline size.
    pub fn in_dict_mode<'s>(&'s self, shape: &'s Shape) -> &'s Shape {
        if shape.dict_shape.get() == 0 {
            let dict = Shape {
                id: 0,
                class: shape.class,
                count: 0,
                dict_mode: true,
                names: Rc::default(),
                children: RefCell::default(),
                dict_shape: Cell::new(0),
                ..*shape
            };
            shape.dict_shape.set(self.insert(dict));
        }
        self.get(shape.dict_shape.get()).unwrap_or(shape)
    }

    /// Number of shapes made so far.
    pub fn count(&self) -> u32 {
        self.next.get() - FIRST_DYNAMIC_SHAPE
    }

    /// Frees the shapes of a dead class; their numbers are not used again.
    pub(crate) fn free(&self, ids: &[u32]) {
        for &id in ids {
            // SAFETY: no instance of a dead class is alive, so nothing reads these entries any more.
            unsafe {
                let entry = &mut *self.entry(id);
                if !entry.shape.is_null() {
                    drop(Box::from_raw(entry.shape));
                }
                *entry = ShapeEntry { class: std::ptr::null_mut(), shape: std::ptr::null_mut() };
            }
        }
    }
}

impl Drop for ShapeTable {
    fn drop(&mut self) {
        let ids: Vec<u32> = (FIRST_DYNAMIC_SHAPE..self.next.get()).collect();
        self.free(&ids);
    }
}
