//! `types.GenericAlias`: what `list[int]` is, and the `__class_getitem__` of the builtin types that have one.

use dx_object::args::Args;
use dx_object::attr;
use dx_object::error::PyResult;
use dx_object::ids::{self, TypeId};
use dx_object::slots::{CompareOp, Slots};
use dx_object::spec::{Arity, GetSetDef, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::types::class::build;
use dx_object::value::Value;

use crate::record::{self, LAYOUT};

/// `first` is the origin, `second` the tuple of arguments, `third` that of parameters (None until somebody asks),
/// `fourth` whether it stands behind a star.
pub(crate) static GENERIC_ALIAS: TypeSpec = TypeSpec {
    module: "types",
    layout: LAYOUT,
    flags: flags::BASE | flags::WEAKREF,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        call: Some(call),
        getattr: Some(getattr),
        getitem: Some(substitute),
        iter: Some(iter),
        or: Some(union),
        ..Slots::EMPTY
    },
    methods: &[
        MethodDef::new("__mro_entries__", Arity::One, |thread, args| {
            thread.try_tuple(&[field(args.positional()[0], |this| this.first.get())])
        }),
        MethodDef::new("__instancecheck__", Arity::One, |thread, _| {
            Err(thread.type_error("isinstance() argument 2 cannot be a parameterized generic"))
        }),
        MethodDef::new("__subclasscheck__", Arity::One, |thread, _| {
            Err(thread.type_error("issubclass() argument 2 cannot be a parameterized generic"))
        }),
        MethodDef::new("__reduce__", Arity::None, |thread, args| {
            let this = args.positional()[0];
            let parts = [field(this, |this| this.first.get()), field(this, |this| this.second.get())];
            thread.try_tuple(&[thread.type_of(this).value(), thread.try_tuple(&parts)?])
        }),
    ],
    getset: &[
        GetSetDef::new("__origin__", |_, this| Ok(field(this, |this| this.first.get())), None),
        GetSetDef::new("__args__", |_, this| Ok(field(this, |this| this.second.get())), None),
        GetSetDef::new("__parameters__", parameters, None),
        GetSetDef::new("__unpacked__", |_, this| Ok(Value::bool(starred(this))), None),
        GetSetDef::new("__typing_unpacked_tuple_args__", typing_unpacked, None),
    ],
    ..TypeSpec::new("GenericAlias")
};

/// Gives a class `C[...]`.
static SUBSCRIPT: TypeSpec = TypeSpec {
    methods: &[MethodDef::new("__class_getitem__", Arity::One, class_getitem).class()],
    ..TypeSpec::new("")
};

const GENERIC: &[TypeId] = &[
    ids::TUPLE,
    ids::LIST,
    ids::DICT,
    ids::SET,
    ids::FROZENSET,
    ids::SLICE,
    ids::COROUTINE,
    ids::GENERATOR,
    ids::ASYNC_GENERATOR,
    ids::BASE_EXCEPTION_GROUP,
    ids::MEMORYVIEW,
    ids::WEAK_REFERENCE,
    ids::MAPPING_PROXY,
];

/// Makes the builtin types that CPython lets one subscript do so.
pub(crate) fn install(thread: &Thread) {
    for &id in GENERIC {
        build::extend(thread, thread.builtin_type(id), &SUBSCRIPT);
    }
}

fn field(value: Value, read: impl FnOnce(dx_object::gc::Gc<record::Record>) -> Value) -> Value {
    record::of(value).map_or(Value::NONE, read)
}

fn starred(value: Value) -> bool {
    field(value, |this| this.fourth.get()) == Value::TRUE
}

fn is_alias(thread: &Thread, value: Value) -> bool {
    value.is_heap() && thread.type_of(value).is_subtype(thread.spec_type(&GENERIC_ALIAS, thread))
}

/// `origin[args]`.
pub(crate) fn make(thread: &Thread, origin: Value, args: Value) -> PyResult<Value> {
    let args = if args.as_tuple().is_some() { args } else { thread.try_tuple(&[args])? };
    let class = thread.spec_type(&GENERIC_ALIAS, thread).value();
    record::make(thread, class, [origin, args, Value::NONE, Value::FALSE])
}

/// The `__class_getitem__` of native types.
pub(crate) fn class_getitem(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    make(thread, args.positional()[0], args.positional()[1])
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let given = args.expect(thread, "GenericAlias", 2, 2)?;
    let arguments = if given[1].as_tuple().is_some() { given[1] } else { thread.try_tuple(&[given[1]])? };
    record::make(thread, class, [given[0], arguments, Value::NONE, Value::FALSE])
}

/// A type or another argument as it shows in the alias.
fn show(thread: &Thread, value: Value, out: &mut String) -> PyResult<()> {
    if value == Value::ELLIPSIS {
        out.push_str("...");
        return Ok(());
    }
    if let Some(list) = value.as_list() {
        out.push('[');
        for (index, &item) in RootVec::from_slice(thread, list.items()).iter().enumerate() {
            out.push_str(if index > 0 { ", " } else { "" });
            show(thread, item, out)?;
        }
        out.push(']');
        return Ok(());
    }
    if !is_alias(thread, value)
        && let Some(qualname) = thread.find_attr(value, thread.names().__qualname__)?
        && let Some(module) = thread.find_attr(value, thread.names().__module__)?
        && !module.is_none()
    {
        let (module, qualname) = (thread.to_text(module)?, thread.to_text(qualname)?);
        if module != "builtins" {
            out.push_str(&module);
            out.push('.');
        }
        out.push_str(&qualname);
        return Ok(());
    }
    let text = thread.repr(value)?;
    out.push_str(&thread.to_text(text)?);
    Ok(())
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let mut out = String::new();
    if starred(value) {
        out.push('*');
    }
    show(thread, this.first.get(), &mut out)?;
    out.push('[');
    let args = this.second.get();
    let args = args.tuple_items().unwrap_or_default();
    for (index, &arg) in args.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        show(thread, arg, &mut out)?;
    }
    out.push_str(if args.is_empty() { "()]" } else { "]" });
    Ok(thread.str(&out))
}

