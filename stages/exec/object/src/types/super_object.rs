//! `super`: attribute lookup that starts behind a class in the mro.

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::args::Args;
use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::instance;
use crate::kinds;
use crate::slots::Slots;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

#[repr(C)]
pub struct Super {
    header: Header,
    /// The class behind which lookup starts.
    pub class: Cell<Value>,
    /// The instance or class that attributes are bound to; None for an unbound super.
    pub object: Cell<Value>,
    /// The type whose mro is searched; None for an unbound super.
    pub object_type: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Super {
    const KIND: Kind = kinds::SUPER;
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<Super>()),
    flags: flags::BASE,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    slots: Slots {
        new: Some(|thread, class, _| {
            let value = instance::allocate_checked(thread, class)?;
            if let Some(object) = value.downcast::<Super>() {
                object.class.set(Value::NONE);
                object.object.set(Value::NONE);
                object.object_type.set(Value::NONE);
            }
            Ok(value)
        }),
        init: Some(init),
        getattr: Some(getattr),
        descr_get: Some(bind),
        ..methods::SLOTS
    },
    ..TypeSpec::new("super")
};

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for super objects only.
    let object = unsafe { &*cell.cast::<Super>() };
    for field in [&object.class, &object.object, &object.object_type] {
        marker.word(field.get().word());
    }
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let given = args.expect(thread, "super", 0, 2)?;
    let (class, object) = match *given {
        [] => (thread.hooks.super_arguments.get())(thread).map(|(object, class)| (class, object))?,
        [class] => (class, Value::NONE),
        [class, object, ..] => (class, object),
    };
    let Some(start) = class.downcast::<TypeObject>() else {
        let given = thread.type_of(class).name_str();
        return Err(thread.type_error(format_args!("super() argument 1 must be a type, not {given}")));
    };
    let object_type = if object.is_none() { Value::NONE } else { check(thread, start, object)?.value() };
    if let Some(this) = value.downcast::<Super>() {
        this.store(thread, &this.class, class);
        this.store(thread, &this.object, object);
        this.store(thread, &this.object_type, object_type);
    }
    Ok(())
}

/// The type whose mro `super(start, object)` searches.
pub fn check(thread: &Thread, start: Gc<TypeObject>, object: Value) -> PyResult<Gc<TypeObject>> {
    if let Some(class) = object.downcast::<TypeObject>()
        && class.is_subtype(start)
    {
        return Ok(class);
    }
    let class = thread.type_of(object);
    if class.is_subtype(start) {
        return Ok(class);
    }
    // A proxy may lie about its class.
    if let Some(claimed) = thread.find_attr(object, thread.names().__class__)?
        && let Some(claimed) = claimed.downcast::<TypeObject>()
        && claimed != class
        && claimed.is_subtype(start)
    {
        return Ok(claimed);
    }
    let start_name = start.name_str();
    let (what, name) = match object.downcast::<TypeObject>() {
        Some(class) => ("type", class.name_str()),
        None => ("instance of", class.name_str()),
    };
    Err(thread.type_error(format_args!(
        "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({start_name})."
    )))
}

/// The attribute that `super(start, object).name` finds in the mro of `object_type`, unbound.
pub fn lookup(
    thread: &Thread,
    start: Gc<TypeObject>,
    object_type: Gc<TypeObject>,
    name: Value,
) -> Option<Value> {
    let mro = object_type.mro.get();
    let classes = mro.tuple_items()?;
    let at = classes.iter().position(|&class| class == start.value())?;
    classes[at + 1..].iter().find_map(|class| class.downcast::<TypeObject>()?.dict().get_name(thread, name))
}

/// `super(start, object).name`, without making the super object.
pub fn get(
    thread: &Thread,
    start: Gc<TypeObject>,
    object: Value,
    object_type: Gc<TypeObject>,
    name: Value,
) -> PyResult<Option<Value>> {
    let Some(found) = lookup(thread, start, object_type, name) else { return Ok(None) };
    match thread.type_of(found).slots().descr_get {
        Some(get) => {
            let instance = if object == object_type.value() { None } else { Some(object) };
            get(thread, found, instance, object_type.value()).map(Some)
        }
        None => Ok(Some(found)),
    }
}

fn getattr(thread: &Thread, value: Value, name: Value) -> PyResult<Value> {
    if let Some(this) = value.downcast::<Super>()
        && name != thread.names().__class__
        && let (Some(start), Some(class)) = (this.class.get().downcast(), this.object_type.get().downcast())
        && let Some(found) = get(thread, start, this.object.get(), class, name)?
    {
        return Ok(found);
    }
    crate::attr::generic_getattr(thread, value, name)
}

/// An unbound super in a class body binds like a method.
fn bind(thread: &Thread, value: Value, instance: Option<Value>, _: Value) -> PyResult<Value> {
    match (instance, value.downcast::<Super>()) {
        (Some(instance), Some(this)) if !instance.is_none() && this.object.get().is_none() => {
            thread.call(thread.type_of(value).value(), &[this.class.get(), instance])
        }
        _ => Ok(value),
    }
}
