//! Functions written in Rust: `builtin_function_or_method` (a function of a module, or a method bound to its
//! instance), `method_descriptor` and `classmethod_descriptor` (in the dict of a type).

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::args::Args;
use crate::error::{PyResult, Raised};
use crate::gc::{Gc, Object};
use crate::ids;
use crate::kinds;
use crate::slots::Slots;
use crate::spec::{Arity, Binding, Layout, MethodDef, TypeSpec, flags};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

/// One of the three, by type.
#[repr(C)]
pub struct NativeFunction {
    header: Header,
    def: &'static MethodDef,
    /// What is passed as first argument (UNBOUND: nothing); of a descriptor, the type that owns it.
    pub receiver: Cell<Value>,
    /// The module's name, or None.
    pub module: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for NativeFunction {
    const KIND: Kind = kinds::NATIVE_FUNCTION;
}

const LAYOUT: Option<Layout> = Some(Layout::fixed::<NativeFunction>());

pub static FUNCTION_SPEC: TypeSpec = TypeSpec {
    layout: LAYOUT,
    flags: flags::WEAKREF,
    methods: methods::METHODS,
    getset: methods::GETSET,
    slots: Slots { call: Some(call_function), ..methods::SLOTS },
    ..TypeSpec::new("builtin_function_or_method")
};

pub static METHOD_SPEC: TypeSpec = TypeSpec {
    layout: LAYOUT,
    flags: flags::METHOD,
    methods: methods::DESCRIPTOR_METHODS,
    getset: methods::DESCRIPTOR_GETSET,
    slots: Slots { call: Some(call_descriptor), descr_get: Some(get_method), ..methods::DESCRIPTOR_SLOTS },
    ..TypeSpec::new("method_descriptor")
};

pub static CLASS_METHOD_SPEC: TypeSpec = TypeSpec {
    layout: LAYOUT,
    methods: methods::DESCRIPTOR_METHODS,
    getset: methods::DESCRIPTOR_GETSET,
    slots: Slots {
        call: Some(call_class_descriptor),
        descr_get: Some(get_class_method),
        ..methods::DESCRIPTOR_SLOTS
    },
    ..TypeSpec::new("classmethod_descriptor")
};

impl NativeFunction {
    #[inline(always)]
    pub fn def(&self) -> &'static MethodDef {
        self.def
    }

