//! `getset_descriptor` (attributes computed by native code) and `member_descriptor` (slots of `__slots__`).

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::error::PyResult;
use crate::gc::{Gc, Object, word_object};
use crate::ids;
use crate::instance;
use crate::kinds;
use crate::slots::Slots;
use crate::spec::{GetSetDef, Layout, TypeSpec};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

#[repr(C)]
pub struct GetSet {
    header: Header,
    def: &'static GetSetDef,
    pub owner: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for GetSet {
    const KIND: Kind = kinds::GETSET;
}

word_object! {
    /// `slot` is the slot's number, a small int.
    pub struct Member: MEMBER { owner, name, slot }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<GetSet>()),
    methods: methods::METHODS,
    getset: methods::GETSET,
    slots: Slots { descr_get: Some(get), descr_set: Some(set), ..methods::SLOTS },
    ..TypeSpec::new("getset_descriptor")
};

pub static MEMBER_SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<Member>()),
    methods: methods::MEMBER_METHODS,
    getset: methods::MEMBER_GETSET,
    slots: Slots { descr_get: Some(get_member), descr_set: Some(set_member), ..methods::MEMBER_SLOTS },
    ..TypeSpec::new("member_descriptor")
};

impl GetSet {
    pub fn def(&self) -> &'static GetSetDef {
        self.def
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for getset descriptors only.
    marker.word(unsafe { (*cell.cast::<GetSet>()).owner.get().word() });
}

/// A new descriptor for a type's dict.
pub fn new(thread: &Thread, def: &'static GetSetDef, owner: Gc<TypeObject>) -> Value {
    let cell = thread
        .heap
        .alloc(size_of::<GetSet>(), Header::word(kinds::GETSET, ids::GETSET.0, 0))
        .cast::<GetSet>();
    // SAFETY: a new cell of this layout.
    unsafe {
        (*cell).def = def;
        (*cell).owner = Cell::new(owner.value());
        Gc::from_raw(cell).value()
    }
}

/// The descriptor of a slot.
pub(crate) fn member(thread: &Thread, owner: Gc<TypeObject>, name: Value, slot: u32) -> Value {
    Member::make(thread, ids::MEMBER.0, owner.value(), name, Value::small(i64::from(slot))).value()
}

fn check(thread: &Thread, owner: Value, name: &str, instance: Value) -> PyResult<()> {
    let owner = owner.downcast::<TypeObject>();
    if owner.is_some_and(|owner| thread.type_of(instance).is_subtype(owner)) {
        return Ok(());
    }
    let owner = owner.map(|class| class.name_str()).unwrap_or_default();
    let given = thread.type_of(instance).name_str();
    Err(thread.type_error(format_args!(
        "descriptor '{name}' for '{owner}' objects doesn't apply to a '{given}' object"
    )))
}

fn get(thread: &Thread, descriptor: Value, instance: Option<Value>, _: Value) -> PyResult<Value> {
    let (Some(instance), Some(getset)) = (instance, descriptor.downcast::<GetSet>()) else {
        return Ok(descriptor);
    };
    check(thread, getset.owner.get(), getset.def.name, instance)?;
    (getset.def.get)(thread, instance)
}

fn set(thread: &Thread, descriptor: Value, instance: Value, value: Option<Value>) -> PyResult<()> {
    let Some(getset) = descriptor.downcast::<GetSet>() else { return Ok(()) };
    let name = getset.def.name;
    check(thread, getset.owner.get(), name, instance)?;
    match getset.def.set {
        Some(set) => set(thread, instance, value),
        None => {
            let owner =
                getset.owner.get().downcast::<TypeObject>().map(|class| class.name_str()).unwrap_or_default();
            Err(thread
                .attribute_error(format_args!("attribute '{name}' of '{owner}' objects is not writable")))
        }
    }
}

fn get_member(thread: &Thread, descriptor: Value, instance: Option<Value>, _: Value) -> PyResult<Value> {
    let (Some(instance), Some(member)) = (instance, descriptor.downcast::<Member>()) else {
        return Ok(descriptor);
    };
    let name = member.name.get();
    check(thread, member.owner.get(), &thread.to_text(name)?, instance)?;
    match instance::fixed_slot(thread, instance, member.slot.get().small_value() as usize) {
        Some(value) => Ok(value),
        None => Err(crate::attr::no_attribute(thread, instance, name)),
    }
}

fn set_member(thread: &Thread, descriptor: Value, instance: Value, value: Option<Value>) -> PyResult<()> {
    let Some(member) = descriptor.downcast::<Member>() else { return Ok(()) };
    let name = member.name.get();
    check(thread, member.owner.get(), &thread.to_text(name)?, instance)?;
    let slot = member.slot.get().small_value() as usize;
    if value.is_none() && instance::fixed_slot(thread, instance, slot).is_none() {
        return Err(crate::attr::no_attribute(thread, instance, name));
    }
    instance::set_fixed_slot(thread, instance, slot, value.unwrap_or(Value::UNBOUND));
    Ok(())
}
