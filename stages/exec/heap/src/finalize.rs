//! Finalisers, drops and weak tables: what happens between marking and reuse.
//!
//! A cell with a finaliser that is found unreachable is kept alive once more and queued; the object model runs
//! the queue at a safe point. A cell with a drop releases native memory at once. Weak tables are cleared by
//! the object model through [`WeakHooks`], before finalisers bring anything back.

use std::cell::RefCell;
use std::collections::VecDeque;

use crate::header::{GcBits, Header};
use crate::heap::Heap;
use crate::mark::Marker;

/// What the object model does at two moments of a collection.
#[derive(Clone, Copy)]
pub struct WeakHooks {
    pub context: *const (),
    /// Marking from roots is done: clear weak references to unmarked cells.
    pub clear: unsafe fn(*const (), &Marker<'_>),
    /// All marking is done, finalisers' cells included: forget caches of what is unmarked.
    pub sweep: unsafe fn(*const (), &Marker<'_>, bool),
}

#[derive(Default)]
pub(crate) struct Finalizers {
    young: RefCell<Vec<*mut Header>>,
    old: RefCell<Vec<*mut Header>>,
    drop_young: RefCell<Vec<*mut Header>>,
    drop_old: RefCell<Vec<*mut Header>>,
    queue: RefCell<VecDeque<*mut Header>>,
}

impl Heap {
    /// The cell has a finaliser to be run by the object model when it becomes unreachable.
    pub fn register_finalizer(&self, cell: &Header) {
        if !cell.has_gc(GcBits::FINALIZER) {
            cell.set_gc(GcBits::FINALIZER);
            self.finalizers.young.borrow_mut().push(std::ptr::from_ref(cell).cast_mut());
        }
    }

    /// The kind's drop function runs when the cell dies.
    pub fn register_drop(&self, cell: *mut Header) {
        self.finalizers.drop_young.borrow_mut().push(cell);
    }

    /// The next unreachable cell whose finaliser is to be run; it is alive again until the next collection.
    pub fn next_finalizable(&self) -> Option<*mut Header> {
        self.finalizers.queue.borrow_mut().pop_front()
    }

    pub fn has_finalizable(&self) -> bool {
        !self.finalizers.queue.borrow().is_empty()
    }

    /// Moves every registered finaliser into the queue: the end of the program.
    pub fn queue_all_finalizers(&self) {
        let mut queue = self.finalizers.queue.borrow_mut();
        for list in [&self.finalizers.old, &self.finalizers.young] {
            queue.extend(list.borrow_mut().drain(..));
        }
    }

    pub(crate) fn mark_queued(&self, marker: &Marker<'_>) {
        for &cell in self.finalizers.queue.borrow().iter() {
            marker.cell(cell);
        }
    }

    /// Queues unmarked cells with finalisers and marks what they reach.
    pub(crate) fn queue_unreachable(&self, marker: &Marker<'_>, major: bool) {
        let lists = &self.finalizers;
        let mut dead = Vec::new();
        let mut kept = Vec::new();
        if major {
            lists.old.borrow_mut().retain(|&cell| keep_or_move(marker, cell, &mut dead));
        }
        for cell in lists.young.borrow_mut().drain(..) {
            if keep_or_move(marker, cell, &mut dead) {
                kept.push(cell);
            }
        }
        lists.old.borrow_mut().append(&mut kept);
        for &cell in &dead {
            // SAFETY: the cell is unmarked but its memory is not reused before the end of this collection.
            let header = unsafe { &*cell };
            header.clear_gc(GcBits::FINALIZER);
            marker.cell(cell);
        }
        lists.queue.borrow_mut().extend(dead);
        marker.drain();
    }

    pub(crate) fn drop_unmarked(&self, marker: &Marker<'_>, major: bool) {
        let lists = &self.finalizers;
        let drop_dead = |cell: *mut Header| {
            if marker.is_marked(cell) {
                return true;
            }
            // SAFETY: the header of an unmarked cell stays until its memory is reused.
            if let Some(drop) = self.kind_info(unsafe { (*cell).kind() }).drop {
                // SAFETY: the cell is dead, of this kind, and leaves the list now.
                unsafe { drop(cell) };
            }
            false
        };
        if major {
            lists.drop_old.borrow_mut().retain(|&cell| drop_dead(cell));
        }
        let young = std::mem::take(&mut *lists.drop_young.borrow_mut());
        lists.drop_old.borrow_mut().extend(young.into_iter().filter(|&cell| drop_dead(cell)));
    }

    /// Drops everything: the heap goes away.
    pub(crate) fn drop_all(&self) {
        for list in [&self.finalizers.drop_old, &self.finalizers.drop_young] {
            for cell in list.borrow_mut().drain(..) {
                // SAFETY: cells in the lists have not been dropped yet, and nothing runs afterwards.
                unsafe {
                    if let Some(drop) = self.kind_info((*cell).kind()).drop {
                        drop(cell);
                    }
                }
            }
        }
    }
}

fn keep_or_move(marker: &Marker<'_>, cell: *mut Header, dead: &mut Vec<*mut Header>) -> bool {
    let marked = marker.is_marked(cell);
    if !marked {
        dead.push(cell);
    }
    marked
}
