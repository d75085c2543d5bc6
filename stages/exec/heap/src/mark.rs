//! Marking: the mark stack, the per-kind tracing table and the functions that tracers call.

use std::cell::{Cell, UnsafeCell};

use crate::header::{GcBits, Header};
use crate::heap::Heap;

/// Traces one cell: calls [`Marker::word`] for each word that may be a pointer.
///
/// # Safety
/// Called with a live cell of the kind it was registered for.
pub type TraceFn = unsafe fn(*mut Header, &Marker<'_>);

/// Runs when a cell of this kind is found dead; it must not touch other cells of the heap, they may be dead too.
///
/// # Safety
/// Called once, with a cell of the kind it was registered for.
pub type DropFn = unsafe fn(*mut Header);

/// Called for cells whose shape id is at or above the heap's threshold, before the kind's own tracing.
///
/// # Safety
/// Called with a live cell.
pub type ShapeTrace = unsafe fn(*const (), *mut Header, &Marker<'_>);

#[derive(Clone, Copy)]
pub enum Trace {
    /// No pointers.
    Leaf,
    /// Every word after the header, to the end of the cell.
    Words,
    Custom(TraceFn),
}

#[derive(Clone, Copy)]
pub struct KindInfo {
    pub trace: Trace,
    /// Only for cells that were registered with [`Heap::register_drop`].
    pub drop: Option<DropFn>,
}

impl KindInfo {
    pub const LEAF: KindInfo = KindInfo { trace: Trace::Leaf, drop: None };
    pub const WORDS: KindInfo = KindInfo { trace: Trace::Words, drop: None };

    pub const fn custom(trace: TraceFn) -> KindInfo {
        KindInfo { trace: Trace::Custom(trace), drop: None }
    }
}

/// Cells are prefetched this many steps before they are traced.
const AHEAD: usize = 8;

/// What tracers mark through.
pub struct Marker<'h> {
    pub(crate) heap: &'h Heap,
    stack: UnsafeCell<Vec<*mut Header>>,
    bytes: Cell<usize>,
}

impl<'h> Marker<'h> {
    pub(crate) fn new(heap: &'h Heap, stack: Vec<*mut Header>) -> Marker<'h> {
        Marker { heap, stack: UnsafeCell::new(stack), bytes: Cell::new(0) }
    }

    pub(crate) fn into_stack(self) -> Vec<*mut Header> {
        self.stack.into_inner()
    }

    /// A traced word: a pointer when it is not zero and its three low bits are.
    #[inline(always)]
    pub fn word(&self, word: u64) {
        if word & 7 == 0 && word != 0 {
            self.cell(word as *mut Header);
        }
    }

    /// `count` traced words at `start`.
    ///
    /// # Safety
    /// The words are readable.
    #[inline]
    pub unsafe fn words(&self, start: *const u64, count: usize) {
        for index in 0..count {
            // SAFETY: the caller promises `count` readable words.
            self.word(unsafe { *start.add(index) });
        }
    }

    /// A pointer to the start of a live cell of this heap.
    #[inline(always)]
    pub fn cell(&self, cell: *mut Header) {
        debug_assert!(self.heap.contains(cell as usize), "traced word {cell:p} is not a cell");
        if self.heap.marks().set(cell as usize) {
            prefetch(cell);
            // SAFETY: the reference to the stack does not outlive this statement and nothing re-enters.
            unsafe { (*self.stack.get()).push(cell) };
        }
    }

    /// Bytes of a cell.
    pub fn bytes_of(&self, cell: *mut Header) -> usize {
        self.heap.bytes_of(cell)
    }

    pub fn is_marked(&self, cell: *mut Header) -> bool {
        self.heap.marks().is_set(cell as usize)
    }

    /// Bytes of the cells that became marked.
    pub(crate) fn marked_bytes(&self) -> usize {
        self.bytes.get()
    }

    /// Pushes a marked cell to be traced again (the remembered set).
    pub(crate) fn retrace(&self, cell: *mut Header) {
        // It was counted when it was marked; tracing counts it again.
        self.bytes.set(self.bytes.get().wrapping_sub(self.heap.bytes_of(cell)));
        // SAFETY: as in `cell`.
        unsafe { (*self.stack.get()).push(cell) };
    }

    fn pop(&self) -> Option<*mut Header> {
        // SAFETY: as in `cell`.
        unsafe { (*self.stack.get()).pop() }
    }

    /// Traces until nothing is left to trace.
    pub(crate) fn drain(&self) {
        let mut ring = [std::ptr::null_mut::<Header>(); AHEAD];
        let mut at = 0;
        let mut idle = 0;
        while idle < AHEAD {
            let next = self.pop().unwrap_or(std::ptr::null_mut());
            let cell = std::mem::replace(&mut ring[at], next);
            at = (at + 1) % AHEAD;
            if next.is_null() {
                idle += 1;
            } else {
                idle = 0;
                prefetch(next);
            }
            if !cell.is_null() {
                self.trace(cell);
                idle = 0;
            }
        }
    }

    fn trace(&self, cell: *mut Header) {
        // SAFETY: marked cells are live cells with a header.
        let header = unsafe { &*cell };
        header.set_gc(GcBits::OLD);
        let bytes = self.heap.bytes_of(cell);
        self.bytes.set(self.bytes.get().wrapping_add(bytes));
        self.heap.trace_shape(cell, header, self);
        match self.heap.kind_info(header.kind()).trace {
            Trace::Leaf => {}
            Trace::Words => {
                let words = bytes / 8 - 1;
                // SAFETY: the cell has that many words after its header.
                unsafe { self.words(cell.cast::<u64>().add(1), words) };
            }
            // SAFETY: the function was registered for this kind and the cell is live.
            Trace::Custom(trace) => unsafe { trace(cell, self) },
        }
    }
}

#[inline(always)]
fn prefetch(cell: *mut Header) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect on the program's state.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(cell.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = cell;
}
