//! `weakref.proxy`: an object that passes everything on to what it refers to weakly.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::slots::dispatch::{BinaryOp, UnaryOp};
use dx_object::spec::{TypeSpec, flags};
use dx_object::thread::Thread;
use dx_object::types::weakref::WeakReference;
use dx_object::value::Value;

use crate::convert::type_name;
use crate::record::{self, LAYOUT};

macro_rules! binary {
    ($op:ident) => {
        Some(|thread, a, b| thread.binary(BinaryOp::$op, unwrap(thread, a)?, unwrap(thread, b)?))
    };
}

macro_rules! inplace {
    ($op:ident) => {
        Some(|thread, a, b| thread.inplace(BinaryOp::$op, unwrap(thread, a)?, unwrap(thread, b)?))
    };
}

macro_rules! unary {
    ($op:ident) => {
        Some(|thread, value| thread.unary(UnaryOp::$op, target(thread, value)?))
    };
}

const SLOTS: Slots = Slots {
    repr: Some(repr),
    str: Some(|thread, value| thread.to_str(target(thread, value)?)),
    getattr: Some(|thread, value, name| thread.get_attr(target(thread, value)?, name)),
    setattr: Some(|thread, value, name, new| {
        let target = target(thread, value)?;
        match new {
            Some(new) => thread.set_attr(target, name, new),
            None => thread.delete_attr(target, name),
        }
    }),
    compare: Some(|thread, a, b, op| thread.compare(unwrap(thread, a)?, unwrap(thread, b)?, op)),
    iter: Some(|thread, value| thread.iter(target(thread, value)?)),
    next: Some(|thread, value| thread.next(target(thread, value)?)),
    bool: Some(|thread, value| thread.truth(target(thread, value)?)),
    len: Some(|thread, value| thread.len(target(thread, value)?)),
    getitem: Some(|thread, value, key| thread.getitem(target(thread, value)?, key)),
    setitem: Some(|thread, value, key, item| {
        let target = target(thread, value)?;
        match item {
            Some(item) => thread.setitem(target, key, item),
            None => thread.delitem(target, key),
        }
    }),
    contains: Some(|thread, value, item| thread.contains(target(thread, value)?, item)),
    index: Some(|thread, value| thread.index(target(thread, value)?)),
    add: binary!(Add),
    sub: binary!(Sub),
    mul: binary!(Mul),
    matmul: binary!(MatMul),
    truediv: binary!(TrueDiv),
    floordiv: binary!(FloorDiv),
    rem: binary!(Rem),
    divmod: binary!(DivMod),
    lshift: binary!(LShift),
    rshift: binary!(RShift),
    and: binary!(And),
    xor: binary!(Xor),
    or: binary!(Or),
    inplace_add: inplace!(Add),
    inplace_sub: inplace!(Sub),
    inplace_mul: inplace!(Mul),
    inplace_or: inplace!(Or),
    inplace_and: inplace!(And),
    inplace_xor: inplace!(Xor),
    neg: unary!(Neg),
    pos: unary!(Pos),
    abs: unary!(Abs),
    invert: unary!(Invert),
    ..Slots::EMPTY
};

/// `first` is the weak reference.
pub(super) static PROXY: TypeSpec = TypeSpec {
    module: "weakref",
    layout: LAYOUT,
    flags: flags::NO_NEW,
    slots: SLOTS,
    ..TypeSpec::new("ProxyType")
};

pub(super) static CALLABLE_PROXY: TypeSpec = TypeSpec {
    slots: Slots {
        call: Some(|thread, value, args| thread.call_args(target(thread, value)?, args)),
        ..SLOTS
    },
    name: "CallableProxyType",
    ..PROXY
};

pub(super) fn make(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let object = args.positional()[0];
    if !thread.can_be_weakly_referenced(object) {
        let given = type_name(thread, object);
        return Err(thread.type_error(format_args!("cannot create weak reference to '{given}' object")));
    }
    let callback = args.get(1).unwrap_or(Value::NONE);
    let spec = if thread.is_callable(object) { &CALLABLE_PROXY } else { &PROXY };
    let reference = thread.weak_reference(thread.builtin_type(ids::WEAK_REFERENCE), object, callback);
    let class = thread.spec_type(spec, thread).value();
    record::make(thread, class, [reference.value(), Value::NONE, Value::NONE, Value::NONE])
}

fn is_proxy(thread: &Thread, value: Value) -> bool {
    let class = thread.type_of(value);
    class == thread.spec_type(&PROXY, thread) || class == thread.spec_type(&CALLABLE_PROXY, thread)
}

fn target(thread: &Thread, value: Value) -> PyResult<Value> {
    let reference = record::of(value).and_then(|this| this.first.get().downcast::<WeakReference>());
    match reference.and_then(|reference| reference.target()) {
        Some(target) => Ok(target),
        None => Err(thread.reference_error("weakly-referenced object no longer exists")),
    }
}

/// An operand, which may be a proxy or not.
fn unwrap(thread: &Thread, value: Value) -> PyResult<Value> {
    if is_proxy(thread, value) { target(thread, value) } else { Ok(value) }
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let target = target(thread, value)?;
    let (class, address, to) = (type_name(thread, target), value.word(), target.word());
    Ok(thread.str_format(format_args!("<weakproxy at {address:#x}; to '{class}' at {to:#x}>")))
}
