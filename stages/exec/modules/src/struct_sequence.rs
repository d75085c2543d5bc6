//! Tuples with named items, as `time.struct_time` and `os.stat_result` are.

use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::TypeSpec;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::class::build;
use dx_object::types::dict;
use dx_object::value::Value;

use crate::collections::TUPLEGETTER;

/// What every such class has beside its fields.
static SEQUENCE: TypeSpec =
    TypeSpec { slots: Slots { repr: Some(repr), ..Slots::EMPTY }, ..TypeSpec::new("structseq") };

/// A new class of this name. Attributes beyond the items can be set on instances.
pub(crate) fn make_class(
    thread: &Thread,
    module: &str,
    name: &str,
    fields: &[&str],
    more: usize,
) -> PyResult<Value> {
    let namespace = dict::new(thread);
    namespace.set_text(thread, "__module__", thread.intern(module))?;
    let count = thread.int_usize(fields.len());
    namespace.set_text(thread, "n_fields", thread.int_usize(fields.len() + more))?;
    namespace.set_text(thread, "n_sequence_fields", count)?;
    namespace.set_text(thread, "n_unnamed_fields", Value::ZERO)?;
    let getter = thread.spec_type(&TUPLEGETTER, thread).value();
    let mut names = RootVec::new(thread);
    for (index, field) in fields.iter().enumerate() {
        names.push(thread.intern(field));
        let descriptor = thread.call(getter, &[thread.int_usize(index), Value::NONE])?;
        namespace.set_text(thread, field, descriptor)?;
    }
    namespace.set_text(thread, "__match_args__", thread.try_tuple(&names)?)?;
    let bases = thread.try_tuple(&[thread.builtin_type(ids::TUPLE).value()])?;
    let class = thread
        .call(thread.builtin_type(ids::TYPE).value(), &[thread.intern(name), bases, namespace.value()])?;
    if let Some(class) = class.as_type() {
        build::extend(thread, class, &SEQUENCE);
    }
    Ok(class)
}

/// An instance of such a class.
pub(crate) fn make(thread: &Thread, class: Value, items: &[Value]) -> PyResult<Value> {
    let items = thread.try_tuple(items)?;
    thread.call(class, &[items])
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let class = thread.type_of(value);
    let module = thread.get_attr(class.value(), thread.names().__module__)?;
    let names = thread.get_attr(class.value(), thread.names().__match_args__)?;
    let mut shown = Vec::new();
    let items = value.tuple_items().unwrap_or_default();
    for (&name, &item) in names.tuple_items().unwrap_or_default().iter().zip(items) {
        let item = thread.repr(item)?;
        shown.push(format!("{}={}", thread.to_text(name)?, thread.to_text(item)?));
    }
    let (module, name, shown) = (thread.to_text(module)?, class.qualname_str(), shown.join(", "));
    Ok(thread.str_format(format_args!("{module}.{name}({shown})")))
}

/// `sys.hash_info`.
pub(crate) fn hash_info(thread: &Thread) -> PyResult<Value> {
    let fields = &["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"];
    let class = make_class(thread, "sys", "hash_info", fields, 0)?;
    let number = Value::small;
    let items = [
        number(64),
        thread.int((1 << 61) - 1),
        number(314_159),
        number(0),
        number(1_000_003),
        thread.str("siphash13"),
        number(64),
        number(128),
        number(0),
    ];
    make(thread, class, &items)
}
