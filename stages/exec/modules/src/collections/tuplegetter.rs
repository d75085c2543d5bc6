//! `_tuplegetter`: the attributes of named tuples.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, GetSetDef, MethodDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::convert::type_name;
use crate::record::{self, LAYOUT};

/// `first` is the index, `second` the documentation.
pub(crate) static TUPLEGETTER: TypeSpec = TypeSpec {
    module: "_collections",
    layout: LAYOUT,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        descr_get: Some(get),
        descr_set: Some(|thread, _, _, value| {
            Err(thread.attribute_error(if value.is_some() {
                "can't set attribute"
            } else {
                "can't delete attribute"
            }))
        }),
        ..Slots::EMPTY
    },
    methods: &[MethodDef::new("__reduce__", Arity::None, |thread, args| {
        let value = args.positional()[0];
        let parts = record::of(value).map_or([Value::NONE; 2], |this| [this.first.get(), this.second.get()]);
        thread.try_tuple(&[thread.type_of(value).value(), thread.try_tuple(&parts)?])
    })],
    getset: &[GetSetDef::new(
        "__doc__",
        |_, value| Ok(record::of(value).map_or(Value::NONE, |this| this.second.get())),
        Some(|thread, value, doc| {
            if let Some(this) = record::of(value) {
                this.store(thread, &this.second, doc.unwrap_or(Value::NONE));
            }
            Ok(())
        }),
    )],
    ..TypeSpec::new("_tuplegetter")
};

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let given = args.expect(thread, "_tuplegetter", 2, 2)?;
    let index = thread.index_isize(given[0], ids::OVERFLOW_ERROR)?;
    record::make(thread, class, [thread.int(index as i64), given[1], Value::NONE, Value::NONE])
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(this) = record::of(value) else { return Ok(Value::NONE) };
    let (name, doc) = (type_name(thread, value), thread.repr(this.second.get())?);
    let (index, doc) = (this.first.get().as_small().unwrap_or(0), thread.to_text(doc)?);
    Ok(thread.str_format(format_args!("{name}({index}, {doc})")))
}

fn get(thread: &Thread, value: Value, object: Option<Value>, _: Value) -> PyResult<Value> {
    let (Some(this), Some(object)) = (record::of(value), object) else { return Ok(value) };
    let index = this.first.get().as_small().unwrap_or(-1);
    let Some(items) = object.tuple_items() else {
        if object.is_none() {
            return Ok(value);
        }
        let given = type_name(thread, object);
        return Err(thread.type_error(format_args!(
            "descriptor for index '{index}' for tuple subclasses doesn't apply to '{given}' object"
        )));
    };
    match usize::try_from(index).ok().and_then(|index| items.get(index)) {
        Some(&item) => Ok(item),
        None => Err(thread.index_error("tuple index out of range")),
    }
}
