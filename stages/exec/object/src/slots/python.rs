//! The functions in the slots of classes whose dunders are Python functions: they look the dunder up and call it.

use super::{CompareOp, SlotId, Slots};
use crate::args::Args;
use crate::error::PyResult;
use crate::ids;
use crate::names::Names;
use crate::thread::Thread;
use crate::value::Value;

type Name = fn(&Names) -> Value;

/// `type(object).name(object, *args)`; AttributeError when it is gone.
fn call(thread: &Thread, object: Value, name: Name, args: &[Value]) -> PyResult<Value> {
    let name = name(thread.names());
    match thread.call_special(object, name, args)? {
        Some(result) => Ok(result),
        None => Err(crate::attr::no_attribute(thread, object, name)),
    }
}

/// Like [`call`], NotImplemented when there is no such method (or it is None).
fn maybe(thread: &Thread, object: Value, name: Name, args: &[Value]) -> PyResult<Value> {
    let name = name(thread.names());
    if thread.type_of(object).lookup(thread, name).is_none_or(Value::is_none) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    Ok(thread.call_special(object, name, args)?.unwrap_or(Value::NOT_IMPLEMENTED))
}

macro_rules! unary {
    ($name:ident) => {
        Some(|thread, object| call(thread, object, |names| names.$name, &[]))
    };
}

macro_rules! inplace {
    ($name:ident) => {
        Some(|thread, a, b| maybe(thread, a, |names| names.$name, &[b]))
    };
}

macro_rules! binary {
    ($slot:ident $name:ident $reflected:ident) => {
        Some(|thread, a, b| {
            binary(thread, a, b, SlotId::$slot, |names| names.$name, |names| names.$reflected)
        })
    };
}

