//! The roots of a collection and what happens to weak tables in it.

use dx_heap::{Header, Heap, Marker, Roots, WeakHooks};

use super::Interpreter;
use crate::ids::FIRST_DYNAMIC_SHAPE;
use crate::thread::poll;

/// Registers the interpreter, which stays at its address, with its heap.
pub(super) fn register(interpreter: &Interpreter) {
    let heap: &Heap = &interpreter.heap;
    let context = std::ptr::from_ref(interpreter).cast::<()>();
    crate::kinds::register(heap);
    heap.set_roots(Roots { context, ranges, precise });
    heap.set_weak_hooks(WeakHooks { context, clear, sweep });
    heap.set_shape_trace(FIRST_DYNAMIC_SHAPE, trace_shape, context);
}

/// # Safety
/// `context` is the interpreter that registered these functions.
unsafe fn interpreter<'a>(context: *const ()) -> &'a Interpreter {
    // SAFETY: the heap belongs to the interpreter, so it is alive while its heap collects.
    unsafe { &*context.cast() }
}

unsafe fn ranges(context: *const (), lowest: usize, range: &mut dyn FnMut(usize, usize)) {
    // SAFETY: our own registration; attached threads are alive.
    unsafe {
        for &thread in interpreter(context).threads.borrow().iter() {
            (*thread).ranges(lowest, range);
        }
    }
}

unsafe fn precise(context: *const (), marker: &Marker<'_>) {
    // SAFETY: our own registration.
    let this = unsafe { interpreter(context) };
    let mark = |value: crate::value::Value| marker.word(value.word());
    this.types.iter().for_each(|cell| mark(cell.get()));
    this.chars.iter().for_each(|cell| mark(cell.get()));
    this.spec_types.borrow().values().for_each(|&value| mark(value));
    this.permanent.borrow().iter().for_each(|&value| mark(value));
    this.interned.for_each(mark);
    for cell in [&this.empty_str, &this.empty_tuple, &this.empty_bytes, &this.modules, &this.builtins] {
        mark(cell.get());
    }
    this.weak.mark_pending(marker);
    for &thread in this.threads.borrow().iter() {
        // SAFETY: attached threads are alive.
        unsafe { (*thread).roots(&mut |value| mark(value)) };
    }
}

/// An instance keeps its class alive and holds its attributes.
unsafe fn trace_shape(context: *const (), cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: our own registration; the cell is live, so its shape entry is.
    unsafe {
        let this = interpreter(context);
        let id = (*cell).shape();
        let class = this.shapes.class_pointer(id);
        debug_assert!(!class.is_null());
        marker.cell(class.cast());
        if let Some(shape) = this.shapes.get(id) {
            let start = cell.byte_add(shape.slots_offset as usize).cast::<u64>();
            marker.words(start, 1 + shape.inline as usize);
        }
    }
}

unsafe fn clear(context: *const (), marker: &Marker<'_>) {
    // SAFETY: our own registration.
    let this = unsafe { interpreter(context) };
    this.weak.clear_dead(marker);
}

unsafe fn sweep(context: *const (), marker: &Marker<'_>, _major: bool) {
    // SAFETY: our own registration.
    let this = unsafe { interpreter(context) };
    this.type_cache.clear();
    this.weak.sweep(marker);
    this.types_registry.sweep(marker, &this.shapes);
    if this.weak.has_pending() || this.heap.has_finalizable() {
        for &thread in this.threads.borrow().iter() {
            // SAFETY: attached threads are alive.
            unsafe { (*thread).request_poll(poll::FINALIZE) };
        }
    }
}
