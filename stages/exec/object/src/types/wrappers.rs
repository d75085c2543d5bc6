//! `staticmethod` and `classmethod`.

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::args::Args;
use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::ids;
use crate::instance;
use crate::kinds;
use crate::slots::Slots;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

/// Either wrapper; the type says which.
#[repr(C)]
pub struct Wrapper {
    header: Header,
    pub callable: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Wrapper {
    const KIND: Kind = kinds::STATIC_METHOD;
}

pub static STATIC_SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<Wrapper>()),
    flags: flags::BASE | flags::DICT,
    methods: methods::METHODS,
    getset: methods::GETSET,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        call: Some(call),
        descr_get: Some(|thread, wrapper, _, _| callable(thread, wrapper)),
        ..methods::STATIC_SLOTS
    },
    ..TypeSpec::new("staticmethod")
};

pub static CLASS_SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout { kind: kinds::STATIC_METHOD, bytes: size_of::<Wrapper>() as u32, wrapped: false }),
    flags: flags::BASE | flags::DICT,
    methods: methods::METHODS,
    getset: methods::GETSET,
    slots: Slots { new: Some(new), init: Some(init), descr_get: Some(get_class), ..methods::CLASS_SLOTS },
    ..TypeSpec::new("classmethod")
};

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for wrappers only.
    marker.word(unsafe { (*cell.cast::<Wrapper>()).callable.get().word() });
}

/// `staticmethod(callable)`.
pub fn static_method(thread: &Thread, callable: Value) -> Gc<Wrapper> {
    make(thread, ids::STATIC_METHOD, callable)
}

/// `classmethod(callable)`.
pub fn class_method(thread: &Thread, callable: Value) -> Gc<Wrapper> {
    make(thread, ids::CLASS_METHOD, callable)
}

fn make(thread: &Thread, class: ids::TypeId, callable: Value) -> Gc<Wrapper> {
    let value = instance::allocate(thread, thread.builtin_type(class));
    // SAFETY: both types have this layout.
    let wrapper = unsafe { Gc::from_raw(value.cell().cast::<Wrapper>()) };
    wrapper.callable.set(callable);
    wrapper
}

fn new(thread: &Thread, class: Value, _: Args<'_>) -> PyResult<Value> {
    let value = instance::allocate_checked(thread, class)?;
    if let Some(wrapper) = value.downcast::<Wrapper>() {
        wrapper.callable.set(Value::UNBOUND);
    }
    Ok(value)
}

fn init(thread: &Thread, wrapper: Value, args: Args<'_>) -> PyResult<()> {
    let class = thread.type_of(wrapper);
    let items = args.expect(thread, &class.name_str(), 1, 1)?;
    if let Some(wrapper) = wrapper.downcast::<Wrapper>() {
        wrapper.store(thread, &wrapper.callable, items[0]);
    }
    methods::copy_attributes(thread, wrapper, items[0])
}

fn callable(thread: &Thread, wrapper: Value) -> PyResult<Value> {
    match wrapper.downcast::<Wrapper>().and_then(|wrapper| wrapper.callable.get().bound()) {
        Some(callable) => Ok(callable),
        None => {
            let name = thread.type_of(wrapper).name_str();
            Err(thread.runtime_error(format_args!("uninitialized {name} object")))
        }
    }
}

fn call(thread: &Thread, wrapper: Value, args: Args<'_>) -> PyResult<Value> {
    thread.call_args(callable(thread, wrapper)?, args)
}

fn get_class(thread: &Thread, wrapper: Value, instance: Option<Value>, owner: Value) -> PyResult<Value> {
    let callable = callable(thread, wrapper)?;
    let class = match instance {
        Some(instance) if owner.is_none() || owner.is_unbound() => thread.type_of(instance).value(),
        _ => owner,
    };
    Ok(crate::types::method::new(thread, callable, class).value())
}