/// The slots of a class that defines every dunder in Python.
pub(crate) static PYTHON: Slots = Slots {
    repr: unary!(__repr__),
    str: unary!(__str__),
    hash: Some(hash),
    call: Some(|thread, object, args| {
        let name = thread.names().__call__;
        let class = thread.type_of(object);
        match class.lookup(thread, name) {
            Some(found) if thread.type_of(found).has_flag(crate::spec::flags::METHOD) => {
                thread.call_prepended(found, object, args)
            }
            Some(_) => match thread.lookup_special(object, name)? {
                Some(bound) => thread.call_args(bound, args),
                None => Err(crate::attr::no_attribute(thread, object, name)),
            },
            None => Err(crate::attr::no_attribute(thread, object, name)),
        }
    }),
    iter: Some(|thread, object| {
        if thread.type_of(object).lookup(thread, thread.names().__iter__) == Some(Value::NONE) {
            let name = thread.type_of(object).name_str();
            return Err(thread.type_error(format_args!("'{name}' object is not iterable")));
        }
        call(thread, object, |names| names.__iter__, &[])
    }),
    next: Some(|thread, object| {
        let result = call(thread, object, |names| names.__next__, &[]);
        thread.catching(ids::STOP_ITERATION, result)
    }),
    getattr: Some(getattr),
    setattr: Some(|thread, object, name, value| {
        match value {
            Some(value) => call(thread, object, |names| names.__setattr__, &[name, value]),
            None => call(thread, object, |names| names.__delattr__, &[name]),
        }
        .map(drop)
    }),
    descr_get: Some(|thread, descriptor, instance, owner| {
        let class = thread.type_of(descriptor);
        let Some(get) = class.lookup(thread, thread.names().__get__) else { return Ok(descriptor) };
        let instance = instance.unwrap_or(Value::NONE);
        let owner = owner.bound().unwrap_or(Value::NONE);
        thread.call(get, &[descriptor, instance, owner])
    }),
    descr_set: Some(|thread, descriptor, instance, value| {
        match value {
            Some(value) => call(thread, descriptor, |names| names.__set__, &[instance, value]),
            None => call(thread, descriptor, |names| names.__delete__, &[instance]),
        }
        .map(drop)
    }),
    compare: Some(|thread, a, b, op| {
        let name: Name = match op {
            CompareOp::Lt => |names| names.__lt__,
            CompareOp::Le => |names| names.__le__,
            CompareOp::Eq => |names| names.__eq__,
            CompareOp::Ne => |names| names.__ne__,
            CompareOp::Gt => |names| names.__gt__,
            CompareOp::Ge => |names| names.__ge__,
        };
        maybe(thread, a, name, &[b])
    }),
    init: Some(init),
    new: Some(new),
    del: Some(|thread, object| thread.call_special(object, thread.names().__del__, &[]).map(drop)),
    bool: Some(bool),
    len: Some(len),
    getitem: Some(|thread, object, key| call(thread, object, |names| names.__getitem__, &[key])),
    setitem: Some(|thread, object, key, value| {
        match value {
            Some(value) => call(thread, object, |names| names.__setitem__, &[key, value]),
            None => call(thread, object, |names| names.__delitem__, &[key]),
        }
        .map(drop)
    }),
    contains: Some(contains),
    concat: inplace!(__add__),
    repeat: Some(|thread, object, count| {
        let count = thread.int(count as i64);
        call(thread, object, |names| names.__mul__, &[count])
    }),
    inplace_concat: inplace!(__iadd__),
    inplace_repeat: Some(|thread, object, count| {
        let count = thread.int(count as i64);
        call(thread, object, |names| names.__imul__, &[count])
    }),
    neg: unary!(__neg__),
    pos: unary!(__pos__),
    abs: unary!(__abs__),
    invert: unary!(__invert__),
    int: unary!(__int__),
    float: unary!(__float__),
    index: unary!(__index__),
    add: binary!(add __add__ __radd__),
    sub: binary!(sub __sub__ __rsub__),
    mul: binary!(mul __mul__ __rmul__),
    matmul: binary!(matmul __matmul__ __rmatmul__),
    truediv: binary!(truediv __truediv__ __rtruediv__),
    floordiv: binary!(floordiv __floordiv__ __rfloordiv__),
    rem: binary!(rem __mod__ __rmod__),
    divmod: binary!(divmod __divmod__ __rdivmod__),
    lshift: binary!(lshift __lshift__ __rlshift__),
    rshift: binary!(rshift __rshift__ __rrshift__),
    and: binary!(and __and__ __rand__),
    xor: binary!(xor __xor__ __rxor__),
    or: binary!(or __or__ __ror__),
    pow: Some(pow),
    inplace_add: inplace!(__iadd__),
    inplace_sub: inplace!(__isub__),
    inplace_mul: inplace!(__imul__),
    inplace_matmul: inplace!(__imatmul__),
    inplace_truediv: inplace!(__itruediv__),
    inplace_floordiv: inplace!(__ifloordiv__),
    inplace_rem: inplace!(__imod__),
    inplace_lshift: inplace!(__ilshift__),
    inplace_rshift: inplace!(__irshift__),
    inplace_and: inplace!(__iand__),
    inplace_xor: inplace!(__ixor__),
    inplace_or: inplace!(__ior__),
    inplace_pow: Some(|thread, a, b, _| maybe(thread, a, |names| names.__ipow__, &[b])),
    await_: unary!(__await__),
    aiter: unary!(__aiter__),
    anext: unary!(__anext__),
};

fn hash(thread: &Thread, object: Value) -> PyResult<i64> {
    let result = call(thread, object, |names| names.__hash__, &[])?;
    match result.as_int() {
        // A hash that fits a machine word is taken as it is; a larger one is hashed.
        Some(int) => Ok(crate::hash::fix(int.to_i64().unwrap_or_else(|| crate::types::int::hash(result)))),
        None => Err(thread.type_error("__hash__ method should return an integer")),
    }
}

/// `__getattribute__`, then `__getattr__` when that raised AttributeError.
fn getattr(thread: &Thread, object: Value, name: Value) -> PyResult<Value> {
    let names = thread.names();
    let class = thread.type_of(object);
    let fallback = class.lookup(thread, names.__getattr__);
    let native = class.lookup(thread, names.__getattribute__);
    let native = native.and_then(|found| found.downcast::<crate::types::slot_wrapper::SlotWrapper>());
    let generic =
        native.is_some_and(|wrapper| wrapper.word() == crate::attr::generic_getattr as *const () as usize);
    if generic {
        // An absent attribute goes to `__getattr__` without an exception being made.
        match crate::attr::generic_find(thread, object, name) {
            Ok(Some(value)) => return Ok(value),
            Ok(None) if fallback.is_none() => return Err(crate::attr::no_attribute(thread, object, name)),
            Ok(None) => {}
            Err(raised) if fallback.is_none() || thread.catch(ids::ATTRIBUTE_ERROR).is_none() => {
                return Err(raised);
            }
            Err(_) => {}
        }
    } else {
        match call(thread, object, |names| names.__getattribute__, &[name]) {
            Ok(value) => return Ok(value),
            Err(raised) if fallback.is_none() || thread.catch(ids::ATTRIBUTE_ERROR).is_none() => {
                return Err(raised);
            }
            Err(_) => {}
        }
    }
    call(thread, object, |names| names.__getattr__, &[name])
}

