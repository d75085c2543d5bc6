//! `weakref.ref` and the table that clears weak references when what they refer to dies.

pub mod methods;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};

use dx_heap::{GcBits, Header, Kind, Marker};

use crate::gc::{Gc, Object};
use crate::ids;
use crate::instance;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

#[repr(C)]
pub struct WeakReference {
    header: Header,
    /// Address of the cell referred to; not traced; 0 when it is dead.
    target: Cell<usize>,
    /// What is called with the reference when the target dies, or None.
    pub callback: Cell<Value>,
    /// 0: not computed.
    pub hash: Cell<i64>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for WeakReference {
    const KIND: Kind = kinds::WEAK_REFERENCE;
}

pub static SPEC: TypeSpec = TypeSpec {
    module: "weakref",
    layout: Some(Layout::fixed::<WeakReference>()),
    flags: flags::BASE,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("ReferenceType")
};

impl WeakReference {
    /// The object, while it lives.
    pub fn target(&self) -> Option<Value> {
        match self.target.get() {
            0 => None,
            address => Some(Value::from_word(address as u64)),
        }
    }

    pub fn clear(&self) {
        self.target.set(0);
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for weak references only.
    marker.word(unsafe { (*cell.cast::<WeakReference>()).callback.get().word() });
}

/// All weak references by the address of their target.
#[derive(Default)]
pub struct WeakTable {
    references: RefCell<HashMap<usize, Vec<*mut WeakReference>>>,
    /// References whose target died and whose callback waits.
    pending: RefCell<VecDeque<Value>>,
}

impl WeakTable {
    pub(crate) fn mark_pending(&self, marker: &Marker<'_>) {
        self.pending.borrow().iter().for_each(|value| marker.word(value.word()));
    }

    pub(crate) fn has_pending(&self) -> bool {
        !self.pending.borrow().is_empty()
    }

    /// Marking from the roots is done: clears references to what was not reached.
    pub(crate) fn clear_dead(&self, marker: &Marker<'_>) {
        let mut pending = self.pending.borrow_mut();
        self.references.borrow_mut().retain(|&address, references| {
            if marker.is_marked(address as *mut Header) {
                return true;
            }
            for &reference in references.iter() {
                // SAFETY: cells are not reused before the end of the collection, marked or not.
                let object = unsafe { &*reference };
                object.clear();
                if marker.is_marked(reference.cast()) && !object.callback.get().is_none() {
                    pending.push_back(Value::from_cell(reference.cast()));
                }
            }
            false
        });
    }

    /// All marking is done: forgets references that died themselves.
    pub(crate) fn sweep(&self, marker: &Marker<'_>) {
        self.references.borrow_mut().retain(|_, references| {
            references.retain(|&reference| marker.is_marked(reference.cast()));
            !references.is_empty()
        });
    }

    /// The weak references to a cell.
    pub fn of(&self, cell: Value) -> Vec<Value> {
        let references = self.references.borrow();
        let found = references.get(&(cell.word() as usize));
        found.map_or_else(Vec::new, |found| found.iter().map(|&cell| Value::from_cell(cell.cast())).collect())
    }

    /// The next reference whose callback is to be called.
    pub fn next_pending(&self) -> Option<Value> {
        self.pending.borrow_mut().pop_front()
    }
}

impl Thread {
    /// Whether instances of the value's type can be weakly referenced.
    pub fn can_be_weakly_referenced(&self, value: Value) -> bool {
        value.is_heap() && self.type_of(value).flags() & flags::WEAKREF != 0
    }

    /// `weakref.ref(target, callback)` of a type with that layout. Without a callback and of the exact type, one
    /// reference is shared. The target can be weakly referenced.
    pub fn weak_reference(&self, class: Gc<TypeObject>, target: Value, callback: Value) -> Gc<WeakReference> {
        let exact = class == self.builtin_type(ids::WEAK_REFERENCE);
        if exact && callback.is_none() {
            let known = self.weak.references.borrow().get(&(target.word() as usize)).and_then(|references| {
                references.iter().copied().find(|&reference| {
                    // SAFETY: the table holds live references only between collections.
                    unsafe {
                        (*reference).callback.get().is_none()
                            && (*reference).header.shape() == ids::WEAK_REFERENCE.0
                    }
                })
            });
            if let Some(known) = known {
                // SAFETY: as above.
                return unsafe { Gc::from_raw(known) };
            }
        }
        let value = instance::allocate(self, class);
        // SAFETY: the class has this layout.
        let reference = unsafe { Gc::from_raw(value.cell().cast::<WeakReference>()) };
        reference.target.set(target.word() as usize);
        reference.callback.set(callback);
        self.weak.references.borrow_mut().entry(target.word() as usize).or_default().push(reference.as_ptr());
        if let Some(header) = target.header() {
            header.set_gc(GcBits::WEAK);
        }
        reference
    }

    /// All weak references to a value, for `weakref.getweakrefs`.
    pub fn weak_references_to(&self, value: Value) -> Vec<Value> {
        self.weak.of(value)
    }

    /// Runs callbacks of dead weak references and queued finalisers. Called at a poll, never inside a native
    /// operation. Exceptions go to the unraisable hook.
    pub fn run_finalizers(&self) {
        use std::sync::atomic::Ordering;
        self.poll.fetch_and(!crate::thread::poll::FINALIZE, Ordering::Relaxed);
        let outer = self.take_exception();
        while let Some(reference) = self.weak.next_pending() {
            if let Some(object) = reference.downcast::<WeakReference>() {
                let callback = object.callback.replace(Value::NONE);
                if self.call(callback, &[reference]).is_err() {
                    let error = self.take_exception();
                    (self.hooks.unraisable.get())(
                        self,
                        error,
                        "Exception ignored while calling weakref callback",
                        callback,
                    );
                }
            }
        }
        while let Some(cell) = self.heap.next_finalizable() {
            let value = Value::from_cell(cell);
            // SAFETY: queued cells are live.
            unsafe { (*cell).set_gc(GcBits::FINALIZED) };
            if let Some(del) = self.type_of(value).slots().del
                && del(self, value).is_err()
            {
                let error = self.take_exception();
                (self.hooks.unraisable.get())(
                    self,
                    error,
                    "Exception ignored while calling deallocator",
                    value,
                );
            }
        }
        self.set_exception(outer);
    }

    /// The end of the program: runs every finaliser that is left, the oldest first.
    pub fn finalize_all(&self) {
        // Finalisers may make objects with finalisers; a few rounds are enough for what is not a runaway.
        for _ in 0..8 {
            self.heap.queue_all_finalizers();
            if !self.heap.has_finalizable() {
                break;
            }
            self.run_finalizers();
        }
    }

    /// `gc.collect()`: a full collection and everything it finds to finalise.
    pub fn collect_now(&self) {
        self.heap.collect(true);
        self.run_finalizers();
    }
}
