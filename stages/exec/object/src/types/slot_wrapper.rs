//! `wrapper_descriptor` (a slot of a builtin type seen as a dunder) and `method-wrapper` (one bound to an
//! instance).

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::args::Args;
use crate::error::PyResult;
use crate::gc::{Gc, Object, word_object};
use crate::ids;
use crate::kinds;
use crate::slots::table::SlotDef;
use crate::slots::{Slots, wrap};
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

#[repr(C)]
pub struct SlotWrapper {
    header: Header,
    row: &'static SlotDef,
    /// The slot's function.
    word: usize,
    pub owner: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for SlotWrapper {
    const KIND: Kind = kinds::SLOT_WRAPPER;
}

word_object! {
    pub struct MethodWrapper: METHOD_WRAPPER { wrapper, instance }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<SlotWrapper>()),
    flags: flags::METHOD,
    methods: methods::METHODS,
    getset: methods::GETSET,
    slots: Slots { call: Some(call), descr_get: Some(get), ..methods::SLOTS },
    ..TypeSpec::new("wrapper_descriptor")
};

pub static BOUND_SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<MethodWrapper>()),
    methods: methods::BOUND_METHODS,
    getset: methods::BOUND_GETSET,
    slots: Slots { call: Some(call_bound), ..methods::BOUND_SLOTS },
    ..TypeSpec::new("method-wrapper")
};

impl SlotWrapper {
    pub fn row(&self) -> &'static SlotDef {
        self.row
    }

    pub(crate) fn word(&self) -> usize {
        self.word
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for slot wrappers only.
    marker.word(unsafe { (*cell.cast::<SlotWrapper>()).owner.get().word() });
}

/// The wrapper for a row of the slot table; `word` comes from the owner's slots.
pub(crate) fn new(thread: &Thread, row: &'static SlotDef, word: usize, owner: Gc<TypeObject>) -> Value {
    let header = Header::word(kinds::SLOT_WRAPPER, ids::SLOT_WRAPPER.0, 0);
    let cell = thread.heap.alloc(size_of::<SlotWrapper>(), header).cast::<SlotWrapper>();
    // SAFETY: a new cell of this layout.
    unsafe {
        (*cell).row = row;
        (*cell).word = word;
        (*cell).owner = Cell::new(owner.value());
        Gc::from_raw(cell).value()
    }
}

fn call(thread: &Thread, callable: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(wrapper) = callable.downcast::<SlotWrapper>() else {
        return Err(thread.system_error("no wrapper"));
    };
    let name = wrapper.row.name;
    let owner = wrapper.owner.get().downcast::<TypeObject>();
    let owner_name = owner.map(|class| class.name_str()).unwrap_or_default();
    let Some(instance) = args.get(0) else {
        return Err(
            thread.type_error(format_args!("descriptor '{name}' of '{owner_name}' object needs an argument"))
        );
    };
    if !owner.is_some_and(|owner| thread.type_of(instance).is_subtype(owner)) {
        let given = thread.type_of(instance).name_str();
        return Err(thread.type_error(format_args!(
            "descriptor '{name}' requires a '{owner_name}' object but received a '{given}'"
        )));
    }
    wrap::call(thread, wrapper.row, wrapper.word, instance, args.rest())
}

fn call_bound(thread: &Thread, callable: Value, args: Args<'_>) -> PyResult<Value> {
    let bound = callable.downcast::<MethodWrapper>();
    match bound.and_then(|bound| Some((bound.wrapper.get().downcast::<SlotWrapper>()?, bound.instance.get())))
    {
        Some((wrapper, instance)) => wrap::call(thread, wrapper.row, wrapper.word, instance, args),
        None => Err(thread.system_error("no wrapper")),
    }
}

fn get(thread: &Thread, descriptor: Value, instance: Option<Value>, _: Value) -> PyResult<Value> {
    Ok(match instance {
        Some(instance) => MethodWrapper::make(thread, ids::METHOD_WRAPPER.0, descriptor, instance).value(),
        None => descriptor,
    })
}
