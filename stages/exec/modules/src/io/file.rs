//! The file object: a cell that owns a shared [`FileState`].
//!
//! ```text
//!   header | state (a counted pointer) | name | mode
//! ```

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dx_heap::{Header, Kind, KindInfo, Marker};
use dx_object::error::PyResult;
use dx_object::gc::{Gc, Object};
use dx_object::instance;
use dx_object::slots::Slots;
use dx_object::spec::{Layout, TypeSpec, flags};
use dx_object::thread::Thread;
use dx_object::types::exception::tree;
use dx_object::value::Value;

use super::buffer::FileState;
use super::{attributes, methods};

const FILE: Kind = Kind(201);

#[repr(C)]
pub(super) struct FileObject {
    header: Header,
    /// From `Rc::into_raw`; null before the file is opened.
    state: Cell<*const RefCell<FileState>>,
    pub(super) name: Cell<Value>,
    pub(super) mode: Cell<Value>,
}

// SAFETY: `repr(C)`, header first; the state is released by the kind's drop function.
unsafe impl Object for FileObject {
    const KIND: Kind = FILE;
}

const SLOTS: Slots = Slots {
    repr: Some(attributes::repr),
    iter: Some(methods::iter),
    next: Some(methods::next),
    ..Slots::EMPTY
};

const fn spec(name: &'static str) -> TypeSpec {
    TypeSpec {
        module: "_io",
        layout: Some(Layout::fixed::<FileObject>()),
        flags: flags::DICT | flags::WEAKREF,
        slots: SLOTS,
        methods: methods::METHODS,
        getset: attributes::GETSET,
        ..TypeSpec::new(name)
    }
}

pub(super) static TEXT: TypeSpec = TypeSpec { getset: attributes::TEXT_GETSET, ..spec("TextIOWrapper") };
pub(super) static READER: TypeSpec = spec("BufferedReader");
pub(super) static WRITER: TypeSpec = spec("BufferedWriter");
pub(super) static RANDOM: TypeSpec = spec("BufferedRandom");
pub(super) static RAW: TypeSpec = spec("FileIO");

/// `io.UnsupportedOperation`.
pub(super) static UNSUPPORTED: TypeSpec = TypeSpec {
    module: "io",
    bases: &[&tree::OS_ERROR, &tree::VALUE_ERROR],
    flags: flags::BASE | flags::DICT | flags::IS_EXCEPTION,
    ..TypeSpec::new("UnsupportedOperation")
};

/// What module `_io` shows.
pub(super) static TYPES: &[&TypeSpec] = &[&TEXT, &READER, &WRITER, &RANDOM, &RAW, &UNSUPPORTED];

unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for file objects only.
    let file = unsafe { &*cell.cast::<FileObject>() };
    marker.word(file.name.get().word());
    marker.word(file.mode.get().word());
}

/// The last object of a file writes out what is buffered and closes it.
unsafe fn release(cell: *mut Header) {
    // SAFETY: called once, for a dead file object, whose pointer came from `Rc::into_raw`.
    unsafe {
        let state = (*cell.cast::<FileObject>()).state.replace(std::ptr::null());
        if !state.is_null() {
            drop(Rc::from_raw(state));
        }
    }
}

pub(super) fn register(thread: &Thread) {
    thread.heap.set_kind(FILE, KindInfo { drop: Some(release), ..KindInfo::custom(trace) });
}

/// A new file object over a state.
pub(super) fn make(
    thread: &Thread,
    spec: &'static TypeSpec,
    state: Rc<RefCell<FileState>>,
    name: Value,
    mode: Value,
) -> PyResult<Value> {
    let value = instance::allocate(thread, thread.spec_type(spec, thread));
    if let Some(file) = value.downcast::<FileObject>() {
        file.state.set(Rc::into_raw(state));
        thread.heap.register_drop(value.cell());
        file.store(thread, &file.name, name);
        file.store(thread, &file.mode, mode);
    }
    Ok(value)
}

pub(super) fn of(value: Value) -> Option<Gc<FileObject>> {
    value.downcast()
}

/// The shared state of a file object.
pub(super) fn state_of(value: Value) -> Option<Rc<RefCell<FileState>>> {
    let pointer = of(value)?.state.get();
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the cell owns one count, so the state is alive; another count is taken for the caller.
    unsafe {
        Rc::increment_strong_count(pointer);
        Some(Rc::from_raw(pointer))
    }
}

/// The state of an open file. ValueError for a closed one.
pub(super) fn open_state(thread: &Thread, value: Value) -> PyResult<Rc<RefCell<FileState>>> {
    match state_of(value) {
        Some(state) if !state.borrow().is_closed() => Ok(state),
        Some(_) => Err(thread.value_error("I/O operation on closed file.")),
        None => Err(thread.value_error("I/O operation on uninitialized object")),
    }
}
