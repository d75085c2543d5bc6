//! Attributes and types of any object.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::value::Value;

use super::type_name;

pub(super) fn callable(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(thread.is_callable(args.positional()[0])))
}

pub(super) fn isinstance(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [value, class] = *args.positional() else { return Ok(Value::NONE) };
    Ok(Value::bool(thread.isinstance(value, class)?))
}

pub(super) fn issubclass(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [derived, class] = *args.positional() else { return Ok(Value::NONE) };
    Ok(Value::bool(thread.issubclass(derived, class)?))
}

fn check_name(thread: &Thread, name: Value) -> PyResult<()> {
    if name.as_str().is_some() {
        return Ok(());
    }
    let given = type_name(thread, name);
    Err(thread.type_error(format_args!("attribute name must be string, not '{given}'")))
}

pub(super) fn getattr(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (object, name) = (args.positional()[0], args.positional()[1]);
    check_name(thread, name)?;
    match args.get(2) {
        None => thread.get_attr(object, name),
        Some(default) => Ok(thread.find_attr(object, name)?.unwrap_or(default)),
    }
}

pub(super) fn hasattr(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (object, name) = (args.positional()[0], args.positional()[1]);
    check_name(thread, name)?;
    Ok(Value::bool(thread.find_attr(object, name)?.is_some()))
}

pub(super) fn setattr(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [object, name, value] = *args.positional() else { return Ok(Value::NONE) };
    check_name(thread, name)?;
    let name = name.as_str().map_or(name, |text| thread.intern_str(text));
    thread.set_attr(object, name, value)?;
    Ok(Value::NONE)
}

pub(super) fn delattr(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [object, name] = *args.positional() else { return Ok(Value::NONE) };
    check_name(thread, name)?;
    thread.delete_attr(object, name)?;
    Ok(Value::NONE)
}
