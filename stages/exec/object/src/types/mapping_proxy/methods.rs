//! Methods and slots of `mappingproxy`: everything is asked of the mapping.

use super::MappingProxy;
use crate::args::Args;
use crate::error::PyResult;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::support::type_name;
use crate::value::Value;

pub(super) const DOC: Option<&str> = Some("mappingproxy(mapping)\n--\n\nRead-only proxy of a mapping.");

pub(super) const SLOTS: Slots = Slots {
    repr: Some(|thread, value| {
        let shown = thread.repr(mapping(value))?;
        let parts = [b"mappingproxy(", shown.str_bytes().unwrap_or_default(), b")"];
        Ok(thread.str_from_wtf8(&parts.concat()))
    }),
    str: Some(|thread, value| thread.to_str(mapping(value))),
    hash: Some(|thread, value| thread.hash(mapping(value))),
    compare: Some(|thread, left, right, op| thread.compare(mapping(left), mapping(right), op)),
    iter: Some(|thread, value| thread.iter(mapping(value))),
    new: Some(new),
    len: Some(|thread, value| thread.len(mapping(value))),
    getitem: Some(|thread, value, key| thread.getitem(mapping(value), key)),
    contains: Some(|thread, value, key| thread.contains(mapping(value), key)),
    or: Some(|thread, left, right| thread.binary(crate::BinaryOp::Or, mapping(left), mapping(right))),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("get", Arity::Positional(1, 2), |thread, args| {
        let default = args.get(2).unwrap_or(Value::NONE);
        forward(thread, args, "get", &[args.positional()[1], default])
    }),
    MethodDef::new("keys", Arity::None, |thread, args| forward(thread, args, "keys", &[])),
    MethodDef::new("values", Arity::None, |thread, args| forward(thread, args, "values", &[])),
    MethodDef::new("items", Arity::None, |thread, args| forward(thread, args, "items", &[])),
    MethodDef::new("copy", Arity::None, |thread, args| forward(thread, args, "copy", &[])),
    MethodDef::new("__reversed__", Arity::None, |thread, args| forward(thread, args, "__reversed__", &[])),
];

pub(super) static GETSET: &[GetSetDef] = &[];

/// The mapping behind a proxy; any other value is itself.
fn mapping(value: Value) -> Value {
    value.downcast::<MappingProxy>().map_or(value, |proxy| proxy.mapping.get())
}

fn forward(thread: &Thread, args: Args<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    thread.call_method(mapping(args.positional()[0]), thread.intern(name), arguments)
}

fn new(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    let [source] = *args.expect(thread, "mappingproxy", 1, 1)? else { return Ok(Value::NONE) };
    let sequence = source.as_list().is_some() || source.as_tuple().is_some() || source.as_str().is_some();
    if sequence || thread.type_of(source).slots().getitem.is_none() {
        let name = type_name(thread, source);
        return Err(thread.type_error(format_args!("mappingproxy() argument must be a mapping, not {name}")));
    }
    Ok(super::new(thread, source).value())
}