fn hash(thread: &Thread, value: Value) -> PyResult<i64> {
    let (origin, args) = (field(value, |this| this.first.get()), field(value, |this| this.second.get()));
    Ok(thread.hash(origin)? ^ thread.hash(args)?)
}

fn compare(thread: &Thread, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    let both = is_alias(thread, a) && is_alias(thread, b);
    let (Some(x), Some(y), true, CompareOp::Eq | CompareOp::Ne) = (record::of(a), record::of(b), both, op)
    else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let equal = starred(a) == starred(b)
        && thread.equal(x.first.get(), y.first.get())?
        && thread.equal(x.second.get(), y.second.get())?;
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

fn call(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<Value> {
    let made = thread.call_args(field(value, |this| this.first.get()), args)?;
    if thread.set_attr(made, thread.intern("__orig_class__"), value).is_err()
        && thread.catch(ids::ATTRIBUTE_ERROR).is_none()
        && thread.catch(ids::TYPE_ERROR).is_none()
    {
        return Err(thread.raised());
    }
    Ok(made)
}

/// Names that are the alias's own, never the origin's.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
    "__instancecheck__",
    "__subclasscheck__",
    "__bases__",
];

fn getattr(thread: &Thread, value: Value, name: Value) -> PyResult<Value> {
    let text = name.str_bytes().unwrap_or_default();
    if OWN.iter().any(|own| own.as_bytes() == text) && text != b"__bases__" {
        return attr::generic_getattr(thread, value, name);
    }
    thread.get_attr(field(value, |this| this.first.get()), name)
}

fn typing_unpacked(thread: &Thread, value: Value) -> PyResult<Value> {
    let tuple = thread.builtin_type(ids::TUPLE).value();
    if starred(value) && field(value, |this| this.first.get()) == tuple {
        return Ok(field(value, |this| this.second.get()));
    }
    Ok(Value::NONE)
}

/// Appends the type parameters in the arguments, each once.
fn collect(thread: &Thread, args: Value, found: &mut RootVec<'_>) -> PyResult<()> {
    let mut add = |parameter: Value| {
        if !found.contains(&parameter) {
            found.push(parameter);
        }
    };
    for &arg in args.tuple_items().unwrap_or_default() {
        if arg.as_type().is_some() {
            continue;
        }
        if thread.type_of(arg).lookup(thread, thread.intern("__typing_subst__")).is_some() {
            add(arg);
        } else if let Some(inner) = thread.find_attr(arg, thread.names().__parameters__)? {
            for &parameter in inner.tuple_items().unwrap_or_default() {
                add(parameter);
            }
        }
    }
    Ok(())
}

fn parameters(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    if this.third.get().is_none() {
        let mut found = RootVec::new(thread);
        collect(thread, this.second.get(), &mut found)?;
        let found = thread.try_tuple(&found)?;
        this.store(thread, &this.third, found);
    }
    Ok(this.third.get())
}

/// `alias[args]`: puts the arguments in the places of the parameters.
fn substitute(thread: &Thread, value: Value, item: Value) -> PyResult<Value> {
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let parameters = parameters(thread, value)?;
    let parameters = parameters.tuple_items().unwrap_or_default();
    if parameters.is_empty() {
        let text = thread.repr(value)?;
        let text = thread.to_text(text)?;
        return Err(thread.type_error(format_args!("{text} is not a generic class")));
    }
    let single = [item];
    let given = item.tuple_items().unwrap_or(&single);
    if given.len() != parameters.len() {
        let which = if given.len() > parameters.len() { "many" } else { "few" };
        let text = thread.repr(value)?;
        let (text, given, wanted) = (thread.to_text(text)?, given.len(), parameters.len());
        return Err(thread.type_error(format_args!(
            "Too {which} arguments for {text}; actual {given}, expected {wanted}"
        )));
    }
    let mut args = RootVec::new(thread);
    let own = this.second.get();
    for &arg in own.tuple_items().unwrap_or_default() {
        let place = |parameter: &Value| parameters.iter().position(|known| known == parameter);
        if let Some(at) = place(&arg) {
            args.push(given[at]);
            continue;
        }
        let inner = match arg.as_type() {
            Some(_) => None,
            None => thread.find_attr(arg, thread.names().__parameters__)?,
        };
        let inner = inner.unwrap_or(Value::NONE);
        let inner = inner.tuple_items().unwrap_or_default();
        if inner.is_empty() {
            args.push(arg);
            continue;
        }
        let mut parts = RootVec::new(thread);
        inner.iter().filter_map(place).for_each(|at| parts.push(given[at]));
        let parts = thread.try_tuple(&parts)?;
        args.push(thread.getitem(arg, parts)?);
    }
    let args = thread.try_tuple(&args)?;
    make(thread, this.first.get(), args)
}

/// `*alias` gives the alias behind a star, once.
fn iter(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let class = thread.spec_type(&GENERIC_ALIAS, thread).value();
    let unpacked =
        record::make(thread, class, [this.first.get(), this.second.get(), Value::NONE, Value::TRUE])?;
    thread.iter(thread.try_tuple(&[unpacked])?)
}

fn union(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
    match thread.spec_type(&dx_interp::typing::UNION, thread).slots().or {
        Some(or) => or(thread, a, b),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}