fn init(thread: &Thread, object: Value, args: Args<'_>) -> PyResult<()> {
    let name = thread.names().__init__;
    let class = thread.type_of(object);
    let result = match class.lookup(thread, name) {
        Some(found) if thread.type_of(found).has_flag(crate::spec::flags::METHOD) => {
            thread.call_prepended(found, object, args)?
        }
        _ => match thread.lookup_special(object, name)? {
            Some(bound) => thread.call_args(bound, args)?,
            None => return Err(crate::attr::no_attribute(thread, object, name)),
        },
    };
    if result.is_none() {
        return Ok(());
    }
    let given = thread.type_of(result).name_str();
    Err(thread.type_error(format_args!("__init__() should return None, not '{given}'")))
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let function = thread.get_attr(class, thread.names().__new__)?;
    thread.call_prepended(function, class, args)
}

fn bool(thread: &Thread, object: Value) -> PyResult<bool> {
    let result = call(thread, object, |names| names.__bool__, &[])?;
    result.as_bool().ok_or_else(|| {
        let given = thread.type_of(result).name_str();
        thread.type_error(format_args!("__bool__ should return bool, returned {given}"))
    })
}

fn len(thread: &Thread, object: Value) -> PyResult<usize> {
    let result = call(thread, object, |names| names.__len__, &[])?;
    let index = thread.index(result)?;
    let int = crate::ops::int_of(index);
    if int.is_negative() {
        return Err(thread.value_error("__len__() should return >= 0"));
    }
    match int.to_i64() {
        Some(length) => Ok(length as usize),
        None => Err(thread.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

fn contains(thread: &Thread, object: Value, item: Value) -> PyResult<bool> {
    let class = thread.type_of(object);
    match class.lookup(thread, thread.names().__contains__) {
        Some(Value::NONE) => {
            let name = class.name_str();
            Err(thread.type_error(format_args!("'{name}' object is not a container")))
        }
        _ => {
            let result = call(thread, object, |names| names.__contains__, &[item])?;
            thread.truth(result)
        }
    }
}

/// `self op other`, or `other op self` by the other's reflected method; a subclass that overrides the reflected
/// method goes first.
fn binary(thread: &Thread, a: Value, b: Value, slot: SlotId, name: Name, reflected: Name) -> PyResult<Value> {
    let (left, right) = (thread.type_of(a), thread.type_of(b));
    let own = PYTHON.word(slot);
    let mut ask_right = left != right && right.slots().word(slot) == own;
    if left.slots().word(slot) == own {
        if ask_right && right.is_subtype(left) {
            let name = reflected(thread.names());
            let overridden = right.lookup(thread, name) != left.lookup(thread, name);
            if overridden {
                let result = maybe(thread, b, reflected, &[a])?;
                if result != Value::NOT_IMPLEMENTED {
                    return Ok(result);
                }
                ask_right = false;
            }
        }
        let result = maybe(thread, a, name, &[b])?;
        if result != Value::NOT_IMPLEMENTED || left == right {
            return Ok(result);
        }
    }
    if ask_right { maybe(thread, b, reflected, &[a]) } else { Ok(Value::NOT_IMPLEMENTED) }
}

fn pow(thread: &Thread, a: Value, b: Value, modulus: Value) -> PyResult<Value> {
    if modulus.is_none() {
        return binary(thread, a, b, SlotId::pow, |names| names.__pow__, |names| names.__rpow__);
    }
    if thread.type_of(a).slots().word(SlotId::pow) == PYTHON.word(SlotId::pow) {
        return call(thread, a, |names| names.__pow__, &[b, modulus]);
    }
    Ok(Value::NOT_IMPLEMENTED)
}