    /// `list.append` for messages: with the type's name for methods.
    pub fn full_name(&self, thread: &Thread) -> String {
        let receiver = self.receiver.get();
        if receiver.is_unbound() {
            return self.def.name.to_owned();
        }
        let class = receiver.downcast::<TypeObject>().unwrap_or_else(|| thread.type_of(receiver));
        format!("{}.{}", class.name_str(), self.def.name)
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for native functions only.
    let function = unsafe { &*cell.cast::<NativeFunction>() };
    marker.word(function.receiver.get().word());
    marker.word(function.module.get().word());
}

fn make(
    thread: &Thread,
    class: crate::ids::TypeId,
    def: &'static MethodDef,
    receiver: Value,
    module: Value,
) -> Value {
    let word = Header::word(kinds::NATIVE_FUNCTION, class.0, 0);
    let cell = thread.heap.alloc(size_of::<NativeFunction>(), word).cast::<NativeFunction>();
    // SAFETY: a new cell of this layout.
    unsafe {
        (*cell).def = def;
        (*cell).receiver = Cell::new(receiver);
        (*cell).module = Cell::new(module);
        Gc::from_raw(cell).value()
    }
}

/// A function of a module.
pub fn function(thread: &Thread, def: &'static MethodDef, module: Value) -> Value {
    make(thread, ids::NATIVE_FUNCTION, def, Value::UNBOUND, module)
}

/// A function with its first argument bound.
pub fn bound(thread: &Thread, def: &'static MethodDef, receiver: Value) -> Value {
    make(thread, ids::NATIVE_FUNCTION, def, receiver, Value::NONE)
}

/// What stands in a type's dict for a method of this description.
pub(crate) fn descriptor(thread: &Thread, def: &'static MethodDef, class: Gc<TypeObject>) -> Value {
    match def.binding {
        Binding::Instance => make(thread, ids::METHOD_DESCRIPTOR, def, class.value(), Value::NONE),
        Binding::Class => make(thread, ids::CLASS_METHOD_DESCRIPTOR, def, class.value(), Value::NONE),
        Binding::Static => {
            let function = function(thread, def, Value::NONE);
            crate::types::wrappers::static_method(thread, function).value()
        }
    }
}

/// Checks the arguments against the arity and calls. `bound` arguments come first and are not counted.
#[inline]
pub fn call_def(
    thread: &Thread,
    def: &'static MethodDef,
    args: Args<'_>,
    bound: usize,
    full_name: impl FnOnce() -> String,
) -> PyResult<Value> {
    let given = args.len() - bound;
    let fits = match def.arity {
        Arity::Any => true,
        _ if args.has_keywords() => false,
        Arity::One => given == 1,
        Arity::None => given == 0,
        Arity::Positional(least, most) => given >= least as usize && given <= most as usize,
    };
    if fits { (def.function)(thread, args) } else { Err(mismatch(thread, def, given, args, &full_name())) }
}

#[cold]
fn mismatch(thread: &Thread, def: &'static MethodDef, given: usize, args: Args<'_>, name: &str) -> Raised {
    if args.has_keywords() {
        return thread.type_error(format_args!("{name}() takes no keyword arguments"));
    }
    match def.arity {
        Arity::One => thread.type_error(format_args!("{name}() takes exactly one argument ({given} given)")),
        Arity::None => thread.type_error(format_args!("{name}() takes no arguments ({given} given)")),
        Arity::Positional(least, most) => {
            let name = def.name;
            let (bound, count) = match (least == most, given < least as usize) {
                (true, _) => ("", least),
                (false, true) => ("at least ", least),
                (false, false) => ("at most ", most),
            };
            let plural = if count == 1 { "" } else { "s" };
            thread.type_error(format_args!("{name} expected {bound}{count} argument{plural}, got {given}"))
        }
        Arity::Any => thread.type_error(format_args!("bad arguments for {name}()")),
    }
}

fn call_function(thread: &Thread, callable: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(function) = callable.downcast::<NativeFunction>() else {
        return Err(thread.system_error("no function"));
    };
    let receiver = function.receiver.get();
    if receiver.is_unbound() {
        return call_def(thread, function.def, args, 0, || function.full_name(thread));
    }
    thread.with_prepended(receiver, args, |args| {
        call_def(thread, function.def, args, 1, || function.full_name(thread))
    })
}

fn call_descriptor(thread: &Thread, callable: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(method) = callable.downcast::<NativeFunction>() else {
        return Err(thread.system_error("no method"));
    };
    check_receiver(thread, &method, args.get(0))?;
    call_def(thread, method.def, args, 1, || method.full_name(thread))
}

/// TypeError unless `receiver` is an instance of the descriptor's type.
#[inline]
pub fn check_receiver(thread: &Thread, method: &NativeFunction, receiver: Option<Value>) -> PyResult<()> {
    let owner = method.receiver.get().downcast::<TypeObject>();
    match (receiver, owner) {
        (Some(receiver), Some(owner)) if thread.type_of(receiver).is_subtype(owner) => Ok(()),
        _ => Err(bad_receiver(thread, method, receiver)),
    }
}

#[cold]
fn bad_receiver(thread: &Thread, method: &NativeFunction, receiver: Option<Value>) -> Raised {
    let name = method.def.name;
    let owner =
        method.receiver.get().downcast::<TypeObject>().map(|class| class.name_str()).unwrap_or_default();
    match receiver {
        None => thread.type_error(format_args!("unbound method {owner}.{name}() needs an argument")),
        Some(receiver) => {
            let given = thread.type_of(receiver).name_str();
            thread.type_error(format_args!(
                "descriptor '{name}' for '{owner}' objects doesn't apply to a '{given}' object"
            ))
        }
    }
}

fn get_method(thread: &Thread, descriptor: Value, instance: Option<Value>, _: Value) -> PyResult<Value> {
    let (Some(instance), Some(method)) = (instance, descriptor.downcast::<NativeFunction>()) else {
        return Ok(descriptor);
    };
    check_receiver(thread, &method, Some(instance))?;
    Ok(bound(thread, method.def, instance))
}

fn get_class_method(
    thread: &Thread,
    descriptor: Value,
    instance: Option<Value>,
    owner: Value,
) -> PyResult<Value> {
    let Some(method) = descriptor.downcast::<NativeFunction>() else { return Ok(descriptor) };
    let class = match instance {
        Some(instance) if owner.is_none() || owner.is_unbound() => thread.type_of(instance).value(),
        _ => owner,
    };
    Ok(bound(thread, method.def, class))
}

fn call_class_descriptor(thread: &Thread, callable: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(method) = callable.downcast::<NativeFunction>() else {
        return Err(thread.system_error("no method"));
    };
    if args.get(0).and_then(|class| class.downcast::<TypeObject>()).is_none() {
        let (owner, name) = (method.full_name(thread), method.def.name);
        return Err(
            thread.type_error(format_args!("descriptor '{name}' of '{owner}' requires a type argument"))
        );
    }
    call_def(thread, method.def, args, 1, || method.full_name(thread))
}
