//! `types.GenericAlias`: `list[int]`, a class with the arguments it was subscripted with.
//!
//! It behaves as its origin where it can: calls make instances of the origin, attributes are the origin's.

use crate::args::Args;
use crate::error::PyResult;
use crate::gc::{Gc, word_object};
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, Layout, MethodDef, TypeSpec, flags};
use crate::thread::{RootVec, Thread};
use crate::types::class::create::qualified_name;
use crate::value::Value;

word_object! {
    /// `arguments` is a tuple.
    pub struct GenericAlias: GENERIC_ALIAS { origin, arguments }
}

pub static SPEC: TypeSpec = TypeSpec {
    module: "types",
    layout: Some(Layout::fixed::<GenericAlias>()),
    flags: flags::BASE,
    doc: Some(
        "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    ),
    slots: Slots {
        new: Some(construct),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        call: Some(call),
        getattr: Some(getattr),
        ..Slots::EMPTY
    },
    methods: &[
        MethodDef::new("__mro_entries__", Arity::One, |thread, args| {
            thread.try_tuple(&[parts(args.positional()[0]).0])
        }),
        MethodDef::new("__instancecheck__", Arity::One, |thread, _| {
            Err(thread.type_error("isinstance() argument 2 cannot be a parameterized generic"))
        }),
        MethodDef::new("__subclasscheck__", Arity::One, |thread, _| {
            Err(thread.type_error("issubclass() argument 2 cannot be a parameterized generic"))
        }),
        MethodDef::new("__reduce__", Arity::None, |thread, args| {
            let (origin, arguments) = parts(args.positional()[0]);
            let class = thread.type_of(args.positional()[0]).value();
            let inner = thread.try_tuple(&[origin, arguments])?;
            thread.try_tuple(&[class, inner])
        }),
    ],
    getset: &[
        GetSetDef::new("__origin__", |_, value| Ok(parts(value).0), None),
        GetSetDef::new("__args__", |_, value| Ok(parts(value).1), None),
        GetSetDef::new("__parameters__", parameters, None),
        GetSetDef::new("__unpacked__", |_, _| Ok(Value::FALSE), None),
    ],
    ..TypeSpec::new("GenericAlias")
};

/// Origin and arguments.
fn parts(value: Value) -> (Value, Value) {
    let alias: Option<Gc<GenericAlias>> = value.downcast();
    alias.map_or((Value::NONE, Value::NONE), |alias| (alias.origin.get(), alias.arguments.get()))
}

/// `origin[item]`: several arguments come as a tuple.
pub fn new(thread: &Thread, origin: Value, item: Value) -> PyResult<Value> {
    let arguments = if item.tuple_items().is_some() { item } else { thread.try_tuple(&[item])? };
    let class = thread.spec_type(&SPEC, thread);
    Ok(GenericAlias::make(thread, class.instance_shape(), origin, arguments).value())
}

/// `__class_getitem__` of the builtin containers.
pub(crate) const CLASS_GETITEM: MethodDef =
    MethodDef::new("__class_getitem__", Arity::One, |thread, args| {
        new(thread, args.positional()[0], args.positional()[1])
    })
    .class();

fn construct(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    let [origin, item] = *args.expect(thread, "GenericAlias", 2, 2)? else { return Ok(Value::NONE) };
    new(thread, origin, item)
}

/// A type is shown by its name, `...` as written, anything else by its `repr`.
fn push_item(thread: &Thread, item: Value, out: &mut Vec<u8>) -> PyResult<()> {
    if item == Value::ELLIPSIS {
        out.extend_from_slice(b"...");
        return Ok(());
    }
    if let Some(class) = item.as_type() {
        out.extend_from_slice(qualified_name(thread, class).as_bytes());
        return Ok(());
    }
    if let Some(items) = item.as_list() {
        out.push(b'[');
        for (index, &item) in items.items().iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(b", ");
            }
            push_item(thread, item, out)?;
        }
        out.push(b']');
        return Ok(());
    }
    let shown = thread.repr(item)?;
    out.extend_from_slice(shown.str_bytes().unwrap_or_default());
    Ok(())
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let (origin, arguments) = parts(value);
    let mut text = Vec::new();
    push_item(thread, origin, &mut text)?;
    text.push(b'[');
    let items = arguments.tuple_items().unwrap_or_default();
    for (index, &item) in items.iter().enumerate() {
        if index > 0 {
            text.extend_from_slice(b", ");
        }
        push_item(thread, item, &mut text)?;
    }
    if items.is_empty() {
        text.extend_from_slice(b"()");
    }
    text.push(b']');
    Ok(thread.str_from_wtf8(&text))
}

fn hash(thread: &Thread, value: Value) -> PyResult<i64> {
    let (origin, arguments) = parts(value);
    Ok(crate::hash::fix(thread.hash(origin)? ^ thread.hash(arguments)?))
}

fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    if right.downcast::<GenericAlias>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (parts(left), parts(right));
    Ok(Value::bool((thread.equal(a.0, b.0)? && thread.equal(a.1, b.1)?) == wanted))
}

fn call(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<Value> {
    let made = thread.call_args(parts(value).0, args)?;
    // Instances that take attributes remember the alias.
    let name = thread.intern("__orig_class__");
    if thread.set_attr(made, name, value).is_err() {
        let known =
            thread.catch(crate::ids::ATTRIBUTE_ERROR).or_else(|| thread.catch(crate::ids::TYPE_ERROR));
        if known.is_none() {
            return Err(thread.raised());
        }
    }
    Ok(made)
}

/// What the alias answers itself; all else is asked of the origin.
const OWN: &[&[u8]] = &[
    b"__class__",
    b"__origin__",
    b"__args__",
    b"__parameters__",
    b"__unpacked__",
    b"__mro_entries__",
    b"__reduce__",
    b"__reduce_ex__",
    b"__copy__",
    b"__deepcopy__",
    b"__instancecheck__",
    b"__subclasscheck__",
];

fn getattr(thread: &Thread, value: Value, name: Value) -> PyResult<Value> {
    let text = name.str_bytes().unwrap_or_default();
    if OWN.contains(&text) {
        return crate::attr::generic_getattr(thread, value, name);
    }
    thread.get_attr(parts(value).0, name)
}

/// The type variables among the arguments, each once.
fn parameters(thread: &Thread, value: Value) -> PyResult<Value> {
    let arguments = parts(value).1;
    let mut found = RootVec::new(thread);
    for &argument in arguments.tuple_items().unwrap_or_default() {
        let variables = if argument.as_type().is_some() {
            continue;
        } else if thread.find_attr(argument, thread.intern("__typing_subst__"))?.is_some() {
            thread.try_tuple(&[argument])?
        } else {
            match thread.find_attr(argument, thread.names().__parameters__)? {
                Some(inner) if inner.tuple_items().is_some() => inner,
                _ => continue,
            }
        };
        for &variable in variables.tuple_items().unwrap_or_default() {
            if !found.contains(&variable) {
                found.push(variable);
            }
        }
    }
    thread.try_tuple(&found)
}
