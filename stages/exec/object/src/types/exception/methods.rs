//! Construction, attributes and text of exceptions.

use super::ExceptionObject;
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

/// Field of `StopIteration.value`, `SystemExit.code` and the like: the class's own first field.
pub const FIRST: usize = 0;

pub(super) const SLOTS: Slots = Slots { new: Some(new), init: Some(init), ..Slots::EMPTY };
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[];

/// What `__new__` of builtin classes stores besides the args.
pub(super) fn fill(thread: &Thread, exception: Gc<ExceptionObject>, class: Gc<TypeObject>, args: Value) {
    if class.is_subtype(thread.builtin_type(ids::STOP_ITERATION)) {
        let value = args.tuple_items().and_then(|items| items.first().copied());
        exception.set_field(thread, FIRST, value.unwrap_or(Value::NONE));
    }
}

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(class) = class.downcast::<TypeObject>() else { return Err(thread.type_error("expected a type")) };
    Ok(super::make(thread, class, args.positional()))
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let class = thread.type_of(value);
    args.no_keywords(thread, &class.name_str())?;
    if let Some(exception) = value.as_exception() {
        let tuple = thread.tuple(args.positional());
        exception.store(thread, &exception.args, tuple);
        fill(thread, exception, class, tuple);
    }
    Ok(())
}
