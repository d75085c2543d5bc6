//! Type parameters and aliases (PEP 695, 696): the types that CPython keeps in `_typing`.

use std::cell::Cell;

use dx_heap::{Header, Kind, KindInfo};
use dx_object::error::PyResult;
use dx_object::gc::{Gc, Object};
use dx_object::kinds::FIRST_FOREIGN;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, GetSetDef, Layout, MethodDef, TypeSpec};
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use crate::frame::Window;

const PARAMETER: Kind = Kind(FIRST_FOREIGN + 6);
const ALIAS: Kind = Kind(FIRST_FOREIGN + 7);

/// TypeVar, ParamSpec or TypeVarTuple, by type.
#[repr(C)]
struct Parameter {
    header: Header,
    name: Cell<Value>,
    /// Functions that evaluate, replaced by what they gave; None if there is none.
    bound: Cell<Value>,
    constraints: Cell<Value>,
    default: Cell<Value>,
    /// A small int with a bit for each of the three that was evaluated.
    evaluated: Cell<Value>,
    module: Cell<Value>,
}

/// `type X = ...`, and a generic one with arguments (`value` is then the arguments' tuple, `origin` the alias).
#[repr(C)]
struct Alias {
    header: Header,
    name: Cell<Value>,
    parameters: Cell<Value>,
    value: Cell<Value>,
    evaluated: Cell<Value>,
    module: Cell<Value>,
    origin: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Parameter {
    const KIND: Kind = PARAMETER;
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Alias {
    const KIND: Kind = ALIAS;
}

pub(crate) fn register(thread: &Thread) {
    thread.heap.set_kind(PARAMETER, KindInfo::WORDS);
    thread.heap.set_kind(ALIAS, KindInfo::WORDS);
}

const PARAMETER_BASE: TypeSpec = TypeSpec {
    module: "typing",
    layout: Some(Layout::fixed::<Parameter>()),
    slots: Slots { repr: Some(repr_parameter), or: Some(union), ..Slots::EMPTY },
    getset: &[
        GetSetDef::new("__name__", |_, p| Ok(of(p, |p| p.name.get())), None),
        GetSetDef::new("__module__", |_, p| Ok(of(p, |p| p.module.get())), None),
        GetSetDef::new("__bound__", |t, p| evaluate(t, p, 1, |p| &p.bound), None),
        GetSetDef::new("__constraints__", constraints, None),
        GetSetDef::new("__default__", |t, p| evaluate(t, p, 4, |p| &p.default), None),
        GetSetDef::new("__infer_variance__", |_, _| Ok(Value::TRUE), None),
        GetSetDef::new("__covariant__", |_, _| Ok(Value::FALSE), None),
        GetSetDef::new("__contravariant__", |_, _| Ok(Value::FALSE), None),
    ],
    methods: &[MethodDef::new("has_default", Arity::None, |_, args| {
        Ok(of(args.positional()[0], |p| Value::bool(!p.default.get().is_none())))
    })],
    ..TypeSpec::new("TypeVar")
};

pub static TYPE_VAR: TypeSpec = PARAMETER_BASE;
pub static PARAM_SPEC: TypeSpec = TypeSpec { name: "ParamSpec", ..PARAMETER_BASE };
pub static TYPE_VAR_TUPLE: TypeSpec = TypeSpec {
    name: "TypeVarTuple",
    slots: Slots { repr: Some(repr_parameter), iter: Some(unpacked), ..Slots::EMPTY },
    ..PARAMETER_BASE
};

pub static TYPE_ALIAS: TypeSpec = TypeSpec {
    module: "typing",
    layout: Some(Layout::fixed::<Alias>()),
    slots: Slots { repr: Some(repr_alias), or: Some(union), getitem: Some(subscript_alias), ..Slots::EMPTY },
    getset: &[
        GetSetDef::new("__name__", |_, a| Ok(alias(a, |a| a.name.get())), None),
        GetSetDef::new("__module__", |_, a| Ok(alias(a, |a| a.module.get())), None),
        GetSetDef::new("__type_params__", |_, a| Ok(alias(a, |a| a.parameters.get())), None),
        GetSetDef::new("__parameters__", |_, a| Ok(alias(a, |a| a.parameters.get())), None),
        GetSetDef::new("__value__", alias_value, None),
    ],
    ..TypeSpec::new("TypeAliasType")
};

static CLASS_GETITEM: MethodDef = MethodDef::new("__class_getitem__", Arity::One, class_getitem);

/// `Generic`, the base that `class C[T]` gets: an ordinary class, so that its subclasses are.
fn generic(thread: &Thread) -> PyResult<Value> {
    let known = &crate::frame::ThreadState::of(thread).state.generic;
    if !known.get().is_unbound() {
        return Ok(known.get());
    }
    let namespace = thread.dict();
    let function = dx_object::types::native::function(thread, &CLASS_GETITEM, thread.intern("typing"));
    let method = thread.call(thread.builtin_type(dx_object::ids::CLASS_METHOD).value(), &[function])?;
    namespace.set_name(thread, thread.names().__class_getitem__, method)?;
    namespace.set_name(thread, thread.names().__module__, thread.intern("typing"))?;
    let bases = thread.tuple(&[]);
    let class = thread.builtin_type(dx_object::ids::TYPE).value();
    let made = thread.call(class, &[thread.intern("Generic"), bases, namespace.value()])?;
    known.set(thread.keep(made));
    Ok(made)
}

/// `C[int]`, and the `Generic[T]` of a class statement.
pub static GENERIC_ALIAS: TypeSpec = TypeSpec {
    module: "typing",
    layout: Some(Layout::fixed::<Alias>()),
    slots: Slots { repr: Some(repr_generic), call: Some(call_generic), or: Some(union), ..Slots::EMPTY },
    getset: &[
        GetSetDef::new("__origin__", |_, a| Ok(alias(a, |a| a.origin.get())), None),
        GetSetDef::new("__args__", |_, a| Ok(alias(a, |a| a.value.get())), None),
        GetSetDef::new("__parameters__", |t, a| parameters(t, alias(a, |a| a.value.get())), None),
    ],
    methods: &[MethodDef::new("__mro_entries__", Arity::One, |thread, args| {
        Ok(thread.tuple(&[alias(args.positional()[0], |a| a.origin.get())]))
    })],
    ..TypeSpec::new("_GenericAlias")
};

fn of(value: Value, field: impl FnOnce(Gc<Parameter>) -> Value) -> Value {
    value.downcast::<Parameter>().map_or(Value::NONE, field)
}

fn alias(value: Value, field: impl FnOnce(Gc<Alias>) -> Value) -> Value {
    value.downcast::<Alias>().map_or(Value::NONE, field)
}

fn parameter(
    thread: &Thread,
    spec: &'static TypeSpec,
    name: Value,
    bound: Value,
    constraints: Value,
) -> Value {
    let class = thread.spec_type(spec, thread);
    let made = dx_object::instance::allocate(thread, class);
    if let Some(object) = made.downcast::<Parameter>() {
        object.name.set(name);
        object.bound.set(bound);
        object.constraints.set(constraints);
        object.default.set(Value::NONE);
        object.evaluated.set(Value::ZERO);
        object.module.set(crate::builtins::running_module(thread));
    }
    made
}

pub fn type_var(thread: &Thread, name: Value, bound: Value, constraints: Value) -> Value {
    parameter(thread, &TYPE_VAR, name, bound, constraints)
}

pub fn param_spec(thread: &Thread, name: Value) -> Value {
    parameter(thread, &PARAM_SPEC, name, Value::NONE, Value::NONE)
}

pub fn type_var_tuple(thread: &Thread, name: Value) -> Value {
    parameter(thread, &TYPE_VAR_TUPLE, name, Value::NONE, Value::NONE)
}

pub fn set_default(thread: &Thread, parameter: Value, default: Value) -> PyResult<Value> {
    if let Some(object) = parameter.downcast::<Parameter>() {
        object.store(thread, &object.default, default);
    }
    Ok(parameter)
}

/// A lazily evaluated part: its function runs once, when it succeeds.
fn evaluate(
    thread: &Thread,
    value: Value,
    bit: i64,
    field: fn(&Parameter) -> &Cell<Value>,
) -> PyResult<Value> {
    let Some(object) = value.downcast::<Parameter>() else { return Ok(Value::NONE) };
    let part = field(&object).get();
    let done = object.evaluated.get().as_small().unwrap_or(0);
    if part.is_none() || done & bit != 0 {
        return Ok(part);
    }
    // The functions take the format of PEP 649; 1 is VALUE.
    let result = thread.call(part, &[Value::ONE])?;
    object.store(thread, field(&object), result);
    object.evaluated.set(Value::small(done | bit));
    Ok(result)
}

fn constraints(thread: &Thread, value: Value) -> PyResult<Value> {
    let result = evaluate(thread, value, 2, |p| &p.constraints)?;
    Ok(if result.is_none() { thread.tuple(&[]) } else { result })
}

fn repr_parameter(_: &Thread, value: Value) -> PyResult<Value> {
    Ok(of(value, |p| p.name.get()))
}

/// `*Ts` in a subscript.
fn unpacked(thread: &Thread, value: Value) -> PyResult<Value> {
    let list = thread.list(&[value])?;
    thread.iter(list)
}

/// `A | B` of types (PEP 604); the members are the alias's `value`.
pub static UNION: TypeSpec = TypeSpec {
    module: "typing",
    layout: Some(Layout::fixed::<Alias>()),
    slots: Slots {
        repr: Some(repr_union),
        or: Some(union),
        compare: Some(compare_union),
        hash: Some(|_, value| Ok((value.id() >> 4) as i64)),
        ..Slots::EMPTY
    },
    getset: &[
        GetSetDef::new("__args__", |_, a| Ok(alias(a, |a| a.value.get())), None),
        GetSetDef::new("__parameters__", |t, a| parameters(t, alias(a, |a| a.value.get())), None),
    ],
    methods: &[
        MethodDef::new("__instancecheck__", Arity::One, |thread, args| {
            any_member(thread, args, |thread, member, value| thread.isinstance(value, member))
        }),
        MethodDef::new("__subclasscheck__", Arity::One, |thread, args| {
            any_member(thread, args, |thread, member, value| thread.issubclass(value, member))
        }),
    ],
    ..TypeSpec::new("Union")
};

/// Added to the type `type` and to that of None: the operator `|`.
pub static UNION_OPERAND: TypeSpec =
    TypeSpec { slots: Slots { or: Some(union), ..Slots::EMPTY }, ..TypeSpec::new("type") };

fn any_member(
    thread: &Thread,
    args: dx_object::args::Args<'_>,
    check: fn(&Thread, Value, Value) -> PyResult<bool>,
) -> PyResult<Value> {
    let words = args.positional();
    for &member in RootVec::from_slice(thread, alias_args(words[0])).iter() {
        let member = if member.is_none() { thread.type_of(member).value() } else { member };
        if check(thread, member, words[1])? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn alias_args<'a>(value: Value) -> &'a [Value] {
    let args = alias(value, |a| a.value.get());
    match args.downcast::<dx_object::types::tuple::TupleObject>() {
        // SAFETY: the tuple is held by the alias, which the caller holds.
        Some(tuple) => unsafe { std::slice::from_raw_parts(tuple.items().as_ptr(), tuple.items().len()) },
        None => &[],
    }
}

fn is_union(thread: &Thread, value: Value) -> bool {
    thread.type_of(value) == thread.spec_type(&UNION, thread)
}

/// Whether a value may stand in a union.
fn is_operand(thread: &Thread, value: Value) -> bool {
    value.is_none()
        || value.as_type().is_some()
        || value.downcast::<Alias>().is_some()
        || value.downcast::<Parameter>().is_some()
        || thread.type_of(value).name_str() == "GenericAlias"
}

fn union(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
    if !is_operand(thread, a) || !is_operand(thread, b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let mut members = RootVec::new(thread);
    for side in [a, b] {
        let single = [side];
        let parts = if is_union(thread, side) { alias_args(side) } else { &single };
        for &part in parts {
            let mut known = false;
            for &member in RootVec::from_slice(thread, &members).iter() {
                known |= member == part || thread.equal(member, part)?;
            }
            if !known {
                members.push(part);
            }
        }
    }
    if let [only] = *members.as_slice() {
        return Ok(only);
    }
    let members = thread.tuple(&members);
    let class = thread.spec_type(&UNION, thread);
    Ok(new_alias(thread, class, Value::NONE, Value::NONE, members, Value::NONE))
}

fn compare_union(thread: &Thread, a: Value, b: Value, op: dx_object::CompareOp) -> PyResult<Value> {
    use dx_object::CompareOp;
    if !is_union(thread, a) || !is_union(thread, b) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (left, right) = (alias_args(a), alias_args(b));
    let mut equal = left.len() == right.len();
    for &member in left {
        let mut found = false;
        for &other in right {
            found |= thread.equal(member, other)?;
        }
        equal &= found;
    }
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

fn repr_union(thread: &Thread, value: Value) -> PyResult<Value> {
    let mut out = String::new();
    for (index, &member) in RootVec::from_slice(thread, alias_args(value)).iter().enumerate() {
        if index > 0 {
            out.push_str(" | ");
        }
        out.push_str(&show(thread, member)?);
    }
    Ok(thread.str(&out))
}

/// A type as aliases show it: always with its module, except for builtins.
fn show(thread: &Thread, value: Value) -> PyResult<String> {
    match value.as_type() {
        Some(class)
            if class.module_name(thread).is_some_and(|name| name.str_bytes() == Some(b"__main__")) =>
        {
            Ok(format!("__main__.{}", class.qualname_str()))
        }
        Some(_) => Ok(crate::exception::print::class_name(thread, value)),
        None if value == Value::ELLIPSIS => Ok("...".to_owned()),
        None => crate::repr_text(thread, value),
    }
}

/// `type name[parameters] = value`: `parts` is (name, parameters or None, function).
pub fn type_alias(thread: &Thread, regs: Window, parts: Value) -> PyResult<Value> {
    let _ = regs;
    let &[name, parameters, function] = parts.tuple_items().unwrap_or_default() else {
        return Err(thread.system_error("a type alias of the wrong parts"));
    };
    let parameters = if parameters.is_none() { thread.tuple(&[]) } else { parameters };
    let class = thread.spec_type(&TYPE_ALIAS, thread);
    Ok(new_alias(thread, class, name, parameters, function, Value::NONE))
}

fn new_alias(
    thread: &Thread,
    class: Gc<dx_object::types::class::TypeObject>,
    name: Value,
    parameters: Value,
    value: Value,
    origin: Value,
) -> Value {
    let made = dx_object::instance::allocate(thread, class);
    if let Some(object) = made.downcast::<Alias>() {
        object.name.set(name);
        object.parameters.set(parameters);
        object.value.set(value);
        object.evaluated.set(Value::FALSE);
        object.origin.set(origin);
        object.module.set(crate::builtins::running_module(thread));
    }
    made
}

fn alias_value(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(object) = value.downcast::<Alias>() else { return Ok(Value::NONE) };
    if object.evaluated.get() == Value::TRUE {
        return Ok(object.value.get());
    }
    let result = thread.call(object.value.get(), &[Value::ONE])?;
    object.store(thread, &object.value, result);
    object.evaluated.set(Value::TRUE);
    Ok(result)
}

fn repr_alias(_: &Thread, value: Value) -> PyResult<Value> {
    Ok(alias(value, |a| a.name.get()))
}

fn generic_alias(thread: &Thread, origin: Value, args: Value) -> Value {
    let class = thread.spec_type(&GENERIC_ALIAS, thread);
    new_alias(thread, class, Value::NONE, Value::NONE, args, origin)
}

fn subscript_alias(thread: &Thread, value: Value, args: Value) -> PyResult<Value> {
    let args = if args.tuple_items().is_some() { args } else { thread.tuple(&[args]) };
    Ok(generic_alias(thread, value, args))
}

/// `Generic[*parameters]`.
pub fn subscript_generic(thread: &Thread, parameters: Value) -> PyResult<Value> {
    Ok(generic_alias(thread, generic(thread)?, parameters))
}

fn class_getitem(thread: &Thread, args: dx_object::args::Args<'_>) -> PyResult<Value> {
    let words = args.positional();
    subscript_alias(thread, words[0], words[1])
}

/// Type parameters among the arguments of an alias, each once.
fn parameters(thread: &Thread, args: Value) -> PyResult<Value> {
    let mut found = RootVec::new(thread);
    for &arg in args.tuple_items().unwrap_or_default() {
        if arg.downcast::<Parameter>().is_some() && !found.contains(&arg) {
            found.push(arg);
        }
    }
    Ok(thread.tuple(&found))
}

fn repr_generic(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(object) = value.downcast::<Alias>() else { return Ok(Value::NONE) };
    let mut out = show(thread, object.origin.get())?;
    out.push('[');
    for (index, &arg) in object.value.get().tuple_items().unwrap_or_default().iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        out.push_str(&show(thread, arg)?);
    }
    out.push(']');
    Ok(thread.str(&out))
}

fn call_generic(thread: &Thread, value: Value, args: dx_object::args::Args<'_>) -> PyResult<Value> {
    let Some(object) = value.downcast::<Alias>() else { return Ok(Value::NONE) };
    thread.call_args(object.origin.get(), args)
}
